"""One stack of layers learns a function H, another learns F = H - x: both fits, both losses, the size of F."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app import theme
from app.charts.lab_lines import Line, lab_lines
from app.labs.lab import Panel
from app.language import N_, _
from resnet_core.lessons.labs.micro import LearnFunctionValues
from resnet_core.micro import MicroSpec, MicroStack, target, train_function

TITLE = N_("Learn H, or learn what is left of it: F = H - x")
CODE = (train_function, target)
SLOW = True

POINTS = 64


@dataclass(frozen=True)
class Answer:
    """Both fits at the end, and both mean squared errors before every step."""

    x: np.ndarray
    wanted: np.ndarray
    direct: np.ndarray
    residual: np.ndarray
    losses: np.ndarray

    @property
    def size(self) -> float:
        """How large the learned F is, as a root mean square."""
        return float(np.sqrt(np.mean((self.residual - self.x) ** 2)))


def answer(values: LearnFunctionValues) -> Answer:
    """Train both stacks from the same weights: one on H, one on H - x."""
    x = np.linspace(-1, 1, POINTS)[:, None]
    wanted = target(values.target, x, values.drawn)
    spec = MicroSpec(depth=values.depth, batch_norm=False, inputs=1, outputs=1)
    stack = MicroStack(spec, (False, False), (values.seed, values.seed))
    stack.weights["last"] *= 0.1  # both begin with an output near 0
    losses, looks = train_function(stack, x, np.stack([wanted, wanted - x]), steps=values.steps, look=(values.steps,))
    direct, f = looks[-1]
    return Answer(x[:, 0], wanted[:, 0], direct[:, 0], f[:, 0] + x[:, 0], losses)


def panels(values: LearnFunctionValues, answer: Answer) -> list[Panel]:
    """Draw the fits, and the losses over the steps."""
    title = _("What both stacks have learned after {steps} steps").format(steps=values.steps)
    names = _("stack learns H"), _("stack learns F; shown: x + F")
    fits = lab_lines(
        title,
        "x",
        _("output"),
        [
            Line(_("target H(x)"), answer.x, answer.wanted, theme.OKABE_ITO["gray"], dash="dot"),
            Line(names[0], answer.x, answer.direct, theme.PLAIN),
            Line(names[1], answer.x, answer.residual, theme.RESIDUAL),
        ],
    )
    loss_title = _("Mean squared error on the way")
    steps = list(range(1, len(answer.losses) + 1))
    losses = lab_lines(
        loss_title,
        _("step"),
        _("mean squared error (log scale)"),
        [
            Line(names[0], steps, np.maximum(answer.losses[:, 0], 1e-12), theme.PLAIN),
            Line(_("stack learns F"), steps, np.maximum(answer.losses[:, 1], 1e-12), theme.RESIDUAL),
        ],
        yaxis={"type": "log", "exponentformat": "power", "dtick": 1},
    )
    said = sentence(values, answer)
    return [
        Panel(title, f"{title}. {said}", figure=fits, wide=False),
        Panel(loss_title, f"{loss_title}. {said}", figure=losses, wide=False),
    ]


def sentence(values: LearnFunctionValues, answer: Answer) -> str:
    """Compare both errors and say how large F is."""
    direct, residual = answer.losses[-1]
    return _(
        "After {steps} steps the stack that learns H is off by {direct:.2g}, the one that learns F by {residual:.2g} "
        "(mean squared error). The learned F has a size of {size:.2g}, H one of {whole:.2g} (root mean squares)."
    ).format(
        steps=values.steps,
        direct=direct,
        residual=residual,
        size=answer.size,
        whole=float(np.sqrt(np.mean(answer.wanted**2))),
    )


def table(values: LearnFunctionValues, answer: Answer) -> pd.DataFrame:
    """Return target and fits."""
    columns = {"x": answer.x, "target": answer.wanted, "learned_h": answer.direct, "x_plus_f": answer.residual}
    return pd.DataFrame(columns)
