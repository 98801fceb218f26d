// The viewer of a graph: pan, zoom, pick by pointer and by keyboard. A view is {x, y, k}: the drawing's corner in the
// stage in pixels, and pixels per unit of the drawing.

const SMALLEST_TEXT = 11; // pixels at first sight, however large the graph
const LARGEST_TEXT = 15;
const MARGIN = 16; // pixels around the drawing
const SLACK = 48; // pixels that it can be pushed past its edge
const TOUCH = matchMedia("(hover: none)").matches;

const viewers = new WeakMap(); // stage -> Viewer
const remembered = new Map(); // key -> what a viewer with this key last showed, for when Streamlit mounts it again

function mount({ data, parentElement, setStateValue }) {
  const stage = parentElement.querySelector(".stage");
  if (!viewers.has(stage)) viewers.set(stage, new Viewer(stage));
  const viewer = viewers.get(stage);
  viewer.tell = (name) => setStateValue("pick", { name, turn: Date.now() });
  viewer.show(data);
  // Streamlit also calls this after a mere update that came while it was mounting.
  return () => stage.isConnected || viewer.leave();
}

class Viewer {
  constructor(stage) {
    this.stage = stage;
    this.root = stage.parentElement;
    this.sheet = stage.querySelector(".sheet");
    this.rails = { x: stage.querySelector(".along-x"), y: stage.querySelector(".along-y") };
    this.none = this.root.querySelector("[data-act=none]");
    this.scale = this.root.querySelector(".scale");
    this.said = this.root.querySelector(".said");
    this.nodes = [];
    this.byName = new Map();
    this.state = { svg: null, move: null, chosen: null, view: null, own: false }; // own: the reader moved it
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(stage);
    for (const button of this.root.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => this.act(button.dataset.act));
    }
    this.finder = new Finder(this);
    listenToPointer(this);
    listenToKeys(this);
  }

  leave() {
    this.sizes.disconnect();
  }

  show({ svg, label, key, selected, move, height, words }) {
    this.speak(words);
    this.root.classList.toggle("dark", isDark(this.root));
    this.stage.setAttribute("aria-label", label);
    this.stage.style.height = `min(${height}px, 78vh)`;
    if (this.state.svg === null && remembered.get(key)?.svg === svg) this.state = remembered.get(key);
    const moved = this.state.move !== move;
    const fresh = this.state.svg !== svg;
    const unbuilt = !this.drawing;
    remembered.set(key, this.state);
    if (fresh) Object.assign(this.state, { svg, view: null, own: false });
    if (fresh || unbuilt) this.build(svg);
    if (moved) Object.assign(this.state, { move, chosen: selected });
    if (fresh || unbuilt || moved) this.choose(this.state.chosen, { reveal: moved && selected !== null });
  }

  /** Put the words in place, in the language of the page. */
  speak(words) {
    this.words = words;
    this.scale.setAttribute("aria-label", words.zoom);
    for (const button of this.root.querySelectorAll("[data-act]")) {
      const [label, title] = words.buttons[button.dataset.act];
      button.setAttribute("aria-label", label);
      button.title = title;
    }
    this.root.querySelector("#hint").textContent = this.hint();
    this.finder.show();
  }

  hint() {
    return TOUCH ? this.words.touch : this.words.hint;
  }

  build(text) {
    const [frame, insides] = emptyNodes(text);
    this.drawing = cleanSvg(frame);
    this.nodes = [];
    this.byName = new Map();
    this.cursor = this.awaited = null;
    this.stage.removeAttribute("aria-activedescendant");
    if (!this.drawing) {
      const note = document.createElement("p");
      note.textContent = this.words.failed;
      this.sheet.replaceChildren(note);
      this.none.hidden = true;
      this.finder.show();
      return;
    }
    const box = this.drawing.viewBox.baseVal;
    this.size = { width: box.width || 1, height: box.height || 1 };
    this.drawing.setAttribute("width", this.size.width);
    this.drawing.setAttribute("height", this.size.height);
    const fonts = [...text.matchAll(/ font-size="([\d.]+)/g)].map(([_found, size]) => Number(size) || 14);
    this.font = fonts.length ? Math.min(...fonts) : 14;
    const layer = this.drawing.querySelector("g") ?? this.drawing;
    this.nodes = [...this.drawing.querySelectorAll("g.node")].map((element, position) => asNode(element, position, insides));
    this.byName = new Map(this.nodes.map((node) => [node.name, node]));
    const { e: x, f: y } = layer.transform.baseVal.consolidate()?.matrix ?? { e: 0, f: 0 };
    this.origin = { x: x - box.x, y: y - box.y }; // of the nodes' boxes, in the drawing
    this.rings = Object.fromEntries(["chosen", "cursor"].map((kind) => [kind, layer.appendChild(makeRing(kind))]));
    const scope = this.stage.getRootNode();
    if (!scope.adoptedStyleSheets.includes(inks)) scope.adoptedStyleSheets.push(inks);
    this.sheet.replaceChildren(this.drawing);
    if (this.stage.clientWidth) this.place(this.state.view ?? this.readable());
  }

  resized() {
    if (!this.drawing || !this.stage.clientWidth) return; // in a hidden tab
    this.place((this.state.own && this.state.view) || this.readable());
    if (this.awaited) this.reveal(this.awaited);
  }

  // --- where the drawing lies

  readable() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const room = { width: width - 2 * MARGIN, height: height - 2 * MARGIN };
    const wide = room.width / this.size.width;
    const whole = Math.min(wide, room.height / this.size.height);
    const [least, most] = [SMALLEST_TEXT / this.font, LARGEST_TEXT / this.font];
    const k = whole >= least ? Math.min(whole, most) : Math.min(Math.max(wide, least), most);
    const drawn = { width: this.size.width * k, height: this.size.height * k };
    let x = (width - drawn.width) / 2;
    // What is wider than the stage begins where the network begins.
    if (drawn.width > width && this.nodes.length) {
      const { left, right } = this.inStage(this.nodes[0].box, { x: 0, y: 0, k });
      x = (width - left - right) / 2;
    }
    const y = drawn.height > height ? MARGIN : (height - drawn.height) / 2;
    return { x: bounded(x, width, drawn.width, MARGIN), y, k };
  }

  whole() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const fit = Math.min((width - 2 * MARGIN) / this.size.width, (height - 2 * MARGIN) / this.size.height);
    const k = Math.min(fit, (2 * LARGEST_TEXT) / this.font);
    return { x: (width - this.size.width * k) / 2, y: (height - this.size.height * k) / 2, k };
  }

  /** Return where a box of the drawing lies in the stage. */
  inStage({ x, y, width, height }, view) {
    const left = view.x + (this.origin.x + x) * view.k;
    const top = view.y + (this.origin.y + y) * view.k;
    return { left, top, right: left + width * view.k, bottom: top + height * view.k };
  }

  place({ x, y, k }) {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const largest = 64 / this.font;
    const smallest = Math.min(this.whole().k, SMALLEST_TEXT / this.font);
    k = Math.min(Math.max(k, smallest), largest);
    const drawn = { width: this.size.width * k, height: this.size.height * k };
    x = bounded(x, width, drawn.width, SLACK);
    y = bounded(y, height, drawn.height, SLACK);
    this.state.view = { x, y, k };
    this.sheet.style.transform = `translate(${x}px, ${y}px) scale(${k})`;
    const percent = `${Math.round(100 * k)} %`;
    if (this.scale.textContent !== percent) this.scale.textContent = percent; // each change is read aloud
    showRail(this.rails.x, ["left", "width"], x, width, drawn.width);
    showRail(this.rails.y, ["top", "height"], y, height, drawn.height);
    const near = this.nodes.filter(({ inside, box }) => {
      const { left, top, right, bottom } = this.inStage(box, this.state.view);
      return inside !== null && right > -MARGIN && left < width + MARGIN && bottom > -MARGIN && top < height + MARGIN;
    });
    if (near.length) fillNodes(near);
  }

  /** Move by the reader's hand; tell whether anything moved. */
  pan(dx, dy) {
    const { x, y, k } = this.state.view;
    this.state.own = true;
    this.place({ x: x + dx, y: y + dy, k });
    return this.state.view.x !== x || this.state.view.y !== y;
  }

  /** Zoom by the reader's hand; the point (px, py) of the stage stays where it is. */
  zoom(factor, px = this.stage.clientWidth / 2, py = this.stage.clientHeight / 2) {
    const before = this.state.view;
    this.state.own = true;
    this.place({ ...before, k: before.k * factor });
    const { k } = this.state.view;
    this.place({ x: px - ((px - before.x) * k) / before.k, y: py - ((py - before.y) * k) / before.k, k });
  }

  act(what) {
    if (what === "none") {
      this.choose(null, { tell: true });
      this.stage.focus(); // the button goes
    }
    if (!this.state.view) return;
    if (what === "in") this.zoom(1.3);
    if (what === "out") this.zoom(1 / 1.3);
    if (what === "fit" || what === "whole") {
      this.state.own = what === "whole";
      this.place(what === "fit" ? this.readable() : this.whole());
    }
  }

  reveal(node) {
    this.awaited = this.state.view ? null : node;
    if (this.awaited) return;
    const { clientWidth: width, clientHeight: height } = this.stage;
    const { left, top, right, bottom } = this.inStage(node.box, this.state.view);
    const shift = (from, to, low, high) => {
      const space = Math.min(3 * MARGIN, Math.max((high - low - (to - from)) / 2, 0));
      return from < low + space ? low + space - from : to > high - space ? high - space - to : 0;
    };
    const dx = shift(left, right, 0, width);
    const dy = shift(top, bottom, 0, height);
    if (dx || dy) this.pan(dx, dy);
  }

  // --- what is chosen

  choose(name, { reveal = false, tell = false } = {}) {
    if (!this.drawing) return;
    const node = this.byName.get(name) ?? null;
    this.state.chosen = name;
    this.cursor = node ?? this.cursor;
    ring(this.rings.chosen, node);
    ring(this.rings.cursor, null);
    this.none.hidden = node === null;
    this.finder.show();
    for (const item of this.nodes) item.element.classList.toggle("chosen", item === node);
    if (node && reveal) this.reveal(node);
    if (tell) {
      this.said.textContent = node ? this.words.chosen.replace("{name}", node.label) : this.words.none;
      this.tell(name);
    }
  }

  point(node) {
    this.cursor = node;
    ring(this.rings.cursor, node);
    this.stage.setAttribute("aria-activedescendant", node.element.id);
    this.said.textContent = node.label;
    this.reveal(node);
  }
}

/** Show how much of a drawing's length the stage holds, and where. */
function showRail(rail, [start, size], offset, stage, length) {
  rail.hidden = length <= stage;
  const thumb = Math.max(stage / length, 0.05);
  const along = Math.min(Math.max(-offset / (length - stage), 0), 1);
  Object.assign(rail.firstElementChild.style, { [start]: `${100 * along * (1 - thumb)}%`, [size]: `${100 * thumb}%` });
}

/** Keep a drawing of a length within a stage: its ends may leave it by no more than the slack. */
function bounded(start, stage, length, slack) {
  const end = stage - length;
  return Math.min(Math.max(start, Math.min(end, 0) - slack), Math.max(end, 0) + slack);
}

function isDark(element) {
  const color = getComputedStyle(element).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [255, 255, 255];
  return 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2] < 128;
}
