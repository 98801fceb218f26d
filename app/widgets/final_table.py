"""The final numbers of a comparison as a table that can be sorted and filtered, with a sparkline of each run."""

import base64
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from app import theme
from app.charts.curve_style import Style
from app.charts.downsampling import kept
from app.compare_state import CompareState
from app.group_numbers import baseline_error
from app.grouping import grouped
from app.language import _
from app.projection import project
from app.recipe_words import in_words
from app.run import Run
from app.run_list import data_name
from app.runs_table import final_numbers
from app.state import keep_state, open_state
from app.text import as_text
from app.widgets.run_details import UNWELL

SPARKS = 60
"""Points of a sparkline, which is about as many pixels wide."""
MANY = 6
"""From so many runs on, rows can be filtered."""


def final_table(runs: Sequence[Run], looks: Sequence[Style], state: CompareState) -> None:
    """Show one row a run; a click on a heading sorts, words above filter.

    Args:
        runs: of the comparison.
        looks: of each run's curves, for the first column.
        state: its baseline and the words that rows must hold.
    """
    st.header(_("Final numbers"), anchor=False)
    baseline = baseline_error(grouped(runs, state.group), state.baseline)
    shown = _shown(runs, final_numbers(runs, in_words), looks, baseline)
    if len(runs) > MANY or state.words:
        shown = _filtered(shown, state)
    st.dataframe(
        shown,
        hide_index=True,
        column_config=_columns(),
        height="content" if len(shown) <= 20 else 740,
        alt=_("Final numbers of {count} runs").format(count=len(shown)),
    )
    st.caption(
        _(
            "Errors are those of the last epoch. MACs are multiply-accumulates of convolutions and dense layers for "
            "one image and one forward pass. Parameters include the moving statistics of batch normalization."
        )
    )
    _notes(runs)


def _filtered(shown: pd.DataFrame, state: CompareState) -> pd.DataFrame:
    """Keep the rows that hold every word somewhere."""
    key = project("compare:words", state.words)
    st.text_input(
        _("Filter"),
        placeholder=_("Words that a row must hold, as: plain nadam seed:1"),
        label_visibility="collapsed",
        icon=":material/filter_alt:",
        max_chars=200,
        key=key,
        on_change=_keep_words,
        args=(key,),
    )
    words = state.words.lower().split()
    if not words:
        return shown
    texts = shown[["run", "state", "recipe", "data", "device", "note", "id"]].fillna("").agg(" ".join, axis=1)
    texts += " " + shown["tags"].map(" ".join) + " seed:" + shown["seed"].astype("string") + " "
    holds = texts.str.lower().map(lambda text: all(word in text for word in words))
    if not holds.any():
        st.caption(_("No row holds all of these words."))
    return shown[holds.astype(bool)]


def _keep_words(key: str) -> None:
    keep_state(replace(open_state(CompareState), words=st.session_state[key]))


def _notes(runs: Sequence[Run]) -> None:
    """Say what a reader of the numbers should know: runs that went wrong, and images that were skipped."""
    for run in runs:
        if run.job.state in UNWELL:
            message = run.job.message or _("it left no message")
            st.markdown(f":material/error: **{as_text(run.label)}** {_(run.job.state)}: {as_text(message)}")
    notes: dict[str, list[str]] = {}
    for run in runs:
        for note in run.job.notes:
            notes.setdefault(note, []).append(run.label)
    for note, labels in notes.items():
        who = "" if len(labels) == len(runs) else f"**{as_text(', '.join(labels))}:** "
        st.markdown(f":material/info: {who}{as_text(note)}")


def _shown(runs: Sequence[Run], numbers: pd.DataFrame, looks: Sequence[Style], baseline: float | None) -> pd.DataFrame:
    dark = st.context.theme.type == "dark"
    columns = {
        "curve": [_swatch(look, dark) for look in looks],
        "run": numbers["label"],
        "state": [_(run.job.state) for run in runs],
        "val": 100 * numbers["final_val_error"],
        "difference": None if baseline is None else 100 * (numbers["final_val_error"] - baseline),
        "spark": [_spark(run) for run in runs],
        "best_val": 100 * numbers["best_val_error"],
        "at": numbers["best_val_epoch"],
        "train": 100 * numbers["final_train_error"],
        "best_train": 100 * numbers["best_train_error"],
        "test": 100 * numbers["test_error"] if numbers["test_error"].notna().any() else None,
        "epochs": [
            _of(done, planned) for done, planned in zip(numbers["epochs"], numbers["planned_epochs"], strict=True)
        ],
        "time": numbers["seconds"],
        "speed": numbers["images_per_second"],
        "params": numbers["params"],
        "macs": numbers["macs"],
        "seed": numbers["seed"],
        "tags": [list(run.job.tags) for run in runs],
        "note": [run.job.note for run in runs],
        "data": [data_name(run.job) for run in runs],
        "recipe": numbers["recipe"],
        "device": numbers["device"],
        "started": pd.to_datetime(numbers["started"], unit="s", utc=True),
        "id": numbers["run"],
    }
    return pd.DataFrame({name: values for name, values in columns.items() if values is not None})


def _columns() -> dict:
    column = st.column_config
    percent = "%.2f"
    return {
        "curve": column.ImageColumn(_("curve"), width=60, pinned=True),
        "run": column.TextColumn(_("run"), pinned=True),
        "state": column.TextColumn(_("state")),
        "val": column.NumberColumn(_("validation error (%)"), format=percent, help=_("After the last epoch.")),
        "difference": column.NumberColumn(
            _("to the baseline (points)"), format="%+.2f", help=_("Validation error less that of the baseline.")
        ),
        "spark": column.LineChartColumn(
            _("validation error by epoch (%)"), y_min=0, y_max=100, help=_("Every lowest and highest value is drawn.")
        ),
        "best_val": column.NumberColumn(
            _("lowest validation (%)"), format=percent, help=_("The lowest validation error of any epoch.")
        ),
        "at": column.NumberColumn(_("at epoch"), format="%d", help=_("The epoch of the lowest validation error.")),
        "train": column.NumberColumn(_("training error (%)"), format=percent, help=_("Mean over the last epoch.")),
        "best_train": column.NumberColumn(
            _("lowest training (%)"), format=percent, help=_("The lowest training error of any epoch.")
        ),
        "test": column.NumberColumn(
            _("test error (%)"), format=percent, help=_("On the test images, measured once, after the last epoch.")
        ),
        "epochs": column.TextColumn(_("epochs"), help=_("Finished, of those planned.")),
        "time": column.NumberColumn(
            _("training time (s)"), format="%.1f", help=_("Of all finished epochs, validation included.")
        ),
        "speed": column.NumberColumn(
            _("images/s"), format="%.0f", help=_("While training; validation is not counted.")
        ),
        "params": column.NumberColumn(_("parameters"), format="localized"),
        "macs": column.NumberColumn(_("MACs"), format="compact"),
        "seed": column.NumberColumn(_("seed"), format="%d"),
        "tags": column.ListColumn(_("tags")),
        "note": column.TextColumn(_("note"), width="medium"),
        "data": column.TextColumn(_("data")),
        "recipe": column.TextColumn(_("recipe"), width="large"),
        "device": column.TextColumn(_("device")),
        "started": column.DatetimeColumn(_("submitted"), format="D MMM YYYY, HH:mm"),
        "id": column.TextColumn(_("id")),
    }


def _spark(run: Run) -> list[float]:
    errors = [100 * epoch.val_error for epoch in run.epochs]
    return [round(errors[at], 2) for at in kept(errors, SPARKS)]


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
    if pd.isna(planned) or done == planned:
        return f"{done}"
    return _("{done} of {planned}").format(done=done, planned=planned)
