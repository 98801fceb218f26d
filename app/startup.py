"""How a server begins: nothing keeps its first page waiting, and heavy imports follow once the reader has it.

What is imported stays forever, and looking for garbage in it takes a quarter of the time of importing: none is
collected until all is there. Frozen, it is left out of each later collection, so that many browsers do not wait for
each other.
"""

import functools
import gc
import threading
from collections.abc import Callable

SHOWN_SECONDS = 1.0
"""From the end of a page's script until its reader sees it; what works beside it until then keeps it waiting."""


@functools.cache
def begin() -> None:
    """Collect no garbage, once a process, until `finish` has imported all."""
    gc.disable()


def when_shown(work: Callable[[], None]) -> None:
    """Do something in the background once the page that ends now is on the screen."""
    later = threading.Timer(SHOWN_SECONDS, work)
    later.daemon = True
    later.start()


@functools.cache
def finish() -> None:
    """Import, once a process, what the first page could do without and another will need at once."""
    when_shown(_import_the_rest)


def _import_the_rest() -> None:
    try:
        import pandas  # noqa: F401
        import plotly.graph_objects  # noqa: F401
        import pyarrow  # noqa: F401

        import resnet_core.runs.queue  # noqa: F401
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
