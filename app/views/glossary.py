"""Glossary: every term and symbol of the course, searchable, with the lessons that use it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from app.language import _, language
from app.projection import adopt, project
from app.state import GlossaryState, keep_state, open_state
from app.text import as_text
from app.widgets.lesson_text import course_link, in_the_course
from resnet_core.lessons import catalogue
from resnet_core.lessons.blocks import Claim, Predict, Quiz
from resnet_core.lessons.document import Lesson
from resnet_core.lessons.glossary import Glossary, Term, glossary

_STYLE = """<style>
.st-key-glossary-entries { max-width: 70ch; gap: 0.3rem; }
.st-key-glossary-entries h2 { font-size: 1.35rem; padding: 1rem 0 0.9rem; }
</style>"""


def page() -> None:
    state = open_state(GlossaryState)
    found = glossary(language())
    st.html(_STYLE)
    st.title(_("Glossary"), anchor=False)
    for problem in found.problems:
        st.error(as_text(problem.at("glossary.yaml")), icon=":material/error:")
    if state.term and state.term not in found.terms:
        st.warning(
            _("There is no entry {term}: here are all.").format(term=f"`{as_text(state.term)}`"),
            icon=":material/link_off:",
        )
        state = replace(state, term="")
    place = project("glossary:search", state.search)
    search = st.text_input(_("Search"), key=place, icon=":material/search:", max_chars=80, width=420)
    if adopt(place, search) != state.search:
        state = GlossaryState(search=search)
    shown = _matching(found.terms, state)
    if not found.terms:
        st.info(_("Terms will be listed here: this copy of the course has no glossary."))
    elif not shown:
        st.info(_("No entry holds {words}.").format(words=as_text(state.search)))
    used = _used(found, catalogue.lessons(language()))
    with st.container(key="glossary-entries"):
        for key, term in shown.items():
            _entry(key, term, used.get(key, []))
    if state.term and st.button(_("All entries"), icon=":material/menu_book:", key="glossary:all"):
        keep_state(GlossaryState())
        st.rerun()
    keep_state(state)


def _matching(terms: Mapping[str, Term], state: GlossaryState) -> dict[str, Term]:
    """Return the one entry that was asked for, or those that hold every word searched, in their names first."""
    words = state.search.casefold().split()
    ordered = sorted(terms.items(), key=lambda item: item[1].name.casefold())
    if state.term:
        return {key: term for key, term in ordered if key == state.term}
    names = {key: f"{term.name} {' '.join(term.forms)}".casefold() for key, term in ordered}
    texts = {key: f"{names[key]} {term.meaning.casefold()}" for key, term in ordered}
    found = [(key, term) for key, term in ordered if all(word in texts[key] for word in words)]
    return dict(sorted(found, key=lambda entry: not all(word in names[entry[0]] for word in words)))


def _entry(key: str, term: Term, used: Sequence[Lesson]) -> None:
    symbol = f"  ${term.symbol}$" if term.symbol else ""
    st.header(f"{as_text(term.name)}{symbol}", anchor=key)
    st.markdown(in_the_course(term.meaning))
    if used:
        names = {lesson.slug: f"{lesson.number}. {as_text(lesson.about.title)}" for lesson in used}
        links = ", ".join(f"[{name}]({course_link('learn', lesson=slug)})" for slug, name in names.items())
        st.markdown(f":small[{_('Used in {lessons}').format(lessons=links)}]")


def _used(found: Glossary, course: Sequence[Lesson]) -> dict[str, list[Lesson]]:
    """Return for each term the lessons that mention it, in their text or in what they ask and answer."""
    used: dict[str, list[Lesson]] = {}
    for lesson in course:
        text = " ".join(words for part in lesson.parts() for words in _words(part.content))
        mentioned = {found.key(match[0]) for match in found.pattern.finditer(text)} if found.terms else ()
        for key in mentioned:
            used.setdefault(key, []).append(lesson)
    return used


def _words(content: object) -> list[str]:
    """Return what a reader reads of one part of a lesson."""
    match content:
        case str():
            return [content]
        case Predict():
            return [content.question, *(content.choices or ()), content.reveal]
        case Quiz():
            answers = [content.number, *content.number.common] if content.number else [*(content.choices or ())]
            order = [*content.order.items, content.order.why] if content.order else []
            texts = [choice.text for choice in content.choices or ()]
            return [content.question, *texts, *(answer.why for answer in answers), *order]
        case Claim():
            return [content.text]
    return []


page()
