"""The gradient along a line of inputs, and how much neighbors agree, by depth."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app import theme
from app.charts.lab_lines import Line, lab_lines
from app.labs.lab import Panel
from app.language import N_, _
from resnet_core.lessons.labs.micro import ShatteringValues
from resnet_core.micro import neighbor_correlation

TITLE = N_("Walk along a line of inputs: do neighboring gradients agree?")
CODE = (neighbor_correlation,)
SLOW = True

DEPTHS = (4, 8, 12, 16, 20, 30, 40, 50)


@dataclass(frozen=True)
class Answer:
    """Gradients along the line at the chosen depth, and agreements by depth: the median of three seeds."""

    line: np.ndarray
    plain: np.ndarray
    residual: np.ndarray
    depths: tuple[int, ...]
    plain_agreement: tuple[float, ...]
    residual_agreement: tuple[float, ...]

    def at(self, depth: int) -> tuple[float, float]:
        """Return the agreement of the plain and of the residual network at a depth."""
        place = self.depths.index(depth)
        return self.plain_agreement[place], self.residual_agreement[place]


def answer(values: ShatteringValues) -> Answer:
    """Walk along the line in networks of every depth."""
    seeds = tuple(range(values.seed, values.seed + 3))
    depths = tuple(sorted({*DEPTHS, values.depth}))
    agreements = []
    for depth in depths:
        line, gradients, agreement = neighbor_correlation(depth, batch_norm=values.batch_norm, seeds=seeds, width=32)
        agreements.append((float(np.median(agreement[0::2])), float(np.median(agreement[1::2]))))
        if depth == values.depth:
            shown = line, gradients
    plain, residual = zip(*agreements, strict=True)
    return Answer(shown[0], shown[1][0], shown[1][1], depths, plain, residual)


def panels(values: ShatteringValues, answer: Answer) -> list[Panel]:
    """Draw one walk, and the agreement by depth."""
    walk = _("Gradient along the line, {depth} layers").format(depth=values.depth)
    kinds = (_("plain"), theme.PLAIN), (_("residual"), theme.RESIDUAL)
    figure = lab_lines(
        walk,
        _("input"),
        _("gradient by the input (in standard deviations)"),
        [
            Line(name, answer.line, gradient, color)
            for (name, color), gradient in zip(kinds, (answer.plain, answer.residual), strict=True)
        ],
    )
    title = _("Agreement of neighboring gradients by depth")
    agreement = lab_lines(
        title,
        _("depth (layers with weights)"),
        _("autocorrelation at distance one"),
        [
            Line(name, answer.depths, numbers, color, mode="lines+markers")
            for (name, color), numbers in zip(kinds, (answer.plain_agreement, answer.residual_agreement), strict=True)
        ],
        yaxis={"range": [-0.3, 1.05]},
    )
    said = sentence(values, answer)
    return [
        Panel(walk, f"{walk}. {said}", figure=figure, wide=False),
        Panel(title, f"{title}. {said}", figure=agreement, wide=False),
    ]


def sentence(values: ShatteringValues, answer: Answer) -> str:
    """Say how much neighbors agree at the chosen depth."""
    plain, residual = answer.at(values.depth)
    return _(
        "With {depth} layers neighboring gradients of the plain network have a correlation of {plain:.2f}, of the "
        "residual one {residual:.2f} (medians of 3 seeds; 1 is full agreement, 0 is noise)."
    ).format(depth=values.depth, plain=plain, residual=residual)


def table(values: ShatteringValues, answer: Answer) -> pd.DataFrame:
    """Return the agreements by depth."""
    columns = {"depth": answer.depths, "plain": answer.plain_agreement, "residual": answer.residual_agreement}
    return pd.DataFrame(columns)
