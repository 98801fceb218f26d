"""How curves are laid out: what is counted along x, and which runs share a picture."""

from enum import StrEnum


class Axis(StrEnum):
    """What is counted along x."""

    EPOCH = "epoch"
    STEP = "step"
    SECONDS = "seconds"


class Layout(StrEnum):
    """Plain and residual networks side by side on one shared axis, or all in one figure."""

    SIDES = "sides"
    ONE = "one"
