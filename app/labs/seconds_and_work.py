"""Seconds that were measured against work that was counted: this lab's own runs, and short ones to add."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app import tables, theme
from app.language import N_, _
from app.measured_speed import TRAINING_PASSES, Speed, newest_device, speeds
from app.owner import owner
from app.widgets.lab_chart import lab_chart
from app.widgets.live_runs import live_runs
from resnet_core.datasets import describe
from resnet_core.errors import LabError, one_line
from resnet_core.families import get_spec
from resnet_core.lessons.labs.building import SecondsAndWorkValues
from resnet_core.recipes import RECIPES, Recipe
from resnet_core.runs import queue, store
from resnet_core.runs.estimate import estimates, image_counts
from resnet_core.spec import ResNetSpec

TITLE = N_("Seconds measured, work counted")

RECENT = 200
ENOUGH = 3
STUDY = "speeds"

APART = 1.5
"""From this factor between rates on, counted work misleads about seconds."""


def view(values: SecondsAndWorkValues, *, key: str) -> None:
    """Show what was measured on this computer, and offer short runs where that is little."""
    group = store.newest_study(STUDY)
    short = store.jobs(study=group)[::-1] if group else []
    active = any(job.active for job in short)
    jobs = store.jobs(kind="train", states=("finished", "stopped"), limit=RECENT, with_epochs=True)
    device = newest_device(jobs)
    measured = speeds(jobs, device)
    if measured:
        _show(values, measured, device, key)
    elif not active:
        st.info(_("No run on this computer has been measured yet."), icon=":material/speed:")
    if active:
        st.caption(_("Short runs are measured: their speed is drawn here once all have ended."))
        live_runs(
            tuple(job.id for job in short), key=f"{key}:runs", title=_("Short runs that measure speed"), height=300
        )
    else:
        _offer(measured, key)


def short_runs() -> list[tuple[ResNetSpec, Recipe]]:
    """Return networks that differ in size, depth and width, each trained for two epochs on a few drawn shapes."""
    recipe = RECIPES["quick"].model_copy(update={"epochs": 2, "train_size": 1_280})
    small = get_spec("pocket_resnet20")
    narrow = get_spec("pocket_resnet56").model_copy(update={"width": 8})
    specs = (small, small.model_copy(update={"width": 32}), narrow, get_spec("resnet20"))
    return [(spec, recipe) for spec in specs]


def figure(values: SecondsAndWorkValues, measured: Sequence[Speed]) -> go.Figure:
    """Draw each network at its counted work; the line is where all would stand if seconds followed MACs alone."""
    timed = values.quantity == "time"
    usual = sorted(speed.macs_per_second for speed in measured)[len(measured) // 2]
    work = [min(speed.macs for speed in measured) / 1.3, max(speed.macs for speed in measured) * 1.3]
    picture = go.Figure()
    for residual, name in ((True, _("residual")), (False, _("plain"))):
        mine = [speed for speed in measured if speed.residual is residual]
        if mine:
            picture.add_scatter(
                x=[speed.macs for speed in mine],
                y=[_height(speed, timed) for speed in mine],
                mode="markers",
                name=name,
                marker={"size": 12, "color": theme.kind_color(residual)},
                text=[f"{speed.name}: {_words(speed)}" for speed in mine],
                hovertemplate="%{text}<extra></extra>",
            )
    picture.add_scatter(
        x=work,
        y=[1000 * TRAINING_PASSES * macs / usual if timed else usual / 1e9 for macs in work],
        mode="lines",
        name=_("if seconds followed MACs alone"),
        line={"color": theme.OKABE_ITO["gray"], "dash": "dash", "width": 2},
        hoverinfo="skip",
    )
    picture.update_layout(
        title_text=_title(timed),
        hovermode="closest",
        xaxis={"title": {"text": _("MACs of one image, counted")}, "type": "log", "tickformat": "~s", "dtick": "D2"},
        yaxis={
            "title": {"text": _("ms per image") if timed else _("billion MACs per second")},
            **({"type": "log", "tickformat": "~g", "dtick": "D2"} if timed else {"rangemode": "tozero"}),
        },
        legend={"y": -0.25, "yanchor": "top"},
    )
    return theme.style(picture)


def sentence(measured: Sequence[Speed], device: str) -> str:
    """Say how far seconds and MACs are from telling the same."""
    slowest = min(measured, key=lambda speed: speed.macs_per_second)
    fastest = max(measured, key=lambda speed: speed.macs_per_second)
    if len(measured) < 2:
        return _("On {device}, {name}: {words}.").format(device=device, name=slowest.name, words=_words(slowest))
    factor = fastest.macs_per_second / slowest.macs_per_second
    told = _(
        "On {device} the rate differs by a factor of {factor:.1f}: {fastest} reaches {high} MACs a second, "
        "{slowest} {low}."
    ).format(
        device=device,
        factor=factor,
        fastest=fastest.name,
        high=theme.big(fastest.macs_per_second),
        slowest=slowest.name,
        low=theme.big(slowest.macs_per_second),
    )
    apart = _("A count of work is no count of seconds.") if factor >= APART else _("Here seconds follow the count.")
    return f"{told} {apart}"


def table(measured: Sequence[Speed]) -> pd.DataFrame:
    """Return what was measured."""
    return pd.DataFrame(
        [
            {
                "network": speed.name,
                "macs": speed.macs,
                "seconds_per_image": speed.seconds,
                "training_macs_per_second": speed.macs_per_second,
                "runs": speed.runs,
            }
            for speed in measured
        ]
    )


def _show(values: SecondsAndWorkValues, measured: Sequence[Speed], device: str, key: str) -> None:
    told = "; ".join(f"{speed.name}, {theme.big(speed.macs)} MACs: {_words(speed)}" for speed in measured)
    alt = f"{_title(values.quantity == 'time')}. {told}."
    lab_chart(figure(values, measured), key=f"{key}:chart", alt=alt, filename="resnet-lab-seconds", height=420)
    st.markdown(f":material/arrow_right_alt: {sentence(measured, device)}")
    st.caption(_("Rates count a training step as three forward passes; each network is the median of its runs."))
    numbers = table(measured)
    with st.expander(_("The numbers"), icon=":material/table:"):
        st.dataframe(numbers, hide_index=True, key=f"{key}:numbers")
        st.download_button(
            _("Numbers as CSV"),
            tables.csv(numbers),
            "seconds_and_work.csv",
            "text/csv",
            key=f"{key}:csv",
            icon=":material/download:",
            on_click="ignore",
        )


def _offer(measured: Sequence[Speed], key: str) -> None:
    """Offer short runs, as the main thing to do where too few networks were measured."""
    runs = short_runs()
    names = ", ".join(spec.name for spec, _recipe in runs)
    try:
        images = image_counts(runs[0][1], describe("shapes"))
        seconds = sum(cost.seconds for cost in estimates([(*run, *images) for run in runs]))
        st.markdown(
            _("Train {names} for two short epochs each: about {time} on this computer.").format(
                names=names, time=theme.seconds(seconds)
            )
        )
        kind = "primary" if len(measured) < ENOUGH else "secondary"
        label = _("Measure {count} networks").format(count=len(runs))
        if st.button(label, type=kind, icon=":material/speed:", key=f"{key}:start"):
            requests = [queue.Request(spec, recipe, "shapes", owner=owner()) for spec, recipe in runs]
            queue.submit_many(requests, study=queue.new_study(STUDY))
            st.rerun()
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")


def _title(timed: bool) -> str:
    if timed:
        return _("Time of an image against its MACs")
    return _("MACs done per second of training")


def _height(speed: Speed, timed: bool) -> float:
    return 1000 * speed.seconds if timed else speed.macs_per_second / 1e9


def _words(speed: Speed) -> str:
    return _("{time:.3g} ms an image, {rate} MACs/s").format(
        time=1000 * speed.seconds, rate=theme.big(speed.macs_per_second)
    )
