"""The switch between the app's languages, and what tells browsers and screen readers which one a page is in."""

import streamlit as st

from app.catalog import catalog_problem
from app.language import ENGLISH, LANGUAGES, language
from app.projection import project
from app.reader_language import choose_language
from app.widgets.component import component

_KEY = "language:switch"

_page_language = component("page_language", scripts=("page_language.js",))


def language_switch() -> None:
    """Show the languages by their own names; the choice goes into the address and is kept from page to page."""
    spoken = language()
    with st.container(key="language"):
        st.segmented_control(
            " · ".join(LANGUAGES.values()),
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            key=project(_KEY, spoken),
            required=True,
            label_visibility="collapsed",
            on_change=_choose,
        )
        _page_language(key="language:page", data={"language": spoken}, height=0)
    problem = None if spoken == ENGLISH else catalog_problem(spoken)
    if problem:
        st.warning(problem, icon=":material/translate:")


def _choose() -> None:
    choose_language(st.session_state[_KEY])
