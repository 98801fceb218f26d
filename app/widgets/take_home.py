"""What a reader takes home from a comparison: a report, the raw numbers, tables."""

from collections.abc import Callable, Sequence

import streamlit as st

from app.archive import as_zip
from app.charts.curves import Curve
from app.compare_state import CompareState
from app.language import _, language, speaking
from app.recipe_words import in_words
from app.report import Report, as_html
from app.run import Run
from app.runs_table import epoch_rows, final_numbers
from app.tables import csv


def take_home(state: CompareState, runs: Sequence[Run], lines: Sequence[Curve]) -> None:
    """Show the buttons; each file is made when its button is pressed.

    Args:
        state: how the reader looks at the runs.
        runs: of the comparison.
        lines: their curves.
    """
    with st.container(horizontal=True):
        _button(_("Report (HTML)"), lambda: as_html(Report(state, runs, lines)), "report.html", "text/html")
        _button(_("Raw numbers (ZIP)"), lambda: as_zip(runs), "runs.zip", "application/zip")
        _button(_("Table (CSV)"), lambda: csv(final_numbers(runs, in_words)), "runs.csv", "text/csv")
        _button(_("All epochs (CSV)"), lambda: csv(epoch_rows(runs)), "epochs.csv", "text/csv")


def _button(label: str, make: Callable[[], str | bytes], name: str, mime: str) -> None:
    spoken = language()

    def made() -> str | bytes:
        # Streamlit makes the file in a thread of its own, where no reader's language is known.
        with speaking(spoken):
            return make()

    st.download_button(
        label,
        data=made,
        file_name=f"resnet-lab-{name}",
        mime=mime,
        icon=":material/download:",
        on_click="ignore",
        key=f"compare:take:{name}",
    )
