"""The groups of a comparison as a table: means, spreads, and differences to the baseline."""

from collections.abc import Sequence

import streamlit as st

from app.group_numbers import baseline_error, group_numbers, reading
from app.grouping import Group, title
from app.text import as_text


def group_table(groups: Sequence[Group], by: str, baseline: str) -> None:
    """Show one row a group, and under it what the numbers say.

    Args:
        groups: in the order of the rows.
        by: the field that they were made by.
        baseline: the key of the group that is pinned; empty for none.
    """
    st.header(f"Means by {title(by)}", anchor=False)
    base = baseline_error(groups, baseline)
    numbers = group_numbers(groups, base).dropna(axis="columns", how="all")
    st.dataframe(numbers, hide_index=True, column_config=_columns(title(by)), alt=f"Means of {len(groups)} groups")
    words = reading(groups, by)
    if words:
        st.markdown(f":material/balance: {as_text(words)}")
    st.caption("Errors after the last epoch. ± is the sample standard deviation over the runs of a group.")


def _columns(what: str) -> dict:
    column = st.column_config
    percent, points = "%.2f", "± %.2f"
    return {
        "group": column.TextColumn(what, pinned=True),
        "n": column.NumberColumn("n", help="Runs with at least one finished epoch."),
        "val": column.NumberColumn("validation error (%)", format=percent),
        "val_deviation": column.NumberColumn("± (points)", format=points, help="Of the validation error."),
        "difference": column.NumberColumn("to the baseline (points)", format="%+.2f"),
        "train": column.NumberColumn("training error (%)", format=percent),
        "train_deviation": column.NumberColumn("± (points) ", format=points, help="Of the training error."),
        "test": column.NumberColumn("test error (%)", format=percent),
        "lowest": column.NumberColumn("lowest validation (%)", format=percent, help="Of any run and any epoch."),
        "seconds": column.NumberColumn("training time (s)", format="%.1f", help="The mean of the runs."),
    }
