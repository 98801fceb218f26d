"""What a reader sketched before, laid over what happened."""

from collections.abc import Sequence

import plotly.graph_objects as go

from app import theme
from app.language import _
from resnet_core.lessons.blocks import Sketch


def sketch_overlay(sketch: Sketch, drawn: Sequence[float], happened: Sequence[float]) -> go.Figure:
    """Draw both curves on the sketch's axes.

    Args:
        sketch: the axes.
        drawn: the reader's value at each x.
        happened: the lab's value at each x.
    """
    low, high = sketch.y_range
    room = 0.04 * (high - low)  # so that points on the rim are whole
    figure = go.Figure()
    figure.add_scatter(
        x=sketch.x,
        y=happened,
        name=_("what happened"),
        mode="lines+markers",
        line={"color": theme.OKABE_ITO["green"], "width": 3},
    )
    figure.add_scatter(
        x=sketch.x,
        y=drawn,
        name=_("your sketch"),
        mode="lines+markers",
        line={"color": theme.OKABE_ITO["purple"], "width": 3, "dash": "dash"},
    )
    figure.update_layout(
        title_text=_("Your sketch and what happened"),
        margin_t=76,  # the legend stands between title and axes
        xaxis={"title": {"text": sketch.x_label}, "tickvals": list(sketch.x)},
        yaxis={"title": {"text": sketch.y_label}, "range": [low - room, high + room]},
    )
    return theme.style(figure)


def describe(sketch: Sketch, drawn: Sequence[float], happened: Sequence[float]) -> str:
    """Say in words what the figure shows: the alternative text for a reader who hears it."""
    points = (
        _("{x}: sketched {drawn}, happened {happened}").format(x=f"{x:g}", drawn=f"{a:.3g}", happened=f"{b:.3g}")
        for x, a, b in zip(sketch.x, drawn, happened, strict=True)
    )
    return f"{sketch.y_label}, {sketch.x_label}. {'; '.join(points)}."
