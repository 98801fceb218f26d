// A figure on a phone: its title in lines that fit, below the buttons, and its legend beneath the axes.

const NARROW = 480; // px
const BUTTONS = 34; // px, the row of buttons, which a phone shows all the time
const LINE = 1.3; // of the size of the letters
const LEGEND = 30; // px, what a line of the legend takes above the axes
const KEY = 55; // px, the stroke before a name in the legend, and the room after the name

/** Rearrange a painted figure for a narrow chart, and return the pixels of height that its legend needs besides. */
function fitWidth(data, layout, width) {
  if (width >= NARROW) return 0;
  const own = layout.template.layout;
  const font = (size) => `${size}px ${own.font?.family ?? "sans-serif"}`;
  const letters = layout.font?.size ?? own.font?.size ?? 14;
  let top = (layout.margin?.t ?? own.margin?.t ?? 40) + BUTTONS;
  if (layout.title?.text) {
    const size = layout.title.font?.size ?? own.title?.font?.size ?? 16;
    const parts = layout.title.text.split("<br>");
    // What follows the first line is a smaller note: it keeps its markup, and its line.
    const lines = [...wrapped(parts[0], width - 24, font(size)), ...parts.slice(1)];
    top += (lines.length - parts.length) * size * LINE;
    // Plotly lifts a title by half of each line after the first.
    const pad = { l: 8, t: BUTTONS + ((lines.length - 1) * size * LINE) / 2 };
    const place = { x: 0, xref: "container", y: 1, yref: "container", yanchor: "top", pad };
    layout.title = { ...layout.title, ...place, text: lines.join("<br>") };
  }
  const across = axesOf(layout).filter((name) => name.startsWith("x"));
  if (across.length === 1 && layout.xaxis?.title?.text) {
    const lines = wrapped(layout.xaxis.title.text, 0.6 * width, font(letters));
    layout.xaxis.title = { ...layout.xaxis.title, text: lines.join("<br>") };
  }
  const legend = { ...own.legend, ...layout.legend };
  const above = legend.orientation === "h" && legend.y > 1;
  if (above) layout.legend = { ...layout.legend, x: 0, xanchor: "left", y: 0, yref: "container", yanchor: "bottom" };
  // Where the legend had a line of its own below the title, that line is free.
  layout.margin = { ...layout.margin, t: above && top > BUTTONS + 2 * LEGEND ? top - LEGEND : top };
  if (legend.orientation !== "h" || layout.showlegend === false) return 0;
  const names = data.filter((trace) => trace.name && trace.showlegend !== false).map((trace) => trace.name);
  const widest = Math.max(0, ...names.map((name) => breadth(name, font(letters)) + KEY));
  const rows = Math.ceil(names.length / Math.max(1, Math.floor(width / widest)));
  return Math.max(0, rows - 1) * letters * LINE;
}

/** Break a text into lines of at most so many pixels, between words. */
function wrapped(text, width, font) {
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && breadth(longer, font) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function breadth(text, font) {
  const pen = (breadth.pen ??= document.createElement("canvas").getContext("2d"));
  pen.font = font;
  return pen.measureText(text).width;
}
