"""One lesson: all of its steps, one under the other, or one at a time for a projector."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import streamlit as st

from app.boundary import guarded
from app.language import _
from app.state import LearnState, keep_state
from app.text import as_text
from app.widgets.claim import claim
from app.widgets.lab_view import lab_view
from app.widgets.lesson_reader import lesson_reader
from app.widgets.lesson_text import course_link, lesson_text
from app.widgets.predict import predict
from app.widgets.quiz import quiz
from app.widgets.source_panel import source_panel
from resnet_core.lessons.blocks import Claim, Code, LabBlock, Open, Predict, Quiz
from resnet_core.lessons.document import Lesson, Part, Step
from resnet_core.lessons.problems import Problem

_FOLDER = Path(__file__).parent
PAGES = {
    "home": "home",
    "build": "account_tree",
    "data": "photo_library",
    "train": "play_circle",
    "compare": "stacked_line_chart",
    "learn": "school",
}


def lesson_view(lesson: Lesson, course: Sequence[Lesson], state: LearnState) -> None:
    """Show a lesson.

    Args:
        lesson: which.
        course: all lessons in order.
        state: of the page; its step is within the lesson.
    """
    st.html(_FOLDER / "lesson.css")
    if state.present:
        st.html(_FOLDER / "lesson_projector.css")
        if not lesson.steps[state.step - 1].title:
            st.title(as_text(lesson.about.title), anchor=False)
        _step(lesson, state.step)
        _projector_bar(lesson, course, state)
    else:
        _head(lesson, course, state)
        for number in range(1, len(lesson.steps) + 1):
            _step(lesson, number)
        _foot(lesson, course, state)
    lesson_reader(lesson, partial(_turn, lesson, course, state))


def _head(lesson: Lesson, course: Sequence[Lesson], state: LearnState) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        _link(_("All lessons"), state.at(""), "arrow_back")
        st.caption(_("Lesson {number} · {minutes} minutes").format(number=lesson.number, minutes=lesson.about.minutes))
        _link(_("Projector view"), replace(state, present=True), "present_to_all")
    st.title(as_text(lesson.about.title), anchor=False)
    with st.container(key="lesson-text-goals"):
        goals = "\n".join(f"- {goal}" for goal in lesson.about.goals)
        st.markdown(f"**{_('Afterwards you can')}**\n\n{goals}")
        titles = {each.slug: each.about.title for each in course}
        needs = [
            f"[{as_text(titles[slug])}]({course_link('learn', lesson=slug)})"
            for slug in lesson.about.needs
            if slug in titles
        ]
        if needs:
            st.markdown(_("It builds on {lessons}.").format(lessons=", ".join(needs)))


def _step(lesson: Lesson, number: int) -> None:
    step = lesson.steps[number - 1]
    with st.container(key=f"lesson-step-{number}"):
        if step.title:
            st.header(step.title, anchor=f"step-{number}")
        elif number > 1 or not step.parts:
            return
        _parts(lesson, step, number)


def _parts(lesson: Lesson, step: Step, number: int) -> None:
    terms: set[str] = set()
    parts = [*step.parts, None]
    locked: Part | None = None
    for place, (part, following) in enumerate(pairwise(parts)):
        if part is locked:
            continue
        key = f"lesson:{lesson.slug}:{number}:{place}"
        with guarded(f"{lesson.path.name}, line {part.line}"):
            if isinstance(part.content, Predict) and following and isinstance(following.content, LabBlock):
                locked = following
                _predict(part.content, following.content, lesson.slug, terms, key)
            else:
                _part(part, lesson, key, terms)


def _part(part: Part, lesson: Lesson, key: str, terms: set[str]) -> None:
    match part.content:
        case str() as text:
            with st.container(key=f"lesson-text-{'-'.join(key.split(':')[-2:])}"):
                lesson_text(text, terms)
        case Problem() as problem:
            st.error(as_text(problem.at(lesson.path.name)), icon=":material/error:")
        case LabBlock() as block:
            lab_view(block, key=f"{key}:{block.id}")
        case Quiz() as block:
            quiz(block, lesson.slug, terms, key=key)
        case Claim() as block:
            claim(block, terms, key=key)
        case Open() as block:
            st.page_link(
                f"views/{block.page}.py",
                label=block.label,
                icon=f":material/{PAGES[block.page]}:",
                query_params=block.state,
            )
        case Code() as block:
            source_panel(block.function)


def _predict(question: Predict, block: LabBlock, slug: str, terms: set[str], key: str) -> None:
    def show_lab(drawn: Sequence[float] | None) -> None:
        lab_view(block, key=f"{key}:{block.id}", sketch=question.sketch, drawn=drawn)

    predict(question, slug, show_lab, terms, key=key)


def _foot(lesson: Lesson, course: Sequence[Lesson], state: LearnState) -> None:
    place = course.index(lesson)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="lesson-foot"):
        if place > 0:
            before = course[place - 1]
            _link(_("Back: {title}").format(title=as_text(before.about.title)), state.at(before.slug), "arrow_back")
        if place + 1 < len(course):
            after = course[place + 1]
            label = _("Next lesson: {title}").format(title=as_text(after.about.title))
            if st.button(label, type="primary", icon=":material/arrow_forward:", key="lesson:next"):
                _go(state.at(after.slug))
        else:
            _link(_("All lessons"), state.at(""), "school")


def _projector_bar(lesson: Lesson, course: Sequence[Lesson], state: LearnState) -> None:
    turn = partial(_turn, lesson, course, state)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="lesson-projector-bar"
    ):
        first = state.step == 1 and course.index(lesson) == 0
        last = state.step == len(lesson.steps) and lesson == course[-1]
        if st.button(_("Back"), icon=":material/arrow_back:", disabled=first, key="lesson:back"):
            turn(-1)
        st.markdown(f"{as_text(lesson.about.title)} · {state.step} / {len(lesson.steps)}", width="content")
        if st.button(_("Leave"), icon=":material/close:", type="tertiary", key="lesson:leave"):
            turn(0)
        if st.button(_("Next"), type="primary", icon=":material/arrow_forward:", disabled=last, key="lesson:forward"):
            turn(1)


def _turn(lesson: Lesson, course: Sequence[Lesson], state: LearnState, by: int) -> None:
    """Go on or back by one step, over the ends of lessons too; 0 leaves the projector view."""
    if by == 0:
        _go(replace(state, present=False))
    step = state.step + by
    place = course.index(lesson)
    if 1 <= step <= len(lesson.steps):
        _go(state.at(lesson.slug, step))
    elif 0 <= place + by < len(course):
        other = course[place + by]
        _go(state.at(other.slug, 1 if by > 0 else len(other.steps)))


def _link(label: str, state: LearnState, icon: str) -> None:
    st.page_link("views/learn.py", label=label, icon=f":material/{icon}:", query_params=state.to_query())


def _go(state: LearnState) -> None:
    keep_state(state)
    st.rerun()
