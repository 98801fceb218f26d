"""Data: look at any data set before a network does: its images, its classes, and what training makes of them."""

from dataclasses import replace

import streamlit as st

from app.data_state import SIZES, TABS, DataState
from app.language import _
from app.projection import project
from app.state import TrainState, keep_state, open_state, remember
from app.widgets.augmentation import augmentation
from app.widgets.data_facts import data_facts
from app.widgets.data_picker import data_picker
from app.widgets.normalization import normalization
from app.widgets.open_tab import open_tab
from app.widgets.sample_grid import sample_grid
from resnet_core.datasets import Summary


def page() -> None:
    state = open_state(DataState)
    st.title(_("Data"), anchor=False)
    choices, results = st.columns([1, 3], gap="large")
    with choices:
        source, summary = data_picker(state.data, key="data:source", with_samples=False)
        size = st.selectbox(
            _("Image size"),
            SIZES,
            key=project("data:size", state.size),
            format_func=lambda pixels: _("{width} x {height} pixels").format(width=pixels, height=pixels),
            help=_("What a network would read: the central square of each image, resized."),
        )
        if summary and st.button(_("Train on these"), icon=":material/play_arrow:", key="data:train"):
            remember(replace(open_state(TrainState), data=source))
            st.switch_page("views/train.py")
    state = replace(state, data=source, size=size, first=state.first if source == state.data else 0)
    with results:
        if summary:
            _tabs(state, summary)
        else:
            st.info(_("The images of the data set will be here, once one is chosen."), icon=":material/photo_library:")
    keep_state(state)


def _tabs(state: DataState, summary: Summary) -> None:
    """Show the tab that is open; only its body runs."""
    with open_tab(TABS, state.tab, key="data:tab", change=_change):
        match state.tab:
            case "samples":
                sample_grid(state, summary, change=_change)
            case "facts":
                data_facts(state.data)
            case "augmentation":
                augmentation(state, summary, change=_change)
            case "normalization":
                normalization(state, summary, change=_change)


def _change(**fields) -> None:
    """Take a choice over into the page's state, before the page runs again."""
    keep_state(replace(open_state(DataState), **fields))


page()
