"""Choosing a study and starting it: what it asks, what it runs, what both sizes cost, on what data, how often."""

from dataclasses import replace

import streamlit as st

from app import cache, theme
from app.language import N_, _, ngettext
from app.owner import owner
from app.projection import form_key, form_said, project
from app.study_choice import MOST_SEEDS, StudyChoice
from app.widgets.data_picker import data_picker
from resnet_core.errors import DataError, LabError, TwiceError, one_line
from resnet_core.runs import groups, study_plans
from resnet_core.studies import STUDIES, Size

SIZES = {Size.QUICK: N_("Quick"), Size.FULL: N_("Full")}


def study_picker(choice: StudyChoice, *, key: str) -> StudyChoice:
    """Show the studies and return what the reader made of the choice; its group is new where one was started.

    Args:
        choice: as the page's state holds it.
        key: of this widget in its page.
    """
    names, details = st.columns([2, 3], gap="large")
    with names:
        chosen = st.radio(
            _("Study"),
            list(STUDIES),
            format_func=lambda name: _(STUDIES[name].title),
            captions=[_in_short(name) for name in STUDIES],
            key=project(f"{key}:name", choice.name),
        )
    if chosen != choice.name:
        choice = StudyChoice(chosen, seeds=choice.seeds)
    with details:
        return _details(choice, key)


def _details(choice: StudyChoice, key: str) -> StudyChoice:
    study, form = choice.study, form_key(key, _asked(choice))
    st.subheader(_(study.question), anchor=False)
    size = st.segmented_control(
        _("Size"),
        list(SIZES),
        format_func=lambda size: _(SIZES[size]),
        key=project(f"{form}:size", choice.size),
        help=_("Quick: minutes on a CPU, on drawn shapes. Full: for a GPU; what the paper or the study notes did."),
    )
    if size and size != choice.size:
        choice = replace(choice, size=size, data="", group="")
    plan = study.size(choice.size)
    st.markdown(_(plan.about))
    # The button stands above what it depends on, in sight: most readers change neither data nor seeds.
    action = st.container()
    source, summary = data_picker(choice.source, key=f"{key}:data")
    seeds = st.number_input(
        _("Seeds"),
        1,
        MOST_SEEDS,
        key=project(f"{form}:seeds", choice.seeds),
        help=_(
            "How often all of it is repeated, each time from other initial weights and in another order: the verdict "
            "then gives means and spreads."
        ),
    )
    changed = replace(choice, data="" if source == plan.data else source, seeds=seeds)
    form_said(key, _asked(changed))
    if changed != choice:
        changed = replace(changed, group="")
    if summary is None:
        return changed
    with action:
        return _launch(changed, key)


def _asked(choice: StudyChoice) -> tuple:
    """Return what the form asks for; the group is what came of it."""
    return choice.name, choice.size, choice.data, choice.seeds


def _launch(choice: StudyChoice, key: str) -> StudyChoice:
    """Say what the study will cost, and start it; a twin that goes on is offered instead."""
    study, data = choice.study, choice.data or None
    try:
        cost = cache.study_forecast(study.name, choice.size, data, choice.seeds)
        twin = groups.running(study, study_plans.plan(study, choice.size, data, choice.seeds))
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        return choice
    text = ngettext(
        "{count} run, about {duration} on this computer, up to {memory} of memory",
        "{count} runs, about {duration} on this computer, up to {memory} of memory",
        len(cost.runs),
    ).format(count=len(cost.runs), duration=theme.seconds(cost.seconds), memory=theme.memory(cost.memory_bytes))
    st.markdown(f"**{text}**  \n:small[{_(cost.estimates[0].basis)}]")
    if not twin:
        if st.button(_("Start this study"), type="primary", icon=":material/play_arrow:", key=f"{key}:start"):
            return _started(choice, again=False)
        return choice
    st.info(_("This very study is going on: the same size, data and seeds."), icon=":material/hourglass_top:")
    with st.container(horizontal=True):
        if twin != choice.group and st.button(_("Show it"), icon=":material/show_chart:", key=f"{key}:show"):
            return replace(choice, group=twin)
        if st.button(_("Start another all the same"), icon=":material/play_arrow:", key=f"{key}:again"):
            return _started(choice, again=True)
    return choice


def _started(choice: StudyChoice, *, again: bool) -> StudyChoice:
    try:
        group = groups.start(
            choice.study,
            choice.size,
            data=choice.data or None,
            seeds=choice.seeds,
            again=again,
            owner=owner(),
        )
    except TwiceError as error:
        st.toast(_("This very study was started a moment ago: here it is."))
        return replace(choice, group=error.group)
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        return choice
    return replace(choice, group=group)


def _in_short(name: str) -> str:
    """Say how many runs each size is, and how long it takes."""
    study = STUDIES[name]
    text = {Size.QUICK: _("quick: {count} runs, {cost}"), Size.FULL: _("full: {count} runs, {cost}")}
    return " · ".join(text[size].format(count=len(study.size(size).runs), cost=_cost(name, size)) for size in Size)


def _cost(name: str, size: Size) -> str:
    """Return one size's estimate in a few words; none where its own data are not here."""
    try:
        return theme.seconds(cache.study_forecast(name, size).seconds)
    except DataError:
        return _("needs its data")
