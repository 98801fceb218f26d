"""A loss of two weights, as a valley that is steeper across than along, and the path that an optimizer takes in it."""

import numpy as np

from resnet_core.micro.layers import Array
from resnet_core.micro.optimizers import Name, Optimizer

START = (-1.8, 0.9)
FAR = 1e3  # beyond it a path has diverged


def valley(weights: Array, stretch: float) -> Array:
    """Return the loss (a² + stretch · b²) / 2.

    Shapes: weights (..., 2) -> (...).
    """
    return (weights[..., 0] ** 2 + stretch * weights[..., 1] ** 2) / 2


def descend(name: Name, rate: float, *, stretch: float, steps: int) -> Array:
    """Return where an optimizer comes by from START: (steps + 1, 2), shorter where it runs away."""
    weights = np.array(START)
    mover = Optimizer(name, rate, weights)
    path = [weights.copy()]
    for _ in range(steps):
        mover.move(weights, weights * (1.0, stretch))
        if np.abs(weights).max() > FAR:
            break
        path.append(weights.copy())
    return np.array(path)
