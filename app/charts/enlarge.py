"""A figure for the back row: the same with larger letters and lines."""

from typing import Any

import plotly.graph_objects as go

FACTOR = 1.4


def enlarge(figure: go.Figure) -> go.Figure:
    """Return a copy of a figure with everything that is measured in pixels larger."""
    picture = figure.to_dict()
    layout = picture["layout"]
    template = layout.pop("template", {})
    merged = {**picture, "layout": _grown(_merged(template.get("layout", {}), layout))}
    return go.Figure({**merged, "data": [_grown(trace) for trace in picture["data"]]})


def _merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Lay a figure's own layout over its template's, so that the sizes of both grow."""
    found = dict(base)
    axes = {name: name[:5] for name in own if name[:5] in ("xaxis", "yaxis")}
    for name, value in own.items():
        under = base.get(axes.get(name, name))
        found[name] = _merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return found


def _grown(value: Any, inside: str = "") -> Any:
    match value:
        case dict():
            return {name: _grown(item, f"{inside}.{name}") for name, item in value.items()}
        case list() | tuple():
            return [_grown(item, inside) for item in value]
        case bool():
            return value
        case int() | float() if inside.endswith(_PIXELS):
            return value * FACTOR
    return value


_PIXELS = ("font.size", "line.width", "marker.size", "margin.t", "margin.l", "margin.b", "standoff")
