"""The norm of each layer's gradient, plain and residual, at the start and after some training."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app import theme
from app.charts.lab_lines import Line, lab_lines
from app.labs.lab import Panel
from app.language import N_, _
from resnet_core.lessons.labs.micro import GradientFlowValues
from resnet_core.micro import gradient_norms, layer_norms
from resnet_core.words import fill

TITLE = N_("How long is the gradient of each layer?")
CODE = (gradient_norms, layer_norms)
SLOW = True

SEEDS = 3


@dataclass(frozen=True)
class Answer:
    """Norms of each layer's gradient, from the first to the last, of several seeds; NaN where a network diverged.

    Shapes: plain, residual (depth, seeds); the accuracies (seeds,).
    """

    plain: np.ndarray
    residual: np.ndarray
    plain_accuracy: np.ndarray
    residual_accuracy: np.ndarray

    def ratio(self, norms: np.ndarray) -> float:
        """Return the first layer's norm over the last layer's: the median of the seeds."""
        return float(np.median(norms[0] / norms[-1]))


def answer(values: GradientFlowValues) -> Answer:
    """Measure plain and residual networks of three seeds."""
    seeds = range(values.seed, values.seed + SEEDS)
    norms, hits = gradient_norms(values.depth, steps=values.steps, seeds=tuple(seeds), batch_norm=values.batch_norm)
    return Answer(norms[:, 0::2], norms[:, 1::2], hits[0::2], hits[1::2])


def panels(values: GradientFlowValues, answer: Answer) -> list[Panel]:
    """Draw the norms over the layers, the seeds thin and their median bold."""
    when = _("at the start") if not values.steps else _("after {steps} steps").format(steps=values.steps)
    title = _("Gradient of each layer's weights, {when}").format(when=when)
    layers = list(range(1, values.depth + 1))
    lines = []
    for name, norms, color in _kinds(answer):
        lines += [Line("", layers, seed, color, faint=True) for seed in norms.T]
        lines.append(Line(name, layers, np.median(norms, 1), color, hover="%{y:.2e}"))
    figure = lab_lines(
        title,
        _("layer, from the input to the output"),
        _("norm of the gradient (log scale)"),
        lines,
        yaxis={
            "type": "log",
            "exponentformat": "power",
            "dtick": 1 if values.steps == 0 and not values.batch_norm else 2,
        },
    )
    return [Panel(title, f"{title}. {sentence(values, answer)}", figure=figure)]


def sentence(values: GradientFlowValues, answer: Answer) -> str:
    """Say how the first layer's gradient compares with the last's, and whether the networks learn."""
    text = _(
        "The first layer's gradient is {plain} times as long as the last's in the plain network and {residual} times "
        "in the residual one (median of {seeds} seeds); they get {plain_hits:.0%} and "
        "{residual_hits:.0%} of the training points."
    )
    return fill(
        text,
        plain=_times(answer.ratio(answer.plain)),
        residual=_times(answer.ratio(answer.residual)),
        seeds=SEEDS,
        plain_hits=np.median(answer.plain_accuracy),
        residual_hits=np.median(answer.residual_accuracy),
    )


def table(values: GradientFlowValues, answer: Answer) -> pd.DataFrame:
    """Return every norm."""
    columns: dict[str, object] = {"layer": range(1, values.depth + 1)}
    for kind, norms in (("plain", answer.plain), ("residual", answer.residual)):
        columns |= {f"{kind}_seed_{values.seed + place}": norms[:, place] for place in range(SEEDS)}
    return pd.DataFrame(columns)


def _kinds(answer: Answer) -> tuple[tuple[str, np.ndarray, str], ...]:
    return (_("plain"), answer.plain, theme.PLAIN), (_("residual"), answer.residual, theme.RESIDUAL)


def _times(ratio: float) -> str:
    if not np.isfinite(ratio):
        return _("(diverged)")
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2g}"
