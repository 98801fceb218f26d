"""Learning curves as in the paper's Figure 6: thin lines for training error, bold lines for validation error."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import plotly.graph_objects as go

from app import theme
from app.charts.curve_style import Style, styles
from app.charts.downsampling import kept
from app.charts.log_ticks import name_within_a_decade
from app.charts.smoothing import smooth
from app.curve_layout import Axis, Layout
from app.language import N_, _
from resnet_core.results import Epoch, Step


@dataclass(frozen=True)
class Curve:
    """One run to draw.

    Attributes:
        label: its name in the legend; runs of the same network need different ones.
        residual, depth: decide color, dash and line weight.
        epochs: finished epochs.
        steps: samples between them, drawn as the training curve where there are any.
        steps_per_epoch: turns steps into epochs; None while it is unknown.
        color: overrides the color of plain and residual networks.
    """

    label: str
    residual: bool
    depth: int
    epochs: Sequence[Epoch]
    steps: Sequence[Step] = ()
    steps_per_epoch: int | None = None
    color: str | None = None


def learning_curves(
    curves: Sequence[Curve],
    *,
    title: str,
    x: Axis = Axis.EPOCH,
    layout: Layout = Layout.SIDES,
    log: bool = False,
    smoothing: float = 0.0,
    until: int | None = None,
) -> go.Figure:
    """Draw errors in percent over epochs, steps or seconds.

    A run has one entry in the legend, which shows and hides both of its curves. Curves of more points than a screen can
    show keep the lowest and highest of each stretch; see `kept`.

    Args:
        curves: the runs.
        title: what is seen.
        x: what is counted along x.
        layout: plain on the left and residual on the right on one shared axis, or all in one.
        log: a logarithmic y axis.
        smoothing: 0 for none, up to 0.99; see `smooth`. The raw curve stays, faint.
        until: the epoch at which the axis of epochs ends, for runs that are still on their way there.
    """
    sides = layout is Layout.SIDES
    looks = curve_styles(curves)
    traces: list[dict] = []
    # The widest first, so that they cover no other; the legend keeps the order given.
    for rank in sorted(range(len(curves)), key=lambda rank: -looks[rank].width):
        right = sides and curves[rank].residual
        place = {"xaxis": "x2" if right else "x", "yaxis": "y2" if right else "y", "legendrank": rank + 1}
        traces += [trace | place for trace in _traces(curves[rank], looks[rank], x, smoothing, log)]
    notes: list[dict] = []
    if sides:
        blanks, notes = _sides(curves)
        traces += blanks
    picture = {
        # Plotly's own subtitle stands a whole line lower.
        "title": {
            "text": f"{title}<br><span style='font-size: 13px'>{_(_SUBTITLE)}</span>",
            "y": 1,
            "yanchor": "top",
            "pad": {"t": 24},
        },
        "legend": _LEGEND,
        "margin": {"t": 76 if sides else 56},
        "annotations": notes,
        **_axes(curves, x, log, sides, until),
    }
    if log:
        name_within_a_decade(picture, traces)
    # One call that is handed everything: piece by piece, Plotly takes five times as long.
    return theme.style(go.Figure(traces, picture))


def curve_styles(curves: Sequence[Curve]) -> list[Style]:
    """Return the looks that `learning_curves` gives to these runs."""
    looks = styles((curve.residual, curve.depth) for curve in curves)
    return [
        replace(look, color=curve.color) if curve.color else look for curve, look in zip(curves, looks, strict=True)
    ]


def describe(curves: Sequence[Curve], images: str = "") -> str:
    """Say in words what the figure shows: the alternative text for a reader who hears it.

    Args:
        curves: as they are drawn.
        images: what the runs learned from, where the figure's title says it.
    """
    lines = []
    for curve in curves:
        if curve.epochs:
            last = curve.epochs[-1]
            text = _("{run}: training error {training}, validation error {validation} after epoch {epoch}")
            training, validation = theme.percent(last.train_error), theme.percent(last.val_error)
            lines.append(text.format(run=curve.label, training=training, validation=validation, epoch=last.epoch))
        else:
            lines.append(_("{run}: no epoch finished yet").format(run=curve.label))
    runs = "; ".join(lines) or _("No runs yet")
    if images:
        return _("Error over time on {images}. {runs}.").format(images=images, runs=runs)
    return _("Error over time. {runs}.").format(runs=runs)


_LEGEND = {
    "orientation": "h",
    "x": 0,
    "y": 0,
    "yref": "container",
    "yanchor": "bottom",
    "itemwidth": 40,
    "tracegroupgap": 0,
}
_SUBTITLE = N_("thin: training error, bold: validation error")
_X_TITLES = {Axis.EPOCH: N_("epoch"), Axis.STEP: N_("training step"), Axis.SECONDS: N_("training time (s)")}
_X_FORMATS = {Axis.EPOCH: ".3~f", Axis.STEP: ",d", Axis.SECONDS: ",.1~f"}
_X_HEADS = {Axis.EPOCH: N_("epoch %{x}"), Axis.STEP: N_("step %{x}"), Axis.SECONDS: N_("%{x} s")}


def _axes(curves: Sequence[Curve], x: Axis, log: bool, sides: bool, until: int | None) -> dict[str, dict]:
    """Return the layout's axes: one pair, or two that share their ranges."""
    along = {
        "title": {"text": _(_X_TITLES[x])},
        "rangemode": "tozero",
        "hoverformat": _X_FORMATS[x],
        "unifiedhovertitle": {"text": _(_X_HEADS[x])},
    }
    up = {"type": "log", "dtick": "D2", "tickformat": "~g"} if log else {"type": "linear", "rangemode": "tozero"}
    longest = max((len(curve.epochs) for curve in curves), default=0)
    if x is Axis.EPOCH and max(longest, until or 0) <= 10:
        along["dtick"] = 1
    if x is Axis.EPOCH and until:
        along["range"] = [0, max(longest, until)]
    if not any(curve.epochs or curve.steps for curve in curves):
        along.setdefault("range", [0, 1])
        up["range"] = [0, 2] if log else [0, 100]
    else:
        # Said outright: with a range on x alone, Plotly would leave y axes that match each other as if empty.
        up["autorange"] = True
    named = {**up, "title": {"text": _("error (%)")}}
    if not sides:
        return {"xaxis": along, "yaxis": named}
    return {
        "xaxis": {**along, "domain": [0, 0.48]},
        "yaxis": named,
        "xaxis2": {**along, "domain": [0.52, 1], "anchor": "y2", "matches": "x"},
        "yaxis2": {**up, "anchor": "x2", "matches": "y", "showticklabels": False},
    }


def _sides(curves: Sequence[Curve]) -> tuple[list[dict], list[dict]]:
    """Return what names the two sides: their headings, and for an empty one an invisible curve and a line of text."""
    blanks, notes = [], []
    for residual, axis in ((False, ""), (True, "2")):
        name = _("Residual") if residual else _("Plain")
        missing = _("no residual network among these runs") if residual else _("no plain network among these runs")
        place = {"showarrow": False, "x": 0.5, "xref": f"x{axis} domain", "yref": "paper"}
        notes.append({**place, "text": name, "y": 1, "yanchor": "bottom", "font": {"size": 15}})
        if any(curve.residual is residual for curve in curves):
            continue
        # Plotly draws no axes for a side without a curve.
        blanks.append({"type": "scatter", "x": [None], "y": [None], "xaxis": f"x{axis}", "yaxis": f"y{axis}"})
        blanks[-1] |= {"showlegend": False, "hoverinfo": "skip"}
        if curves:
            notes.append({**place, "text": missing, "y": 0.5})
    return blanks, notes


def _traces(curve: Curve, look: Style, x: Axis, smoothing: float, log: bool) -> list[dict]:
    if curve.steps:
        train_x, train_y = _step_positions(curve, x), [100 * step.error for step in curve.steps]
    else:
        train_x, train_y = _epoch_positions(curve, x), [100 * epoch.train_error for epoch in curve.epochs]
    val_x, val_y = _epoch_positions(curve, x), [100 * epoch.val_error for epoch in curve.epochs]
    traces = []
    sides = ((_("training"), train_x, train_y, 1.2), (_("validation"), val_x, val_y, look.width))
    # Until an epoch is validated: Plotly's legend leaves out a line without a point.
    nowhere = {"x": [None], "y": [None]} if train_x and not val_x else {}
    for bold, (kind, xs, ys, width) in zip((False, True), sides, strict=True):
        # Dashes of a curve that jumps with every batch cannot be seen.
        dash = "solid" if curve.steps and not bold else look.dash
        line = {"width": width, "color": look.color, "dash": dash}
        if smoothing and ys:
            faint = {**line, "color": theme.faint(look.color, 0.3), "width": 1.2}
            raw = _line(f"{curve.label} {kind} {_('raw')}", xs, ys, faint, log)
            traces.append({**raw, "hoverinfo": "skip", "legendgroup": curve.label})
            ys = smooth(ys, smoothing)
        traces.append(
            {
                **_line(curve.label if bold else f"{curve.label} {kind}", xs, ys, line, log),
                **(nowhere if bold else {}),
                "legendgroup": curve.label,
                "showlegend": bold,
                "mode": "lines+markers" if bold and len(xs) <= 30 else "lines",
                "hovertemplate": f"{curve.label}, {kind}: %{{y:.2f}} %<extra></extra>",
            }
        )
    return traces


def _line(name: str, xs: list[float], ys: list[float], line: dict, log: bool) -> dict:
    places = kept(ys)
    if len(places) < len(ys):
        xs, ys = [xs[at] for at in places], [ys[at] for at in places]
    return {
        "type": "scatter",
        "x": xs,
        # An error of 0 has no logarithm: a gap is honest, a made-up floor is not.
        "y": [value if value > 0 else None for value in ys] if log else ys,
        "name": name,
        "showlegend": False,
        "mode": "lines",
        "line": line,
        "marker": {"size": 5},
    }


def _epoch_positions(curve: Curve, x: Axis) -> list[float]:
    match x:
        case Axis.EPOCH:
            return [epoch.epoch for epoch in curve.epochs]
        case Axis.STEP:
            return [epoch.step for epoch in curve.epochs]
        case Axis.SECONDS:
            return list(accumulate(epoch.seconds for epoch in curve.epochs))


def _step_positions(curve: Curve, x: Axis) -> list[float]:
    match x:
        case Axis.EPOCH:
            return [step.step / (curve.steps_per_epoch or 1) for step in curve.steps]
        case Axis.STEP:
            return [step.step for step in curve.steps]
        case Axis.SECONDS:
            return [step.seconds for step in curve.steps]
