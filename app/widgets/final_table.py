"""The final numbers of a comparison as a table, and the files that a reader can take home."""

import base64
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app import theme
from app.charts.curve_style import Style
from app.run_list import data_name
from app.runs_table import Run, csv, epoch_rows, final_numbers
from app.text import as_text
from app.widgets.live_runs import STATES
from app.widgets.recipe_form import in_words
from app.widgets.run_details import UNWELL


def final_table(runs: Sequence[Run], looks: Sequence[Style]) -> None:
    """Show one row a run, and the buttons that save the table and all epochs.

    Args:
        runs: of the comparison.
        looks: of each run's curves, for the first column.
    """
    numbers = final_numbers(runs, in_words)
    st.header("Final numbers", anchor=False)
    st.dataframe(_shown(runs, numbers, looks), hide_index=True, column_config=_columns(), height="content")
    st.caption(
        "Errors are those of the last epoch. MACs are multiply-accumulates of convolutions and dense layers for one "
        "image and one forward pass. Parameters include the moving statistics of batch normalization."
    )
    _notes(runs)
    with st.container(horizontal=True):
        st.download_button(
            "Table (CSV)",
            data=lambda: csv(numbers),
            file_name="resnet-lab-runs.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="compare:table-csv",
        )
        st.download_button(
            "All epochs (CSV)",
            data=lambda: csv(epoch_rows(runs)),
            file_name="resnet-lab-epochs.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="compare:epochs-csv",
        )


def _notes(runs: Sequence[Run]) -> None:
    """Say what a reader of the numbers should know: runs that went wrong, and images that were skipped."""
    for run in runs:
        if run.job.state in UNWELL:
            message = run.job.message or "it left no message"
            st.markdown(f":material/error: **{as_text(run.label)}** {STATES[run.job.state][0]}: {as_text(message)}")
    notes: dict[str, list[str]] = {}
    for run in runs:
        for note in run.job.notes:
            notes.setdefault(note, []).append(run.label)
    for note, labels in notes.items():
        who = "" if len(labels) == len(runs) else f"**{as_text(', '.join(labels))}:** "
        st.markdown(f":material/info: {who}{as_text(note)}")


def _shown(runs: Sequence[Run], numbers: pd.DataFrame, looks: Sequence[Style]) -> pd.DataFrame:
    """Return the table as it is read: errors in percent, times in words, each run with a piece of its curve."""
    dark = st.context.theme.type == "dark"
    best_epoch = [run.best("val_error") for run in runs]
    return pd.DataFrame(
        {
            "curve": [_swatch(look, dark) for look in looks],
            "run": numbers["label"],
            "state": [STATES[run.job.state][0] for run in runs],
            "val": 100 * numbers["final_val_error"],
            "best_val": 100 * numbers["best_val_error"],
            "at": [epoch and epoch.epoch for epoch in best_epoch],
            "train": 100 * numbers["final_train_error"],
            "best_train": 100 * numbers["best_train_error"],
            "epochs": [_of(*pair) for pair in zip(numbers["epochs"], numbers["planned_epochs"], strict=True)],
            "params": numbers["params"],
            "macs": [theme.big(macs) if macs else None for macs in (run.job.macs for run in runs)],
            "time": [theme.seconds(run.seconds) if run.epochs else None for run in runs],
            "speed": numbers["images_per_second"],
            "data": [data_name(run.job) for run in runs],
            "seed": numbers["seed"],
            "recipe": numbers["recipe"],
            "device": numbers["device"],
            "started": pd.to_datetime(numbers["started"], unit="s", utc=True),
            "id": numbers["run"],
        }
    )


def _columns() -> dict:
    column = st.column_config
    percent = "%.2f"
    return {
        "curve": column.ImageColumn("curve", width=60, pinned=True),
        "run": column.TextColumn("run", pinned=True),
        "state": column.TextColumn("state"),
        "val": column.NumberColumn("validation error (%)", format=percent, help="After the last epoch."),
        "best_val": column.NumberColumn(
            "lowest validation (%)", format=percent, help="The lowest validation error of any epoch."
        ),
        "at": column.NumberColumn("at epoch", format="%d", help="The epoch of the lowest validation error."),
        "train": column.NumberColumn("training error (%)", format=percent, help="Mean over the last epoch."),
        "best_train": column.NumberColumn(
            "lowest training (%)", format=percent, help="The lowest training error of any epoch."
        ),
        "epochs": column.TextColumn("epochs", help="Finished, of those planned."),
        "params": column.NumberColumn("parameters", format="localized"),
        "macs": column.TextColumn("MACs"),
        "time": column.TextColumn("training time", help="Of all finished epochs, validation included."),
        "speed": column.NumberColumn("images/s", format="%.0f", help="While training; validation is not counted."),
        "data": column.TextColumn("data"),
        "seed": column.NumberColumn("seed", format="%d"),
        "recipe": column.TextColumn("recipe", width="large"),
        "device": column.TextColumn("device"),
        "started": column.DatetimeColumn("submitted", format="D MMM YYYY, HH:mm"),
        "id": column.TextColumn("id"),
    }


def _swatch(look: Style, dark: bool) -> str:
    """Return a piece of a run's curve as an image for a cell."""
    color = theme.DARK_VARIANTS.get(look.color, look.color) if dark else look.color
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40" viewBox="0 0 60 40"><path d="M8 20H52" '
        f'stroke="{color}" stroke-width="{look.width:g}" stroke-dasharray="{_PIECES[look.dash]}"/></svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


_PIECES = {
    "solid": "",
    "dash": "9 5",
    "dot": "3 3",
    "dashdot": "9 4 3 4",
    "longdash": "14 5",
    "longdashdot": "14 4 3 4",
}
"""Lengths of line and gap in a swatch, for the dashes that Plotly knows by name."""


def _of(done: int, planned: int | None) -> str:
    return f"{done}" if pd.isna(planned) or done == planned else f"{done} of {planned}"
