"""Images of each class in a row, as a network of the chosen size would see them."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from app import cache
from app.data_state import DataState
from app.language import _
from app.projection import project
from app.text import as_text, reason_of
from app.widgets.inline_image import inline_image
from resnet_core.datasets import Summary
from resnet_core.errors import LabError

PER_CLASS = 8
CLASSES = 20  # in sight at a time
SHOWN = 64  # pixels of a side on the screen, at most
_STYLE = """<style>
[class*=st-key-data-class-] { flex-wrap: wrap; row-gap: 0.3rem; }
[class*=st-key-data-class-] > :first-child { flex: 0 0 8rem; }
[class*=st-key-data-class-] > :last-child { flex: 1 1 18rem; }
</style>"""


def sample_grid(state: DataState, summary: Summary, *, change: Callable[..., None]) -> None:
    """Show samples of each class, of twenty classes at a time.

    Args:
        change: takes over fields of the page's state.
    """
    classes = _classes_in_sight(state, summary, change)
    try:
        images, labels = cache.class_samples(state.data, PER_CLASS * len(classes), state.size, state.seed, classes)
    except LabError as error:
        st.info(as_text(reason_of(error)), icon=":material/download:")
        return
    st.html(_STYLE)
    said, button = st.columns([4, 1], vertical_alignment="center")
    text = _("Drawn at random, {size} x {size} pixels: what a network of this input size is given.")
    said.caption(text.format(size=state.size))
    with button:
        next_button(_("Show others"), state, change)
    for label in classes:
        name, mine = summary.class_names[label], images[labels == label]
        with st.container(horizontal=True, vertical_alignment="center", key=f"data-class-{label}"):
            st.markdown(f"**{as_text(name)}**", width=128)
            if len(mine):
                alts = [
                    _("Image {number} of class {name}").format(number=n, name=name) for n in range(1, len(mine) + 1)
                ]
                gallery(mine, [""] * len(mine), alts, SHOWN)
            else:
                st.caption(_("no image of it could be read"))


def next_button(label: str, state: DataState, change: Callable[..., None]) -> None:
    """Offer the next seed, which shows other images."""
    following = (state.seed + 1) % 10**9
    st.button(
        label, icon=":material/casino:", key="data:next", width="stretch", on_click=lambda: change(seed=following)
    )


def gallery(pictures: Sequence[np.ndarray], names: Sequence[str], alts: Sequence[str], side: int) -> None:
    """Show images in rows that fit the page, enlarged by whole pixels.

    Args:
        names: shown under the images as they are; empty for none.
        alts: what the images show, for a reader who hears it.
        side: pixels on the screen.
    """
    with st.container(horizontal=True, gap="small"):
        for picture, name, alt in zip(pictures, names, alts, strict=True):
            inline_image(picture, side, name=name, alt=alt)


def _classes_in_sight(state: DataState, summary: Summary, change: Callable[..., None]) -> tuple[int, ...]:
    if summary.classes <= CLASSES:
        return tuple(range(summary.classes))
    starts = range(0, summary.classes, CLASSES)
    first = min(state.first // CLASSES * CLASSES, starts[-1])
    key = "data:first"
    st.selectbox(
        _("Classes"),
        starts,
        format_func=lambda start: _("{first} to {last} of {all}").format(
            first=start + 1, last=min(start + CLASSES, summary.classes), all=summary.classes
        ),
        key=project(key, first),
        on_change=lambda: change(first=st.session_state[key]),
        width=200,
    )
    return tuple(range(first, min(first + CLASSES, summary.classes)))
