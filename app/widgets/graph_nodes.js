// The nodes of a drawing: { name, words, label, element, box, inside }. Only those that come into sight get what they
// hold, for to a browser the twenty in sight are a tenth of the work of 500 layers; until then `inside` keeps it as text.

/** Take out of a drawing what its nodes hold: return the rest, and what each of these nodes held. */
function emptyNodes(text) {
  const insides = [];
  const frame = text.replace(/(<g id="[^"]*" class="node[^"]*)">([^]*?)<\/g>/g, (whole, begin, inside) => {
    if (inside.includes("<g ")) return whole;
    insides.push(inside);
    return `${begin} empty"></g>`;
  });
  return [frame, insides];
}

/** Give nodes back what they held. */
function fillNodes(nodes) {
  const filled = cleanSvg(`<svg>${nodes.map(({ inside }) => `<g>${inside}</g>`).join("")}</svg>`);
  for (const [position, node] of nodes.entries()) {
    node.element.append(...(filled.children[position]?.childNodes ?? []));
    node.inside = null;
  }
}

function asNode(element, position, insides) {
  const empty = element.classList.contains("empty") && insides.length > 0;
  element.classList.remove("empty");
  const inside = empty ? insides.shift() : element.innerHTML;
  const texts = (tag) => [...inside.matchAll(new RegExp(`<${tag}\\b[^>]*>([^<]*)`, "g"))].map(([_whole, text]) => unescaped(text));
  const name = texts("title")[0] ?? element.id;
  const words = texts("text").map((word) => word.trim()).filter((word) => word && word !== name).join(" · ");
  const label = words ? `${name} · ${words}` : name;
  element.id ||= `node-${position}`;
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  return { name, words, label, element, box: boxOf(inside), inside: empty ? inside : null };
}

function unescaped(text) {
  return text.includes("&") ? new DOMParser().parseFromString(text, "text/html").body.textContent : text;
}

/** Return a node's box, read off its outline: to measure it a browser would have to lay it out. */
function boxOf(inside) {
  const [, tag, looks] = /<(rect|polygon|path|ellipse)\b([^>]*)>/.exec(inside) ?? ["", "path", ""];
  const read = (name) => new RegExp(` ${name}="([^"]*)"`).exec(looks)?.[1] ?? "";
  const sizes = (...names) => names.map((name) => Number(read(name)));
  if (tag === "rect") {
    const [x, y, width, height] = sizes("x", "y", "width", "height");
    return { x, y, width, height };
  }
  if (tag === "ellipse") {
    const [x, y, rx, ry] = sizes("cx", "cy", "rx", "ry");
    return { x: x - rx, y: y - ry, width: 2 * rx, height: 2 * ry };
  }
  const numbers = read(tag === "path" ? "d" : "points").match(/-?[\d.]+/g)?.map(Number) ?? [0, 0];
  const [xs, ys] = [0, 1].map((odd) => numbers.filter((_number, place) => place % 2 === odd));
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

function nameOf(element) {
  return element.querySelector(":scope > title")?.textContent ?? element.id;
}

function makeRing(kind) {
  const element = document.createElementNS(SVG, "rect");
  element.setAttribute("class", `ring ${kind}`);
  element.setAttribute("rx", 6);
  element.toggleAttribute("hidden", true);
  return element;
}

function ring(element, node) {
  element.toggleAttribute("hidden", node === null);
  if (node === null) return;
  const { box } = node;
  const gap = 4;
  element.setAttribute("x", box.x - gap);
  element.setAttribute("y", box.y - gap);
  element.setAttribute("width", box.width + 2 * gap);
  element.setAttribute("height", box.height + 2 * gap);
}
