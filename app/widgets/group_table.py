"""The groups of a comparison as a table: means, spreads, and differences to the baseline."""

from collections.abc import Sequence

import streamlit as st

from app.group_numbers import baseline_error, group_numbers, reading
from app.grouping import Group, title
from app.language import _
from app.text import as_text


def group_table(groups: Sequence[Group], by: str, baseline: str) -> None:
    """Show one row a group, and under it what the numbers say.

    Args:
        groups: in the order of the rows.
        by: the field that they were made by.
        baseline: the key of the group that is pinned; empty for none.
    """
    st.header(_("Means by {field}").format(field=title(by)), anchor=False)
    base = baseline_error(groups, baseline)
    numbers = group_numbers(groups, base).dropna(axis="columns", how="all")
    st.dataframe(
        numbers,
        hide_index=True,
        column_config=_columns(title(by)),
        alt=_("Means of {count} groups").format(count=len(groups)),
    )
    words = reading(groups, by)
    if words:
        st.markdown(f":material/balance: {as_text(words)}")
    st.caption(_("Errors after the last epoch. ± is the sample standard deviation over the runs of a group."))


def _columns(what: str) -> dict:
    column = st.column_config
    percent, points = "%.2f", "± %.2f"
    return {
        "group": column.TextColumn(what, pinned=True),
        "n": column.NumberColumn("n", help=_("Runs with at least one finished epoch.")),
        "val": column.NumberColumn(_("validation error (%)"), format=percent),
        "val_deviation": column.NumberColumn(_("± (points)"), format=points, help=_("Of the validation error.")),
        "difference": column.NumberColumn(_("to the baseline (points)"), format="%+.2f"),
        "train": column.NumberColumn(_("training error (%)"), format=percent),
        "train_deviation": column.NumberColumn(_("± (points) "), format=points, help=_("Of the training error.")),
        "test": column.NumberColumn(_("test error (%)"), format=percent),
        "lowest": column.NumberColumn(_("lowest validation (%)"), format=percent, help=_("Of any run and any epoch.")),
        "seconds": column.NumberColumn(_("training time (s)"), format="%.1f", help=_("The mean of the runs.")),
    }
