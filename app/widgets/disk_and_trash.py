"""How much of the disk the lab takes, run by run, and the deleted runs that can still be brought back."""

import time
from collections.abc import Callable

import streamlit as st

from app import theme
from app.text import as_text
from app.widgets.run_cards import state_badge
from resnet_core.errors import LabError, one_line
from resnet_core.runs import store, trash
from resnet_core.runs.disk import DiskUse, disk_use
from resnet_core.runs.records import Job

LISTED = 200
_DAY = 86_400.0


def disk_and_trash(*, key: str) -> None:
    """Show a part of the page that measures nothing until it is opened.

    Args:
        key: of this widget in its page.
    """
    place = st.expander("Disk and trash", icon=":material/hard_drive:", key=f"{key}:open", on_change="rerun")
    if not place.open:
        return
    with place:
        try:
            use, deleted = disk_use(), store.trashed()
        except LabError as error:
            st.error(one_line(error), icon=":material/error:")
            return
        _use(use)
        st.subheader("Trash", anchor=False)
        if deleted:
            _trash(deleted, use.trash, key)
        else:
            st.caption(f"Deleted runs are kept here for {_days(trash.days())}, and can be brought back until then.")


def _use(use: DiskUse) -> None:
    parts = {
        "runs": sum(use.runs.values()),
        "data sets": use.cache,
        "database": use.database,
        "trash": use.trash,
        "logs and the rest": use.rest,
    }
    listed = ", ".join(f"{name} {theme.memory(size)}" for name, size in parts.items())
    st.markdown(
        f"The lab takes **{theme.memory(use.total)}**: {listed}. {theme.memory(use.free)} of the disk are free."
    )
    largest = sorted(use.runs, key=use.runs.get, reverse=True)[:LISTED]
    names = {job.id: job for job in store.jobs(ids=largest)}
    if not names:
        return
    rows = [job_id for job_id in largest if job_id in names]
    st.dataframe(
        {
            "network": [names[job_id].name for job_id in rows],
            "state": [names[job_id].state for job_id in rows],
            "MB": [use.runs[job_id] / 1e6 for job_id in rows],
            "run": rows,
        },
        hide_index=True,
        height="content" if len(rows) <= 6 else 250,
        column_config={"MB": st.column_config.NumberColumn("size (MB)", format="%.2f")},
    )
    if len(use.runs) > LISTED:
        st.caption(f"The largest {LISTED} of {theme.count(len(use.runs))} runs.")


def _trash(deleted: list[Job], size: int, key: str) -> None:
    st.caption(f"{theme.count(len(deleted))} deleted, {theme.memory(size)}. Each is removed for good after its time.")
    now = time.time()
    for job in deleted[:LISTED]:
        with st.container(border=True):
            text, button = st.columns([5, 1], vertical_alignment="center")
            left = _days(max((trash.emptied_at(job) - now) / _DAY, 0))
            text.markdown(f"**{as_text(job.name)}** {state_badge(job)} :small[{job.id} · removed for good in {left}]")
            if button.button("Restore", key=f"{key}:restore:{job.id}", width="stretch"):
                _act(lambda job_id=job.id: trash.restore(job_id), f"{job.name} is back among the runs.")
    with st.popover("Empty the trash", icon=":material/delete_forever:"):
        st.markdown(f"Remove {theme.count(len(deleted))} runs for good, with their curves, weights and logs?")
        if st.button("Remove them for good", type="primary", key=f"{key}:empty"):
            _act(trash.empty, "The trash is empty.")


def _act(what: Callable[[], object], done: str) -> None:
    """Do something and show the page anew, or say in one line why it cannot be done."""
    try:
        what()
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        return
    st.toast(as_text(done))
    st.rerun()


def _days(days: float) -> str:
    whole = round(days)
    if whole < 1:
        return "less than a day"
    return f"{theme.count(whole)} day{'s' * (whole != 1)}"
