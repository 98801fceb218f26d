"""Runs while they train: their curves, a card for each with progress, speed and time left, and a stop button."""

from collections.abc import Callable

import streamlit as st

from app import theme
from app.charts.curves import Layout, describe, learning_curves
from app.feed import Feed
from app.run_names import run_names
from app.text import as_text
from app.widgets.live_chart import live_chart
from resnet_core.errors import LabError, one_line
from resnet_core.runs import queue, supervision
from resnet_core.runs.records import Job

TICK_SECONDS = 2.0
MOST_EPOCHS_AHEAD = 20
"""The axis of runs up to this long shows them to their end from the start; longer runs would begin as a dot."""

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


def live_runs(
    job_ids: tuple[str, ...],
    *,
    key: str,
    title: str,
    layout: Layout = Layout.ONE,
    height: int = 420,
    when_done: Callable[[Feed], None] | None = None,
) -> None:
    """Show some runs, ticking every two seconds for as long as one of them is active.

    Args:
        job_ids: the runs, in the order they are shown.
        key: of this widget in its page.
        title: of the chart.
        layout: of the chart.
        height: of the chart in pixels.
        when_done: shows what belongs under the curves once all runs have ended.
    """
    slot = f"{key}:feed"
    feed = st.session_state.get(slot)
    if not isinstance(feed, Feed) or feed.job_ids != job_ids:
        feed = Feed(job_ids)
        st.session_state[slot] = feed
        feed.poll()
    ticking = feed.active

    @st.fragment(run_every=TICK_SECONDS if ticking else None)
    def tick() -> None:
        paused = ticking and st.session_state.get(f"{key}:paused", False)
        if not paused:
            try:
                feed.poll()
                if feed.active:
                    supervision.ensure()  # waiting runs would wait forever for one that was killed
            except LabError as error:
                st.warning(f"{one_line(error)} The runs go on; trying again.", icon=":material/sync:")
        curves = feed.curves()
        longest = max((job.total_epochs or 0 for job in feed.jobs), default=0)
        until = longest if 0 < longest <= MOST_EPOCHS_AHEAD else None
        live_chart(
            learning_curves(curves, title=title, layout=layout, until=until),
            key=f"{key}:chart",
            alt=describe(curves),
            filename="resnet-lab-curves",
            height=height,
        )
        if ticking:
            st.toggle("Pause live updates", key=f"{key}:paused", help="The runs go on; only this picture stands still.")
        _cards(feed, key)
        if ticking and not feed.active and not paused:
            st.rerun()

    tick()
    if not feed.active and when_done:
        when_done(feed)


def state_badge(job: Job) -> str:
    """Return a job's state as colored Markdown."""
    word, color = STATES[job.state]
    return f":{color}-badge[{word}]"


def progress_line(job: Job) -> str:
    """Say how far a job is: epoch and step, speed and time left."""
    match job.state:
        case "queued":
            return "waits for the runs before it"
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


def _cards(feed: Feed, key: str) -> None:
    labels = run_names(feed.jobs)
    for first in range(0, len(feed.jobs), 2):
        for column, job in zip(st.columns(2), feed.jobs[first : first + 2], strict=False):
            with column, st.container(border=True):
                _card(job, labels[job.id], key)


def _card(job: Job, label: str, key: str) -> None:
    head, button = st.columns([4, 1], vertical_alignment="center")
    head.markdown(f"**{as_text(label)}** {state_badge(job)}")
    if job.active and button.button(
        "Stop", key=f"{key}:stop:{job.id}", help=f"Stop {label}; its finished epochs are kept", width="stretch"
    ):
        queue.stop(job.id)
        st.toast(f"{label} is being stopped.")
    if job.active:
        st.progress(job.progress)
    st.caption(progress_line(job))
    for note in job.notes:
        st.caption(f":material/info: {as_text(note)}")
