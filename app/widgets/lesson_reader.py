"""What a reader did, kept in their own browser; and in a lesson: steps that count as read, and keys that turn pages."""

import time
from collections.abc import Callable

import streamlit as st

from app.language import _
from app.progress import MOST_BYTES, Answer, Progress, read_progress
from app.state import LearnState, keep_state, open_state
from app.widgets.component import component, rerun_only
from resnet_core.errors import InputError
from resnet_core.lessons.document import Lesson

_SESSION = "progress"

_reader = component("lesson_reader", scripts=("lesson_reader.js",))


def progress() -> Progress:
    """Return what this reader did, as far as the session knows; the browser adds to it in a moment."""
    return st.session_state.get(_SESSION) or Progress()


def remember_answer(slug: str, block: str, value: Answer) -> None:
    """Keep an answer; None takes it back."""
    _take(progress().with_entry(slug, "answer", block, value, time.time()))


def import_progress(text: str) -> None:
    """Add what a file of another browser holds.

    Raises:
        InputError: it holds no progress.
    """
    _take(progress().merged(read_progress(text)))


def reset_progress() -> None:
    """Forget everything, in this browser too."""
    _take(Progress(cleared=time.time()))


def browser_progress() -> None:
    """Keep progress in the browser on a page that shows no lesson. Put it at the end of the page."""
    _frame(None, lambda by: None)


def lesson_reader(lesson: Lesson, turn: Callable[[int], None]) -> None:
    """Watch a lesson being read. Put it at the end of the page.

    Args:
        lesson: that is shown.
        turn: called in the projector view with 1 or -1 for the next or previous step, with 0 to leave it.
    """
    _frame(lesson, turn)


@st.fragment
def _frame(lesson: Lesson | None, turn: Callable[[int], None]) -> None:
    """Run alone when the browser has something to say, so that reading on never redraws the lesson."""
    key = "lesson:reader"
    said = st.session_state.get(key) or {}
    if _heed(said.get("kept")):
        st.rerun()  # answers that the page did not know: what they lock is open
    state = open_state(LearnState) if lesson else LearnState()
    place = f"{lesson.slug}{' on a projector' if state.present else ''}" if lesson else ""
    if lesson:
        state = _seen(said.get("seen"), lesson, state, place)
    known = progress()
    steps = range(1, len(lesson.steps) + 1) if lesson else ()
    result = _reader(
        key=key,
        data={
            "progress": known.to_json(),
            "place": place,
            "step": state.step,
            "steps": len(steps),
            # A tuple: of a list Streamlit asks pandas whether it is a table, and the first page waits for that import.
            "read": tuple(step for step in steps if known.has_read(lesson.slug, step)),
            "present": state.present,
            "label": _("How far you are in this lesson"),
        },
        on_kept_change=rerun_only,
        on_seen_change=rerun_only,
        on_turn_change=rerun_only,
    )
    if result.turn in (-1, 0, 1):
        turn(result.turn)


def _heed(kept: object) -> bool:
    """Take what the browser keeps, and say whether it changed anything."""
    if not isinstance(kept, str) or len(kept) > MOST_BYTES:
        return False
    before = progress()
    try:
        _take(before.merged(read_progress(kept)))
    except InputError:
        return False  # an extension, or a future version, wrote there: it is left out
    return progress() != before


def _seen(seen: object, lesson: Lesson, state: LearnState, place: str) -> LearnState:
    """Take which steps were read, and where the reader is now."""
    slot = "lesson:seen"
    if not isinstance(seen, dict) or seen.get("place") != place or seen.get("turn") == st.session_state.get(slot):
        return state
    st.session_state[slot] = seen.get("turn")
    numbers = range(1, len(lesson.steps) + 1)
    read, ago = seen.get("read"), seen.get("ago")
    moment = time.time() - (max(ago, 0) / 1000 if isinstance(ago, int | float) else 0)
    for step in read if isinstance(read, list) else ():
        if step in numbers and not progress().has_read(lesson.slug, step):
            _take(progress().with_entry(lesson.slug, "step", step, 1, moment))
    if seen.get("at") in numbers and seen["at"] != state.step and not state.present:
        state = state.at(lesson.slug, seen["at"])
        keep_state(state)
    return state


def _take(found: Progress) -> None:
    st.session_state[_SESSION] = found
