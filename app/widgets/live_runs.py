"""Runs while they train: their curves, a card for each with progress, speed and time left, and a stop button."""

from collections.abc import Callable, Sequence

import streamlit as st

from app.curve_layout import Layout
from app.feed import Feed
from app.grouping import Group
from app.language import _
from app.live_figure import live_figure, repeats
from app.text import as_text
from app.widgets.live_chart import live_chart
from app.widgets.run_cards import run_cards
from resnet_core.errors import LabError, one_line
from resnet_core.runs import supervision

TICK_SECONDS = 2.0
MOST_EPOCHS_AHEAD = 20
"""The axis of runs up to this long shows them to their end from the start; longer runs would begin as a dot."""


def live_runs(
    job_ids: tuple[str, ...],
    *,
    key: str,
    title: str,
    layout: Layout = Layout.ONE,
    height: int = 420,
    when_done: Callable[[Feed], None] | None = None,
) -> None:
    """Show some runs, ticking every two seconds for as long as one of them is active; repeats are shown as their mean.

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
    elif not feed.active:
        feed.poll()  # one of them may have been resumed
    ticking = feed.active

    @st.fragment(run_every=TICK_SECONDS if ticking else None)
    def tick() -> None:
        paused = ticking and st.session_state.get(f"{key}:paused", False)
        if not paused:
            try:
                feed.poll()
                if feed.active:
                    supervision.ensure()  # waiting runs would wait forever for one that was killed
                    if trouble := supervision.trouble():
                        st.warning(as_text(trouble), icon=":material/sync_problem:")
            except LabError as error:
                text = _("{reason}. Runs that train go on, and this page tries again by itself.")
                st.warning(text.format(reason=one_line(error)), icon=":material/sync:")
        groups = repeats(feed)
        longest = max((job.total_epochs or 0 for job in feed.jobs), default=0)
        until = longest if 0 < longest <= MOST_EPOCHS_AHEAD else None
        figure, alt = live_figure(feed, groups, title=title, layout=layout, until=until)
        live_chart(figure, key=f"{key}:chart", alt=alt, filename="resnet-lab-curves", height=_room(height, groups))
        if ticking:
            st.toggle(
                _("Pause live updates"), key=f"{key}:paused", help=_("The runs go on; only this picture stands still.")
            )
            run_cards(groups, key=key)
        if ticking and not feed.active and not paused:
            st.rerun()

    tick()
    if not feed.active and when_done:
        when_done(feed)
    if not ticking:
        # What the runs say comes first once they have ended.
        run_cards(repeats(feed), key=key)


def _room(height: int, groups: Sequence[Group]) -> int:
    """Return a chart's height with room for a long legend."""
    return height + 14 * max(len(groups) - 4, 0)
