// A curve drawn by pointer or by keyboard: one point for each x, each a slider of its own.

const HEIGHT = 260;
const MARGIN = { left: 66, right: 20, top: 14, bottom: 44 };
const SVG = "http://www.w3.org/2000/svg";
const pads = new WeakMap(); // svg -> Pad

function mount({ data, parentElement, setStateValue }) {
  const svg = parentElement.querySelector("svg");
  if (!pads.has(svg)) pads.set(svg, new Pad(svg, parentElement.querySelector(".hint")));
  const pad = pads.get(svg);
  pad.tell = (values) => setStateValue("drawn", { values, turn: Date.now() });
  pad.show(data);
  return () => svg.isConnected || pad.leave();
}

class Pad {
  constructor(svg, hint) {
    this.svg = svg;
    this.hint = hint;
    svg.addEventListener("pointerdown", (event) => this.begin(event));
    svg.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, () => this.end());
    svg.addEventListener("keydown", (event) => this.pressed(event));
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(svg);
  }

  leave() {
    this.sizes.disconnect();
  }

  show(data) {
    const place = JSON.stringify([data.x, data.range]);
    // An answer to what was drawn here says nothing new, and is out of date where the reader went on drawing.
    const answers = this.told && typeof data.turn === "number";
    if (this.place !== place || (data.turn !== this.data?.turn && !answers)) {
      clearTimeout(this.timer);
      this.values = [...data.values];
    }
    Object.assign(this, { place, data });
    this.svg.setAttribute("aria-label", data.label);
    this.hint.textContent = data.hint;
    this.draw();
  }

  draw() {
    const width = this.svg.clientWidth;
    if (width <= MARGIN.left + MARGIN.right || !this.data) return; // not laid out yet
    const focused = this.points?.indexOf(this.svg.getRootNode().activeElement);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.svg.style.height = `${HEIGHT}px`;
    const { x, range } = this.data;
    const inner = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
    this.left = (index) => MARGIN.left + (inner.width * (x[index] - x[0])) / (x.at(-1) - x[0]);
    this.top = (value) => MARGIN.top + (inner.height * (range[1] - value)) / (range[1] - range[0]);
    this.value = (top) => range[1] - ((top - MARGIN.top) * (range[1] - range[0])) / inner.height;
    const frame = make("rect", { class: "frame", x: MARGIN.left, y: MARGIN.top, ...inner });
    this.curve = make("polyline", { class: "curve" });
    this.points = x.map((_, index) => this.makePoint(index));
    this.svg.replaceChildren(frame, ...this.axes(width), this.curve, ...this.points);
    this.placePoints();
    if (focused >= 0) this.points[focused].focus();
  }

  axes(width) {
    const { x, range, xLabel, yLabel } = this.data;
    const parts = [];
    for (const part of [0, 0.5, 1]) {
      const value = range[0] + part * (range[1] - range[0]);
      const y = this.top(value);
      parts.push(make("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y, y2: y }));
      parts.push(label(short(value), { x: MARGIN.left - 14, y: y + 4, "text-anchor": "end" }));
    }
    let last = -Infinity;
    x.forEach((value, index) => {
      if (this.left(index) - last < 28) return;
      last = this.left(index);
      parts.push(label(short(value), { x: last, y: HEIGHT - MARGIN.bottom + 18, "text-anchor": "middle" }));
    });
    parts.push(label(xLabel, { x: (MARGIN.left + width - MARGIN.right) / 2, y: HEIGHT - 6, "text-anchor": "middle" }));
    const turned = `rotate(-90 14 ${HEIGHT / 2 - 15})`;
    parts.push(label(yLabel, { x: 14, y: HEIGHT / 2 - 15, "text-anchor": "middle", transform: turned }));
    return parts;
  }

  makePoint(index) {
    const { x, range, xLabel, yLabel } = this.data;
    return make("circle", {
      class: "point", r: 7, tabindex: 0, role: "slider", "aria-orientation": "vertical",
      "aria-label": `${yLabel}, ${xLabel} ${short(x[index])}`, "aria-valuemin": range[0], "aria-valuemax": range[1],
    });
  }

  placePoints() {
    this.curve.setAttribute("points", this.values.map((value, index) => `${this.left(index)},${this.top(value)}`).join(" "));
    this.points.forEach((point, index) => {
      point.setAttribute("cx", this.left(index));
      point.setAttribute("cy", this.top(this.values[index]));
      point.setAttribute("aria-valuenow", this.values[index]);
      point.setAttribute("aria-valuetext", short(this.values[index]));
    });
  }

  set(index, value) {
    const [low, high] = this.data.range;
    this.values[index] = Number(Math.min(Math.max(value, low), high).toPrecision(4));
    this.placePoints();
  }

  begin(event) {
    this.svg.setPointerCapture(event.pointerId);
    this.last = null;
    this.drag(event, true);
  }

  /** Every point that the pointer passes takes its height, also those between two moves. */
  drag(event, begins = false) {
    if (!begins && this.last === undefined) return;
    const box = this.svg.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const distances = this.values.map((_, index) => Math.abs(this.left(index) - px));
    this.set(distances.indexOf(Math.min(...distances)), this.value(py));
    if (this.last) {
      const [ox, oy] = this.last;
      this.values.forEach((_, index) => {
        const at = this.left(index);
        if ((at - ox) * (at - px) < 0) this.set(index, this.value(oy + ((py - oy) * (at - ox)) / (px - ox)));
      });
    }
    this.last = [px, py];
  }

  end() {
    if (this.last === undefined) return;
    this.last = undefined;
    this.say();
  }

  pressed(event) {
    const index = this.points.indexOf(event.target);
    if (index < 0) return;
    const [low, high] = this.data.range;
    const step = (high - low) / 50;
    const moves = { ArrowUp: step, ArrowDown: -step, PageUp: 5 * step, PageDown: -5 * step };
    const next = { ArrowRight: index + 1, ArrowLeft: index - 1 }[event.key];
    if (event.key in moves) this.set(index, this.values[index] + moves[event.key]);
    else if (event.key === "Home") this.set(index, low);
    else if (event.key === "End") this.set(index, high);
    else if (next !== undefined) this.points[next]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (next !== undefined) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.say(), 400); // once the key is let go
  }

  say() {
    this.told = true;
    this.tell(this.values);
  }
}

function short(value) {
  return String(Number(value.toPrecision(3)));
}

function label(text, attributes) {
  const element = make("text", attributes);
  element.textContent = text;
  return element;
}

function make(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
