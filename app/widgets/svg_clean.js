// Clean a drawing where it was parsed, in a document that runs and loads nothing: only elements and attributes that a
// drawing needs are left, so no script, no link, no foreign content and no request to another machine comes with it. Its
// colors become CSS variables, so that the style sheet can adapt them to a dark page.

const SVG = "http://www.w3.org/2000/svg";
const TAGS = new Set([
  "svg", "g", "title", "desc", "path", "polygon", "polyline", "ellipse", "circle", "rect", "line", "text", "tspan",
  "defs", "linearGradient", "radialGradient", "stop",
]);
const WRITTEN = new Set(["text", "tspan", "title", "desc"]); // what they hold is drawn or read aloud
const ATTRIBUTES = new Set([
  "id", "class", "viewBox", "transform", "d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry",
  "dx", "dy", "width", "height", "offset", "stop-color", "stop-opacity", "opacity", "text-anchor", "textLength",
  "lengthAdjust", "gradientUnits", "gradientTransform",
]);
const ATTRIBUTE_FAMILIES = /^(fill|stroke|font)(-[a-z]+)?$/;

/** Return an SVG element made from text, or null when the text is no SVG. */
function cleanSvg(text) {
  // As HTML, which takes a third of the time that XML does.
  const svg = new DOMParser().parseFromString(text, "text/html").querySelector("svg");
  if (svg?.namespaceURI !== SVG) return null;
  clean(svg);
  // Graphviz paints a white sheet behind the graph; the page is our sheet.
  svg.querySelector(":scope > g.graph > polygon")?.remove();
  // A title is shown as a tooltip: useful on a node, a nuisance on what lies around it.
  for (const title of svg.querySelectorAll(":scope > title, .graph > title, .cluster > title, .edge > title")) title.remove();
  return svg;
}

function clean(element) {
  for (const name of element.getAttributeNames()) {
    const wanted = ATTRIBUTES.has(name) || ATTRIBUTE_FAMILIES.test(name);
    const value = wanted && element.getAttribute(name);
    if (!wanted || (value.includes("url(") && !/^url\(#[\w-]+\)$/.test(value))) element.removeAttribute(name);
  }
  keepInk(element, "fill");
  keepInk(element, "stroke");
  for (let child = element.firstChild, next; child; child = next) {
    next = child.nextSibling;
    if (child.nodeType === Node.TEXT_NODE && WRITTEN.has(element.localName)) continue;
    const drawn = child.nodeType === Node.ELEMENT_NODE && child.namespaceURI === SVG;
    if (drawn && TAGS.has(child.localName)) clean(child);
    else if (drawn && child.localName === "a") {
      next = child.firstChild ?? next; // what the link held is looked at in its place
      child.replaceWith(...child.childNodes);
    } else child.remove(); // Graphviz' indentation too
  }
}

/** Note a color, and whether it is a mere black or gray, for the style sheets: in classes, which cost a browser less than
 * a style of each element. */
function keepInk(element, attribute) {
  const isText = element.localName === "text";
  const value = element.getAttribute(attribute) ?? (isText && attribute === "fill" ? "black" : null);
  if (value === null || value === "none" || value === "transparent" || value.startsWith("url(")) return;
  const key = `${attribute} ${value}`;
  if (!inkClasses.has(key)) inkClasses.set(key, makeInk(attribute, value));
  const own = element.getAttribute("class");
  element.setAttribute("class", own ? `${own} ${inkClasses.get(key)}` : inkClasses.get(key));
}

const inks = new CSSStyleSheet(); // the rules of all colors so far, for whoever shows a drawing
const inkClasses = new Map(); // attribute and color -> classes

function makeInk(attribute, value) {
  const name = `ink-${inkClasses.size}`;
  inks.cssRules[inks.insertRule(`.${name} {}`)].style.setProperty(`--${attribute}`, value);
  return `${attribute}-${isNeutral(value) ? "neutral" : "color"} ${name}`;
}

const neutral = new Map();
const brush = document.createElement("canvas").getContext("2d");

function isNeutral(color) {
  if (!neutral.has(color)) {
    brush.fillStyle = "#000000";
    brush.fillStyle = color;
    const channels = (brush.fillStyle.match(/^#(..)(..)(..)$/) ?? []).slice(1).map((pair) => parseInt(pair, 16));
    neutral.set(color, channels.length === 3 && Math.max(...channels) - Math.min(...channels) < 24);
  }
  return neutral.get(color);
}
