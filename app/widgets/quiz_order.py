"""A question whose answer is an order: items move up and down by buttons, so that the keyboard does it too."""

import random

import streamlit as st

from app.language import _
from app.progress import is_right
from app.widgets.feedback import feedback
from app.widgets.lesson_reader import progress, remember_answer
from resnet_core.lessons.blocks import Order, Quiz


def order_question(block: Quiz, order: Order, slug: str, *, key: str) -> None:
    """Show the items, and whether the order that was handed in is right.

    Args:
        block: the question.
        order: its items, in the right order.
        slug: of the lesson.
        key: of this widget in its page.
    """
    kept = progress().answer(slug, block.id)
    slot = f"{key}:order"
    if sorted(st.session_state.get(slot, ())) != list(range(1, len(order.items) + 1)):
        whole = isinstance(kept, tuple) and sorted(kept) == list(range(1, len(order.items) + 1))
        st.session_state[slot] = [int(number) for number in kept] if whole else shuffled(len(order.items), block.id)
    places: list[int] = st.session_state[slot]
    for place, number in enumerate(places):
        with st.container(horizontal=True, vertical_alignment="center", key=f"{key}:row{place}"):
            st.markdown(f"{place + 1}. {order.items[number - 1]}", width="stretch")
            for label, icon, by in ((_("Up"), "arrow_upward", -1), (_("Down"), "arrow_downward", 1)):
                st.button(
                    label,
                    icon=f":material/{icon}:",
                    type="tertiary",
                    disabled=not 0 <= place + by < len(places),
                    key=f"{key}:{by}:{place}",
                    on_click=_swap,
                    args=(slot, place, place + by),
                )
    # Told before the page runs: a click elsewhere that cuts the run short takes nothing back.
    st.button(
        _("Check this order"),
        key=f"{key}:check",
        icon=":material/done_all:",
        on_click=remember_answer,
        args=(slug, block.id, tuple(places)),
    )
    if kept is None:
        return
    if is_right(block, kept):
        feedback(True, order.why)
    else:
        right = sum(number == place for place, number in enumerate(kept, start=1))
        text = _("{right} of {count} stand where they belong.")
        feedback(False, text.format(right=right, count=len(order.items)))


def shuffled(count: int, seed: str) -> list[int]:
    """Return 1 to `count` in another order, the same for the same seed.

    Example:
        >>> sorted(shuffled(4, "relu")), shuffled(4, "relu") == shuffled(4, "relu")
        ([1, 2, 3, 4], True)
    """
    numbers = list(range(1, count + 1))
    generator = random.Random(seed)
    while numbers == sorted(numbers):
        generator.shuffle(numbers)
    return numbers


def _swap(slot: str, one: int, other: int) -> None:
    places = st.session_state[slot]
    places[one], places[other] = places[other], places[one]
