"""A study that was started: its curves as they grow, its runs, and in the end its verdict."""

from collections.abc import Callable

import streamlit as st

from app import theme
from app.compare_state import CompareState
from app.curve_layout import Layout
from app.feed import Feed
from app.grouping import REPEATS, SEPARATE
from app.image_names import image_name
from app.language import _, ngettext
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

    def read(feed: Feed) -> None:
        verdict = groups.load(group.id).verdict()
        if verdict:
            st.success(as_text(_(verdict)), icon=":material/gavel:")
        own, compare, _space = st.columns([2, 2, 3])
        if beside:
            with own:
                beside()
        with compare if beside else own:
            if st.button(
                _("Open in Compare"), icon=":material/stacked_line_chart:", width="stretch", key=f"{key}:compare"
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
    study = _(group.study.title) if group.study else _("A study of another version")
    images = image_name(group.data)
    match images, group.seeds > 1:
        case None, False:
            title = _("{study}: error")
        case None, True:
            title = _("{study}: error, mean of {count} seeds")
        case _, False:
            title = _("{study}: error on {images}")
        case _, True:
            title = _("{study}: error on {images}, mean of {count} seeds")
    return title.format(study=study, images=images, count=group.seeds)


def _about(group: Group) -> str:
    size = group.size
    count = len(group.jobs)
    parts = [
        _(group.study.size(size).about)
        if size
        else ngettext("{count} run.", "{count} runs.", count).format(count=count)
    ]
    if size and group.data != group.study.size(size).data:
        parts.append(_("Here the images are {data}.").format(data=as_text(group.data)))
    if group.seeds > 1:
        parts.append(_("All of it {count} times, from other seeds.").format(count=theme.count(group.seeds)))
    return " ".join([*parts, _("Validation images are never trained on.")])
