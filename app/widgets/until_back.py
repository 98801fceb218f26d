"""Waiting for a database or a home that cannot be used just now: the page comes back by itself when it can."""

import itertools

import streamlit as st

from app.language import _
from resnet_core.errors import LabError
from resnet_core.runs import store

TICK_SECONDS = 3.0


def until_back() -> None:
    """Say that the page waits; look every three seconds, and show the page anew once the database answers."""
    looks = itertools.count()

    @st.fragment(run_every=TICK_SECONDS)
    def look() -> None:
        # The page itself has just looked, and was told what stands above.
        if next(looks) and _answers():
            st.rerun()
        words = _("This page looks again every few seconds, and goes on by itself when it can.")
        st.caption(f":material/sync: {words}")

    look()


def _answers() -> bool:
    try:
        store.active()
    except LabError:
        return False
    return True
