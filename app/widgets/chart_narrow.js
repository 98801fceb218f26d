// A figure in the width that it has: a legend of several lines gets its room, and on a phone the title stands in lines
// that fit, below the buttons, and the legend beneath the axes.

const NARROW = 480; // px
const STEP = 20; // px of width after which a figure is arranged anew; NARROW is a multiple
const BUTTONS = 34; // px, the row of buttons, which a phone shows all the time
const LINE = 1.3; // of the size of the letters
const LEGEND = 30; // px, what a line of the legend takes above the axes
const BETWEEN = 3; // px between two lines of a legend
const KEY = 55; // px, the stroke before a name in the legend, and the room after the name
const NEXT = 42; // px, the same in a legend above the axes, which Plotly packs closer
const AXIS = 70; // px, what the words of the y axis and the margins take of the width

/** Rearrange a painted figure for its width, and return the pixels of height that its legend needs besides. */
function fitWidth(data, layout, width) {
  const own = layout.template.layout;
  const font = (size) => `${size}px ${own.font?.family ?? "sans-serif"}`;
  const letters = layout.font?.size ?? own.font?.size ?? 14;
  const legend = { ...own.legend, ...layout.legend };
  const above = legend.orientation === "h" && legend.y > 1;
  if (width >= NARROW) {
    const margin = { ...own.margin, ...layout.margin };
    const more = above ? legendMore(data, layout, width - AXIS, letters, font(letters), NEXT) : 0;
    if (!more) return 0;
    const top = margin.t ?? 100;
    const size = layout.title?.font?.size ?? own.title?.font?.size ?? 16;
    // Plotly sets a title into the middle of the margin: it stays where it was, and the legend grows below it.
    if (layout.title?.text) {
      const place = { y: 1, yref: "container", yanchor: "top", pad: { t: Math.max(0, (top - size * LINE) / 2) } };
      layout.title = { ...layout.title, ...place, pad: { ...layout.title.pad, ...place.pad } };
    }
    layout.margin = { ...layout.margin, t: top + more };
    return more;
  }
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
  if (above) layout.legend = { ...layout.legend, x: 0, xanchor: "left", y: 0, yref: "container", yanchor: "bottom" };
  // Where the legend had a line of its own below the title, that line is free.
  layout.margin = { ...layout.margin, t: above && top > BUTTONS + 2 * LEGEND ? top - LEGEND : top };
  return legend.orientation === "h" ? legendMore(data, layout, width, letters, font(letters), KEY) : 0;
}

/** Return the pixels that a legend takes after its first line: names that do not fit in one line stand in columns. */
function legendMore(data, layout, width, letters, font, key) {
  if (layout.showlegend === false) return 0;
  const names = data.filter((trace) => trace.name && trace.showlegend !== false).map((trace) => trace.name);
  const widths = names.map((name) => breadth(name, font) + key);
  if (widths.reduce((sum, each) => sum + each, 0) <= width) return 0;
  const rows = Math.ceil(names.length / Math.max(1, Math.floor(width / Math.max(0, ...widths))));
  return Math.max(0, rows - 1) * (letters * LINE + BETWEEN);
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
