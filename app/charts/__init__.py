"""Figures of curves, costs and pictures. Pure: data in, a Plotly figure out."""

import pandas  # noqa: F401 -- Plotly uses a pandas that another thread has only begun to import: it must be whole first
