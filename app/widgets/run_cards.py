"""A card for each run or all repeats of one: state, progress, speed, time left, and a button to stop or resume."""

from collections.abc import Sequence

import streamlit as st

from app import theme
from app.grouping import Group
from app.language import _
from app.run_message import run_message
from app.text import as_text
from resnet_core.errors import LabError, one_line
from resnet_core.results import State
from resnet_core.runs import queue
from resnet_core.runs.records import Job

COLORS: dict[State, str] = {
    "queued": "gray",
    "starting": "gray",
    "running": "blue",
    "finished": "green",
    "stopped": "orange",
    "failed": "red",
    "diverged": "red",
    "lost": "red",
}


def run_cards(groups: Sequence[Group], *, key: str) -> None:
    """Show the cards, two in a row.

    Args:
        groups: a run, or the repeats of one, each.
        key: of this widget in its page.
    """
    for first in range(0, len(groups), 2):
        for column, group in zip(st.columns(2), groups[first : first + 2], strict=False):
            with column, st.container(border=True):
                if len(group.runs) == 1:
                    _run(group.runs[0].job, group.runs[0].label, key)
                else:
                    _repeats(group, key)


def state_badge(job: Job) -> str:
    """Return a job's state as colored Markdown."""
    return f":{COLORS[job.state]}-badge[{_(job.state)}]"


def progress_line(job: Job) -> str:
    """Say how far a job is: epoch and step, speed and time left."""
    match job.state:
        case "queued":
            return as_text(_(job.message)) or _("waits for the runs before it")
        case "starting":
            return as_text(run_message(job)) or _("loading Keras, building the network, reading the images")
        case "running":
            epoch = (job.last_epoch.epoch if job.last_epoch else 0) + 1
            parts = [_("epoch {epoch} of {all}").format(epoch=min(epoch, job.total_epochs or 1), all=job.total_epochs)]
            steps = _("step {step} of {all}")
            parts.append(steps.format(step=theme.count(job.step), all=theme.count(job.total_steps or 0)))
            if job.last_step:
                parts.append(theme.speed(job.last_step.images_per_second))
            if job.seconds_left is not None:
                parts.append(_("{time} left").format(time=theme.seconds(job.seconds_left)))
            return " · ".join(parts)
    return as_text(run_message(job)) or _("ended")


def resume(jobs: Sequence[Job], label: str) -> None:
    """Let runs go on and show the page anew, or say in one line why one cannot."""
    try:
        kept = [queue.resume(job.id) for job in jobs]
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        return
    if any(kept):
        said = _("{run} goes on after epoch {epoch}.").format(run=label, epoch=max(kept))
    else:
        said = _("{run} begins anew: it had finished no epoch.").format(run=label)
    st.toast(said)
    st.rerun()


def _run(job: Job, label: str, key: str) -> None:
    head, button = st.columns([4, 1], vertical_alignment="center")
    head.markdown(f"**{as_text(label)}** {state_badge(job)}")
    if job.active:
        if button.button(
            _("Stop"),
            key=f"{key}:stop:{job.id}",
            help=_("Stop {run}; its finished epochs are kept").format(run=label),
            width="stretch",
        ):
            _stop([job], label)
        st.progress(job.progress)
    elif job.resumable and button.button(
        _("Resume"),
        key=f"{key}:resume:{job.id}",
        help=_("Let it go on after its last finished epoch, as if it had never been interrupted"),
        width="stretch",
    ):
        resume([job], label)
    st.caption(progress_line(job))
    for note in job.notes:
        st.caption(f":material/info: {as_text(note)}")


def _repeats(group: Group, key: str) -> None:
    jobs = [run.job for run in group.runs]
    active = [job for job in jobs if job.active]
    head, button = st.columns([4, 1], vertical_alignment="center")
    head.markdown(_("**{run}**, {count} repeats").format(run=as_text(group.label), count=len(jobs)))
    if active:
        if button.button(
            _("Stop"),
            key=f"{key}:stop:{group.key}",
            help=_("Stop the {count} runs of {name} that have not ended; finished epochs are kept").format(
                count=len(active), name=group.label
            ),
            width="stretch",
        ):
            _stop(active, group.label)
        st.progress(sum(1.0 if not job.active else job.progress for job in jobs) / len(jobs))
    ended_early = [job for job in jobs if job.resumable]
    if (
        ended_early
        and not active
        and button.button(
            _("Resume"),
            key=f"{key}:resume:{group.key}",
            help=_("Let the {count} runs of {group} that ended early go on where they were").format(
                count=len(ended_early), group=group.label
            ),
            width="stretch",
        )
    ):
        resume(ended_early, group.label)
    lines = [
        f"{_('seed {seed}').format(seed=job.seed)} {state_badge(job)} :small[{progress_line(job)}]" for job in jobs
    ]
    st.markdown("  \n".join(lines))
    for note in dict.fromkeys(note for job in jobs for note in job.notes):
        st.caption(f":material/info: {as_text(note)}")


def _stop(jobs: Sequence[Job], label: str) -> None:
    """Stop runs, or say in one line why they cannot be stopped now."""
    try:
        for job in jobs:
            queue.stop(job.id)
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        return
    st.toast(_("{run} is being stopped.").format(run=label))
