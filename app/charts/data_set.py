"""A data set's classes as bars, and the sizes of its images as points."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from app import theme
from app.language import _

MOST_NAMED = 40
"""Classes that get a name on the axis; more would not be legible."""


def class_counts(names: Sequence[str], train: Sequence[int], test: Sequence[int]) -> go.Figure:
    """Draw how many images of each class train, and how many test, one on the other."""
    figure = go.Figure()
    for label, counts, color in ((_("to train on"), train, "green"), (_("to test on"), test, "purple")):
        figure.add_bar(
            x=list(names),
            y=list(counts),
            name=label,
            uid=color,
            marker={"color": theme.OKABE_ITO[color]},
            customdata=[theme.count(number) for number in counts],
            hovertemplate=f"%{{customdata}} {label}<extra></extra>",
        )
    figure.update_layout(barmode="stack", bargap=0.25 if len(names) > 4 else 0.6, title_text=_("Images of each class"))
    figure.update_xaxes(type="category", title_text=_("class"), showticklabels=len(names) <= MOST_NAMED)
    figure.update_yaxes(rangemode="tozero", title_text=_("images"), tickformat="~s")
    theme.style(figure)
    return _with_room(figure)


def describe_counts(names: Sequence[str], train: Sequence[int], test: Sequence[int]) -> str:
    """Say in a sentence how evenly the images are spread over the classes."""
    sums = np.add(train, test)
    if sums.min() == sums.max():
        text = _("Each of the {classes} classes has {count} images.")
        return text.format(classes=len(names), count=theme.count(sums[0]))
    most, fewest = int(sums.argmax()), int(sums.argmin())
    text = _("{most} has the most images, {most_count}; {fewest} the fewest, {fewest_count}.")
    counts = {"most_count": theme.count(sums[most]), "fewest_count": theme.count(sums[fewest])}
    return text.format(most=names[most], fewest=names[fewest], **counts)


def image_sizes(sizes: np.ndarray) -> go.Figure:
    """Draw width against height of each image, with the line on which an image is square.

    Shapes:
        sizes: (n, 2) widths and heights in pixels.
    """
    widths, heights = sizes[:, 0].tolist(), sizes[:, 1].tolist()
    largest = int(sizes.max() * 1.05)
    figure = go.Figure()
    figure.add_scatter(
        x=[0, largest],
        y=[0, largest],
        mode="lines",
        name=_("square"),
        line={"color": theme.OKABE_ITO["gray"], "width": 1, "dash": "dot"},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=widths,
        y=heights,
        mode="markers",
        name=_("an image"),
        marker={"color": theme.OKABE_ITO["green"], "size": 6, "opacity": 0.5},
        hovertemplate=_("{width} x {height} pixels").format(width="%{x}", height="%{y}") + "<extra></extra>",
    )
    figure.update_layout(title_text=_("Sizes of the images"), hovermode="closest")
    figure.update_xaxes(title_text=_("width in pixels"), rangemode="tozero")
    figure.update_yaxes(title_text=_("height in pixels"), rangemode="tozero")
    theme.style(figure)
    return _with_room(figure)


def describe_sizes(spread: dict[str, tuple[int, int, int]]) -> str:
    """Say in a sentence how large the images are.

    Args:
        spread: minimum, median and maximum of `width` and `height`.
    """
    parts = []
    names = {"width": _("width"), "height": _("height")}
    for name, (low, middle, high) in spread.items():
        text = _("{side} {low} pixels") if low == high else _("{side} {low} to {high} pixels, median {middle}")
        parts.append(text.format(side=names[name], low=low, middle=middle, high=high))
    return "; ".join(parts) + "."


def _with_room(figure: go.Figure) -> go.Figure:
    """Set the legend under the title, beside which a phone has no room for it."""
    return figure.update_layout(title={"y": 0.97, "yanchor": "top"}, legend={"traceorder": "normal"}, margin={"t": 76})
