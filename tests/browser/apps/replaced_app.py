"""A page whose first run meets an error of its own, after a time in which a reader can click."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

import streamlit as st

from app.boundary import guarded

with guarded("Replaced"):
    st.button("Go on")
    runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    if runs == 1:
        time.sleep(3)
        raise RuntimeError("met by a run that another has replaced")
    st.text(f"run {runs}")
