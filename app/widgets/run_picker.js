// A list of runs with a check box each: search, whole groups at once, arrow keys. Groups come as
// {id, title, created, rows}, rows as lists of the fields that app/run_list.py names.

const pickers = new WeakMap(); // root -> Picker

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".picker");
  if (!pickers.has(root)) pickers.set(root, new Picker(root));
  const picker = pickers.get(root);
  picker.tell = (pick) => setStateValue("pick", pick);
  picker.show(data);
}

class Picker {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector(".list");
    this.search = root.querySelector(".search");
    this.count = root.querySelector(".count");
    this.clear = root.querySelector(".clear");
    this.note = root.querySelector(".note");
    this.chosen = new Set();
    this.turn = null; // of the newest pick that was sent
    this.search.addEventListener("input", () => this.filter());
    this.clear.addEventListener("click", () => this.pick([...this.chosen], false));
    this.list.addEventListener("change", (event) => this.changed(event.target));
    this.list.addEventListener("keydown", (event) => this.walk(event));
    this.list.addEventListener("focusin", (event) => this.makeTabStop(event.target));
  }

  show({ groups, chosen, heeded, most, height }) {
    this.most = most;
    this.list.style.maxHeight = `min(${height}px, ${matchMedia("(max-width: 640px)").matches ? 38 : 78}vh)`;
    this.root.classList.toggle("dark", isDark(this.root));
    const content = JSON.stringify(groups);
    if (content !== this.content) this.build(groups);
    this.content = content;
    // A pick that is still on its way to the page is newer than what the page says.
    if (this.turn === null || this.turn === heeded) this.chosen = new Set(chosen);
    this.mark();
    if (!this.shown) requestAnimationFrame(() => this.reveal()); // once it is laid out
    this.shown = true;
  }

  /** Scroll the list, and nothing else, to the first run that is chosen. */
  reveal() {
    const first = this.list.querySelector(".chosen")?.closest(".group");
    const scroll = () => (this.list.scrollTop = first.offsetTop - this.list.offsetTop);
    if (!first) return;
    scroll();
    requestAnimationFrame(scroll); // what came into view may be higher than was thought
  }

  build(groups) {
    const at = this.list.scrollTop;
    const focused = this.root.getRootNode().activeElement?.value;
    this.groups = groups.map((group) => buildGroup(group));
    this.list.replaceChildren(...this.groups.map((group) => group.element));
    this.empty = make("p", "empty", "No run matches this search.");
    this.list.append(this.empty);
    this.filter();
    this.list.scrollTop = at;
    if (focused) this.boxes().find((box) => box.value === focused)?.focus({ preventScroll: true });
  }

  filter() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const group of this.groups) {
      let inside = 0;
      for (const run of group.runs) {
        run.element.hidden = !words.every((word) => run.text.includes(word));
        inside += !run.element.hidden;
      }
      group.element.hidden = inside === 0;
      shown += inside;
    }
    this.empty.hidden = shown > 0;
    this.mark();
    this.makeTabStop(this.boxes()[0]);
  }

  mark() {
    for (const { runs, box } of this.groups) {
      for (const run of runs) {
        run.box.checked = this.chosen.has(run.box.value);
        run.element.classList.toggle("chosen", run.box.checked);
      }
      if (!box) continue;
      const visible = runs.filter((run) => !run.element.hidden);
      const checked = visible.filter((run) => run.box.checked).length;
      box.checked = checked > 0 && checked === visible.length;
      box.indeterminate = checked > 0 && checked < visible.length;
    }
    this.count.textContent = this.chosen.size ? `${this.chosen.size} chosen` : "None chosen";
    this.clear.hidden = this.chosen.size === 0;
  }

  changed(box) {
    const group = this.groups.find((group) => group.box === box);
    const visible = group?.runs.filter((run) => !run.element.hidden).map((run) => run.box.value);
    this.pick(visible ?? [box.value], box.checked);
  }

  pick(ids, wanted) {
    for (const id of ids) {
      if (!wanted) this.chosen.delete(id);
      else if (this.chosen.size < this.most) this.chosen.add(id);
    }
    const missed = wanted && ids.some((id) => !this.chosen.has(id));
    this.note.textContent = missed ? `One comparison holds ${this.most} runs: take one out to add another.` : "";
    this.note.hidden = !missed;
    this.mark();
    this.turn = Date.now();
    this.tell({ runs: [...this.chosen], turn: this.turn });
  }

  /** One stop for the Tab key; arrows, Home and End move between the boxes that the search leaves. */
  walk(event) {
    const boxes = this.boxes();
    const at = boxes.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: boxes.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    boxes[to]?.focus();
  }

  boxes() {
    return [...this.list.querySelectorAll("input")].filter((box) => !box.closest("[hidden]"));
  }

  makeTabStop(box) {
    if (!box) return;
    for (const other of this.list.querySelectorAll("input")) other.tabIndex = other === box ? 0 : -1;
  }
}

function buildGroup(group) {
  const element = make("div", group.title ? "group titled" : "group");
  // What is out of sight is not laid out: this is how much room to leave for it.
  element.style.containIntrinsicHeight = `auto ${(group.title ? 42 : 8) + 45 * group.rows.length}px`;
  let box = null;
  if (group.title) {
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", group.title);
    box = checkbox(group.id);
    const head = make("label", "head");
    head.append(box, make("span", "title", group.title), make("span", "when", time(group.created)));
    element.append(head);
  }
  const runs = group.rows.map((row) => buildRun(row, group));
  element.append(...runs.map((run) => run.element));
  return { element, box, runs };
}

function buildRun(values, group) {
  const [id, name, residual, state, about, validation, training, created] = values;
  const element = make("label", "run");
  element.style.setProperty("--kind", residual ? "var(--residual)" : "var(--plain)");
  const box = checkbox(id);
  const second = make("span", "about", group.title ? about : `${about} · ${time(created)}`);
  if (state !== "finished") second.prepend(make("span", "state", state), " · ");
  element.append(
    box,
    make("span", "name", name),
    make("span", "number", validation),
    second,
    make("span", "second", training && `${training} train`),
  );
  element.title = validation
    ? `${id}: last validation error ${validation}, training error ${training}`
    : `${id}: no epoch finished yet`;
  const text = `${id} ${name} ${residual ? "residual" : "plain"} ${state} ${about} ${group.title}`;
  return { element, box, text: text.toLowerCase() };
}

function checkbox(value) {
  const box = make("input");
  Object.assign(box, { type: "checkbox", value, tabIndex: -1 });
  return box;
}

function make(tag, name = "", text = "") {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

function time(seconds) {
  const date = new Date(1000 * seconds);
  const today = date.toDateString() === new Date().toDateString();
  const day = today ? {} : { day: "numeric", month: "short" };
  return date.toLocaleString("en-GB", { ...day, hour: "2-digit", minute: "2-digit" });
}

function isDark(element) {
  const color = getComputedStyle(element).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [255, 255, 255];
  return 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2] < 128;
}
