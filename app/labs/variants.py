"""What came after ResNet, in micro networks: where batch normalization stands, and how a residual path begins."""

import textwrap
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from app import theme
from app.labs.lab import Panel
from app.language import N_, _
from resnet_core.lessons.labs.micro import VariantsValues
from resnet_core.micro import MicroSpec, MicroStack, spirals, train_points
from resnet_core.words import percent

TITLE = N_("Who is left when it gets deep?")
CODE = (MicroStack,)
SLOW = True

SEEDS = 3
LINE = 22
"""Characters of a variant's name in one line: a narrow screen needs the room for the bars."""

VARIANTS: dict[str, tuple[str, bool, dict]] = {
    "plain": (N_("plain"), False, {}),
    "post": (N_("residual (2015)"), True, {}),
    "pre": (N_("pre-activation (2016)"), True, {"order": "pre"}),
    "stochastic_depth": (N_("stochastic depth, last block kept in half of the steps"), True, {"survival": 0.5}),
    "zero_gamma": (N_("zero gamma"), True, {"gate": "zero_gamma"}),
    "skip_init": (N_("SkipInit / ReZero, no batch normalization"), True, {"gate": "skip_init", "batch_norm": False}),
    "bare": (N_("residual, no batch normalization"), True, {"batch_norm": False}),
}


@dataclass(frozen=True)
class Answer:
    """Training accuracies of each variant, one a seed, lowest first."""

    accuracies: dict[str, tuple[float, ...]]

    def median(self, name: str) -> float:
        """Return the middle one."""
        return self.accuracies[name][SEEDS // 2]


def answer(values: VariantsValues) -> Answer:
    """Train three networks of each variant, all on the same points in the same order."""
    points, accuracies = spirals(seed=values.seed), {}
    for name, (_title, residual, changes) in VARIANTS.items():
        spec = MicroSpec(depth=values.depth, **changes)
        seeds = range(values.seed, values.seed + SEEDS)
        stack = MicroStack(spec, (residual,) * SEEDS, tuple(seeds))
        course = train_points(stack, points, steps=values.steps, seed=values.seed, look=(values.steps,))
        accuracies[name] = tuple(sorted(map(float, course.train_accuracy[-1])))
    return Answer(accuracies)


def panels(values: VariantsValues, answer: Answer) -> list[Panel]:
    """Draw the median of each variant as a bar, and its seeds as points."""
    title = _("Training accuracy with {depth} layers after {steps} steps").format(
        depth=values.depth, steps=values.steps
    )
    names = [_(VARIANTS[name][0]) for name in answer.accuracies]
    figure = go.Figure(
        layout={
            "title": {"text": title},
            "xaxis": {
                "title": {"text": _("training accuracy (guessing gives 50 %)")},
                "range": [0, 1.02],
                "tickformat": ".0%",
            },
            "yaxis": {"autorange": "reversed", "automargin": True},
            "showlegend": False,
        }
    )
    bars = ["<br>".join(textwrap.wrap(name, LINE)) for name in names]
    figure.add_bar(
        y=bars,
        x=[answer.median(name) for name in answer.accuracies],
        orientation="h",
        marker={"color": [theme.kind_color(VARIANTS[name][1]) for name in answer.accuracies]},
        opacity=0.75,
        hovertemplate="%{y}: %{x:.1%}<extra></extra>",
    )
    figure.add_scatter(
        y=[bar for bar, hits in zip(bars, answer.accuracies.values(), strict=True) for _hit in hits],
        x=[hit for hits in answer.accuracies.values() for hit in hits],
        mode="markers",
        marker={"color": theme.OKABE_ITO["gray"], "size": 7},
        hovertemplate="%{x:.1%}<extra></extra>",
    )
    listed = ", ".join(
        f"{shown} {percent(answer.median(name), 0)}" for shown, name in zip(names, answer.accuracies, strict=True)
    )
    return [Panel(title, f"{title}. {listed}.", figure=theme.style(figure))]


def sentence(values: VariantsValues, answer: Answer) -> str:
    """Name the best and the worst, and all that are level with them."""
    high, low = (percent(end(map(answer.median, answer.accuracies)), 0) for end in (max, min))
    if high == low:
        text = _("With {depth} layers all of them reach {high}: medians of {seeds} seeds.")
        return text.format(depth=values.depth, high=high, seeds=SEEDS)
    text = _(
        "Highest training accuracy with {depth} layers: {high} ({best}). Lowest: {low} ({worst}). "
        "Medians of {seeds} seeds."
    )
    best, worst = _level(answer, high), _level(answer, low)
    return text.format(depth=values.depth, high=high, best=best, low=low, worst=worst, seeds=SEEDS)


def table(values: VariantsValues, answer: Answer) -> pd.DataFrame:
    """Return every accuracy."""
    rows = [
        {"variant": name, "place": place, "training_accuracy": hit}
        for name, hits in answer.accuracies.items()
        for place, hit in enumerate(hits, start=1)
    ]
    return pd.DataFrame(rows)


def _level(answer: Answer, shown: str) -> str:
    """Return the variants whose accuracy is written in the same way."""
    return "; ".join(_(VARIANTS[name][0]) for name in answer.accuracies if percent(answer.median(name), 0) == shown)
