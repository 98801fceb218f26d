"""Points to learn: two spirals in a plane, and functions of one number."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from resnet_core.micro.layers import Array

Target = Literal["identity", "near_identity", "sine", "step", "drawn"]


@dataclass(frozen=True)
class Points:
    """Points and their classes.

    Shapes: x and x_val (n, 2); y and y_val (n,), whole numbers from 0.
    """

    x: Array
    y: Array
    x_val: Array
    y_val: Array


def spirals(count: int = 256, *, turns: float = 0.9, noise: float = 0.06, seed: int = 0) -> Points:
    """Draw two spirals that wind around each other, half of the points each; as many again validate.

    Args:
        count: of training points.
        turns: how far each winds.
        noise: standard deviation of each coordinate.
        seed: of the places along the spirals and of the noise.
    """
    random = np.random.default_rng(seed)
    y = np.arange(2 * count) % 2
    along = np.sqrt(random.uniform(0.03, 1.0, 2 * count))
    angle = 2 * np.pi * turns * along + np.pi * y
    x = along[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1) * 1.5
    x += random.normal(0, noise, x.shape)
    return Points(x[:count], y[:count], x[count:], y[count:])


def target(name: Target, x: Array, drawn: tuple[float, ...] = ()) -> Array:
    """Return H(x) for x from -1 to 1.

    Args:
        drawn: for the target `drawn`, heights at evenly spaced x; straight lines join them.
    """
    match name:
        case "identity":
            return x.copy()
        case "near_identity":
            return x + 0.15 * np.sin(2 * np.pi * x)
        case "sine":
            return np.sin(np.pi * x)
        case "step":
            return np.where(x > 0, 0.8, -0.8)
        case "drawn":
            return np.interp(x, np.linspace(-1, 1, len(drawn)), drawn)
    raise ValueError(f"no target is called {name!r}")
