"""A Plotly chart that may change while it is read: zoom, hover and hidden curves survive each update."""

from pathlib import Path
from typing import Any

import plotly
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs_version
from streamlit.components.v1 import declare_component

from app.charts.packing import chart_json
from app.language import _, language
from app.theme import DARK_VARIANTS
from app.widgets.component import component

_chart = component("live_chart", scripts=("chart_theme.js", "chart_narrow.js", "live_chart.js"), isolate_styles=False)

# Never shown: declaring it makes Streamlit serve the folder that the plotly package installed, with no copy of it.
_plotly = declare_component("plotly", path=Path(plotly.__file__).parent / "package_data")
_LIBRARY = f"component/{_plotly.name}/plotly.min.js?v={get_plotlyjs_version()}"


def live_chart(figure: go.Figure | str, *, key: str, alt: str, filename: str, height: int = 420) -> None:
    """Show a figure, and redraw it in place when it has changed.

    Mount it with the same key in every run, in a fragment with `run_every` or outside of one; a run with an unchanged
    figure redraws nothing. The reader's zoom is dropped only where an axis gets another title or type. To drop all
    of it, give `figure.layout.uirevision` another value.

    Args:
        figure: what a function in app.charts returns, or that figure's `chart_json`, which a page can cache.
        key: of this chart in its page.
        alt: what the chart says, in a sentence, for a reader who hears it.
        filename: of the picture that the chart's own button saves, without `.png`.
        height: pixels; the width is the container's.
    """
    text = figure if isinstance(figure, str) else chart_json(figure)
    _chart(
        key=key,
        data={
            "figure": text,
            "alt": alt,
            "filename": filename,
            "height": height,
            "library": _LIBRARY,
            "dark": DARK_VARIANTS,
            "words": _words(),
        },
        height=height,  # taken from the first moment: what stands below does not jump when the chart arrives
    )


def _words() -> dict[str, Any]:
    """Return the chart's own words in the reader's language, Plotly's among them by their English names."""
    return {
        "locale": language(),
        "picture": _("Download as a picture (PNG)"),
        "failed": _("This chart could not be drawn ({reason}): reload the page to try again."),
        "plotly": {
            "Zoom": _("Zoom"),
            "Pan": _("Pan"),
            "Zoom in": _("Zoom in"),
            "Zoom out": _("Zoom out"),
            "Reset axes": _("Reset axes"),
        },
    }
