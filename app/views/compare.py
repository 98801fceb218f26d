"""Compare: choose runs on the left; the verdict, the curves and their table beside and below."""

from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from app.charts.curves import Curve, curve_styles
from app.compare_state import CompareState, Picture
from app.curve_layout import Axis
from app.feed import Feed
from app.grouping import SEPARATE, grouped
from app.language import _, ngettext
from app.links import MOST_RUNS
from app.owner import owner
from app.pictures import draw, looks_of
from app.reader_language import language_query
from app.run import Run
from app.run_list import group_runs
from app.run_names import run_names
from app.state import keep_state, open_state
from app.text import as_text
from app.verdict import Verdict, verdict
from app.widgets.final_table import final_table
from app.widgets.group_table import group_table
from app.widgets.live_chart import live_chart
from app.widgets.picture_controls import picture_controls
from app.widgets.run_details import run_details
from app.widgets.run_picker import run_picker
from app.widgets.take_home import take_home
from resnet_core.errors import LabError, one_line
from resnet_core.results import ACTIVE, State
from resnet_core.runs import groups, store
from resnet_core.runs.records import Job
from resnet_core.studies import get_study

LISTED = 1_000
TICK_SECONDS = 2.0


def page() -> None:
    state = open_state(CompareState)
    st.title(_("Compare"))
    listed = store.jobs(kind="train", limit=LISTED)
    if not listed:
        keep_state(_nothing_yet(state))
        return
    state = _first_choice(state, listed)
    left, right = st.columns([3, 8], gap="medium")
    with left:
        state = replace(state, runs=run_picker(group_runs(listed), state.runs, key="compare:picker"))
        if len(listed) == LISTED:
            st.caption(_("The newest {count:,} runs are listed; a link can name older ones.").format(count=LISTED))
    keep_state(state)
    feed = _poll(state)
    tick = TICK_SECONDS if feed.active else None
    with right:
        _say_missing(state, feed)
        if not feed.jobs:
            st.info(
                _(
                    "Choose runs in the list, or a whole study at once: their curves will be drawn here, plain "
                    "networks on the left and residual ones on the right."
                ),
                icon=":material/checklist:",
            )
            return
        st.fragment(_figure, run_every=tick)(_states(feed))
    st.fragment(_numbers, run_every=tick)()
    st.fragment(_details)()


def _figure(listed: dict[str, State]) -> None:
    """Show the verdict, the controls of the picture and the picture; the only part that asks the store again.

    Args:
        listed: the states of the runs as the list shows them; where one has changed, the whole page runs again.
    """
    ticking = not ACTIVE.isdisjoint(listed.values())
    verdict_place = st.container()  # what it shows stays until it is shown anew, so that a tick moves nothing below it
    state = open_state(CompareState)
    picture_controls(state, _runs(_known(state)))
    paused = ticking and st.toggle(_("Pause live updates"), key="compare:paused", help=_("The runs go on."))
    feed = _known(state)
    if (feed.active and not paused) or _steps_wanted(state) != feed.with_steps:
        feed = _poll(state)
    runs = _runs(feed)
    with verdict_place:
        _say(verdict(runs))
    drawn = draw(state, runs, _curves(feed, state))
    live_chart(
        drawn.figure,
        key=f"compare:chart:{state.picture}",
        alt=drawn.alt,
        filename="resnet-lab-comparison",
        height=drawn.height,
    )
    for note in drawn.notes:
        st.caption(f":material/info: {as_text(note)}")
    with st.popover(_("Link to this picture"), icon=":material/link:", type="tertiary"):
        st.markdown(_("This address opens the same comparison for everyone who reaches this app."))
        query = urlencode(state.to_query() | language_query(), safe=",")
        st.code(f"{st.context.url or ''}?{query}", language=None, wrap_lines=True)
    if _states(feed) != listed:
        st.rerun()


def _say(said: Verdict) -> None:
    match said.kind:
        case "read":
            st.success(said.text, icon=":material/gavel:")
        case "waiting":
            st.info(said.text, icon=":material/hourglass_top:")
        case "apart":
            st.warning(said.text, icon=":material/difference:")
        case "alone":
            st.info(said.text, icon=":material/looks_one:")


def _numbers() -> None:
    state = open_state(CompareState)
    feed = _known(state)
    runs, lines = _runs(feed), _curves(feed, state)
    groups = grouped(runs, state.group)
    if state.group == SEPARATE:
        looks = curve_styles(lines)
    else:
        group_table(groups, state.group, state.baseline)
        given = looks_of(groups)
        look_of = {run.job.id: given[group.key] for group in reversed(groups) for run in group.runs}
        looks = [look_of[run.job.id] for run in runs]
    final_table(runs, looks, state)
    take_home(state, runs, lines)


def _details() -> None:
    run_details(_runs(_known(open_state(CompareState))), key="compare:details", when_deleted=_forget)


def _forget(job_id: str) -> None:
    """Take a deleted run out of the comparison."""
    state = open_state(CompareState)
    keep_state(replace(state, runs=tuple(other for other in state.runs if other != job_id)))


def _states(feed: Feed) -> dict[str, State]:
    return {job.id: job.state for job in feed.jobs}


def _runs(feed: Feed) -> list[Run]:
    names = run_names(feed.jobs)
    return [Run(job, names[job.id], feed.epochs_of(job.id)) for job in feed.jobs]


def _curves(feed: Feed, state: CompareState) -> list[Curve]:
    """Return the curves to draw: over epochs, training error is the epochs' mean, not the noise between."""
    names = run_names(feed.jobs)
    return [
        replace(curve, label=names[job.id], steps=() if state.x is Axis.EPOCH else curve.steps)
        for curve, job in zip(feed.curves(), feed.jobs, strict=True)
    ]


def _nothing_yet(state: CompareState) -> CompareState:
    """Say what will be here and offer the first action; return the state that watches what was started."""
    st.info(
        _(
            "The learning curves of your runs will stand here side by side, plain networks on the left and residual "
            "ones on the right, with their final numbers in a table."
        ),
        icon=":material/stacked_line_chart:",
    )
    if state.runs:
        st.warning(_missing_line(state.runs), icon=":material/link_off:")
    start, train, _space = st.columns([2, 2, 3])
    if start.button(_("Run the two-minute experiment"), type="primary", icon=":material/play_arrow:", width="stretch"):
        try:
            group = groups.load(groups.start(get_study("degradation"), owner=owner()))
        except LabError as error:
            st.error(one_line(error), icon=":material/error:")
            return state
        keep_state(replace(state, runs=tuple(job.id for job in group.jobs)))
        st.rerun()
    if train.button(_("Choose networks to train"), icon=":material/play_circle:", width="stretch"):
        st.switch_page("views/train.py")
    return state


def _first_choice(state: CompareState, listed: list[Job]) -> CompareState:
    """Choose the newest runs that were launched together, if a reader comes for the first time and by no link."""
    first = st.session_state.setdefault("compare:first", True)
    st.session_state["compare:first"] = False
    if not first or state.runs:
        return state
    several = [group for group in group_runs(listed) if len(group.rows) > 1]
    newest = several[0].rows[:MOST_RUNS] if several else group_runs(listed)[0].rows
    return replace(state, runs=tuple(row.id for row in newest))


def _known(state: CompareState) -> Feed:
    """Return what the session has read of the chosen runs."""
    feed = st.session_state.get("compare:feed")
    if not isinstance(feed, Feed) or feed.job_ids != state.runs:
        feed = Feed(state.runs, with_steps=_steps_wanted(state))
        st.session_state["compare:feed"] = feed
    return feed


def _poll(state: CompareState) -> Feed:
    """Read what is new; a database that is busy for a moment is said in one line, and what is known stays."""
    feed = _known(state)
    feed.with_steps = _steps_wanted(state)
    try:
        feed.poll()
    except LabError as error:
        text = _("{reason}. What was read before is shown.").format(reason=one_line(error))
        st.warning(text, icon=":material/sync:")
    feed.jobs = tuple(job for job in feed.jobs if job.kind == "train")  # a link can name anything
    return feed


def _steps_wanted(state: CompareState) -> bool:
    """Say whether samples within epochs are drawn: there are hundreds a run, so only where x counts steps or time."""
    return state.x is not Axis.EPOCH and state.picture is Picture.CURVES and not (state.group or state.split)


def _say_missing(state: CompareState, feed: Feed) -> None:
    missing = set(state.runs) - {job.id for job in feed.jobs}
    if missing:
        st.warning(_missing_line([job_id for job_id in state.runs if job_id in missing]), icon=":material/link_off:")


def _missing_line(ids: list[str] | tuple[str, ...]) -> str:
    names = ", ".join(as_text(job_id[:20]) for job_id in ids[:4])
    if len(ids) > 4:
        names = _("{names} and {count:,} more").format(names=names, count=len(ids) - 4)
    return ngettext(
        "{names} is not a run of this lab and left out: it was deleted, or ran in another one.",
        "{names} are not runs of this lab and left out: they were deleted, or ran in another one.",
        len(ids),
    ).format(names=names)


page()
