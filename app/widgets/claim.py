"""A sentence whose number the reader can have recomputed or looked up, and the code that does it."""

import streamlit as st

from app import theme
from app.language import _
from app.widgets.lesson_text import lesson_text
from app.widgets.source_panel import full_name, source_panel
from resnet_core.errors import LabError, one_line
from resnet_core.lessons.blocks import Claim
from resnet_core.lessons.measures import get_measure, recompute
from resnet_core.lessons.measures.reported import REPORTED, figure
from resnet_core.lessons.stated import states_percent


def claim(block: Claim, terms: set[str], *, key: str) -> None:
    """Show a claim.

    Args:
        block: what is claimed.
        terms: of the glossary that this step has explained already.
        key: of this widget in its page.
    """
    with st.container(border=True, key=f"{key}:claim"):
        with st.container(horizontal=True, vertical_alignment="center"):
            lesson_text(block.text, terms)
            if block.measure in REPORTED:
                label, icon = _("Look this number up"), ":material/menu_book:"
            else:
                label, icon = _("Recompute this number"), ":material/calculate:"
            if st.button(label, icon=icon, key=f"{key}:go", type="tertiary"):
                st.session_state[f"{key}:asked"] = True
        if f"{key}:asked" in st.session_state:
            _recompute(block)


def _recompute(block: Claim) -> None:
    try:
        value = recompute(block.measure, block.of)
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        return
    measure = get_measure(block.measure)
    how = _((measure.__doc__ or "").partition("\n")[0])
    of = ", ".join(f"{name} = {given}" for name, given in block.of.items())
    percent = states_percent(block.text, block.number, block.tolerance)
    in_words = theme.stated_percent if percent else theme.stated
    reported = block.measure in REPORTED
    text = _("Looked up just now: **{number}**") if reported else _("Recomputed just now: **{number}**")
    text = text.format(number=in_words(value))
    if block.holds(value):
        st.success(f"{text}{_within(block.tolerance, percent=percent)}", icon=":material/check:")
    else:
        differs = _("The text says {number}: they differ, and the number here is the true one.")
        st.warning(f"{text}. {differs.format(number=in_words(block.number))}", icon=":material/difference:")
    st.caption(f"{how} `{block.measure}({of})`")
    if reported:
        row = figure(block.measure, **block.of)
        st.caption(_("Published in {source}: {convention}.").format(source=_(row.source), convention=_(row.convention)))
    source_panel(full_name(measure), label=_("The code that looked it up") if reported else _("The code that counted"))


def _within(tolerance: float, *, percent: bool) -> str:
    if not tolerance:
        return ""
    size = _("{number} points").format(number=theme.stated(100 * tolerance)) if percent else theme.stated(tolerance)
    return _(", within {tolerance} of what is stated").format(tolerance=size)
