"""How long a run may take and how much memory: the lab's limits, a run's own, and what is said of one that is over."""

import math
import os
from dataclasses import dataclass

from resnet_core.errors import InputError

MINUTES = "RESNET_LAB_MAX_MINUTES"
GIGABYTES = "RESNET_LAB_MAX_GB"
MOST = 1e6  # of either: two years, a thousand terabytes


@dataclass(frozen=True)
class Limits:
    """The most that a run may take; None is no limit.

    Attributes:
        seconds: from its start to its end; one that is resumed has them anew.
        memory_bytes: of its processes.
    """

    seconds: float | None = None
    memory_bytes: int | None = None

    @classmethod
    def of(cls, minutes: float | None, gigabytes: float | None) -> "Limits":
        """Make limits of the units that people use."""
        return cls(
            None if minutes is None else 60 * minutes,
            None if gigabytes is None else round(1e9 * gigabytes),
        )

    def stricter(self, other: "Limits") -> "Limits":
        """Return the lower one of each."""
        return Limits(
            _lower(self.seconds, other.seconds),
            _lower(self.memory_bytes, other.memory_bytes),
        )


NONE = Limits()


def lab_limits() -> Limits:
    """Return the limits of every run that is submitted from here: RESNET_LAB_MAX_MINUTES and RESNET_LAB_MAX_GB.

    Raises:
        InputError: one of them is no positive number, or larger than MOST.
    """
    return Limits.of(_number(MINUTES), _number(GIGABYTES))


def too_long(seconds: float, after: str) -> str:
    """Say that a run was ended at its limit of time.

    Args:
        seconds: the limit.
        after: how far it was, as `after 3 of 8 epochs`.
    """
    return f"ended {after}, at its limit of {_minutes(seconds)}: resume it, and it has as long again"


def too_large(taken: int, most: int, after: str) -> str:
    """Say that a run was ended as it took too much memory; arguments are bytes, and as `too_long`."""
    return (
        f"ended {after}, as it took {taken / 1e9:.1f} GB of memory, over its limit of {most / 1e9:g} GB: "
        "use a smaller batch size, width or image, or a higher limit"
    )


def _number(name: str) -> float | None:
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= MOST:
        bounds = f"over 0, at most {MOST:,.0f}" if MOST < value < math.inf else "over 0"
        raise InputError(f"{name} must be a number {bounds}, received {text[:40]!r}: correct it, or leave it unset")
    return value


def _lower(one: float | None, other: float | None) -> float | None:
    return min((value for value in (one, other) if value is not None), default=None)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:g} minute" + ("" if seconds == 60 else "s")
