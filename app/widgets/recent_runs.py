"""The last runs as a small table with a sparkline of each validation curve."""

import time

import streamlit as st

from app import theme
from app.language import _, ngettext
from app.state import CompareState, remember
from resnet_core.runs import store

SHOWN = 8


def recent_runs() -> None:
    """Show the newest training runs; choosing some opens them in Compare."""
    jobs = store.jobs(kind="train", limit=SHOWN, with_epochs=True)
    if not jobs:
        st.info(_("Runs will be listed here, with their curves. The first one starts with the button above."))
        return
    now = time.time()
    table = {
        "network": [job.name for job in jobs],
        "state": [_(job.state) for job in jobs],
        "validation error": [[100 * epoch.val_error for epoch in job.epochs or ()] for job in jobs],
        "training": [_error(job.last_epoch, "train_error") for job in jobs],
        "validation": [_error(job.last_epoch, "val_error") for job in jobs],
        "data": [(job.data or "").partition(":")[0] for job in jobs],
        "started": [_("{time} ago").format(time=theme.seconds(max(now - job.created, 1))) for job in jobs],
    }
    picked = st.dataframe(
        table,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key="recent",
        column_config={
            "network": _("network"),
            "state": _("state"),
            "data": _("data"),
            "started": _("started"),
            "validation error": st.column_config.LineChartColumn(
                _("validation error by epoch (%)"), y_min=0, y_max=100
            ),
            "training": st.column_config.NumberColumn(_("training error (%)"), format="%.1f"),
            "validation": st.column_config.NumberColumn(_("validation error (%)"), format="%.1f"),
        },
    )
    rows = picked["selection"]["rows"]
    text = ngettext("Compare {count} run", "Compare {count} runs", len(rows)).format(count=len(rows))
    if rows and st.button(text, icon=":material/stacked_line_chart:"):
        remember(CompareState(runs=tuple(jobs[row].id for row in rows)))
        st.switch_page("views/compare.py")


def _error(epoch, name: str) -> float | None:
    return None if epoch is None else 100 * getattr(epoch, name)
