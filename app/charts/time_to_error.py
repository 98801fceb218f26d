"""How many seconds of training each group of runs needed until its error first fell to a chosen one."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from app import theme
from app.charts.spread import mean_of
from app.language import N_, _
from resnet_core.results import Epoch

LINE = 22
"""Characters of a group's name in one line: a narrow screen needs the room for the bars."""


@dataclass(frozen=True)
class Racer:
    """The runs of one group.

    Attributes:
        label: of the group.
        color: of its marks.
        runs: the finished epochs of each run.
    """

    label: str
    color: str
    runs: tuple[tuple[Epoch, ...], ...]


@dataclass(frozen=True)
class Arrival:
    """When a run's error was first at most the chosen one.

    Attributes:
        epoch: after which it was; None if it never was.
        seconds: of training until then, validation included; of all epochs if it never was.
        lowest: the lowest error of any epoch.
    """

    epoch: int | None
    seconds: float
    lowest: float


def arrival(epochs: Sequence[Epoch], target: float, error: str = "val_error") -> Arrival | None:
    """Return when a run reached an error; None for a run without epochs.

    Args:
        epochs: finished ones, in order; an error is known at the end of its epoch only.
        target: a fraction 0..1.
        error: val_error or train_error.
    """
    if not epochs:
        return None
    seconds = 0.0
    for epoch in epochs:
        seconds += epoch.seconds
        if getattr(epoch, error) <= target:
            return Arrival(epoch.epoch, seconds, min(getattr(each, error) for each in epochs))
    return Arrival(None, seconds, min(getattr(each, error) for each in epochs))


def usual_target(racers: Sequence[Racer], error: str = "val_error") -> float:
    """Return an error that at least half of the runs reach, in whole percent."""
    lowest = sorted(min(getattr(e, error) for e in run) for racer in racers for run in racer.runs if run)
    return -(-lowest[(len(lowest) - 1) // 2] * 100 // 1) / 100 if lowest else 0.1


def time_to_error(racers: Sequence[Racer], *, target: float, error: str = "val_error") -> go.Figure:
    """Draw a row for each group: a bar to its mean time, a mark for each run, an open one for a run that never came.

    Args:
        racers: from top to bottom.
        target: the error to reach, a fraction 0..1.
        error: val_error or train_error.
    """
    rows = [(racer, [found for run in racer.runs if (found := arrival(run, target, error))]) for racer in racers]
    bars = {"type": "bar", "orientation": "h", "name": _("mean"), "x": [], "y": [], "text": [], "marker": {"color": []}}
    for racer, found in rows:
        mean = mean_of([each.seconds for each in found if each.epoch is not None])
        bars["x"].append(mean.mean if mean else None)
        bars["y"].append(racer.label)
        bars["text"].append(_words(found))
        bars["marker"]["color"].append(theme.faint(racer.color, 0.35))
    bars |= {"hovertemplate": "%{y}: %{text}<extra></extra>", "textposition": "none", "showlegend": False}
    picture = {
        "title": {
            "text": f"{_(_TITLES[error]).format(target=theme.stated_percent(target))}<br>"
            f"<span style='font-size: 13px'>{_(_SUBTITLE)}</span>",
            "x": 0,
            "xref": "container",
            "y": 1,
            "yanchor": "top",
            "pad": {"t": 24, "l": 8},
        },
        "xaxis": {"title": {"text": _("training time (s)")}, "rangemode": "tozero"},
        # Every row has its place, those of runs that never came included.
        "yaxis": {
            "categoryarray": [racer.label for racer in racers][::-1],
            "categoryorder": "array",
            "type": "category",
            "tickvals": [racer.label for racer in racers],
            "ticktext": ["<br>".join(textwrap.wrap(racer.label, LINE)) for racer in racers],
            "tickfont": {"size": 12},
        },
        "hovermode": "closest",
        "margin": {"t": 64},
        "bargap": 0.4,
        "showlegend": False,
    }
    return theme.style(go.Figure([bars, _runs(rows, reached=True), _runs(rows, reached=False)], picture))


def height(racers: Sequence[Racer]) -> int:
    """Return the pixels that the figure needs for its rows."""
    lines = max((len(textwrap.wrap(racer.label, LINE)) for racer in racers), default=1)
    return 150 + len(racers) * max(44, 16 * lines + 10)


def describe(racers: Sequence[Racer], target: float, error: str = "val_error") -> str:
    """Say in words what the figure shows: the alternative text for a reader who hears it."""
    lines = [
        f"{racer.label}: {_words([found for run in racer.runs if (found := arrival(run, target, error))])}"
        for racer in racers
    ]
    return _(_WORDS[error]).format(target=theme.stated_percent(target), groups="; ".join(lines) or _("No runs yet"))


_TITLES = {
    "val_error": N_("Seconds until validation error is {target}"),
    "train_error": N_("Seconds until training error is {target}"),
}
_WORDS = {
    "val_error": N_("Training time until validation error is at most {target}. {groups}."),
    "train_error": N_("Training time until training error is at most {target}. {groups}."),
}
_SUBTITLE = N_("bar: mean, dot: one run, open: ended without reaching it")


def _words(found: Sequence[Arrival]) -> str:
    if not found:
        return _("no epoch finished yet")
    there = [each for each in found if each.epoch is not None]
    if not there:
        return _("not reached (lowest {error})").format(error=theme.percent(min(each.lowest for each in found)))
    mean = mean_of([each.seconds for each in there])
    spread = f" ± {theme.seconds(mean.deviation)}" if mean.deviation is not None else ""
    epochs = mean_of([each.epoch for each in there])
    text = _("{time} after epoch {epoch:.3g} (n = {n})")
    if len(there) < len(found):
        text = _("{time} after epoch {epoch:.3g} (n = {n}); {reached} of {all} runs reached it")
    time = f"{theme.seconds(mean.mean)}{spread}"
    return text.format(time=time, epoch=epochs.mean, n=mean.n, reached=len(there), all=len(found))


def _runs(rows: list[tuple[Racer, list[Arrival]]], *, reached: bool) -> dict:
    spots = [(racer, each) for racer, found in rows for each in found if (each.epoch is not None) is reached]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": _("reached") if reached else _("not reached"),
        "x": [each.seconds for racer, each in spots],
        "y": [racer.label for racer, each in spots],
        "marker": {
            "size": 9,
            "color": [racer.color for racer, each in spots],
            "symbol": "circle" if reached else "circle-open",
        },
        "text": [
            (_("{time}, after epoch {epoch}") if reached else _("not within {time}, lowest {error}")).format(
                time=theme.seconds(each.seconds), epoch=each.epoch, error=theme.percent(each.lowest)
            )
            for racer, each in spots
        ],
        "hovertemplate": f"%{{y}}, {_('one run')}: %{{text}}<extra></extra>",
    }
