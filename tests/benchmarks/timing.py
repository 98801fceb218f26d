"""Time functions so that a busy machine disturbs the result as little as it can."""

import gc
import time
from collections.abc import Callable


def best_of(function: Callable[[], object], repeats: int = 5) -> float:
    """Return the seconds of the fastest of several calls; the others were held up by something else."""
    return min(seconds(function) for _ in range(repeats))


def compare(slow: Callable[[], object], fast: Callable[[], object], rounds: int = 3) -> tuple[float, float]:
    """Time two functions in turns, so that what slows the machine down slows both.

    Returns:
        The seconds of each one's fastest call, in the order of the arguments.
    """
    times = [(seconds(slow), seconds(fast)) for _ in range(rounds)]
    return min(first for first, _ in times), min(second for _, second in times)


def seconds(function: Callable[[], object]) -> float:
    """Time one call, without the garbage of earlier ones."""
    gc.collect()
    began = time.perf_counter()
    function()
    return time.perf_counter() - began
