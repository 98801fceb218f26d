"""A card for each run or all repeats of one: state, progress, speed, time left, and a button to stop or resume."""

from collections.abc import Sequence

import streamlit as st

from app import theme
from app.grouping import Group
from app.text import as_text
from resnet_core.errors import LabError, one_line
from resnet_core.runs import queue
from resnet_core.runs.records import Job

STATES = {
    "queued": ("waiting", "gray"),
    "starting": ("starting", "gray"),
    "running": ("running", "blue"),
    "finished": ("finished", "green"),
    "stopped": ("stopped", "orange"),
    "failed": ("failed", "red"),
    "diverged": ("diverged", "red"),
    "lost": ("lost", "red"),
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
    word, color = STATES[job.state]
    return f":{color}-badge[{word}]"


def progress_line(job: Job) -> str:
    """Say how far a job is: epoch and step, speed and time left."""
    match job.state:
        case "queued":
            return as_text(job.message) or "waits for the runs before it"
        case "starting":
            return as_text(job.message) or "loading Keras, building the network, reading the images"
        case "running":
            epoch = (job.last_epoch.epoch if job.last_epoch else 0) + 1
            parts = [f"epoch {min(epoch, job.total_epochs or 1)} of {job.total_epochs}"]
            parts.append(f"step {theme.count(job.step)} of {theme.count(job.total_steps or 0)}")
            if job.last_step:
                parts.append(theme.speed(job.last_step.images_per_second))
            if job.seconds_left is not None:
                parts.append(f"{theme.seconds(job.seconds_left)} left")
            return " · ".join(parts)
    return as_text(job.message) or "ended"


def resume(jobs: Sequence[Job], label: str) -> None:
    """Let runs go on and show the page anew, or say in one line why one cannot."""
    try:
        kept = [queue.resume(job.id) for job in jobs]
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        return
    after = f"goes on after epoch {max(kept)}" if any(kept) else "begins anew: it had finished no epoch"
    st.toast(f"{label} {after}.")
    st.rerun()


def _run(job: Job, label: str, key: str) -> None:
    head, button = st.columns([4, 1], vertical_alignment="center")
    head.markdown(f"**{as_text(label)}** {state_badge(job)}")
    if job.active:
        if button.button(
            "Stop", key=f"{key}:stop:{job.id}", help=f"Stop {label}; its finished epochs are kept", width="stretch"
        ):
            _stop([job], label)
        st.progress(job.progress)
    elif job.resumable and button.button(
        "Resume", key=f"{key}:resume:{job.id}", help=f"Let {label} go on after its last finished epoch", width="stretch"
    ):
        resume([job], label)
    st.caption(progress_line(job))
    for note in job.notes:
        st.caption(f":material/info: {as_text(note)}")


def _repeats(group: Group, key: str) -> None:
    jobs = [run.job for run in group.runs]
    active = [job for job in jobs if job.active]
    head, button = st.columns([4, 1], vertical_alignment="center")
    head.markdown(f"**{as_text(group.label)}**, {len(jobs)} repeats")
    if active:
        if button.button(
            "Stop",
            key=f"{key}:stop:{group.key}",
            help=f"Stop the {len(active)} runs of {group.label} that have not ended; finished epochs are kept",
            width="stretch",
        ):
            _stop(active, group.label)
        st.progress(sum(1.0 if not job.active else job.progress for job in jobs) / len(jobs))
    ended_early = [job for job in jobs if job.resumable]
    if (
        ended_early
        and not active
        and button.button(
            "Resume",
            key=f"{key}:resume:{group.key}",
            help=f"Let the {len(ended_early)} runs of {group.label} that ended early go on where they were",
            width="stretch",
        )
    ):
        resume(ended_early, group.label)
    lines = [f"seed {job.seed} {state_badge(job)} :small[{progress_line(job)}]" for job in jobs]
    st.markdown("  \n".join(lines))
    for note in dict.fromkeys(note for job in jobs for note in job.notes):
        st.caption(f":material/info: {as_text(note)}")


def _stop(jobs: Sequence[Job], label: str) -> None:
    for job in jobs:
        queue.stop(job.id)
    st.toast(f"{label} is being stopped.")
