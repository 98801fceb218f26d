"""A sentence whose number the reader can have recomputed, and the code that does it."""

import streamlit as st

from app.language import _
from app.widgets.lesson_text import lesson_text
from app.widgets.source_panel import full_name, source_panel
from resnet_core.errors import LabError, one_line
from resnet_core.lessons.blocks import Claim
from resnet_core.lessons.measures import get_measure, recompute
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
            asked = st.button(_("Recompute this number"), icon=":material/calculate:", key=f"{key}:go", type="tertiary")
        if asked:
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
    in_words = _in_percent if percent else written
    text = _("Recomputed just now: **{number}**").format(number=in_words(value))
    if block.holds(value):
        st.success(f"{text}{_within(block.tolerance, percent=percent)}", icon=":material/check:")
    else:
        differs = _("The text says {number}: they differ, and the number here is the true one.")
        st.warning(f"{text}. {differs.format(number=in_words(block.number))}", icon=":material/difference:")
    st.caption(f"{how} `{block.measure}({of})`")
    source_panel(full_name(measure), label=_("The code that counted"))


def _within(tolerance: float, *, percent: bool) -> str:
    if not tolerance:
        return ""
    size = _("{number} points").format(number=written(100 * tolerance)) if percent else written(tolerance)
    return _(", within {tolerance} of what is stated").format(tolerance=size)


def written(value: float) -> str:
    """Write a number with its thousands apart and no more decimals than it has.

    Example:
        >>> written(853018.0), written(0.0697), written(3.857973248)
        ('853,018', '0.0697', '3.85797')
    """
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.6g}"


def _in_percent(fraction: float) -> str:
    return f"{written(100 * fraction)} %"
