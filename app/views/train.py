"""Train: which networks, on what data, by which recipe; what it will cost; then the runs as they go."""

from dataclasses import replace

import streamlit as st

from app import theme
from app.language import N_, _, ngettext
from app.owner import owner
from app.projection import project
from app.state import CompareState, TrainState, keep_state, open_state, remember
from app.study_choice import StudyChoice
from app.text import reason_of
from app.widgets.data_picker import data_picker
from app.widgets.disk_and_trash import disk_and_trash
from app.widgets.live_runs import live_runs
from app.widgets.queue_list import device_line, other_runs
from app.widgets.recipe_form import recipe_form
from app.widgets.shown_study import shown_study
from app.widgets.spec_chips import spec_chips
from app.widgets.study_picker import study_picker
from app.widgets.study_result import study_result
from resnet_core.datasets import Summary, must_fit
from resnet_core.errors import InputError, LabError, one_line
from resnet_core.recipes import MAX_SEED, Recipe
from resnet_core.results import ACTIVE
from resnet_core.runs import queue, store
from resnet_core.runs.estimate import estimates, image_counts
from resnet_core.spec import ResNetSpec

WAYS = {"own": N_("Runs of my own"), "study": N_("A study")}


def page() -> None:
    state = open_state(TrainState)
    st.title(_("Train"))
    way = st.segmented_control(
        _("What to train"),
        list(WAYS),
        format_func=lambda name: _(WAYS[name]),
        key=project("train:way", "study" if state.study else "own"),
        label_visibility="collapsed",
    )
    if way and (way == "study") is not bool(state.study):
        last = st.session_state.get("train:last_study", StudyChoice())
        keep_state(replace(state, study=last if way == "study" else None))
        st.rerun()
    if state.study:
        _study(state, state.study)
    else:
        _own(state)
    disk_and_trash(key="train:disk")


def _own(state: TrainState) -> None:
    """Show a form for networks, data and recipe of the reader's own."""
    what, on_what = st.columns(2, gap="large")
    with what:
        specs = spec_chips(state.specs, key="train:specs")
        recipe = recipe_form(state.recipe, key="train:recipe")
    with on_what:
        data, summary = data_picker(state.data, key="train:data")
        seed = st.number_input(
            _("Seed"),
            0,
            MAX_SEED,
            key=project("train:seed", state.seed),
            help=_("Of initial weights, sample order, split and augmentation."),
        )
    chosen = TrainState(specs, data, recipe or state.recipe, seed, state.watch)
    if recipe:
        chosen = _launch(chosen, summary)
    keep_state(chosen)
    if chosen != state:
        st.rerun()
    st.divider()
    _runs(state)


def _study(state: TrainState, choice: StudyChoice) -> None:
    """Show the studies, and under them the one that goes on or was run last."""
    chosen = study_picker(choice, key="train:study")
    st.session_state["train:last_study"] = chosen
    keep_state(replace(state, study=chosen))
    if chosen != choice:
        st.rerun()
    st.divider()
    device_line()
    group = shown_study(chosen.group, chosen.study)
    if group is None:
        st.info(
            _("The curves of this study will grow here, and its verdict stand under them."),
            icon=":material/show_chart:",
        )
    else:
        study_result(group, key="train:result")
    other_runs(tuple(job.id for job in group.jobs) if group else ())


def _launch(state: TrainState, summary: Summary | None) -> TrainState:
    """Say what the runs will cost and launch them; return the state that watches what was launched."""
    if not state.specs:
        st.info(_("Choose at least one network above."), icon=":material/account_tree:")
        return state
    if summary is None:
        return state
    try:
        specs = [spec.changed(classes=summary.classes) for spec in state.specs]
        sizes = {"train_size": state.recipe.train_size, "validation_size": state.recipe.validation_size}
        for spec in specs:
            must_fit(summary, classes=spec.classes, channels=spec.channels, **sizes)
    except InputError as error:
        st.error(reason_of(error), icon=":material/error:")
        return state
    changed = [spec.name for spec, before in zip(specs, state.specs, strict=True) if spec != before]
    if changed:
        text = _("{networks}: the last layer gets {classes} outputs, one for each class.")
        st.caption(text.format(networks=", ".join(changed), classes=summary.classes))
    line, button = st.columns([4, 1], vertical_alignment="center")
    line.markdown(_cost_line(specs, state.recipe, summary))
    if not button.button(
        _("Launch"), type="primary", icon=":material/play_arrow:", width="stretch", key="train:launch"
    ):
        return state
    requests = [queue.Request(spec, state.recipe, state.data, state.seed, owner=owner()) for spec in specs]
    try:
        ids = queue.submit_many(requests, study=queue.new_study("set") if len(requests) > 1 else None)
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        return state
    return replace(state, watch=tuple(ids))


def _cost_line(specs: list[ResNetSpec], recipe: Recipe, summary: Summary) -> str:
    images = image_counts(recipe, summary)
    costs = estimates((spec, recipe, *images) for spec in specs)
    duration = theme.seconds(sum(cost.seconds for cost in costs))
    memory = theme.memory(max(cost.memory_bytes for cost in costs))
    text = ngettext(
        "{count} run, about {duration} on this computer, up to {memory} of memory",
        "{count} runs, about {duration} on this computer, up to {memory} of memory",
        len(specs),
    ).format(count=len(specs), duration=duration, memory=memory)
    return f"**{text}**  \n:small[{_(costs[0].basis)}]"


def _runs(state: TrainState) -> None:
    device_line()
    watch = state.watch or tuple(job.id for job in reversed(store.jobs(states=ACTIVE, kind="train")))
    known = {job.id for job in store.jobs(ids=watch)} if watch else set()
    missing = [job_id for job_id in watch if job_id not in known]
    if missing:
        text = _("The link's runs {runs} are not in this lab: they were deleted or ran elsewhere.")
        st.warning(text.format(runs=", ".join(missing)))
    watch = tuple(job_id for job_id in watch if job_id in known)
    if not watch:
        st.info(
            _("The curves of your runs will grow here, training error thin, validation error bold. Launch one above."),
            icon=":material/show_chart:",
        )
    else:
        live_runs(
            watch,
            key="train:live",
            title=_("Error of the runs launched here"),
            when_done=lambda feed: _after(tuple(job.id for job in feed.jobs)),
        )
    other_runs(watch)


def _after(ids: tuple[str, ...]) -> None:
    if st.button(_("Open in Compare"), icon=":material/stacked_line_chart:", key="train:compare"):
        remember(CompareState(runs=ids))
        st.switch_page("views/compare.py")


page()
