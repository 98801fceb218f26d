"""Home: one question, one button, the curves as they grow, the verdict, the last runs."""

import psutil
import streamlit as st

from app import theme
from app.language import _, language
from app.owner import owner
from app.state import HomeState, keep_state, open_state
from app.study_choice import StudyChoice
from app.widgets.course_list import course_list
from app.widgets.lesson_reader import browser_progress
from app.widgets.recent_runs import recent_runs
from app.widgets.shown_study import shown_study
from resnet_core.errors import TwiceError
from resnet_core.lessons import catalogue
from resnet_core.runs import devices, groups
from resnet_core.runs.groups import Group
from resnet_core.studies import STUDIES, get_study

STUDY = get_study("degradation")


def page() -> None:
    state = open_state(HomeState)
    st.title(_("Why do deeper plain networks train worse, and what does a shortcut change?"))
    group = shown_study(state.study, STUDY)
    if group is None:
        _introduction()
    else:
        _study(group)
    _more_studies()
    _course()
    st.header(_("Your last runs"))
    recent_runs()
    _machine()
    browser_progress()
    keep_state(state)


def _introduction() -> None:
    text, action = st.columns([3, 2], gap="large")
    # The formula in letters: for one of TeX the browser would load 260 kB more before it shows the first page.
    text.markdown(
        _(
            "A network with more layers can represent everything that a smaller one can. Yet stack plain layers deep "
            "enough and the error rises, **even on the images it trains on**. A residual block learns only the "
            "difference from its input, F(x) = H(x) − x, and adds the input back by a shortcut without a single "
            "parameter."
        )
    )
    text.markdown(
        _(
            "See it happen on this computer: {count} networks, plain and residual, {depths} layers deep, learn ten "
            "kinds of drawn shapes."
        ).format(count=len(STUDY.quick.runs), depths=_depths())
    )
    with action:
        _start_button(_("Run the two-minute experiment"), primary=True)
        st.caption(_("Or open **Build** to look inside a network, and **Train** to choose your own experiment."))


def _study(group: Group) -> None:
    from app.widgets.study_result import study_result  # the first page of a new lab draws nothing, and is there sooner

    study_result(group, key="home", height=400, beside=lambda: _start_button(_("Run it again"), primary=False))


def _start_button(label: str, *, primary: bool) -> None:
    if st.button(
        label, type="primary" if primary else "secondary", icon=":material/play_arrow:", width="stretch", key="start"
    ):
        try:
            group = groups.start(STUDY, owner=owner())
        except TwiceError as error:
            group = error.group
            st.toast(_("This very study is going on already: here it is."))
        keep_state(HomeState(study=group))
        st.rerun()


def _more_studies() -> None:
    others = [_(study.title) for study in STUDIES.values() if study is not STUDY]
    st.page_link(
        "views/train.py",
        label=_("{count} more studies, each with one click: {titles}, ...").format(
            count=len(others), titles=", ".join(others[:3])
        ),
        icon=":material/science:",
        query_params=StudyChoice("depth").to_query(),
    )


def _course() -> None:
    """List the lessons, each with how far the reader is."""
    course = catalogue.lessons(language())
    if not course:
        return
    st.header(_("The course"))
    minutes = sum(lesson.about.minutes for lesson in course)
    text = _("{count} lessons, about {minutes} minutes in all: predict, see, explain.")
    st.caption(text.format(count=len(course), minutes=minutes))
    course_list(course)


def _depths() -> str:
    *depths, deepest = sorted({run.spec.depth for run in STUDY.quick.runs})
    return _("{names} and {last}").format(names=", ".join(map(str, depths)), last=deepest)


def _machine() -> None:
    device = devices.local_device()
    free = theme.memory(psutil.virtual_memory().available)
    if device.kind == "cpu":
        said = _("{device}, {cores} cores · {free} of memory free · data: drawn shapes are built in")
    else:
        said = _("{device}, {own} of it free · {free} of memory free · data: drawn shapes are built in")
    own = theme.memory(device.memory_free)
    st.caption(f":material/memory: {said.format(device=device.name, cores=device.cores, own=own, free=free)}")


page()
