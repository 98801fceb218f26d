"""A Plotly chart that may change while it is read: zoom, hover and hidden curves survive each update."""

import base64
import json
import re
from pathlib import Path

import numpy as np
import plotly
import plotly.graph_objects as go
import streamlit as st
from plotly.offline import get_plotlyjs_version
from streamlit.components.v1 import declare_component

from app.theme import DARK_VARIANTS

_FOLDER = Path(__file__).parent
_SCRIPTS = ("chart_theme.js", "live_chart.js")

_chart = st.components.v2.component(
    "resnet_lab_live_chart",
    html=(_FOLDER / "live_chart.html").read_text("utf-8"),
    css=(_FOLDER / "live_chart.css").read_text("utf-8"),
    js="\n".join((_FOLDER / name).read_text("utf-8") for name in _SCRIPTS),
    isolate_styles=False,
)

# Never shown: declaring it makes Streamlit serve the folder that the plotly package installed, with no copy of it.
_plotly = declare_component("plotly", path=Path(plotly.__file__).parent / "package_data")
_LIBRARY = f"component/{_plotly.name}/plotly.min.js?v={get_plotlyjs_version()}"


def live_chart(figure: go.Figure | str, *, key: str, alt: str, filename: str, height: int = 420) -> None:
    """Show a figure, and redraw it in place when it has changed.

    Mount it with the same key in every run, in a fragment with `run_every` or outside of one; a run with an unchanged
    figure redraws nothing. The reader's zoom is dropped only where an axis gets another title or type. To drop all
    of it, give `figure.layout.uirevision` another value.

    Args:
        figure: what a function in app.charts returns, or that figure's `chart_json`, which a page can cache.
        key: of this chart in its page.
        alt: what the chart says, in a sentence, for a reader who hears it.
        filename: of the picture that the chart's own button saves, without `.png`.
        height: pixels; the width is the container's.
    """
    text = figure if isinstance(figure, str) else chart_json(figure)
    _chart(
        key=key,
        data={
            "figure": text,
            "alt": alt,
            "filename": filename,
            "height": height,
            "library": _LIBRARY,
            "dark": DARK_VARIANTS,
        },
    )


def chart_json(figure: go.Figure) -> str:
    """Write a figure as JSON with its points packed: about 6 bytes a number instead of 20.

    Points keep seven digits, more than a screen can show; every curve gets an identity from its name, so that it stays
    hidden if the reader hid it while others come and go.
    """
    content = figure.to_dict()
    taken: set[str] = set()
    for trace in content["data"]:
        for axis in ("x", "y"):
            if axis in trace:
                trace[axis] = _packed(trace[axis])
        if "uid" not in trace:
            trace["uid"] = _free(trace.get("name") or trace["type"], taken)
        taken.add(trace["uid"])
    return json.dumps(content, cls=plotly.utils.PlotlyJSONEncoder, separators=(",", ":"))


def _packed(values: object) -> object:
    """Return numbers as Plotly's typed array of the smallest type; anything else unchanged."""
    array = _numbers(values)
    if array is None or array.ndim != 1 or not array.size:
        return values
    if array.dtype.kind in "iu":
        fitting = (kind for kind in ("i1", "i2", "i4") if _fits(array, np.iinfo(kind)))
        kind = next(fitting, "f8")
    else:
        kind = "f4"
    return {"dtype": kind, "bdata": base64.b64encode(array.astype(f"<{kind}").tobytes()).decode("ascii")}


def _numbers(values: object) -> np.ndarray | None:
    if isinstance(values, dict) and "shape" not in values:  # NumPy and pandas columns arrive packed already
        return np.frombuffer(base64.b64decode(values["bdata"]), dtype=f"<{values['dtype']}")
    if not isinstance(values, list | tuple) or not all(isinstance(item, int | float | None) for item in values):
        return None
    # A missing point becomes NaN, which Plotly draws as a gap.
    return np.asarray(values, dtype=float if None in values else None)


def _fits(array: np.ndarray, bounds: np.iinfo) -> bool:
    return bounds.min <= array.min() and array.max() <= bounds.max


def _free(name: str, taken: set[str]) -> str:
    """Return an identity made from a name that no other curve has; Plotly uses it in style selectors."""
    word = re.sub(r"\W", "_", name)
    number = 1
    uid = word
    while uid in taken:
        number += 1
        uid = f"{word}_{number}"
    return uid
