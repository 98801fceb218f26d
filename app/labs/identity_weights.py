"""Which weights let one block hand its input on, with and without a shortcut."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app import theme
from app.charts.lab_lines import Line, lab_lines
from app.labs.lab import Panel
from app.language import N_, _
from resnet_core.lessons.labs.micro import IdentityWeightsValues
from resnet_core.words import fill

TITLE = N_("Which weights give H(x) = x?")

WIDTH, INPUTS = 16, 200
NOISES = tuple(np.linspace(0, 1.5, 31).round(3).tolist())


@dataclass(frozen=True)
class Answer:
    """How far each block is from the identity, relative to its input, by the size of random weights.

    Attributes:
        plain, residual: at each of NOISES.
        at_plain, at_residual: at the reader's choice.
    """

    plain: tuple[float, ...]
    residual: tuple[float, ...]
    at_plain: float
    at_residual: float


def answer(values: IdentityWeightsValues) -> Answer:
    """Measure both blocks at every size of random weights."""
    rows = [distances(values.changed(noise=noise)) for noise in NOISES]
    plain, residual = zip(*rows, strict=True)
    return Answer(plain, residual, *distances(values))


def distances(values: IdentityWeightsValues) -> tuple[float, float]:
    """Return |H(x) - x| over |x| of relu(W2 relu(W1 x)), and of the same with x added before the last ReLU.

    Inputs are what a ReLU before the block hands on: numbers from 0 up.
    """
    random = np.random.default_rng(values.seed)
    x = np.maximum(random.normal(size=(INPUTS, WIDTH)), 0)
    first, second = random.normal(0, np.sqrt(2 / WIDTH), (2, WIDTH, WIDTH)) * values.noise
    first, second = first + values.identity * np.eye(WIDTH), second + values.identity * np.eye(WIDTH)
    path = np.maximum(x @ first, 0) @ second
    size = np.linalg.norm(x)
    plain, residual = (np.linalg.norm(np.maximum(h, 0) - x) / size for h in (path, path + x))
    return float(plain), float(residual)


CODE = (distances,)


def panels(values: IdentityWeightsValues, answer: Answer) -> list[Panel]:
    """Draw both distances over the size of random weights, and mark the reader's choice."""
    title = _("Distance of one block from H(x) = x, with {identity:g} of the identity in its weights").format(
        identity=values.identity
    )
    kinds = (
        (_("plain"), answer.plain, answer.at_plain, theme.PLAIN),
        (_("residual"), answer.residual, answer.at_residual, theme.RESIDUAL),
    )
    lines = [Line(name, NOISES, distance, color) for name, distance, _at, color in kinds]
    lines += [Line("", [values.noise], [at], color, mode="markers") for _n, _d, at, color in kinds]
    figure = lab_lines(
        title,
        _("size of the random weights (1: He's initialization)"),
        _("|H(x) - x| / |x|"),
        lines,
        yaxis={"rangemode": "tozero"},
    )
    return [Panel(title, f"{title}. {sentence(values, answer)}", figure=figure)]


def sentence(values: IdentityWeightsValues, answer: Answer) -> str:
    """Say how far both blocks are from the identity."""
    text = _(
        "With random weights of size {noise:g} the plain block misses the identity by {plain:.0%} of its input, the "
        "residual block by {residual:.0%}."
    )
    return fill(text, noise=values.noise, plain=answer.at_plain, residual=answer.at_residual)


def table(values: IdentityWeightsValues, answer: Answer) -> pd.DataFrame:
    """Return both distances."""
    return pd.DataFrame({"noise": NOISES, "plain": answer.plain, "residual": answer.residual})
