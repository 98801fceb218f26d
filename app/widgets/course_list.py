"""The course as a list, each lesson with how far the reader is."""

from collections.abc import Sequence

import streamlit as st

from app.language import _
from app.progress import Done, done
from app.state import LearnState
from app.text import as_text
from app.widgets.lesson_reader import progress
from resnet_core.lessons.document import Lesson

NOTHING = Done(0, 0, 0, 0, 0, 0)
"""Of a lesson that was not begun; to count what is in it, all of it would be read."""


def course_list(course: Sequence[Lesson], state: LearnState | None = None, *, goals: bool = False) -> None:
    """Show the lessons.

    Args:
        course: in order.
        state: of the Learn page, whose way of showing is kept; None for the usual one.
        goals: whether each lesson's first goal and needs stand under its title.
    """
    state, known = state or LearnState(), progress()
    titles = {lesson.slug: lesson.about.title for lesson in course}
    for lesson in course:
        far = done(known, lesson) if known.began(lesson.slug) else NOTHING
        with st.container(key=f"course-{lesson.slug}", gap="xxsmall" if not goals else "small"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.page_link(
                    "views/learn.py",
                    label=f"**{lesson.number}. {as_text(lesson.about.title)}**",
                    icon=_icon(far),
                    query_params=state.at(lesson.slug).to_query(),
                )
                st.caption(_said(lesson, far), width="content")
            if goals:
                _about(lesson, titles)


def next_lesson(course: Sequence[Lesson]) -> tuple[Lesson, int] | None:
    """Return where the reader goes on: the first lesson with an unread step, and that step; None after the last."""
    known = progress()
    for lesson in course:
        for step in range(1, len(lesson.steps) + 1):
            if not known.has_read(lesson.slug, step):
                return lesson, step
    return None


def _icon(far: Done) -> str:
    if far.fraction >= 1:
        return ":material/check_circle:"
    return ":material/clock_loader_40:" if far.fraction > 0 else ":material/circle:"


def _said(lesson: Lesson, far: Done) -> str:
    minutes = _("{minutes} min").format(minutes=lesson.about.minutes)
    if far.fraction == 0:
        return minutes
    parts = [_("{read} of {steps} steps read").format(read=far.read, steps=far.steps)]
    if far.predictions:
        parts.append(_("{done} of {all} predicted").format(done=far.predicted, all=far.predictions))
    if far.questions:
        parts.append(_("{right} of {all} questions right").format(right=far.right, all=far.questions))
    return " · ".join([minutes, *parts])


def _about(lesson: Lesson, titles: dict[str, str]) -> None:
    goals = " ".join(goal if goal.endswith(".") else f"{goal}." for goal in lesson.about.goals)
    needs = ", ".join(as_text(titles[slug]) for slug in lesson.about.needs if slug in titles)
    st.caption(goals + (f"  \n{_('Builds on: {lessons}').format(lessons=needs)}" if needs else ""))
