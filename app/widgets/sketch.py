"""A curve that the reader draws, by pointer or by keyboard: a prediction, or a value of a lab."""

import math

import streamlit as st

from app.language import _
from app.widgets.component import component, rerun_only
from resnet_core.lessons.blocks import Sketch

_pad = component("sketch", scripts=("sketch.js",))


def sketch_pad(sketch: Sketch, *, key: str, values: tuple[float, ...] | None = None) -> tuple[float, ...] | None:
    """Show the pad and return what was drawn on it; None before anything was.

    Args:
        sketch: its axes.
        key: of this widget in its page.
        values: drawn at the beginning; None draws the middle.
    """
    drawn = (st.session_state.get(key) or {}).get("drawn")
    found = _values(drawn, sketch)
    low, high = sketch.y_range
    shown = found or values or ((low + high) / 2,) * len(sketch.x)
    _pad(
        key=key,
        data={
            "x": list(sketch.x),
            "range": [low, high],
            "values": list(shown),
            "turn": drawn.get("turn") if found else str(values),
            "xLabel": sketch.x_label,
            "yLabel": sketch.y_label,
            "label": _("Your curve: {y} over {x}").format(y=sketch.y_label, x=sketch.x_label),
            "hint": _("Draw with the pointer; or Tab to a point and move it with the arrow keys."),
        },
        on_drawn_change=rerun_only,
    )
    return found


def _values(drawn: object, sketch: Sketch) -> tuple[float, ...] | None:
    """Return what a browser sent, if it is a curve on these axes."""
    values = drawn.get("values") if isinstance(drawn, dict) else None
    if not isinstance(values, list) or len(values) != len(sketch.x):
        return None
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in values):
        return None
    low, high = sketch.y_range
    return tuple(min(max(float(value), low), high) for value in values)
