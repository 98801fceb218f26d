"""Groups of runs as curves: the mean of each group with a band of one standard deviation, in panels side by side."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean, stdev

import plotly.graph_objects as go

from app import theme
from app.charts.curve_style import Style
from app.charts.downsampling import kept
from app.charts.log_ticks import name_within_a_decade
from app.charts.panels import panels
from app.charts.smoothing import smooth
from app.curve_layout import Axis
from app.language import N_, _
from resnet_core.results import Epoch


@dataclass(frozen=True)
class Bundle:
    """The runs of one group in one panel.

    Attributes:
        label: of the group.
        panel: the heading it stands under; empty where there is one panel only.
        look: of its curves.
        runs: the finished epochs of each run; a run without epochs counts for nothing.
    """

    label: str
    panel: str
    look: Style
    runs: tuple[tuple[Epoch, ...], ...]


@dataclass(frozen=True)
class Mean:
    """The mean of some numbers and how far they spread.

    Attributes:
        n: how many there are.
        mean: of them.
        deviation: their sample standard deviation; None for one number.
    """

    n: int
    mean: float
    deviation: float | None

    def in_percent(self) -> str:
        """Write errors as `12.3 ± 0.8 % (n = 3)`.

        Example:
            >>> mean_of([0.1, 0.2]).in_percent(), mean_of([0.25]).in_percent()
            ('15.00 ± 7.07 % (n = 2)', '25.00 % (n = 1)')
        """
        spread = "" if self.deviation is None else f" ± {100 * self.deviation:.2f}"
        return f"{100 * self.mean:.2f}{spread} % (n = {self.n})"


def mean_of(values: Sequence[float]) -> Mean | None:
    """Return the mean and the spread of the numbers that are finite; None if there are none."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return None
    return Mean(len(finite), fmean(finite), stdev(finite) if len(finite) > 1 else None)


def mean_curves(
    bundles: Sequence[Bundle], *, title: str, x: Axis = Axis.EPOCH, log: bool = False, smoothing: float = 0.0
) -> go.Figure:
    """Draw each group's mean validation error bold and its mean training error thin, with one deviation around each.

    Runs are averaged epoch by epoch, over those that reached it; steps and seconds along x are means, too.

    Args:
        bundles: in the order of the legend; those of one label share one entry in it.
        title: what is seen.
        x: what is counted along x.
        log: a logarithmic y axis.
        smoothing: 0 for none, up to 0.99, of the means; the bands stay as they were measured.
    """
    headings = list(dict.fromkeys(bundle.panel for bundle in bundles))
    layout, places = panels(headings, x_title=_(_X_TITLES[x]), y_title=_("error (%)"), log=log)
    traces: list[dict] = []
    shown: set[str] = set()
    sizes = _sizes(bundles)
    # Single runs in many panels would fill the figure with their names: hovering tells them.
    named_apart = len(headings) == 1 or any(len(bundle.runs) > 1 for bundle in bundles)
    for bundle in bundles:
        epochs = [run for run in bundle.runs if run]
        place = places[bundle.panel] | {"legendgroup": bundle.label}
        named = {"name": f"{bundle.label}{sizes[bundle.label]}", "showlegend": bundle.label not in shown}
        traces += [place | trace for trace in _traces(bundle, epochs, x, log, smoothing, named)]
        shown.add(bundle.label)
    head = f"{title}<br><span style='font-size: 13px'>{_(_SUBTITLE)}</span>"
    picture = {
        "title": {"text": head, "y": 1, "yanchor": "top", "pad": {"t": 24}},
        "legend": {"orientation": "h", "x": 0, "y": 0, "yref": "container", "yanchor": "bottom", "itemwidth": 40},
        "margin": {"t": 76 if len(headings) > 1 else 56},
        "showlegend": named_apart,
        **layout,
    }
    if x is Axis.EPOCH and max((len(run) for bundle in bundles for run in bundle.runs), default=0) <= 10:
        for name in picture:
            if name.startswith("xaxis"):
                picture[name]["dtick"] = 1
    if log:
        name_within_a_decade(picture, traces)
    return theme.style(go.Figure(traces, picture))


def describe(bundles: Sequence[Bundle]) -> str:
    """Say in words what the figure shows: the alternative text for a reader who hears it."""
    lines = []
    for bundle in bundles:
        ends = [
            mean_of([getattr(run[-1], name) for run in bundle.runs if run]) for name in ("train_error", "val_error")
        ]
        where = f"{bundle.label}, {bundle.panel}" if bundle.panel else bundle.label
        if ends[0] and ends[1]:
            text = _("{run}: training error {training}, validation error {validation}")
            lines.append(text.format(run=where, training=ends[0].in_percent(), validation=ends[1].in_percent()))
        else:
            lines.append(_("{run}: no epoch finished yet").format(run=where))
    text = _("Mean error of groups of runs over time, at the end {groups}.")
    return text.format(groups="; ".join(lines) or _("no runs yet"))


_SUBTITLE = N_("thin: training, bold: validation, band: one deviation")
_X_TITLES = {Axis.EPOCH: N_("epoch"), Axis.STEP: N_("training step"), Axis.SECONDS: N_("training time (s)")}


def _sizes(bundles: Sequence[Bundle]) -> dict[str, str]:
    """Return how many runs each entry of the legend stands for, in each panel where they differ."""
    counts: dict[str, list[int]] = {}
    for bundle in bundles:
        counts.setdefault(bundle.label, []).append(sum(bool(run) for run in bundle.runs))
    if all(len(bundle.runs) == 1 for bundle in bundles):
        return dict.fromkeys(counts, "")
    return {
        label: (", n = {low}" if min(sizes) == max(sizes) else _(", n = {low} to {high}")).format(
            low=min(sizes), high=max(sizes)
        )
        for label, sizes in counts.items()
    }


def _traces(
    bundle: Bundle, runs: list[tuple[Epoch, ...]], x: Axis, log: bool, smoothing: float, named: dict
) -> list[dict]:
    numbers = sorted({epoch.epoch for run in runs for epoch in run})
    at = [{epoch.epoch: epoch for epoch in run} for run in runs]
    positions = [dict(zip((e.epoch for e in run), _positions(run, x), strict=True)) for run in runs]
    xs = [fmean(place[number] for place in positions if number in place) for number in numbers]
    traces = []
    sides = ((_("training"), "train_error", 1.2), (_("validation"), "val_error", bundle.look.width))
    for bold, (kind, field, width) in zip((False, True), sides, strict=True):
        means = [mean_of([getattr(rows[number], field) for rows in at if number in rows]) for number in numbers]
        traces += _band(xs, means, bundle.look, log)
        ys = [math.nan if mean is None else 100 * mean.mean for mean in means]
        ys = smooth(ys, smoothing) if smoothing else ys
        places = kept(ys)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers" if bold and len(places) <= 30 else "lines",
                "x": [xs[place] for place in places],
                "y": [None if math.isnan(ys[place]) or (log and ys[place] <= 0) else ys[place] for place in places],
                "line": {"width": width, "color": bundle.look.color, "dash": bundle.look.dash},
                "marker": {"size": 5},
                "text": [means[place].in_percent() if means[place] else "" for place in places],
                "hovertemplate": f"{bundle.label}, {kind}: %{{text}}<extra></extra>",
                **(named if bold else {"name": f"{bundle.label} {kind}", "showlegend": False}),
            }
        )
    return traces


def _band(xs: list[float], means: list[Mean | None], look: Style, log: bool) -> list[dict]:
    """Return one deviation around a mean as a filled outline; nothing where no group has two runs."""
    spots = [(x, mean) for x, mean in zip(xs, means, strict=True) if mean and mean.deviation is not None]
    if len(spots) < 2:
        return []
    high = [100 * (mean.mean + mean.deviation) for x, mean in spots]
    low = [100 * max(mean.mean - mean.deviation, 0.0001 if log else 0) for x, mean in spots]
    along = [x for x, mean in spots]
    return [
        {
            "type": "scatter",
            "x": along + along[::-1],
            "y": high + low[::-1],
            "name": _("band"),
            "fill": "toself",
            "fillcolor": theme.faint(look.color, 0.16),
            "line": {"width": 0, "color": look.color},
            "mode": "lines",
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]


def _positions(run: tuple[Epoch, ...], x: Axis) -> list[float]:
    match x:
        case Axis.EPOCH:
            return [epoch.epoch for epoch in run]
        case Axis.STEP:
            return [epoch.step for epoch in run]
        case Axis.SECONDS:
            return list(accumulate(epoch.seconds for epoch in run))
