"""How much of the disk the lab takes, run by run, and the deleted runs that can still be brought back."""

import time
from collections.abc import Callable

import streamlit as st

from app import theme
from app.language import _, ngettext
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
    place = st.expander(_("Disk and trash"), icon=":material/hard_drive:", key=f"{key}:open", on_change="rerun")
    if not place.open:
        return
    with place:
        try:
            use, deleted = disk_use(), store.trashed()
        except LabError as error:
            st.error(one_line(error), icon=":material/error:")
            return
        _use(use)
        st.subheader(_("Trash"), anchor=False)
        if deleted:
            _trash(deleted, use.trash, key)
        else:
            kept = _("Deleted runs are kept here for {days}, and can be brought back until then.")
            st.caption(kept.format(days=_days(trash.days())))


def _use(use: DiskUse) -> None:
    parts = {
        _("runs"): sum(use.runs.values()),
        _("data sets"): use.cache,
        _("database"): use.database,
        _("trash"): use.trash,
        _("logs and the rest"): use.rest,
    }
    listed = ", ".join(f"{name} {theme.memory(size)}" for name, size in parts.items())
    taken = _("The lab takes **{total}**: {parts}. {free} of the disk are free.")
    st.markdown(taken.format(total=theme.memory(use.total), parts=listed, free=theme.memory(use.free)))
    largest = sorted(use.runs, key=use.runs.get, reverse=True)[:LISTED]
    names = {job.id: job for job in store.jobs(ids=largest)}
    if not names:
        return
    rows = [job_id for job_id in largest if job_id in names]
    st.dataframe(
        {
            _("network"): [names[job_id].name for job_id in rows],
            _("state"): [_(names[job_id].state) for job_id in rows],
            "MB": [use.runs[job_id] / 1e6 for job_id in rows],
            "id": rows,
        },
        hide_index=True,
        height="content" if len(rows) <= 6 else 250,
        column_config={"MB": st.column_config.NumberColumn(_("size (MB)"), format="%.2f")},
    )
    if len(use.runs) > LISTED:
        listed = _("The largest {count} of {all} runs.")
        st.caption(listed.format(count=LISTED, all=theme.count(len(use.runs))))


def _trash(deleted: list[Job], size: int, key: str) -> None:
    said = ngettext(
        "{count} deleted run, {size}. It is removed for good after its time.",
        "{count} deleted runs, {size}. Each is removed for good after its time.",
        len(deleted),
    )
    st.caption(said.format(count=theme.count(len(deleted)), size=theme.memory(size)))
    now = time.time()
    for job in deleted[:LISTED]:
        with st.container(border=True):
            text, button = st.columns([5, 1], vertical_alignment="center")
            left = _("removed for good in {days}").format(days=_days(max((trash.emptied_at(job) - now) / _DAY, 0)))
            text.markdown(f"**{as_text(job.name)}** {state_badge(job)} :small[{job.id} · {left}]")
            if button.button(_("Restore"), key=f"{key}:restore:{job.id}", width="stretch"):
                done = _("{run} is back among the runs.").format(run=job.name)
                _act(lambda job_id=job.id: trash.restore(job_id), done)
    with st.popover(_("Empty the trash"), icon=":material/delete_forever:"):
        question = ngettext(
            "Remove {count} run for good, with its curves, weights and log?",
            "Remove {count} runs for good, with their curves, weights and logs?",
            len(deleted),
        )
        st.markdown(question.format(count=theme.count(len(deleted))))
        if st.button(_("Remove for good"), type="primary", key=f"{key}:empty"):
            _act(trash.empty, _("The trash is empty."))


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
        return _("less than a day")
    return ngettext("{count} day", "{count} days", whole).format(count=theme.count(whole))
