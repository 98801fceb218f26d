"""Learn: the course. Its list with the reader's progress, or one lesson."""

from dataclasses import replace

import streamlit as st

from app.language import _, language, ngettext
from app.state import LearnState, keep_state, open_state
from app.widgets.course_list import course_list, next_lesson
from app.widgets.lesson_reader import browser_progress
from app.widgets.lesson_view import lesson_view
from app.widgets.progress_file import progress_file
from resnet_core.errors import LessonError, one_line
from resnet_core.lessons import catalogue
from resnet_core.lessons.document import Lesson


def page() -> None:
    state = open_state(LearnState, bare_is_start=True)
    course = catalogue.lessons(language())
    lesson = _chosen(state, course)
    if lesson is None:
        state = LearnState(only=state.only)
        keep_state(state)  # first: what a page says of its address after the reader has gone back leads forward again
        _list(course, state)
    else:
        state = replace(state, step=min(state.step, len(lesson.steps)))
        keep_state(state)
        lesson_view(lesson, course, state)


def _chosen(state: LearnState, course: tuple[Lesson, ...]) -> Lesson | None:
    """Return the lesson that the link names; one that is not there is said in one line."""
    if not state.lesson:
        return None
    try:
        return catalogue.find(course, state.lesson)
    except LessonError as error:
        st.error(one_line(error), icon=":material/error:")
        return None


def _list(course: tuple[Lesson, ...], state: LearnState) -> None:
    st.title(_("Learn"), anchor=False)
    if not course:
        st.info(_("Lessons will be listed here: this copy of the lab has none in its folder lessons/."))
        return
    minutes = sum(lesson.about.minutes for lesson in course)
    text = ngettext(
        "{count} lesson, about {minutes} minutes.", "{count} lessons, about {minutes} minutes in all.", len(course)
    )
    st.markdown(
        text.format(count=len(course), minutes=minutes)
        + " "
        + _("Each asks you to predict first, then shows what happens, then says why. Every number is computed here.")
    )
    going = next_lesson(course)
    if going:
        lesson, step = going
        label = _("Begin with lesson {number}") if step == 1 else _("Go on with lesson {number}, step {step}")
        if st.button(
            label.format(number=lesson.number, step=step), type="primary", icon=":material/play_arrow:", key="learn:go"
        ):
            keep_state(state.at(lesson.slug, step))
            st.rerun()
    course_list(course, state, goals=True)
    progress_file(key="learn:progress")
    browser_progress()


page()
