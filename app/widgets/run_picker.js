// A list of runs with a check box each: search, whole groups at once, arrow keys. Groups come as
// {id, title, created, rows}, rows as lists of the fields that app/run_list.py names.

const CHUNK = 60; // runs that are put on the page at once: a thousand would take a second, and are rarely looked at

const pickers = new WeakMap(); // root -> Picker
let speech = {}; // of the page's language
let clock, day;

function mount({ data, parentElement, setStateValue }) {
  speak(data.words);
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
    this.list.addEventListener("scroll", () => this.scrolled());
  }

  show({ groups, chosen, heeded, most, height }) {
    this.most = most;
    this.list.style.maxHeight = `min(${height}px, ${matchMedia("(max-width: 640px)").matches ? 38 : 78}vh)`;
    this.search.placeholder = speech.search;
    this.search.setAttribute("aria-label", speech.search);
    this.clear.textContent = speech.clear;
    this.list.setAttribute("aria-label", speech.list);
    // A pick that is still on its way to the page is newer than what the page says.
    if (this.turn === null || this.turn === heeded) this.chosen = new Set(chosen);
    const content = JSON.stringify([groups, speech]);
    const first = this.content === undefined;
    if (content !== this.content) this.take(groups);
    this.content = content;
    this.mark();
    if (first) requestAnimationFrame(() => this.reveal()); // once it is laid out
  }

  /** Take new groups; what the reader sees of them stays where it is. */
  take(groups) {
    const at = this.list.scrollTop;
    const focused = this.root.getRootNode().activeElement?.value;
    this.groups = groups.map((group) => ({ ...group, runs: group.rows.map((row) => readRun(row, group)) }));
    const chosen = this.groups.findIndex((group) => group.runs.some((run) => this.chosen.has(run.id)));
    this.filter(Math.max(this.drawn ?? 0, chosen + 1));
    this.list.scrollTop = at;
    if (focused) this.boxes().find((box) => box.value === focused)?.focus({ preventScroll: true });
  }

  /** Find the runs that hold every word of the search, and put the first of them on the page. */
  filter(atLeast = 0) {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    this.found = [];
    for (const group of this.groups) {
      const runs = group.runs.filter((run) => words.every((word) => run.text.includes(word)));
      if (runs.length) this.found.push({ ...group, runs });
    }
    this.drawn = 0;
    this.list.replaceChildren();
    if (!this.found.length) this.list.append(make("p", "empty", speech.unmatched));
    do this.drawMore();
    while (this.drawn < Math.min(atLeast, this.found.length));
    this.mark();
    this.makeTabStop(this.boxes()[0]);
  }

  drawMore() {
    for (let runs = 0; runs < CHUNK && this.drawn < this.found.length; this.drawn++) {
      const group = this.found[this.drawn];
      Object.assign(group, drawGroup(group));
      this.list.append(group.element);
      runs += group.runs.length;
    }
  }

  scrolled() {
    if (this.drawn === this.found.length) return;
    if (this.list.scrollTop + 2 * this.list.clientHeight < this.list.scrollHeight) return;
    this.drawMore();
    this.mark();
  }

  mark() {
    for (const { runs, box, boxes } of this.found.slice(0, this.drawn)) {
      runs.forEach((run, index) => {
        boxes[index].checked = this.chosen.has(run.id);
        boxes[index].closest("label").classList.toggle("chosen", boxes[index].checked);
      });
      if (!box) continue;
      const checked = runs.filter((run) => this.chosen.has(run.id)).length;
      box.checked = checked === runs.length;
      box.indeterminate = checked > 0 && checked < runs.length;
    }
    this.count.textContent = this.chosen.size ? filled(speech.chosen, { count: this.chosen.size }) : speech.none;
    this.clear.hidden = this.chosen.size === 0;
  }

  /** Scroll the list, and nothing else, to the first run that is chosen. */
  reveal() {
    const first = this.list.querySelector(".chosen")?.closest(".group");
    const scroll = () => (this.list.scrollTop = first.offsetTop - this.list.offsetTop);
    if (!first) return;
    scroll();
    requestAnimationFrame(scroll); // what came into view may be higher than was thought
  }

  changed(box) {
    const group = this.found.find((group) => group.box === box);
    this.pick(group ? group.runs.map((run) => run.id) : [box.value], box.checked);
  }

  pick(ids, wanted) {
    for (const id of ids) {
      if (!wanted) this.chosen.delete(id);
      else if (this.chosen.size < this.most) this.chosen.add(id);
    }
    const missed = wanted && ids.some((id) => !this.chosen.has(id));
    this.note.textContent = missed ? filled(speech.full, { count: this.most }) : "";
    this.note.hidden = !missed;
    this.mark();
    this.turn = Date.now();
    this.tell({ runs: [...this.chosen], turn: this.turn });
  }

  /** One stop for the Tab key; arrows, Home and End move between the boxes. */
  walk(event) {
    const boxes = this.boxes();
    const at = boxes.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: boxes.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    boxes[to]?.focus();
  }

  boxes() {
    return [...this.list.querySelectorAll("input")];
  }

  makeTabStop(box) {
    for (const other of this.boxes()) other.tabIndex = other === box ? 0 : -1;
  }
}

function readRun(row, group) {
  const [id, name, residual, state, about, validation, training, created] = row;
  const english = residual ? "residual" : "plain"; // found in English and in the page's language
  const kind = speech.kinds[english];
  const told = [id, name, english, kind, state, speech.states[state], about, group.title];
  const text = told.join(" ").toLowerCase();
  return { id, name, kind, state, about, validation, training, created, text };
}

function drawGroup({ id, title, created, runs }) {
  const element = make("div", title ? "group titled" : "group");
  // What is out of sight is not laid out: this is how much room to leave for it.
  element.style.containIntrinsicHeight = `auto ${(title ? 42 : 8) + 45 * runs.length}px`;
  let box = null;
  if (title) {
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", title);
    box = checkbox(id);
    const head = make("label", "head");
    head.append(box, make("span", "title", title), make("span", "when", time(created)));
    element.append(head);
  }
  const boxes = runs.map((run) => checkbox(run.id));
  element.append(...runs.map((run, index) => drawRun(run, boxes[index], title === "")));
  return { element, box, boxes };
}

function drawRun({ id, name, kind, state, about, validation, training, created }, box, alone) {
  const element = make("label", "run");
  // In words: the colors of curves depend on what else is drawn.
  const second = make("span", "about", [kind, about, ...(alone ? [time(created)] : [])].join(" · "));
  if (state !== "finished") second.prepend(make("span", "state", speech.states[state] ?? state), " · ");
  element.append(
    box,
    make("span", "name", name),
    make("span", "number", validation),
    second,
    make("span", "second", training && filled(speech.training, { error: training })),
  );
  element.title = validation
    ? filled(speech.errors, { run: id, validation, training })
    : `${id}: ${speech.states[state] ?? state}`;
  return element;
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

function speak(said) {
  if (said.locale !== speech.locale) {
    clock = new Intl.DateTimeFormat(said.locale, { hour: "2-digit", minute: "2-digit" });
    day = new Intl.DateTimeFormat(said.locale, { day: "numeric", month: "short" });
  }
  speech = said;
}

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function time(seconds) {
  const date = new Date(1000 * seconds);
  const today = date.toDateString() === new Date().toDateString();
  return today ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
}
