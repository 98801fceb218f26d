"""The last runs as a small table with a sparkline of each validation curve."""

import time
from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from app import theme
from app.language import _, ngettext
from app.state import CompareState, remember
from resnet_core.errors import StoreError
from resnet_core.runs import store
from resnet_core.runs.records import Job

SHOWN = 8
TICK_SECONDS = 2.0


def recent_runs() -> None:
    """Show the newest training runs, as they go on; choosing some opens them in Compare."""
    jobs = _newest()
    if not jobs:
        st.info(_("Runs will be listed here, with their curves. The first one starts with the button above."))
        return
    ticking = any(job.active for job in jobs)

    @st.fragment(run_every=TICK_SECONDS if ticking else None)
    def tick() -> None:
        nonlocal jobs
        if ticking:
            with suppress(StoreError):  # of a database that is busy for a moment: what was read before stays
                jobs = _newest()
            if not any(job.active for job in jobs):
                st.rerun()
        _choice(jobs)

    tick()


def _newest() -> list[Job]:
    return store.jobs(kind="train", limit=SHOWN, with_epochs=True)


def _choice(jobs: Sequence[Job]) -> None:
    now = time.time()
    table = {
        "network": [job.name for job in jobs],
        "state": [_(job.state) for job in jobs],
        "validation error": [[100 * epoch.val_error for epoch in job.epochs or ()] for job in jobs],
        "training": [_error(job.last_epoch, "train_error") for job in jobs],
        "validation": [_error(job.last_epoch, "val_error") for job in jobs],
        "data": [(job.data or "").partition(":")[0] for job in jobs],
        "started": [
            job.started and _("{time} ago").format(time=theme.seconds(max(now - job.started, 1))) for job in jobs
        ],
    }
    picked = st.dataframe(
        table,
        hide_index=True,
        placeholder="–",
        on_select="rerun",
        selection_mode="multi-row",
        key=" ".join(["recent", *(job.id for job in jobs)]),  # a selection counts rows: it is not kept for other runs
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
