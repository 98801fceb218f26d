"""Which language a reader gets: that of the link, else what they chose here, else their browser's, else English."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.language import ENGLISH, LANGUAGES, _, follow

PARAMETER = "lang"
"""Of every page's link, beside the page's own state; it is there once a reader has chosen."""

_CHOSEN = "language:chosen"
_SPOKEN = "language"


def settle_language() -> str | None:
    """Find out the language of this run of the script, and return one line on a link that asks for an unknown one."""
    follow(_spoken)
    asked = st.query_params.get(PARAMETER)
    if asked in LANGUAGES:
        st.session_state[_CHOSEN] = asked
    st.session_state[_SPOKEN] = st.session_state.get(_CHOSEN) or _browsers()
    if asked is None or asked in LANGUAGES:
        return None
    known = ", ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
    text = _("The link's {name!r} was left out: it must be one of {known}, received {received!r}")
    return text.format(name=PARAMETER, known=known, received=asked[:20])


def choose_language(chosen: str) -> None:
    """Take a reader's choice over into the session and the address."""
    st.session_state[_CHOSEN] = chosen
    st.query_params[PARAMETER] = chosen


def language_query() -> dict[str, str]:
    """Return what a page's link says about the language; nothing until a reader has chosen one."""
    chosen = st.session_state.get(_CHOSEN)
    return {PARAMETER: chosen} if chosen else {}


def _browsers() -> str:
    """Return the language of the browser, where the app speaks it."""
    asked = (st.context.locale or "").replace("_", "-").partition("-")[0].lower()
    return asked if asked in LANGUAGES else ENGLISH


def _spoken() -> str:
    """Return the language of the session whose script, fragment or callback runs in this thread."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return ENGLISH
    return st.session_state.get(_SPOKEN, ENGLISH)
