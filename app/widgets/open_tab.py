"""Tabs of which one is open, as the page's state says; only the body of that one runs."""

from collections.abc import Callable, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.language import _
from app.projection import adopt, project


def open_tab(titles: Mapping[str, str], tab: str, *, key: str, change: Callable[..., None]) -> DeltaGenerator:
    """Show the tabs and return the container of the one that is open.

    Args:
        titles: of all tabs, by the name that the page's state has for each.
        tab: the name of the one that is open.
        key: of this widget in its page.
        change: called with the new `tab` when the reader opens another.
    """
    names = {_(title): name for name, title in titles.items()}

    def opened() -> None:
        change(tab=names[adopt(key, st.session_state[key])])

    tabs = st.tabs(list(names), key=project(key, _(titles[tab])), on_change=opened)
    return tabs[list(titles).index(tab)]
