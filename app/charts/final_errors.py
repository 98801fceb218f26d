"""The last errors of many runs against depth, parameters or work: the degradation in one picture."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import plotly.graph_objects as go

from app import theme
from app.charts.curve_style import Style
from app.charts.log_ticks import name_within_a_decade
from app.charts.panels import panels
from app.charts.spread import Mean, mean_of
from app.language import N_, _

MOST_TICKS = 8


class Against(StrEnum):
    """What is counted along x."""

    DEPTH = "depth"
    PARAMS = "params"
    MACS = "macs"


@dataclass(frozen=True)
class Spot:
    """Runs of one network.

    Attributes:
        x: its depth, parameters or MACs.
        network: its name.
        errors: for each kind of error (training, validation, test) those of its runs, fractions 0..1.
    """

    x: float
    network: str
    errors: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class Series:
    """Spots that are joined by a line, as plain networks of rising depth."""

    label: str
    look: Style
    spots: tuple[Spot, ...]


@dataclass(frozen=True)
class Mark:
    """A published figure at its network's place.

    Attributes:
        x: the network's depth, parameters or MACs, as we count them.
        kind: the panel that it stands in: training, validation or test.
        error: as it was reported, a fraction 0..1.
        text: the network, the figure as printed and what it measures.
        source: who reported it, and where.
    """

    x: float
    kind: str
    error: float
    text: str
    source: str


def final_errors(
    series: Sequence[Series], *, title: str, against: Against, marks: Sequence[Mark] = (), log: bool = False
) -> go.Figure:
    """Draw the mean last error of each network, one panel for each kind of error, with one deviation up and down.

    Args:
        series: joined by lines; each single run stands beside its mean, faint.
        title: what is seen.
        against: what is counted along x; parameters and MACs on a logarithmic axis.
        marks: published figures, drawn as open diamonds.
        log: a logarithmic y axis.
    """
    kinds = kinds_of(series, marks)
    logarithmic = against is not Against.DEPTH
    layout, places = panels(
        [_(_HEADINGS[kind]) for kind in kinds],
        x_title=_(_X_TITLES[against]),
        y_title=_("error (%)"),
        log=log,
        log_x=logarithmic,
    )
    traces: list[dict] = []
    for line in series:
        for kind in kinds:
            place = places[_(_HEADINGS[kind])] | {"legendgroup": line.label}
            means = [(spot, mean_of(spot.errors.get(kind, ()))) for spot in sorted(line.spots, key=lambda spot: spot.x)]
            means = [(spot, mean) for spot, mean in means if mean]
            traces += [place | trace for trace in (_singles(line, kind, means), _line(line, kind, means, kinds))]
    traces += [_mark(marks, kind, places[_(_HEADINGS[kind])], first=kind == marks[0].kind) for kind in kinds if marks]
    picture = {
        "title": {"text": f"{title}<br><span style='font-size: 13px'>{_(_SUBTITLE)}</span>", "y": 1, "yanchor": "top"},
        "legend": {"orientation": "h", "x": 0, "y": 0, "yref": "container", "yanchor": "bottom", "itemwidth": 40},
        "margin": {"t": 84 if len(kinds) > 1 else 56},
        "hovermode": "closest",
        **layout,
    }
    picture["title"]["pad"] = {"t": 24}
    _set_ticks(picture, series, marks, against)
    if log:
        name_within_a_decade(picture, traces)
    return theme.style(go.Figure(traces, picture))


def kinds_of(series: Sequence[Series], marks: Sequence[Mark] = ()) -> list[str]:
    """Return the kinds of error that there are numbers for, in the order of the panels."""
    measured = {kind for line in series for spot in line.spots for kind, values in spot.errors.items() if values}
    measured |= {mark.kind for mark in marks}
    return [kind for kind in _HEADINGS if kind in measured] or ["validation"]


def describe(series: Sequence[Series], against: Against, marks: Sequence[Mark] = ()) -> str:
    """Say in words what the figure shows: the alternative text for a reader who hears it."""
    lines = []
    for line in series:
        for spot in sorted(line.spots, key=lambda spot: spot.x):
            numbers = [(kind, mean_of(values)) for kind, values in spot.errors.items()]
            told = ", ".join(f"{_(_HEADINGS[kind])} {mean.in_percent()}" for kind, mean in numbers if mean)
            if told:
                lines.append(f"{line.label}, {_amount(spot.x, against)}: {told}")
    published = [_("published: {figure}").format(figure=mark.text) for mark in marks]
    found = "; ".join(lines + published) or _("No run has an epoch")
    return _("Last errors against {quantity}. {errors}.").format(quantity=_(_X_TITLES[against]), errors=found)


_HEADINGS = {"training": N_("training error"), "validation": N_("validation error"), "test": N_("test error")}
_KINDS = {"training": N_("training"), "validation": N_("validation"), "test": N_("test")}
_X_TITLES = {
    Against.DEPTH: N_("layers"),
    Against.PARAMS: N_("parameters"),
    Against.MACS: "MACs",
}
_SUBTITLE = N_("bars: one standard deviation, faint: single runs")


def _line(line: Series, kind: str, means: list[tuple[Spot, Mean]], kinds: list[str]) -> dict:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": line.label,
        "uid": f"{line.label}-{kind}",
        "showlegend": kind == kinds[0],
        "x": [spot.x for spot, mean in means],
        "y": [100 * mean.mean for spot, mean in means],
        "error_y": {
            "type": "data",
            "array": [100 * (mean.deviation or 0) for spot, mean in means],
            "visible": any(mean.deviation for spot, mean in means),
            "thickness": 1.5,
            "width": 4,
            "color": line.look.color,
        },
        "line": {"color": line.look.color, "dash": line.look.dash, "width": 2.5},
        "marker": {"size": 9},
        "text": [f"{spot.network}: {mean.in_percent()}" for spot, mean in means],
        "hovertemplate": f"{line.label}, {_(_KINDS[kind])}<br>%{{text}}<extra></extra>",
    }


def _singles(line: Series, kind: str, means: list[tuple[Spot, Mean]]) -> dict:
    """Return the runs behind the means, where a mean has several."""
    points = [(spot, value) for spot, mean in means if mean.n > 1 for value in spot.errors[kind]]
    points = [(spot, value) for spot, value in points if math.isfinite(value)]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": _("{line} {kind} runs").format(line=line.label, kind=_(_KINDS[kind])),
        "x": [spot.x for spot, value in points],
        "y": [100 * value for spot, value in points],
        "marker": {"size": 5, "color": theme.faint(line.look.color, 0.45)},
        "text": [spot.network for spot, value in points],
        "hovertemplate": f"{line.label}, {_(_KINDS[kind])}<br>%{{text}}, {_('one run')}: %{{y:.2f}} %<extra></extra>",
        "showlegend": False,
    }


def _mark(marks: Sequence[Mark], kind: str, place: dict, *, first: bool) -> dict:
    mine = [mark for mark in marks if mark.kind == kind]
    return place | {
        "type": "scatter",
        "mode": "markers",
        "name": _("published"),
        "uid": f"published-{kind}",
        "legendgroup": "published",
        "showlegend": first,
        "x": [mark.x for mark in mine],
        "y": [100 * mark.error for mark in mine],
        "marker": {"symbol": "diamond-open", "size": 11, "color": theme.OKABE_ITO["gray"], "line": {"width": 2}},
        "text": [f"{mark.text}<br>{mark.source}" for mark in mine],
        "hovertemplate": _("published: {figure}").format(figure="%{text}") + "<extra></extra>",
    }


def _set_ticks(picture: dict, series: Sequence[Series], marks: Sequence[Mark], against: Against) -> None:
    """Name the very depths and sizes that there are, where their names do not run into each other."""
    places = sorted({spot.x for line in series for spot in line.spots} | {mark.x for mark in marks})
    ticks: list[float] = []
    for place in places:
        if against is Against.DEPTH or not ticks or place >= 1.25 * ticks[-1]:
            ticks.append(place)
    if not 0 < len(ticks) <= MOST_TICKS:
        return
    words = [f"{tick:g}" if against is Against.DEPTH else theme.big(tick) for tick in ticks]
    for name, axis in picture.items():
        if name.startswith("xaxis"):
            axis |= {"tickvals": ticks, "ticktext": words}
            if len(ticks) == 1:
                axis["rangemode"] = "normal"  # in the middle: from nothing on, all points hang at the edge


def _amount(x: float, against: Against) -> str:
    match against:
        case Against.DEPTH:
            return _("{count} layers").format(count=f"{x:g}")
        case Against.PARAMS:
            return _("{count} parameters").format(count=theme.big(x))
        case Against.MACS:
            return f"{theme.big(x)} MACs"
