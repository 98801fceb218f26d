// Draws the report's figures in the colors of the page, and again when the reader's device turns dark or light.

const DARK_VARIANTS = JSON.parse(document.getElementById("variants").textContent);

function drawAll() {
  for (const place of document.querySelectorAll(".chart")) {
    const { data, layout } = paint(JSON.parse(place.querySelector("script").textContent), readTheme(place), DARK_VARIANTS);
    const plot = place.querySelector(".plot");
    Object.assign(layout, { height: Number(place.dataset.height), autosize: true });
    Plotly.react(plot, data, layout, { displaylogo: false, responsive: true }).then(() => {
      const [picture, ...others] = plot.querySelectorAll(".main-svg");
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", place.dataset.alt);
      for (const other of others) other.setAttribute("aria-hidden", "true");
    });
  }
}

drawAll();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
