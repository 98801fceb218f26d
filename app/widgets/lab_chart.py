"""A lab's figure: as every chart of the app, and larger on a projector."""

import plotly.graph_objects as go

from app.charts.enlarge import enlarge
from app.state import LearnState, open_state
from app.widgets.live_chart import live_chart

TALLER = 1.25
"""How much more height a figure takes on a projector."""


def lab_chart(figure: go.Figure, *, key: str, alt: str, filename: str, height: int) -> None:
    """Show a figure, in the projector view with larger letters and lines; see `live_chart`."""
    large = open_state(LearnState).present
    live_chart(
        enlarge(figure) if large else figure,
        key=key,
        alt=alt,
        filename=filename,
        height=round(height * (TALLER if large else 1)),
    )
