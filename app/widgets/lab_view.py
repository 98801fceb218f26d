"""The frame around every lab: its controls, its figures, a sentence, the numbers behind it and the code that ran."""

from collections.abc import Sequence
from html import escape
from typing import Any, cast

import streamlit as st

from app import cache, tables
from app.boundary import guarded
from app.charts import sketch_overlay
from app.labs.lab import Lab, LiveLab, Panel, SketchedLab, is_live, load_lab, start_values
from app.language import _
from app.state import LearnState, keep_state, open_state
from app.text import as_text
from app.widgets.lab_chart import lab_chart
from app.widgets.lab_controls import lab_controls
from app.widgets.source_panel import full_name, show_source
from resnet_core.errors import LessonError, one_line
from resnet_core.lessons.blocks import LabBlock, Sketch
from resnet_core.lessons.labs import LabValues
from resnet_core.lessons.sources import source_of


def lab_view(block: LabBlock, *, key: str, sketch: Sketch | None = None, drawn: Sequence[float] | None = None) -> None:
    """Show a lab. A move of its controls redraws it alone; its values are part of the Learn page's link.

    Args:
        block: which lab, and where it starts.
        key: of this widget in its page.
        sketch, drawn: a curve that the reader sketched before, laid over the lab's own.
    """

    @st.fragment
    def draw() -> None:
        with guarded(f"the lab {block.name}"):
            lab = load_lab(block.name)
            with st.container(border=True, key=f"{key}:lab"):
                st.markdown(f":material/science: **{_(lab.TITLE)}**")
                values = _controls(block, lab, key)
                if is_live(lab):
                    _keep(block, lab.view(values, key=key) or values)
                else:
                    _show(lab, block.name, values, key, sketch, drawn)

    draw()


def _controls(block: LabBlock, lab: Lab | LiveLab, key: str) -> LabValues:
    """Show the controls, take over what they say, and keep it in the page's link."""
    state = open_state(LearnState)
    start = start_values(block.name, block.values)
    try:
        values = start.with_query(state.lab(block.id))
    except LessonError as error:
        st.warning(
            _("The link's values of this lab were left out: {reason}").format(reason=as_text(one_line(error))),
            icon=":material/link_off:",
        )
        values = start
    shown = [name for name in values.framed() if name not in block.hide]
    if state.only is not None:
        shown = [name for name in shown if name in state.only]
    limits = getattr(lab, "limits", None)
    values = lab_controls(
        values,
        shown,
        key=f"{key}:{block.id}",
        limits=(lambda now: limits(_answer(lab, block.name, now))) if limits else None,
    )
    _keep(block, values)
    if shown and set(values.to_query(start)) & set(values.framed()):
        st.button(
            _("Back to the start"), icon=":material/restart_alt:", type="tertiary", key=f"{key}:reset",
            on_click=lambda: keep_state(open_state(LearnState).with_lab(block.id, {})),
        )  # fmt: skip
    return values


def _keep(block: LabBlock, values: LabValues) -> None:
    """Take values over into the page's link."""
    state, kept = open_state(LearnState), values.to_query(start_values(block.name, block.values))
    if kept != state.lab(block.id):
        keep_state(state.with_lab(block.id, kept))


def _show(
    lab: Lab, name: str, values: LabValues, key: str, sketch: Sketch | None, drawn: Sequence[float] | None
) -> None:
    answer = _answer(lab, name, values)
    if sketch and drawn:
        happened = cast(SketchedLab, lab).curve(answer, sketch.x)
        figure = sketch_overlay.sketch_overlay(sketch, drawn, happened)
        _panel(Panel("", sketch_overlay.describe(sketch, drawn, happened), figure, height=340), f"{key}:sketched")
    _panels(lab.panels(values, answer), key)
    st.markdown(f":material/arrow_right_alt: {lab.sentence(values, answer)}")
    more = st.expander(
        _("The numbers, and the code that ran"), icon=":material/table:", key=f"{key}:more", on_change="rerun"
    )
    if more.open:
        with more:
            _numbers(lab, name, values, answer, key)


def _answer(lab: Lab, name: str, values: LabValues) -> Any:
    if getattr(lab, "SLOW", False):
        with st.spinner(_("Computing ...")):
            return cache.lab_answer(name, values.model_dump_json())
    return cache.lab_answer(name, values.model_dump_json())


def _panels(panels: Sequence[Panel], key: str) -> None:
    """Show panels one under the other, and neighbors that need no width side by side."""
    place = 0
    while place < len(panels):
        pair = panels[place : place + 2]
        if len(pair) == 2 and not pair[0].wide and not pair[1].wide:
            for offset, (column, panel) in enumerate(zip(st.columns(2, gap="medium"), pair, strict=True)):
                with column:
                    _panel(panel, f"{key}:panel{place + offset}")
            place += 2
        else:
            _panel(panels[place], f"{key}:panel{place}")
            place += 1


def _panel(panel: Panel, key: str) -> None:
    if panel.figure is not None:
        lab_chart(
            panel.figure,
            key=key,
            alt=panel.alt,
            filename=f"resnet-lab-{key.rpartition(':')[0].replace(':', '-')}",
            height=panel.height,
        )
        return
    if panel.title:
        st.markdown(f"**{panel.title}**")
    if panel.table is not None:
        st.dataframe(panel.table, hide_index=True, key=key)
        st.caption(panel.alt)
    else:
        st.html(f'<div role="group" aria-label="{escape(panel.alt)}">{panel.html}</div>')


def _numbers(lab: Lab, name: str, values: LabValues, answer: Any, key: str) -> None:
    table = lab.table(values, answer)
    st.dataframe(table, hide_index=True, key=f"{key}:numbers")
    st.download_button(
        _("Numbers as CSV"),
        lambda: tables.csv(table),
        f"{name}.csv",
        "text/csv",
        key=f"{key}:csv",
        icon=":material/download:",
        on_click="ignore",
    )
    for function in lab.CODE:
        show_source(source_of(full_name(function)))
