"""A question with feedback for each answer, at once."""

from collections.abc import Sequence

import streamlit as st

from app import theme
from app.language import _
from app.progress import is_right
from app.projection import is_echo, project
from app.widgets.feedback import feedback
from app.widgets.lesson_reader import progress, remember_answer
from app.widgets.lesson_text import lesson_text
from app.widgets.quiz_order import order_question
from resnet_core.lessons.blocks import Choice, Number, Quiz


def quiz(block: Quiz, slug: str, terms: set[str], *, key: str) -> None:
    """Show a question and what the reader's answer is worth.

    Args:
        block: the question.
        slug: of the lesson.
        terms: of the glossary that this step has explained already.
        key: of this widget in its page.
    """
    with st.container(border=True, key=f"{key}:quiz"):
        st.markdown(f":material/quiz: **{_('Question')}**")
        lesson_text(block.question, terms)
        if block.choices:
            _choices(block, block.choices, slug, key)
        elif block.number:
            _number(block, block.number, slug, key)
        elif block.order:
            order_question(block, block.order, slug, key=key)
        if block.source and is_right(block, progress().answer(slug, block.id)):
            st.caption(_("Source: {source}").format(source=block.source))


def _choices(block: Quiz, choices: Sequence[Choice], slug: str, key: str) -> None:
    numbers = range(1, len(choices) + 1)
    kept = progress().answer(slug, block.id)
    kept = kept if kept in numbers else None

    def chosen() -> None:
        if not is_echo(f"{key}:choice"):
            remember_answer(slug, block.id, st.session_state[f"{key}:choice"])

    st.radio(
        _("Your answer"),
        numbers,
        format_func=lambda number: choices[number - 1].text,
        index=None,
        key=project(f"{key}:choice", kept),
        on_change=chosen,
        label_visibility="collapsed",
    )
    if kept:
        feedback(choices[kept - 1].right, choices[kept - 1].why)


def _number(block: Quiz, number: Number, slug: str, key: str) -> None:
    kept = progress().answer(slug, block.id)
    kept = kept if isinstance(kept, int | float) else None
    # A field of whole numbers would cut off what a typical wrong answer has behind its point.
    values = (number.answer, number.tolerance, *(item.answer for item in number.common))
    whole = all(float(value).is_integer() for value in values)

    def typed() -> None:
        if not is_echo(f"{key}:number"):
            remember_answer(slug, block.id, st.session_state[f"{key}:number"])

    st.number_input(
        _("Your answer in {unit}").format(unit=number.unit) if number.unit else _("Your answer"),
        value=None,
        step=1 if whole else None,
        format=None if whole else "%g",
        key=project(f"{key}:number", int(kept) if whole and kept is not None else kept),
        on_change=typed,
        width=260,
        placeholder=_("a number"),
    )
    if kept is None:
        return
    if number.accepts(kept):
        feedback(True, number.why)
        return
    known = [item.why for item in number.common if abs(item.answer - kept) <= number.tolerance + 1e-9]
    too = _("{number} is too large.") if kept > number.answer else _("{number} is too small.")
    feedback(False, known[0] if known else too.format(number=theme.stated(kept)))
    if st.button(_("Show the answer"), type="tertiary", key=f"{key}:show"):
        unit = f" {number.unit}" if number.unit else ""
        st.markdown(f"**{theme.stated(number.answer)}{unit}**")
        lesson_text(number.why)
