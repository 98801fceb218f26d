"""Trying again what a lab cannot do for a while: its database is locked, a disk full, a place of files out of reach."""

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from resnet_core.errors import LabError, one_line

Answer = TypeVar("Answer")

# A locked database is free again in a moment, and a full disk once someone has made room: a run is worth waiting for.
PATIENCE_SECONDS = 300.0
PAUSE_SECONDS = 0.5


def persistently(write: Callable[[], Answer], troubles: type[Exception] = LabError) -> Answer:
    """Do something, and try again for a while if it cannot be done; each trouble is told on standard error.

    Args:
        troubles: what it raises where another try may do.

    Returns: what it returns.

    Raises:
        LabError, or another of `troubles`: it still could not be done.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return write()
        except troubles as error:
            if time.monotonic() > deadline:
                raise
            print(one_line(error), file=sys.stderr, flush=True)
            time.sleep(PAUSE_SECONDS)
