"""The figure of runs while they train: one curve a run, or the mean of each network's repeats with other seeds."""

from collections.abc import Sequence
from dataclasses import replace

import plotly.graph_objects as go

from app import theme
from app.charts import curves, spread
from app.charts.curves import Curve, learning_curves
from app.curve_layout import Layout
from app.feed import Feed
from app.grouping import REPEATS, Group, grouped
from app.pictures import looks_of, side_of
from app.run import Run
from app.run_names import run_names


def repeats(feed: Feed) -> list[Group]:
    """Return the runs in groups that differ in nothing but their seed."""
    names = run_names(feed.jobs)
    return grouped([Run(job, names[job.id], feed.epochs_of(job.id)) for job in feed.jobs], REPEATS)


def live_figure(
    feed: Feed, groups: Sequence[Group], *, title: str, layout: Layout, until: int | None
) -> tuple[go.Figure, str]:
    """Draw the runs, and say the same in words.

    Args:
        feed: what has been read of them.
        groups: as `repeats` gives them.
        title: what is seen.
        layout: plain and residual networks side by side, or all in one.
        until: the epoch at which the axis ends; None for the last one finished.
    """
    if len(groups) == len(feed.jobs):
        lines = _told_apart(feed.curves())
        return learning_curves(lines, title=title, layout=layout, until=until), curves.describe(lines)
    looks = looks_of(groups)
    kinds = {bool(group.runs[0].job.spec["residual"]) for group in groups}
    sides = layout is Layout.SIDES and len(kinds) > 1
    bundles = [
        spread.Bundle(
            group.label,
            side_of(group) if sides else "",
            looks[group.key],
            tuple(run.epochs for run in group.runs),
        )
        for group in sorted(groups, key=_is_residual)
    ]
    return spread.mean_curves(bundles, title=title), spread.describe(bundles)


def _told_apart(lines: list[Curve]) -> list[Curve]:
    """Give each run a hue of its own where neither kind nor depth tells any apart."""
    if len({(line.residual, line.depth) for line in lines}) > 1 or len(lines) < 2:
        return lines
    hues = (theme.kind_color(lines[0].residual), *theme.GROUPS)
    return [replace(line, color=hues[at % len(hues)]) for at, line in enumerate(lines)]


def _is_residual(group: Group) -> bool:
    return bool(group.runs[0].job.spec["residual"])
