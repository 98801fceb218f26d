"""Lines of a lab's figure: a title, two axes with units, and curves in the lab's look."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from app import theme


@dataclass(frozen=True)
class Line:
    """One curve.

    Attributes:
        name: in the legend; empty keeps it out of there.
        faint: thin and half transparent, for what stands behind the main curves.
        mode: `lines`, `lines+markers` or `markers`.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    color: str
    dash: str = "solid"
    faint: bool = False
    mode: str = "lines"
    hover: str = "%{y:.3g}"


def lab_lines(title: str, x_title: str, y_title: str, lines: Iterable[Line], **axes: dict[str, Any]) -> go.Figure:
    """Draw curves over one pair of axes.

    Args:
        axes: more of `xaxis`, `yaxis`, and other parts of the layout.
    """
    figure = go.Figure(
        layout={
            "title": {"text": title},
            "margin": {"t": 76},  # the legend stands between title and axes
            "xaxis": {"title": {"text": x_title}, **axes.pop("xaxis", {})},
            "yaxis": {"title": {"text": y_title}, **axes.pop("yaxis", {})},
            **axes,
        }
    )
    for line in lines:
        figure.add_scatter(
            x=list(line.x),
            y=list(line.y),
            mode=line.mode,
            name=line.name,
            showlegend=bool(line.name),
            opacity=0.35 if line.faint else 1,
            line={"color": line.color, "width": 1.5 if line.faint else 3, "dash": line.dash},
            marker={"color": line.color, "size": 8},
            hovertemplate=f"{line.name}: {line.hover}<extra></extra>" if line.name else f"{line.hover}<extra></extra>",
        )
    return theme.style(figure)
