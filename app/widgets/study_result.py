"""A study that was started: its curves as they grow, its runs, and in the end its verdict."""

from collections.abc import Callable

import streamlit as st

from app import theme
from app.charts.curves import Layout
from app.compare_state import CompareState
from app.feed import Feed
from app.grouping import REPEATS, SEPARATE
from app.state import remember
from app.text import as_text
from app.widgets.live_runs import live_runs
from resnet_core.runs import groups
from resnet_core.runs.groups import Group


def study_result(group: Group, *, key: str, height: int = 420, beside: Callable[[], None] | None = None) -> None:
    """Show a study.

    Args:
        group: its jobs.
        key: of this widget in its page.
        height: of the chart in pixels.
        beside: shows a button of the page's own beside "Open in Compare", once the study has ended.
    """
    ids = tuple(job.id for job in group.jobs)
    both = len({bool(job.spec["residual"]) for job in group.jobs}) > 1
    st.caption(_about(group))

    def read(_: Feed) -> None:
        verdict = groups.load(group.id).verdict()
        if verdict:
            st.success(as_text(verdict), icon=":material/gavel:")
        own, compare, _space = st.columns([2, 2, 3])
        if beside:
            with own:
                beside()
        with compare if beside else own:
            if st.button(
                "Open in Compare", icon=":material/stacked_line_chart:", width="stretch", key=f"{key}:compare"
            ):
                remember(CompareState(runs=ids, group=REPEATS if group.seeds > 1 else SEPARATE))
                st.switch_page("views/compare.py")

    live_runs(
        ids,
        key=f"{key}:{group.id}",
        title=_title(group),
        layout=Layout.SIDES if both else Layout.ONE,
        height=height,
        when_done=read,
    )


def _title(group: Group) -> str:
    title = group.study.title if group.study else "A study of another version"
    return f"{title}: error" + (f", mean of {group.seeds} seeds" if group.seeds > 1 else "")


def _about(group: Group) -> str:
    size = group.size
    text = group.study.size(size).about if size else f"{len(group.jobs)} runs."
    if size and group.data != group.study.size(size).data:
        text += f" Here the images are {as_text(group.data)}."
    if group.seeds > 1:
        text += f" All of it {theme.count(group.seeds)} times, from other seeds."
    return f"{text} Validation images are never trained on."
