"""The figures of a comparison, made from its runs and from what the reader chose: for the page and for the report."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from app import theme
from app.charts import curves, final_errors, spread, time_to_error
from app.charts.curve_style import DASHES, SHADES, THINNEST, Style, styles
from app.charts.curves import Curve
from app.charts.final_errors import Against, Series, Spot
from app.charts.panels import shape
from app.compare_state import CompareState, Picture, Size, Watched
from app.curve_layout import Layout
from app.grouping import REPEATS, SEPARATE, Group, grouped, mixed, title, varying
from app.language import _
from app.published_marks import published_marks
from app.run import Run

MOST_PANELS = 12
CHART_HEIGHT = 410


@dataclass(frozen=True)
class Drawn:
    """A figure with its words.

    Attributes:
        figure: to show.
        alt: what it says, for a reader who hears it.
        height: in pixels.
        notes: what a reader of it should know, a sentence each.
    """

    figure: go.Figure
    alt: str
    height: int
    notes: tuple[str, ...] = ()


def draw(state: CompareState, runs: Sequence[Run], lines: Sequence[Curve]) -> Drawn:
    """Draw the picture that the reader chose.

    Args:
        state: the reader's choices.
        runs: of the comparison.
        lines: their curves, in the same order.
    """
    visible = {run.job.id for group in shown_groups(state, runs) for run in group.runs}
    shown = [run for run in runs if run.job.id in visible]
    match state.picture:
        case Picture.CURVES if state.group == SEPARATE and state.split == SEPARATE:
            return _curves(state, [line for run, line in zip(runs, lines, strict=True) if run.job.id in visible])
        case Picture.CURVES:
            return _means(state, runs, shown)
        case Picture.DEPTH:
            return _final(state, shown, Against.DEPTH)
        case Picture.SIZE:
            return _final(state, shown, Against.PARAMS if state.size is Size.PARAMS else Against.MACS)
        case Picture.TIME:
            return _time(state, runs, shown)


def shown_groups(state: CompareState, runs: Sequence[Run]) -> list[Group]:
    """Return the groups that are neither hidden nor outshone by a solo; all of them, rather than none."""
    groups = grouped(runs, state.group)
    alone = [group for group in groups if group.key == state.solo]
    return alone or [group for group in groups if group.key not in state.hidden] or groups


def looks_of(groups: Sequence[Group]) -> dict[str, Style]:
    """Return the looks of each group, by its key: kind and depth where they tell groups apart, else a color each."""
    kinds = [{bool(run.job.spec["residual"]) for run in group.runs} for group in groups]
    if all(len(kind) == 1 for kind in kinds):
        networks = [
            (kind.pop(), max(run.spec.depth for run in group.runs)) for kind, group in zip(kinds, groups, strict=True)
        ]
        if len(set(networks)) == len(networks) or all(len(group.runs) == 1 for group in groups):
            return dict(zip((group.key for group in groups), styles(networks), strict=True))
    colors = len(theme.GROUPS)
    return {
        group.key: Style(theme.group_color(at), DASHES[at // colors % len(DASHES)], THINNEST + 0.5)
        for at, group in enumerate(groups)
    }


def _curves(state: CompareState, lines: list[Curve]) -> Drawn:
    figure = curves.learning_curves(
        lines, title=_("Error by run"), x=state.x, layout=state.layout, log=state.log, smoothing=state.smoothing
    )
    return Drawn(figure, curves.describe(lines), CHART_HEIGHT + 14 * len(lines))


def _means(state: CompareState, runs: Sequence[Run], shown: Sequence[Run]) -> Drawn:
    split = state.split
    if split == SEPARATE and state.layout is Layout.SIDES:
        split = "residual"
    groups = grouped(runs, state.group)
    looks = looks_of(groups)
    parts = grouped(shown, split) if split != SEPARATE else [Group("", "", tuple(shown))]
    if split == "residual":
        parts.sort(key=lambda part: part.key)
    visible = {group.key for group in shown_groups(state, runs)}
    labels = {group.key: group.label for group in groups}
    bundles = [
        spread.Bundle(
            labels[group.key],
            side_of(part) if split == "residual" else part.label if len(parts) > 1 else "",
            looks[group.key],
            tuple(run.epochs for run in group.runs),
        )
        for part in parts[:MOST_PANELS]
        for group in grouped(part.runs, state.group)
        if group.key in visible
    ]
    what = _("Mean error by {field}").format(field=title(state.group))
    if state.group == SEPARATE:
        what = _("Error by run")
    figure = spread.mean_curves(bundles, title=what, x=state.x, log=state.log, smoothing=state.smoothing)
    rows = shape(min(len(parts), MOST_PANELS))[1]
    room = 8 * len(labels) if state.group != SEPARATE or len(parts) == 1 else 0
    notes = _mixing(groups, (state.group, split))
    if len(parts) > MOST_PANELS:
        text = _("The first {count} of {all} panels are shown: choose fewer runs or another field.")
        notes += (text.format(count=MOST_PANELS, all=len(parts)),)
    return Drawn(figure, spread.describe(bundles), max(CHART_HEIGHT, 250 * rows + 40) + room, notes)


def _final(state: CompareState, shown: Sequence[Run], against: Against) -> Drawn:
    ended = [run for run in shown if run.job.state == "finished" and run.epochs]
    left_out = [run.label for run in shown if run not in ended]
    series = _series(state, ended, against)
    marks = published_marks(ended, against) if state.paper else []
    what = _("Final error by depth") if against is Against.DEPTH else _("Final error by size")
    figure = final_errors.final_errors(series, title=what, against=against, marks=marks, log=state.log)
    notes = _mixing([Group("", "", spot) for line in _spots(state, ended, against).values() for spot in line], ())
    places = {spot.x for line in series for spot in line.spots}
    if len(places) == 1 and against is Against.DEPTH:
        notes += (_("All of these runs have the same depth: choose runs of other depths to see what it changes."),)
    if left_out:
        notes += (_("Left out, as they have not finished: {runs}.").format(runs=", ".join(left_out)),)
    alt = final_errors.describe(series, against, marks)
    return Drawn(figure, alt, CHART_HEIGHT + 14 * len(series), notes)


def _time(state: CompareState, runs: Sequence[Run], shown: Sequence[Run]) -> Drawn:
    groups = shown_groups(state, runs)
    looks = looks_of(grouped(runs, state.group))
    racers = [
        time_to_error.Racer(group.label, looks[group.key].color, tuple(run.epochs for run in group.runs))
        for group in groups
    ]
    error = "val_error" if state.watched is Watched.VALIDATION else "train_error"
    target = time_to_error.usual_target(racers, error) if state.target is None else state.target
    figure = time_to_error.time_to_error(racers, target=target, error=error)
    alt = time_to_error.describe(racers, target, error)
    notes = _mixing(groups, (state.group,))
    devices = sorted({run.job.device for run in shown if run.job.device})
    if len(devices) > 1:
        text = _("Seconds are not comparable across devices: these ran on {devices}.")
        notes += (text.format(devices=", ".join(devices)),)
    return Drawn(figure, alt, time_to_error.height(racers), notes)


def _mixing(groups: Sequence[Group], besides: Sequence[str]) -> tuple[str, ...]:
    fields = mixed(groups, [name for name in besides if name != SEPARATE])
    if not fields:
        return ()
    names = ", ".join(title(name) for name in fields[:4])
    if len(fields) > 4:
        names = _("{names} and {count:,} more").format(names=names, count=len(fields) - 4)
    text = _("Runs of one group differ in more than their seed: {fields}. Their mean mixes these.")
    return (text.format(fields=names),)


def side_of(part: Group) -> str:
    """Return the heading of a group's side: plain networks stand on one, residual ones on the other."""
    return _("Residual") if part.runs[0].job.spec["residual"] else _("Plain")


_SHAPE = {"depth", "stages", "network", REPEATS, "seed", "tag", "state", "study", "device"}
"""Fields that never set a line of depths apart."""
_SIZE = _SHAPE | {"width", "block", "shortcut", "stride_on"}
"""Fields that never set a line of sizes apart."""


def _spots(state: CompareState, runs: Sequence[Run], against: Against) -> dict[tuple, list[tuple[Run, ...]]]:
    """Return the runs of each spot of each line; a line is named by what its runs have in common."""
    within = _SHAPE if against is Against.DEPTH else _SIZE
    if state.group in {SEPARATE} | within:
        fields = [name for name in varying(runs) if name not in within]
    else:
        fields = [name for name in dict.fromkeys(("residual", state.group)) if name in varying(runs)]
    fields = fields or ["residual"]
    lines: dict[tuple, dict[tuple, list[Run]]] = {}
    for run in runs:
        names = tuple(_named(name, run) for name in fields)
        x = _place(run, against)
        if x is not None:
            lines.setdefault(names, {}).setdefault((x, run.job.name), []).append(run)
    return {names: [tuple(members) for members in spots.values()] for names, spots in lines.items()}


def _series(state: CompareState, runs: Sequence[Run], against: Against) -> list[Series]:
    lines = _spots(state, runs, against)
    given = {False: 0, True: 0}
    series = []
    for names, spots in lines.items():
        residual = bool(spots[0][0].job.spec["residual"])
        shades = SHADES[residual]
        at, given[residual] = given[residual], given[residual] + 1
        look = Style(shades[at % len(shades)], DASHES[at // len(shades) % len(DASHES)], 2.5)
        series.append(Series(", ".join(names), look, tuple(_spot(members, against) for members in spots)))
    return series


def _spot(runs: tuple[Run, ...], against: Against) -> Spot:
    errors = {
        "training": tuple(run.epochs[-1].train_error for run in runs),
        "validation": tuple(run.epochs[-1].val_error for run in runs),
        "test": tuple(run.job.test_error for run in runs if run.job.test_error is not None),
    }
    return Spot(_place(runs[0], against) or 0, runs[0].job.name, errors)


def _place(run: Run, against: Against) -> float | None:
    match against:
        case Against.DEPTH:
            return run.spec.depth
        case Against.PARAMS:
            return run.job.params
        case Against.MACS:
            return run.job.macs


def _named(name: str, run: Run) -> str:
    (group, *_) = grouped([run], name)
    return group.label
