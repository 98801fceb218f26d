"""Done once per process, when it is first imported: heavy imports out of the way, and garbage collection calmed.

Streamlit collects all garbage after every run of a script. What was imported stays forever: freezing it takes it out of
each collection, so that many browsers do not wait for each other.
"""

import gc

import pandas  # noqa: F401
import plotly.graph_objects  # noqa: F401

import resnet_core.runs.queue
import resnet_core.runs.store  # noqa: F401

gc.collect()
gc.freeze()
