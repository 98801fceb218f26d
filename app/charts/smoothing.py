"""Smoothing that is honest while a run goes on: what was drawn once stays as it was."""

import math
from collections.abc import Sequence


def smooth(values: Sequence[float], weight: float) -> list[float]:
    """Return a running mean that forgets: each point depends on earlier ones only, so no past point ever changes.

    The mean's start is not drawn towards zero: weights are normalized over the points seen so far. A value that is
    not a number stays one and leaves the others alone.

    Args:
        values: in order.
        weight: of the past, 0 (no smoothing) to below 1.

    Example:
        >>> smooth([4.0, 4.0, 1.0], 0.5)
        [4.0, 4.0, 2.2857142857142856]
    """
    total, mass, out = 0.0, 0.0, []
    for value in values:
        if not math.isfinite(value):
            out.append(value)
            continue
        total = weight * total + value
        mass = weight * mass + 1
        out.append(total / mass)
    return out
