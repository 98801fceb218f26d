"""Pad, crop and flip shown on a real image: the original beside draws of what training makes of it."""

import inspect
from collections.abc import Callable

import numpy as np
import streamlit as st

from app import cache
from app.data_state import DataState
from app.language import _, ngettext
from app.text import as_text, reason_of
from app.widgets.sample_grid import gallery, next_button
from resnet_core.crop_flip import crop_flip, largest_shift
from resnet_core.datasets import Summary
from resnet_core.errors import LabError

DRAWS = 11
SHOWN = 128  # pixels of a side on the screen


def augmentation(state: DataState, summary: Summary, *, change: Callable[..., None]) -> None:
    """Show one image, and what `crop_flip` makes of it in eleven draws.

    Args:
        change: takes over fields of the page's state.
    """
    try:
        images, labels = cache.class_samples(state.data, 1, state.size, state.seed, None)
    except LabError as error:
        st.info(as_text(reason_of(error)), icon=":material/download:")
        return
    shift = largest_shift(state.size)
    versions = 2 * (2 * shift + 1) ** 2
    said, button = st.columns([4, 1], vertical_alignment="center")
    said.markdown(
        ngettext(
            "`crop_flip` adds {count} pixel on each side, cuts out {size} x {size} at random and mirrors half of the "
            "images: **{versions:,} versions of each image**, another in every epoch.",
            "`crop_flip` adds {count} pixels on each side, cuts out {size} x {size} at random and mirrors half of the "
            "images: **{versions:,} versions of each image**, another in every epoch.",
            shift,
        ).format(count=shift, size=state.size, versions=versions)
    )
    with button:
        next_button(_("Another image"), state, change)
    name = summary.class_names[labels[0]]
    corners, mirrored = _draw(state.seed, shift)
    drawn = crop_flip(np, images.repeat(DRAWS, axis=0), corners, mirrored, shift)
    moves = [_move(corner, flip, shift) for corner, flip in zip(corners.tolist(), mirrored[:, 0].tolist(), strict=True)]
    gallery(
        [images[0], *drawn],
        [_("original: {name}").format(name=name), *moves],
        [
            _("An image of class {name}").format(name=name),
            *(_("The same image, {move}").format(move=move) for move in moves),
        ],
        SHOWN,
    )
    st.caption(
        _(
            "What comes in is zero, drawn in black here. Training normalizes before: with `pixel_mean`, zero is the "
            "mean."
        )
    )
    with st.expander(_("The code that ran"), icon=":material/code:"):
        st.code(inspect.getsource(crop_flip), language="python", wrap_lines=True)


def _draw(seed: int, shift: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 2 * shift + 1, (DRAWS, 2), dtype=np.int32)
    return corners, rng.random((DRAWS, 1)) < 0.5


def _move(corner: list[int], mirrored: bool, shift: int) -> str:
    """Say where an image went: a cut further down shows it further up."""
    up, left = corner[0] - shift, corner[1] - shift
    ways = (
        (up, (_("{count} up"), _("{count} down"))),
        (-left if mirrored else left, (_("{count} left"), _("{count} right"))),
    )
    moves = [words[distance < 0].format(count=abs(distance)) for distance, words in ways if distance]
    return ", ".join(moves + [_("mirrored")] * mirrored) or _("unchanged")
