"""Ticks of a logarithmic axis whose values lie close together."""

from collections.abc import Mapping, Sequence
from typing import Any

CLOSE = 8
"""Times the lowest value: with the room that Plotly leaves above and below, less than a decade."""


def name_within_a_decade(layout: dict[str, Any], traces: Sequence[Mapping[str, Any]]) -> None:
    """Leave the ticks of logarithmic y axes to Plotly where 1, 2 and 5 of each power of ten are too few to read by.

    Args:
        layout: of a figure, changed in place.
        traces: all that it shows.
    """
    drawn = [y for trace in traces for y in trace["y"] if y is not None and y > 0]
    if not drawn or max(drawn) > CLOSE * min(drawn):
        return
    for name, axis in layout.items():
        if name.startswith("yaxis"):
            axis.pop("dtick", None)
