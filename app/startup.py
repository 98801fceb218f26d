"""Done once per process, after its first page: heavy imports out of the way, and garbage collection calmed.

Streamlit collects all garbage after every run of a script. What was imported stays forever: freezing it takes it out of
each collection, so that many browsers do not wait for each other.
"""

import functools
import gc
import threading


@functools.cache
def finish() -> None:
    """Import in the background what the first page could do without and another will need at once."""
    threading.Thread(target=_import_the_rest, daemon=True, name="startup").start()


def _import_the_rest() -> None:
    import pandas  # noqa: F401
    import plotly.graph_objects  # noqa: F401
    import pyarrow  # noqa: F401

    import resnet_core.runs.queue  # noqa: F401

    gc.collect()
    gc.freeze()
