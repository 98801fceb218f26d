"""Long curves with fewer points that look the same: the lowest and the highest of every stretch stay."""

from collections.abc import Sequence

import numpy as np
from tsdownsample import MinMaxDownsampler

MOST_POINTS = 600
"""Of one curve on a screen: two for each pixel of a panel's width."""


def kept(values: Sequence[float], most: int = MOST_POINTS) -> Sequence[int]:
    """Return the positions that stay when a curve is drawn with at most `most` points.

    The values are cut into stretches of equal length, and each keeps its lowest and its highest: no outlier is lost,
    nothing is averaged and nothing is left to chance. The first and the last point always stay.

    Args:
        values: in the order in which they are drawn; NaN is never the lowest or highest of a stretch.
        most: an even number, at least 4.

    Example:
        >>> values = [0.0] * 1000
        >>> values[437] = 9.0
        >>> 437 in kept(values, 10), len(kept(values, 10)) <= 10, kept([3.0, 1.0])
        (True, True, range(0, 2))
    """
    if len(values) <= most:
        return range(len(values))
    found = MinMaxDownsampler().downsample(np.asarray(values, dtype=np.float64), n_out=most - 2)
    return sorted({0, *found.tolist(), len(values) - 1})
