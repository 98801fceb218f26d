// A Plotly figure that is redrawn in place: zoom, hover and hidden curves stay as the reader left them.

const TOUCH = matchMedia("(hover: none)").matches;
const charts = new WeakMap(); // plot element -> Chart

function mount({ data, parentElement }) {
  const plot = parentElement.querySelector(".lab-chart-plot");
  if (!charts.has(plot)) charts.set(plot, new Chart(plot));
  const chart = charts.get(plot);
  chart.show(data);
  // Streamlit also calls this after a mere update that came while it was mounting.
  return () => plot.isConnected || chart.leave();
}

class Chart {
  constructor(plot) {
    this.plot = plot;
    this.note = plot.parentElement.querySelector(".lab-chart-note");
    this.work = Promise.resolve();
    this.drawn = ""; // what is on the screen, to tell a change from a mere rerun
    this.revision = 0;
    this.more = 0; // px of height that a phone needs besides
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(plot);
  }

  leave() {
    this.sizes.disconnect();
    if (this.plot._fullLayout) window.Plotly.purge(this.plot);
  }

  show(data) {
    this.data = data;
    this.plot.style.height = `${data.height + this.more}px`;
    // One after the other, and only the newest of those that wait.
    const newest = (this.newest = {});
    this.work = this.work.then(() => newest === this.newest && this.draw()).catch((error) => this.fail(error));
  }

  async draw() {
    if (!this.plot.clientWidth) return; // in a hidden tab: drawn when it shows
    const theme = readTheme(this.plot);
    const wanted = JSON.stringify([this.data, theme, Math.floor(this.plot.clientWidth / STEP)]);
    if (wanted === this.drawn) return;
    const Plotly = await loadPlotly(this.data.library);
    await this.dragEnds();
    const { data, layout } = paint(JSON.parse(this.data.figure), theme, this.data.dark);
    this.more = fitWidth(data, layout, this.plot.clientWidth);
    this.plot.style.height = `${this.data.height + this.more}px`;
    Object.assign(layout, { height: this.data.height + this.more, datarevision: ++this.revision, autosize: true });
    if (TOUCH) layout.dragmode ??= false; // a finger scrolls the page past the chart
    // The same object each time: another one would make Plotly start anew.
    if (this.language !== this.data.words.locale) this.config = this.makeConfig(Plotly);
    this.language = this.data.words.locale;
    await Plotly.react(this.plot, data, keepView(layout), this.config);
    this.drawn = wanted;
    this.note.hidden = true;
    this.describe();
  }

  makeConfig(Plotly) {
    const picture = {
      name: "picture",
      title: this.data.words.picture,
      icon: Plotly.Icons.camera,
      click: () => this.download(),
    };
    const buttons = ["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"];
    const { locale, plotly } = this.data.words;
    const locales = { [locale]: { dictionary: plotly } };
    return { displaylogo: false, showTips: false, modeBarButtons: [[picture], buttons], locale, locales };
  }

  /** The picture is for paper: the light colors on white, with the part that the reader sees. */
  download() {
    const paper = { ...LIGHT, font: readTheme(this.plot).font };
    const { data, layout } = paint(JSON.parse(this.data.figure), paper, {});
    for (const name of axesOf(layout)) {
      const { range, autorange } = this.plot._fullLayout[name];
      if (!autorange) Object.assign((layout[name] ??= {}), { range: [...range], autorange: false });
    }
    data.forEach((trace, index) => (trace.visible = this.plot._fullData[index].visible));
    layout.paper_bgcolor = layout.plot_bgcolor = paper.paper;
    const width = this.plot.clientWidth;
    const size = { width, height: this.data.height + fitWidth(data, layout, width) };
    return window.Plotly.downloadImage({ data, layout }, { ...size, format: "png", scale: 2, filename: this.data.filename });
  }

  describe() {
    const [picture, ...others] = this.plot.querySelectorAll(".main-svg");
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", this.data.alt);
    for (const other of others) other.setAttribute("aria-hidden", "true");
  }

  /** A redraw would move the axes under a zoom that the reader is just drawing. */
  async dragEnds() {
    while (this.plot._dragging) {
      await new Promise((resolve) => {
        for (const end of ["mouseup", "touchend", "blur"]) {
          window.addEventListener(end, resolve, { once: true, capture: true });
        }
      });
      await new Promise((resolve) => setTimeout(resolve)); // Plotly's own listener comes after ours
    }
  }

  resized() {
    if (!this.plot.clientWidth) return;
    if (this.plot._fullLayout && this.plot._fullLayout.width !== this.plot.clientWidth) window.Plotly.Plots.resize(this.plot);
    if (this.data) this.show(this.data); // it may have changed while it was hidden
  }

  fail(error) {
    console.warn("ResNet Lab chart:", error);
    this.note.textContent = this.data.words.failed.replace("{reason}", error.message);
    this.note.hidden = false;
  }
}

/** Load the Plotly that Python's package brings, once for the page. */
function loadPlotly(path) {
  const shelf = (window.resnetLabPlotly ??= {});
  shelf[path] ??= new Promise((resolve, reject) => {
    // Streamlit's own script tells where the app's root is, also behind a proxy.
    const root = document.querySelector('script[type="module"][src*="static/js/"]')?.src.replace(/static\/js\/.*$/, "");
    const script = document.createElement("script");
    script.src = new URL(path, root ?? document.baseURI).href;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      delete shelf[path];
      script.remove();
      reject(new Error("Plotly did not load"));
    };
    document.head.append(script);
  });
  return shelf[path];
}
