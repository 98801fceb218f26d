"""A prediction: asked before the figure is shown, kept, and set beside what happened."""

from collections.abc import Callable, Sequence

import streamlit as st

from app.language import _
from app.text import as_text
from app.widgets.lesson_reader import progress, remember_answer
from app.widgets.lesson_text import lesson_text
from app.widgets.sketch import sketch_pad
from resnet_core.lessons.blocks import Predict


def predict(
    block: Predict, slug: str, show_lab: Callable[[Sequence[float] | None], None], terms: set[str], *, key: str
) -> None:
    """Ask, and once an answer is kept show the lab and what happened.

    Args:
        block: the question.
        slug: of the lesson.
        show_lab: draws the lab; it is given the reader's sketch, if one was asked for.
        terms: of the glossary that this step has explained already.
        key: of this widget in its page.
    """
    answer = progress().answer(slug, block.id)
    sketch = answer if block.sketch and isinstance(answer, tuple) and len(answer) == len(block.sketch.x) else None
    choice = answer if block.choices and answer in range(1, len(block.choices) + 1) else None
    with st.container(border=True, key=f"{key}:predict"):
        st.markdown(f":material/lightbulb: **{_('Predict first')}**")
        lesson_text(block.question, terms)
        if sketch is None and choice is None:
            _ask(block, slug, key)
        else:
            _answered(block, slug, choice, key)
    if sketch is None and choice is None:
        st.info(_("The figure is locked: it opens once your prediction is kept."), icon=":material/lock:")
        return
    show_lab(sketch)
    with st.container(border=True, key=f"{key}:reveal"):
        _verdict(block, choice)
        lesson_text(block.reveal, terms)


def _ask(block: Predict, slug: str, key: str) -> None:
    label = _("Keep my prediction")
    if block.sketch:
        drawn = sketch_pad(block.sketch, key=f"{key}:sketch")
        ready, value = drawn is not None, drawn
    else:
        chosen = st.radio(
            _("Your prediction"),
            range(1, len(block.choices) + 1),
            format_func=lambda number: as_text(block.choices[number - 1]),
            index=None,
            key=f"{key}:choice",
            label_visibility="collapsed",
        )
        ready, value = chosen is not None, chosen
    if st.button(label, type="primary", icon=":material/lock_open:", disabled=not ready, key=f"{key}:keep"):
        remember_answer(slug, block.id, value)
        st.rerun()


def _answered(block: Predict, slug: str, choice: int | None, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if choice:
            st.markdown(_("You predicted: **{choice}**").format(choice=as_text(block.choices[choice - 1])))
        else:
            st.markdown(_("Your sketch is drawn into the figure below."))
        if st.button(_("Predict again"), icon=":material/undo:", type="tertiary", key=f"{key}:again"):
            remember_answer(slug, block.id, None)
            st.rerun()


def _verdict(block: Predict, choice: int | None) -> None:
    """Say whether it happened as predicted."""
    if choice is None:
        st.markdown(f"**{_('What happened, and why')}**")
    elif block.answer is None:
        st.markdown(
            _("You predicted **{choice}**. It depends on the run: read it off the figure.").format(
                choice=as_text(block.choices[choice - 1])
            )
        )
    elif block.answer == choice:
        st.success(
            _("As you predicted: **{choice}**.").format(choice=as_text(block.choices[choice - 1])),
            icon=":material/check:",
        )
    else:
        text = _("You predicted **{choice}**; what happens is **{answer}**. A surprise is where learning begins.")
        chosen, answer = (as_text(block.choices[number - 1]) for number in (choice, block.answer))
        st.warning(text.format(choice=chosen, answer=answer), icon=":material/sync_alt:")
