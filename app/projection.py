"""Widgets that are set from the page's state, and what a browser says of them that has not shown it yet.

Streamlit sends a widget's value once, and a browser sends all of its widgets with each click. A quick click, or one
over a slow line, so brings what was shown before; nothing of it is the reader's.
"""

import time
from typing import Any

import streamlit as st

from app.language import language

SETTLE_SECONDS = 5.0


def project(key: str, value: Any) -> str:
    """Set a widget from the state wherever the state has moved since the widget was last shown; return its key.

    Call it right before the widget is made. A reader's own change of the widget is left alone. In another language the
    browser's options are others, and it would fall back to the first one: the widget is set anew.
    """
    mark = (value, language())
    shown = f"{key}:shown"
    if key not in st.session_state or shown not in st.session_state or st.session_state[shown] != mark:
        set_widget(key, value)
    else:
        say_again(key)
    st.session_state[shown] = mark
    return key


def set_widget(key: str, value: Any) -> None:
    """Set a widget that is made in this run."""
    st.session_state[f"{key}:before"] = st.session_state.get(key)
    st.session_state[key] = value
    st.session_state[f"{key}:set"] = time.monotonic()


def form_key(key: str, value: Any) -> str:
    """Return what begins the keys of a form's widgets: another text wherever the form did not say the value itself.

    A browser that has not shown a new value yet sends with any click all that its form showed before, and the page
    would take it for the reader's. Widgets with other keys hear none of it. The form notes what it says by `form_said`,
    and its callbacks heed only `is_form`.
    """
    said = f"{key}:said"
    if said not in st.session_state:
        st.session_state[f"{key}:turn"] = 1
    elif st.session_state[said] != value:
        st.session_state[f"{key}:turn"] += 1
    st.session_state[said] = value
    return _form(key)


def form_said(key: str, value: Any) -> None:
    """Note what a form's widgets say together; None to have them set anew."""
    st.session_state[f"{key}:said"] = value


def is_form(key: str, form: str) -> bool:
    """Say, in the callback of a form's widget, whether that form still stands."""
    return form == _form(key)


def _form(key: str) -> str:
    turn = st.session_state[f"{key}:turn"]
    return key if turn == 1 else f"{key}:{turn}"


def is_echo(key: str) -> bool:
    """Say, in a projected widget's callback, whether nobody changed it; if so it is set anew.

    A browser that has not shown yet what a widget was set to a moment ago sends with any click what it showed before.
    """
    echo = _just_set(key) and st.session_state[key] == st.session_state[f"{key}:before"]
    if echo:
        st.session_state.pop(f"{key}:shown", None)
    return echo


def say_again(key: str) -> None:
    """Send a widget's value with this run too if it was set a moment ago.

    Streamlit sends it once. Where the next run's widget comes before the browser has shown the first, as after a quick
    click on a page that opens, the browser would start it at its default and answer with that.
    """
    if _just_set(key):
        st.session_state[key] = st.session_state[key]


def _just_set(key: str) -> bool:
    return time.monotonic() - st.session_state.get(f"{key}:set", -SETTLE_SECONDS) < SETTLE_SECONDS


def adopt(key: str, value: Any) -> Any:
    """Note that the state takes over what a projected widget says in this very run, and return it.

    Without it, a page runs once more after a change: the widget's next change would be taken for the state's.
    """
    mark, shown = (value, language()), f"{key}:shown"
    if st.session_state.get(shown, mark) != mark:
        st.session_state.pop(f"{key}:set", None)  # it was changed in the browser, which so has what was set
    st.session_state[shown] = mark
    return value
