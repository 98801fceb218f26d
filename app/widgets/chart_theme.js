// The colors of a figure on a light and on a dark page, and the identity of its axes.

const LIGHT = { dark: false, text: "#1F2933", soft: "#52606D", line: "#E1E5EA", paper: "#FFFFFF" };
const CLEAR = "rgba(0,0,0,0)";

function readTheme(element) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(name).trim();
  const [paper, text] = [backdrop(element), read("--st-text-color")];
  return {
    dark: luminance(channels(paper)) < 128,
    text,
    soft: mixed(text, paper, 0.28),
    line: mixed(text, paper, 0.86),
    paper,
    font: read("--st-font"),
  };
}

/** Return the color that lies behind an element. */
function backdrop(element) {
  for (let above = element; above; above = above.parentElement) {
    const [red, green, blue, opacity = 1] = channels(getComputedStyle(above).backgroundColor);
    if (opacity > 0) return hex([red, green, blue]);
  }
  return LIGHT.paper;
}

/** Give a figure the colors of the page, as defaults: what it sets itself stays, in its dark variant on a dark page. */
function paint(figure, theme, variants) {
  const { data, layout = {} } = theme.dark ? recolored(figure, variants) : figure;
  const own = layout.template?.layout ?? {};
  const axis = (name) => ({
    ...own[name],
    gridcolor: theme.line,
    linecolor: theme.line,
    zerolinecolor: theme.line,
    spikecolor: theme.soft,
    tickfont: { ...own[name]?.tickfont, color: theme.soft },
  });
  layout.template = {
    ...layout.template,
    layout: {
      ...own,
      font: { ...own.font, family: theme.font, color: theme.text },
      hoverlabel: { ...own.hoverlabel, bgcolor: theme.paper, bordercolor: theme.line, font: { color: theme.text } },
      modebar: { bgcolor: CLEAR, color: theme.soft, activecolor: theme.text },
      paper_bgcolor: theme.paper, // Plotly derives the halo of its hover line from it
      plot_bgcolor: CLEAR,
      xaxis: axis("xaxis"),
      yaxis: axis("yaxis"),
    },
  };
  return { data, layout };
}

/** Let the reader's zoom and hidden curves outlive a redraw, but not an axis that now means something else. */
function keepView(layout) {
  layout.uirevision ??= "kept";
  for (const name of axesOf(layout)) {
    const axis = (layout[name] ??= {});
    axis.uirevision ??= [layout.uirevision, axis.title?.text, axis.type].join("|");
  }
  return layout;
}

function axesOf(layout) {
  const named = Object.keys(layout).filter((name) => /^[xy]axis\d*$/.test(name));
  return [...new Set(["xaxis", "yaxis", ...named])];
}

/** Replace each color that has a variant, written `#RRGGBB` or `rgba(r,g,b,a)`, wherever it stands. */
function recolored(value, variants) {
  if (Array.isArray(value)) return value.map((item) => recolored(item, variants));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, recolored(item, variants)]));
  }
  if (typeof value !== "string" || !/^(#[0-9a-f]{6}$|rgba\()/i.test(value)) return value;
  const [red, green, blue, opacity] = channels(value);
  const variant = variants[hex([red, green, blue])];
  if (!variant) return value;
  return opacity === undefined ? variant : `rgba(${channels(variant).join(",")},${opacity})`;
}

function channels(color) {
  const pairs = color.match(/^#(..)(..)(..)$/);
  return pairs ? pairs.slice(1).map((pair) => parseInt(pair, 16)) : (color.match(/[\d.]+/g) ?? []).map(Number);
}

function hex(parts) {
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`.toUpperCase();
}

function luminance([red = 255, green = 255, blue = 255]) {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** Return a color on the way from one to another. */
function mixed(from, to, way) {
  const [start, end] = [channels(from), channels(to)];
  return `rgb(${[0, 1, 2].map((at) => Math.round(start[at] + (end[at] - start[at]) * way)).join(",")})`;
}
