// Keeps what a reader did in this browser, sees which steps are read, and turns a projector's pages by keys.
// Progress is JSON as app/progress.py writes it: {entries: {key: [at, value]}, cleared}. Of two entries the later counts.

const STORE = "resnet-lab:progress";
const REST = 700; // ms without scrolling until what is in view counts as read
const KEYS = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1, Escape: 0 };
const OWN_KEYS = "input, textarea, select, [contenteditable], [role=slider], [role=radio], [role=combobox], [role=tab], [role=grid]";

const readers = new WeakMap(); // element -> Reader

function mount({ data, parentElement, setStateValue, setTriggerValue }) {
  const line = parentElement.querySelector(".line");
  if (!readers.has(line)) readers.set(line, new Reader(line));
  const reader = readers.get(line);
  reader.say = setStateValue;
  reader.turn = (by) => setTriggerValue("turn", by);
  reader.show(data);
  return () => line.isConnected || reader.leave();
}

class Reader {
  constructor(line) {
    this.line = line;
    this.said = "";
    this.still = Date.now(); // since when nothing has moved, in ms
    this.wanted = null; // the step that a link asked for, until the reader scrolls
    this.told = []; // steps that the page was told of and has not answered yet
    this.cleared = Infinity; // when all was last forgotten, as far as heard of
    this.forgot = false; // all was forgotten elsewhere, and the reader has not moved since
    this.listeners = [
      [document, "scroll", () => this.scrolled(), { capture: true, passive: true }],
      [document, "keydown", (event) => this.pressed(event)],
      [window, "storage", (event) => event.key === STORE && this.keep()],
      ...["wheel", "touchstart", "mousedown", "keydown"].map((name) => [
        document, name, () => this.moved(), { capture: true, passive: true },
      ]),
    ];
    for (const [target, ...rest] of this.listeners) target.addEventListener(...rest);
    this.sizes = new ResizeObserver(() => this.scrolled());
    this.sizes.observe(document.querySelector(".stMainBlockContainer") ?? document.body);
  }

  /** The reader does something: they are no longer held at a link's step, and read on. */
  moved() {
    this.wanted = null;
    this.forgot = false;
  }

  leave() {
    for (const [target, ...rest] of this.listeners) target.removeEventListener(...rest);
    this.sizes.disconnect();
    clearTimeout(this.timer);
  }

  show(data) {
    const moved = this.data?.place !== data.place;
    const before = this.data?.step;
    const answers = this.told.lastIndexOf(data.step);
    this.told = moved ? [] : this.told.slice(answers + 1);
    if (moved || data.step !== before) this.still = Date.now();
    this.data = data;
    this.line.hidden = !data.steps;
    this.line.setAttribute("aria-label", data.label);
    this.keep();
    // A projector's next page is read from its top, however far down the last one was.
    if (data.present && (moved || data.step !== before)) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
    if (moved) this.goTo(data.step);
    else if (answers < 0 && data.step !== before) this.goTo(data.step, true); // the browser's Back or Forward
    this.look();
  }

  /** Join what the page knows with what this browser keeps, keep all of it, and tell the page what it lacked. */
  keep() {
    const known = JSON.parse(this.data.progress);
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(STORE));
    } catch {
      // Nothing readable is kept here, or the browser forbids it: the session alone remembers.
    }
    const whole = join(known, kept);
    if (whole.cleared > this.cleared) this.forgot = true;
    this.cleared = whole.cleared;
    const text = JSON.stringify(whole);
    try {
      localStorage.setItem(STORE, text);
    } catch {
      return;
    }
    const lacks = Object.keys(whole.entries).some((key) => !(key in known.entries) || known.entries[key][0] < whole.entries[key][0]);
    if ((lacks || whole.cleared > known.cleared) && text !== this.said) {
      this.said = text;
      this.say("kept", text);
    }
  }

  steps() {
    return [...document.querySelectorAll('[class*="st-key-lesson-step-"]')].map((element) => ({
      number: Number(/st-key-lesson-step-(\d+)/.exec(element.className)[1]),
      box: element.getBoundingClientRect(),
    }));
  }

  scrolled() {
    this.still = Date.now();
    this.look();
  }

  look() {
    if (this.wanted) this.goTo(this.wanted, true);
    this.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.rested(), REST);
  }

  draw() {
    const { step, steps, present } = this.data;
    const main = document.querySelector("[data-testid=stMain]");
    const way = main ? main.scrollHeight - main.clientHeight : 0;
    const part = present ? step / steps : way > 0 ? main.scrollTop / way : 1;
    const percent = Math.round(100 * Math.min(Math.max(part, 0), 1));
    this.line.firstElementChild.style.width = `${percent}%`;
    this.line.setAttribute("aria-valuenow", percent);
  }

  /** A step is read when its end stood in view for a moment. */
  rested() {
    if (!this.data.steps || document.hidden) return;
    const found = this.steps();
    const inView = found.filter(({ box }) => box.bottom > 0 && box.bottom <= innerHeight + 2);
    const unread = inView.map(({ number }) => number).filter((number) => !this.data.read.includes(number));
    const news = this.forgot ? [] : unread; // what merely stays in view is not read anew
    const at = this.data.present
      ? this.data.step
      : this.wanted ?? (found.find(({ box }) => box.bottom > 0.4 * innerHeight) ?? found.at(-1))?.number;
    if (at === undefined || (!news.length && at === this.data.step)) return;
    this.told.push(at);
    // Read when it came to rest: a tab in the background says so late, when all may have been forgotten meanwhile.
    this.say("seen", { place: this.data.place, read: news, at, ago: Date.now() - this.still, turn: Date.now() });
  }

  /** Scroll to a step, and stay there while figures above it grow, until the reader moves. */
  goTo(number, up = false) {
    this.wanted = null;
    if (this.data.present || (number === 1 && !up)) return;
    const place = number === 1 ? ".stMainBlockContainer" : `.st-key-lesson-step-${number}`;
    const found = document.querySelector(place);
    if (!found) return;
    found.scrollIntoView({ block: "start" });
    this.wanted = number;
  }

  pressed(event) {
    const by = KEYS[event.key];
    const own = event.composedPath()[0]?.closest?.(OWN_KEYS);
    if (!this.data.present || by === undefined || own || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    this.turn(by);
  }
}

function join(known, kept) {
  if (!kept || typeof kept.entries !== "object" || kept.resnet_lab_progress !== known.resnet_lab_progress) return known;
  const cleared = Math.max(known.cleared, Number(kept.cleared) || 0);
  const entries = { ...known.entries };
  for (const [key, entry] of Object.entries(kept.entries)) {
    if (Array.isArray(entry) && (!(key in entries) || entries[key][0] < entry[0])) entries[key] = entry;
  }
  const alive = Object.entries(entries).filter(([, entry]) => entry[0] > cleared);
  return { ...known, cleared, entries: Object.fromEntries(alive.sort(([a], [b]) => (a < b ? -1 : 1))) };
}
