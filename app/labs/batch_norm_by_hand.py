"""Batch normalization of one unit, number by number: mean, variance, normalized values, gamma and beta."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from app import theme
from app.labs.lab import Panel
from app.language import N_, _
from resnet_core.lessons.labs.micro import BatchNormByHandValues

TITLE = N_("Normalize a batch by hand")


@dataclass(frozen=True)
class Answer:
    """Every step of the computation, for each value of the batch."""

    batch: tuple[float, ...]
    batch_mean: float
    batch_variance: float
    mean: float
    variance: float
    normalized: tuple[float, ...]
    outputs: tuple[float, ...]

    @property
    def defined(self) -> bool:
        """Whether there was anything to divide by."""
        return bool(np.isfinite(self.outputs).all())


def answer(values: BatchNormByHandValues) -> Answer:
    """Normalize the batch by its own mean and variance, or by the moving ones."""
    batch = np.array(values.batch)
    batch_mean, batch_variance = float(batch.mean()), float(batch.var())
    mean, variance = batch_mean, batch_variance
    if values.use == "inference":
        mean, variance = values.moving_mean, values.moving_variance
    with np.errstate(divide="ignore", invalid="ignore"):
        normalized = (batch - mean) / np.sqrt(variance + values.epsilon)
    outputs = values.gamma * normalized + values.beta
    return Answer(
        values.batch,
        batch_mean,
        batch_variance,
        mean,
        variance,
        tuple(map(float, normalized)),
        tuple(map(float, outputs)),
    )


CODE = (answer,)


def panels(values: BatchNormByHandValues, answer: Answer) -> list[Panel]:
    """Show the steps as a table, and the values before and after as bars."""
    steps = _("Step by step")
    rows = pd.DataFrame(
        {
            _("example"): range(1, len(answer.batch) + 1),
            "x": [_number(x) for x in answer.batch],
            _("x - mean"): [_number(x - answer.mean) for x in answer.batch],
            _("divided by √(variance + epsilon)"): [_number(x) for x in answer.normalized],
            _("times gamma, plus beta"): [_number(x) for x in answer.outputs],
        }
    )
    title = _("Before and after")
    figure = go.Figure(
        layout={
            "title": {"text": title},
            "margin": {"t": 76},  # the legend stands between title and axes
            "xaxis": {"title": {"text": _("example in the batch")}, "dtick": 1},
            "yaxis": {"title": {"text": _("value of the unit")}},
            "barmode": "group",
        }
    )
    examples = list(range(1, len(answer.batch) + 1))
    for name, numbers, color in (
        (_("before"), answer.batch, theme.OKABE_ITO["gray"]),
        (_("after"), answer.outputs, theme.RESIDUAL),
    ):
        shown = [number if np.isfinite(number) else None for number in numbers]
        figure.add_bar(x=examples, y=shown, name=name, marker={"color": color}, hovertemplate="%{y:.3f}<extra></extra>")
    said = sentence(values, answer)
    return [
        Panel(steps, f"{steps}. {said}", table=rows),
        Panel(title, f"{title}. {said}", figure=theme.style(figure), height=340),
    ]


def sentence(values: BatchNormByHandValues, answer: Answer) -> str:
    """Write the formula with its numbers for the last value."""
    if not answer.defined:
        return _("The variance and epsilon are both 0: there is nothing to divide by. This is what epsilon is for.")
    text = (
        _("Mean {mean} and variance {variance} of the batch.")
        if values.use == "training"
        else _(
            "The moving mean {mean} and variance {variance} are used, whatever the batch (its own: {own_mean}, {own})."
        )
    )
    formula = _("The last value: {gamma} · ({x} - {mean}) / √({variance} + {epsilon}) + {beta} = {y}.")
    numbers = {
        "mean": _number(answer.mean),
        "variance": _number(answer.variance),
        "own_mean": _number(answer.batch_mean),
        "own": _number(answer.batch_variance),
        "gamma": f"{values.gamma:g}",
        "beta": f"{values.beta:g}",
        "epsilon": f"{values.epsilon:g}",
        "x": _number(answer.batch[-1]),
        "y": _number(answer.outputs[-1]),
    }
    return f"{text.format(**numbers)} {formula.format(**numbers)}"


def table(values: BatchNormByHandValues, answer: Answer) -> pd.DataFrame:
    """Return the steps as numbers."""
    return pd.DataFrame({"x": answer.batch, "normalized": answer.normalized, "output": answer.outputs})


def _number(x: float) -> str:
    return f"{x:.4g}" if np.isfinite(x) else "-"
