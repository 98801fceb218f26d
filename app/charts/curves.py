"""Learning curves as in the paper's Figure 6: thin lines for training error, bold lines for validation error."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from app import theme
from resnet_core.results import Epoch, Step


class Axis(StrEnum):
    """What is counted along x."""

    EPOCH = "epoch"
    STEP = "step"
    SECONDS = "seconds"


class Layout(StrEnum):
    """Plain and residual networks side by side on one shared axis, or all in one figure."""

    SIDES = "sides"
    ONE = "one"


@dataclass(frozen=True)
class Curve:
    """One run to draw.

    Attributes:
        label: its name in the legend; runs of the same network need different ones.
        residual, depth: decide color and line weight.
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
) -> go.Figure:
    """Draw errors in percent over epochs, steps or seconds.

    Args:
        curves: the runs.
        title: what is seen.
        x: what is counted along x.
        layout: plain on the left and residual on the right on one shared axis, or all in one.
        log: a logarithmic y axis.
        smoothing: 0 for none, up to 0.99; see `smooth`. The raw curve stays, faint.
    """
    sides = layout is Layout.SIDES
    titles = ("Plain", "Residual") if sides else None
    figure = make_subplots(1, 2 if sides else 1, shared_yaxes=True, subplot_titles=titles, horizontal_spacing=0.04)
    for curve in curves:
        column = 2 if sides and curve.residual else 1
        for trace in _traces(curve, x, smoothing, log):
            figure.add_trace(trace, row=1, col=column)
    figure.update_xaxes(title_text=_X_TITLES[x], rangemode="tozero")
    figure.update_yaxes(type="log" if log else "linear", rangemode="normal" if log else "tozero")
    figure.update_yaxes(title_text="error (%)", row=1, col=1)
    if sides:
        figure.update_xaxes(matches="x")
    figure.update_layout(title_text=title)
    return theme.style(figure)


def smooth(values: Sequence[float], weight: float) -> list[float]:
    """Return a running mean that forgets: each point depends on earlier ones only, so no past point ever changes.

    The mean's start is not drawn towards zero: weights are normalized over the points seen so far.

    Args:
        values: in order.
        weight: of the past, 0 (no smoothing) to below 1.

    Example:
        >>> smooth([4.0, 4.0, 1.0], 0.5)
        [4.0, 4.0, 2.2857142857142856]
    """
    total, mass, out = 0.0, 0.0, []
    for value in values:
        total = weight * total + value
        mass = weight * mass + 1
        out.append(total / mass)
    return out


def describe(curves: Sequence[Curve]) -> str:
    """Say in words what the figure shows: the alternative text for a reader who hears it."""
    lines = []
    for curve in curves:
        if curve.epochs:
            last = curve.epochs[-1]
            lines.append(
                f"{curve.label}: training error {last.train_error:.1%}, validation error {last.val_error:.1%} "
                f"after epoch {last.epoch}"
            )
        else:
            lines.append(f"{curve.label}: no epoch finished yet")
    return "Error over time. " + ("; ".join(lines) or "No runs yet") + "."


_X_TITLES = {Axis.EPOCH: "epoch", Axis.STEP: "training step", Axis.SECONDS: "training time (s)"}


def _traces(curve: Curve, x: Axis, smoothing: float, log: bool) -> list[go.Scatter]:
    color = curve.color or theme.kind_color(curve.residual)
    width = theme.line_width(curve.depth)
    if curve.steps:
        train_x, train_y = _step_positions(curve, x), [100 * step.error for step in curve.steps]
    else:
        train_x, train_y = _epoch_positions(curve, x), [100 * epoch.train_error for epoch in curve.epochs]
    val_x, val_y = _epoch_positions(curve, x), [100 * epoch.val_error for epoch in curve.epochs]
    traces = []
    for kind, xs, ys, line in (
        ("training", train_x, train_y, {"width": 1, "color": color}),
        ("validation", val_x, val_y, {"width": width + 1, "color": color}),
    ):
        name = f"{curve.label} {kind}"
        if smoothing and ys:
            faint = {**line, "color": theme.faint(color), "width": 1}
            traces.append(_line(f"{name} raw", xs, ys, faint, x, log, legend=False, hover=False))
            ys = smooth(ys, smoothing)
        few = len(xs) <= 30 and kind == "validation"
        traces.append(_line(name, xs, ys, line, x, log, mode="lines+markers" if few else "lines"))
    return traces


def _line(name, xs, ys, line, x, log, *, legend=True, hover=True, mode="lines") -> go.Scatter:
    unit = {Axis.EPOCH: "epoch %{x:.2f}", Axis.STEP: "step %{x:,}", Axis.SECONDS: "%{x:.1f} s"}[x]
    return go.Scatter(
        x=xs,
        # An error of 0 has no logarithm: a gap is honest, a made-up floor is not.
        y=[value if value > 0 else None for value in ys] if log else ys,
        name=name,
        mode=mode,
        line=line,
        marker={"size": 5},
        showlegend=legend,
        hoverinfo=None if hover else "skip",
        hovertemplate=f"{name}<br>{unit}<br>error %{{y:.2f}} %<extra></extra>" if hover else None,
    )


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
