"""SGD, momentum, Adam and Nadam: their paths down one valley, and their losses on one micro network."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from app import theme
from app.charts.lab_lines import Line, lab_lines
from app.labs.lab import Panel
from app.language import N_, _
from resnet_core.lessons.labs.micro import OptimizerPathsValues
from resnet_core.micro import USUAL_RATES, MicroSpec, MicroStack, Optimizer, spirals, train_points
from resnet_core.micro.valley import START, descend, valley

TITLE = N_("Four optimizers, one valley, one network")
CODE = (Optimizer, descend)
SLOW = True

NAMES = {"sgd": "SGD", "momentum": "SGD + momentum", "adam": "Adam", "nadam": "Nadam"}
COLORS = dict(zip(NAMES, (theme.GROUPS[2], theme.PLAIN, theme.RESIDUAL, theme.GROUPS[0]), strict=True))
VALLEY_RATES = {"sgd": 0.03, "momentum": 0.02, "adam": 0.1, "nadam": 0.1}
DEPTH = 10
WINDOW = 5


@dataclass(frozen=True)
class Answer:
    """Each optimizer's path (points, 2) and its losses of the network, step by step."""

    paths: dict[str, np.ndarray]
    losses: dict[str, np.ndarray]
    stretch: float

    def end(self, name: str) -> float:
        """Return the loss of the network at the end: the mean of the last steps."""
        return float(np.mean(self.losses[name][-WINDOW:]))


def answer(values: OptimizerPathsValues) -> Answer:
    """Descend and train with each optimizer at its usual rate, times what the reader chose."""
    paths, losses = {}, {}
    points = spirals(seed=values.seed)
    for name in NAMES:
        rate = VALLEY_RATES[name] * values.speed
        paths[name] = descend(name, rate, stretch=values.stretch, steps=values.steps)
        stack = MicroStack(MicroSpec(depth=DEPTH), (True,), (values.seed,))
        rate = USUAL_RATES[name] * values.speed
        course = train_points(stack, points, steps=values.steps, optimizer=name, rate=rate, seed=values.seed)
        losses[name] = np.array(course.loss)[:, 0]
    return Answer(paths, losses, values.stretch)


def panels(values: OptimizerPathsValues, answer: Answer) -> list[Panel]:
    """Draw the paths over the valley's contours, and the losses over the steps."""
    title = _("Paths down a valley {stretch:g} times as steep across as along").format(stretch=values.stretch)
    loss_title = _("Loss of a residual network of {depth} layers on two spirals").format(depth=DEPTH)
    losses = lab_lines(
        loss_title,
        _("training step"),
        _("cross-entropy loss (mean of {window} steps)").format(window=WINDOW),
        [
            Line(NAMES[name], range(WINDOW, len(loss) + 1), _smooth(loss), COLORS[name])
            for name, loss in answer.losses.items()
        ],
        yaxis={"range": [0, 1.2]},
    )
    said = sentence(values, answer)
    return [
        Panel(title, f"{title}. {said}", figure=_paths(title, answer), wide=False),
        Panel(loss_title, f"{loss_title}. {said}", figure=losses, wide=False),
    ]


def sentence(values: OptimizerPathsValues, answer: Answer) -> str:
    """Rank the optimizers on the network, and name those that ran out of the valley."""
    ranked = sorted(NAMES, key=lambda name: np.nan_to_num(answer.end(name), nan=np.inf))
    listed = ", ".join(f"{NAMES[name]} {answer.end(name):.3f}" for name in ranked)
    text = _("Loss of the network after {steps} steps, lowest first: {ranked}.").format(
        steps=values.steps, ranked=listed
    )
    lost = [NAMES[name] for name, path in answer.paths.items() if len(path) <= values.steps]
    if lost:
        text += " " + _("In the valley these run away: {names}.").format(names=", ".join(lost))
    return text


def table(values: OptimizerPathsValues, answer: Answer) -> pd.DataFrame:
    """Return the losses of every step."""
    return pd.DataFrame({"step": range(1, values.steps + 1), **answer.losses})


def _paths(title: str, answer: Answer) -> go.Figure:
    reach = np.linspace(-2, 2, 41), np.linspace(-1.2, 1.2, 41)
    heights = valley(np.stack(np.meshgrid(*reach), -1), answer.stretch)
    figure = lab_lines(
        title,
        _("weight along the valley"),
        _("weight across the valley"),
        [
            Line(NAMES[name], path[:, 0], path[:, 1], COLORS[name], mode="lines+markers", hover="(%{x:.2f}, %{y:.2f})")
            for name, path in answer.paths.items()
        ],
        xaxis={"range": [-2, 2]},
        yaxis={"range": [-1.2, 1.2]},
    )
    figure.update_traces(marker={"size": 4}, line={"width": 2})
    figure.add_contour(
        x=reach[0], y=reach[1], z=heights, contours={"coloring": "lines"}, ncontours=14, showscale=False, opacity=0.3,
        colorscale=[[0, theme.OKABE_ITO["gray"]], [1, theme.OKABE_ITO["gray"]]], hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=[START[0], 0], y=[START[1], 0], mode="text", text=[_("start"), "×"], showlegend=False, hoverinfo="skip",
        textposition=["top right", "middle center"],
    )  # fmt: skip
    return figure


def _smooth(loss: np.ndarray) -> np.ndarray:
    """Return the mean of the last steps at each step: it never looks ahead."""
    return np.convolve(loss, np.full(WINDOW, 1 / WINDOW), "valid")
