"""Home: one question, one button, the curves as they grow, the verdict, the last runs."""

import psutil
import streamlit as st

from app import theme
from app.charts.curves import Layout
from app.feed import Feed
from app.state import CompareState, HomeState, keep_state, open_state, remember
from app.widgets.live_runs import live_runs
from app.widgets.recent_runs import recent_runs
from resnet_core.runs import devices, groups
from resnet_core.runs.groups import Group
from resnet_core.studies import get_study

STUDY = get_study("degradation")


def page() -> None:
    state = open_state(HomeState)
    group = groups.load(state.study) if state.study else groups.newest(STUDY)
    st.title("Why do deeper plain networks train worse, and what does a shortcut change?")
    if group is None:
        _introduction()
    else:
        _study(group)
    st.header("Your last runs")
    recent_runs()
    _machine()
    keep_state(state)


def _introduction() -> None:
    text, action = st.columns([3, 2], gap="large")
    text.markdown(
        "A network with more layers can represent everything that a smaller one can. Yet stack plain layers deep "
        "enough and the error rises, **even on the images it trains on**. A residual block learns only the difference "
        "from its input, $F(x) = H(x) - x$, and adds the input back by a shortcut without a single parameter."
    )
    text.markdown(
        f"See it happen on this computer: {len(STUDY.quick.runs)} networks, plain and residual, "
        f"{_depths()} layers deep, learn ten kinds of drawn shapes."
    )
    with action:
        _start_button("Run the two-minute experiment", primary=True)
        st.caption("Or open **Build** to look inside a network, and **Train** to choose your own experiment.")


def _study(group: Group) -> None:
    st.caption(
        f"{len(group.jobs)} networks of {_depths()} layers learn ten kinds of drawn shapes, 16 x 16 pixels. "
        "Validation images are never trained on."
    )

    def read(_: Feed) -> None:
        verdict = groups.load(group.id).verdict()
        if verdict:
            st.success(verdict, icon=":material/gavel:")
        again, compare, _space = st.columns([2, 2, 3])
        with again:
            _start_button("Run it again", primary=False)
        if compare.button("Open in Compare", icon=":material/stacked_line_chart:", width="stretch"):
            remember(CompareState(runs=tuple(job.id for job in group.jobs)))
            st.switch_page("views/compare.py")

    live_runs(
        tuple(job.id for job in group.jobs),
        key=f"home:{group.id}",
        title="Error of plain and residual networks of the same depths",
        layout=Layout.SIDES,
        height=400,
        when_done=read,
    )


def _start_button(label: str, *, primary: bool) -> None:
    if st.button(
        label, type="primary" if primary else "secondary", icon=":material/play_arrow:", width="stretch", key="start"
    ):
        group = groups.start(STUDY)
        keep_state(HomeState(study=group))
        st.rerun()


def _depths() -> str:
    depths = sorted({run.spec.depth for run in STUDY.quick.runs})
    return " and ".join(map(str, depths))


def _machine() -> None:
    device = devices.local_device()
    free = theme.memory(psutil.virtual_memory().available)
    cores = f", {device.cores} cores" if device.kind == "cpu" else f", {theme.memory(device.memory_free)} of it free"
    st.caption(f":material/memory: {device.name}{cores} · {free} of memory free · data: drawn shapes are built in")


page()
