"""How the moving statistics run after the batches', and the validation error that comes of it."""

from dataclasses import dataclass

import pandas as pd

from app import theme
from app.charts.lab_lines import Line, lab_lines
from app.labs.lab import Panel
from app.language import N_, _
from resnet_core.lessons.labs.micro import BnMomentumValues
from resnet_core.micro import MicroSpec, MicroStack, spirals, train_points
from resnet_core.words import fill

TITLE = N_("Momentum: statistics that lag behind")
SLOW = True

DEPTH = 10


@dataclass(frozen=True)
class Answer:
    """A residual network on its way: errors by both kinds of statistics, after every fifth step."""

    steps: tuple[int, ...]
    batch_errors: tuple[float, ...]
    moving_errors: tuple[float, ...]
    share: float


def answer(values: BnMomentumValues) -> Answer:
    """Train one network; each time it is looked at, measure the same validation points in both ways."""
    stack = MicroStack(MicroSpec(depth=DEPTH, momentum=values.momentum), (True,), (values.seed,))
    points = spirals(seed=values.seed)
    course = train_points(
        stack, points, steps=values.steps, seed=values.seed, look=range(5, values.steps + 1, 5), by_batch=True
    )
    batch = tuple(float(1 - hits[0]) for hits in course.batch_accuracy)
    moving = tuple(float(1 - hits[0]) for hits in course.val_accuracy)
    return Answer(tuple(course.steps), batch, moving, values.momentum**values.steps)


CODE = (answer, train_points)


def panels(values: BnMomentumValues, answer: Answer) -> list[Panel]:
    """Draw both errors of the same network on the same points."""
    title = _("Validation error of one network, normalized in two ways (momentum {momentum:g})").format(
        momentum=values.momentum
    )
    figure = lab_lines(
        title,
        _("training step"),
        _("validation error (fraction of 256 points)"),
        [
            Line(_("by the statistics of the points themselves"), answer.steps, answer.batch_errors, theme.RESIDUAL),
            Line(
                _("by the moving statistics, as in use"), answer.steps, answer.moving_errors, theme.PLAIN, dash="dash"
            ),
        ],
        yaxis={"range": [-0.02, 0.62], "tickformat": ".0%"},
    )
    return [Panel(title, f"{title}. {sentence(values, answer)}", figure=figure)]


def sentence(values: BnMomentumValues, answer: Answer) -> str:
    """Say how far the two are apart, and how much of the start is left in the statistics."""
    text = _(
        "After {steps} steps the error is {batch:.0%} by the points' own statistics and {moving:.0%} by the moving "
        "ones, of which {share:.2g} % is still their starting value ({momentum:g} to the power of {steps})."
    )
    return fill(
        text,
        steps=values.steps,
        batch=answer.batch_errors[-1],
        moving=answer.moving_errors[-1],
        share=100 * answer.share,
        momentum=values.momentum,
    )


def table(values: BnMomentumValues, answer: Answer) -> pd.DataFrame:
    """Return both errors."""
    columns = {"step": answer.steps, "own_statistics": answer.batch_errors, "moving_statistics": answer.moving_errors}
    return pd.DataFrame(columns)
