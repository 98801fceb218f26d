"""Training accuracy against depth: small plain and residual networks on two spirals, trained while the reader waits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app import theme
from app.charts.lab_lines import Line, lab_lines
from app.labs.lab import Panel
from app.language import N_, _
from resnet_core.lessons.labs.micro import MicroDepthValues
from resnet_core.micro import MicroStack, depth_study, train_points
from resnet_core.words import fill, percent

TITLE = N_("Twelve small networks, from 4 to 50 layers")
CODE = (depth_study, train_points, MicroStack)
SLOW = True

DEPTHS = (4, 10, 20, 30, 40, 50)


@dataclass(frozen=True)
class Answer:
    """Training accuracies at each of DEPTHS."""

    plain: tuple[float, ...]
    residual: tuple[float, ...]


def answer(values: MicroDepthValues) -> Answer:
    """Train a plain and a residual network of each depth."""
    plain, residual = depth_study(DEPTHS, steps=values.steps, seed=values.seed, batch_norm=values.batch_norm).T
    return Answer(tuple(map(float, plain)), tuple(map(float, residual)))


def panels(values: MicroDepthValues, answer: Answer) -> list[Panel]:
    """Draw both accuracies over the depth."""
    title = _("Training accuracy by depth, after {steps} steps (seed {seed})").format(
        steps=values.steps, seed=values.seed
    )
    kinds = ((_("plain"), answer.plain, theme.PLAIN), (_("residual"), answer.residual, theme.RESIDUAL))
    lines = [Line(name, DEPTHS, hits, color, mode="lines+markers", hover="%{y:.1%}") for name, hits, color in kinds]
    ends, gray = (DEPTHS[0], DEPTHS[-1]), theme.OKABE_ITO["gray"]
    guessing = Line(_("guessing"), ends, (0.5, 0.5), gray, dash="dot", hover="%{y:.0%}")
    figure = lab_lines(
        title,
        _("depth (layers with weights)"),
        _("training accuracy (fraction of 256 points)"),
        [*lines, guessing],
        yaxis={"range": [0.4, 1.03], "tickformat": ".0%"},
    )
    alt = "; ".join(
        f"{name} " + ", ".join(f"{depth}: {percent(hit, 0)}" for depth, hit in zip(DEPTHS, hits, strict=True))
        for name, hits, _color in kinds
    )
    return [Panel(title, f"{title}. {alt}. " + _("Guessing gives 50 %."), figure=figure)]


def sentence(values: MicroDepthValues, answer: Answer) -> str:
    """Compare the deepest with the shallowest."""
    text = _(
        "From {low} to {high} layers the plain network goes from {plain_low:.0%} to {plain_high:.0%} of its own "
        "training points, the residual one from {residual_low:.0%} to {residual_high:.0%}. Guessing gives 50 %."
    )
    return fill(
        text,
        low=DEPTHS[0],
        high=DEPTHS[-1],
        plain_low=answer.plain[0],
        plain_high=answer.plain[-1],
        residual_low=answer.residual[0],
        residual_high=answer.residual[-1],
    )


def table(values: MicroDepthValues, answer: Answer) -> pd.DataFrame:
    """Return both accuracies."""
    return pd.DataFrame({"depth": DEPTHS, "plain_accuracy": answer.plain, "residual_accuracy": answer.residual})


def curve(answer: Answer, x: Sequence[float]) -> list[float]:
    """Return the plain network's accuracy in percent; between the depths that were trained, on a straight line."""
    return [100 * float(y) for y in np.interp(x, DEPTHS, answer.plain)]
