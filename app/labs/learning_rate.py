"""The learning rate of every step of a run: warm-up, drops, cosine."""

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log10

import pandas as pd
import plotly.graph_objects as go

from app import theme
from app.labs.lab import Panel
from app.language import N_, _
from resnet_core.datasets import describe
from resnet_core.lessons.labs.building import LearningRateValues
from resnet_core.recipes import RECIPES, Recipe, Schedule, learning_rate_at, make_recipe

TITLE = N_("The learning rate, step by step")
CODE = (learning_rate_at,)

MOST_POINTS = 400
COSINE_PARTS = 4
FEW_DECADES, MOST_LABELS = 3, 8


@dataclass(frozen=True)
class Phase:
    """Steps of one rate, or of a falling one; the last step is not part of it."""

    first: int
    end: int
    rate: float
    last_rate: float
    epochs: float


@dataclass(frozen=True)
class Answer:
    """The rate along a run.

    Attributes:
        steps, rates: points of the curve.
        phases: the run in its parts.
        epochs: passes over the training images.
        images: that are trained on.
    """

    steps: tuple[int, ...]
    rates: tuple[float, ...]
    phases: tuple[Phase, ...]
    epochs: float
    images: int


def answer(values: LearningRateValues) -> Answer:
    """Ask the recipe for its rate, densely enough to draw every drop upright."""
    recipe, budget = _recipe(values), values.steps
    edges = _edges(recipe, budget)
    every = max(budget // MOST_POINTS, 1)
    # The last step of a phase and the first of the next both stand in the curve.
    steps = sorted({*range(0, budget, every), *edges[:-1], *(edge - 1 for edge in edges[1:])})
    images = describe("cifar10").train_images - recipe.validation_size
    per_epoch = images // values.batch_size
    phases = tuple(
        Phase(
            first,
            end,
            learning_rate_at(recipe, first, budget),
            learning_rate_at(recipe, end - 1, budget),
            (end - first) / per_epoch,
        )
        for first, end in pairwise(edges)
    )
    rates = tuple(learning_rate_at(recipe, step, budget) for step in steps)
    return Answer(tuple(steps), rates, phases, budget / per_epoch, images)


def panels(values: LearningRateValues, answer: Answer) -> list[Panel]:
    """Draw the curve, and list its parts."""
    title = _("Learning rate of each step")
    lowest = min((rate for rate in answer.rates if rate > 0), default=values.learning_rate)
    figure = go.Figure(
        {
            "type": "scatter",
            "mode": "lines",
            "x": answer.steps,
            "y": [max(rate, lowest / 10) if values.log else rate for rate in answer.rates],
            "text": [f"{rate:.3g}" for rate in answer.rates],
            "line": {"color": theme.RESIDUAL, "width": 3},
            "hovertemplate": _("rate") + " %{text}<extra></extra>",
            "showlegend": False,
        },
        {
            "title": {"text": title},
            "xaxis": {"title": {"text": _("training step")}, "rangemode": "tozero", "tickformat": ","},
            "yaxis": {
                "title": {"text": _("learning rate")},
                "type": "log" if values.log else "linear",
                "tickformat": "~g",
                **(_log_ticks(lowest, max(answer.rates)) if values.log else {"rangemode": "tozero"}),
            },
        },
    )
    parts = "; ".join(
        _("from step {first}: {rate}").format(first=theme.count(phase.first), rate=_rates(phase))
        for phase in answer.phases
    )
    about = _("An epoch is {steps} steps: {images} images in batches of {batch}.").format(
        steps=answer.images // values.batch_size, images=theme.count(answer.images), batch=values.batch_size
    )
    return [
        Panel(title, f"{title}. {parts}.", figure=theme.style(figure)),
        Panel(_("The run in its parts"), about, table=_shown(answer)),
    ]


def sentence(values: LearningRateValues, answer: Answer) -> str:
    """Say how long the run is, and how its rate ends."""
    last = answer.phases[-1]
    return _(
        "{steps} steps of {batch} images are {epochs:.0f} passes over {images} training images; "
        "the last {share:.0f} % of them run at a rate of {rate}."
    ).format(
        steps=theme.count(values.steps),
        batch=values.batch_size,
        epochs=answer.epochs,
        images=theme.count(answer.images),
        share=100 * (last.end - last.first) / values.steps,
        rate=_rates(last),
    )


def table(values: LearningRateValues, answer: Answer) -> pd.DataFrame:
    """Return the points of the curve."""
    return pd.DataFrame({"step": answer.steps, "learning_rate": answer.rates})


def _recipe(values: LearningRateValues) -> Recipe:
    drops = sorted({values.steps * percent // 100 for percent in (values.first_drop, values.second_drop)})
    changed = {
        "schedule": values.schedule,
        "learning_rate": values.learning_rate,
        "milestones": drops,
        "warmup_steps": min(values.warmup_steps, values.steps),
        "steps": values.steps,
        "batch_size": values.batch_size,
    }
    return make_recipe({**RECIPES["paper"].model_dump(), **changed})


def _edges(recipe: Recipe, budget: int) -> list[int]:
    """Return where the rate changes for another reason, from 0 to the budget."""
    inner: list[int] = []
    match recipe.schedule:
        case Schedule.STEP:
            inner = list(recipe.milestones)
        case Schedule.COSINE:
            span = budget - recipe.warmup_steps
            inner = [recipe.warmup_steps + span * part // COSINE_PARTS for part in range(1, COSINE_PARTS)]
    return sorted({0, recipe.warmup_steps, *inner, budget})


def _rates(phase: Phase) -> str:
    if abs(phase.rate - phase.last_rate) < 1e-12:
        return f"{phase.rate:.3g}"
    return _("{first:.3g} falling to {last:.3g}").format(first=phase.rate, last=phase.last_rate)


def _log_ticks(lowest: float, highest: float) -> dict[str, str | int]:
    """Label 1, 2 and 5 of each power of ten where these are few, else powers so far apart that labels have room."""
    decades = log10(highest / lowest)
    return {"dtick": "D2"} if decades <= FEW_DECADES else {"dtick": ceil(decades / MOST_LABELS)}


def _shown(answer: Answer) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("steps"): [f"{theme.count(phase.first)} – {theme.count(phase.end - 1)}" for phase in answer.phases],
            _("learning rate"): [_rates(phase) for phase in answer.phases],
            _("epochs"): [f"{phase.epochs:.1f}" for phase in answer.phases],
        }
    )
