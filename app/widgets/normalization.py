"""What a network reads instead of bytes: the mean image, an image without it, and the numbers of each way."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from app import cache
from app.data_state import DataState
from app.language import N_, _
from app.tables import csv
from app.text import as_text, reason_of
from app.widgets.sample_grid import gallery, next_button
from resnet_core.datasets import Summary
from resnet_core.errors import LabError

IMAGES = 256
SHOWN = 192  # pixels of a side on the screen
_LABELS = {"mean": N_("Mean"), "std": N_("Standard deviation"), "min": N_("Smallest"), "max": N_("Largest")}


def normalization(state: DataState, summary: Summary, *, change: Callable[..., None]) -> None:
    """Show an image, the mean image and their difference, and what each kind of normalization gives.

    Args:
        change: takes over fields of the page's state.
    """
    try:
        images, labels = cache.class_samples(state.data, IMAGES, state.size, 0, None)
    except LabError as error:
        st.info(as_text(reason_of(error)), icon=":material/download:")
        return
    mean = images.mean(axis=0, dtype="float64")
    chosen = state.seed % len(images)
    image, name = images[chosen], summary.class_names[labels[chosen]]
    said, button = st.columns([4, 1], vertical_alignment="center")
    said.markdown(
        _(
            "`pixel_mean` takes from every pixel its mean over the training images, as the paper does. Here the mean "
            "is of {count} samples; a run takes all its training images."
        ).format(count=len(images))
    )
    with button:
        next_button(_("Another image"), state, change)
    gallery(
        [image, mean.round().astype(np.uint8), _difference(image, mean)],
        [_("an image: {name}").format(name=name), _("the mean image"), _("what is left (gray is zero)")],
        [
            _("An image of class {name}").format(name=name),
            _("The mean of {count} images").format(count=len(images)),
            _("The image of class {name} without the mean image").format(name=name),
        ],
        SHOWN,
    )
    table = _table(images, mean)
    before, after = table["mean"].iloc[1], table["mean"].iloc[2]
    text = _("Scaled alone, the values have a mean of **{before:.3f}**; without the mean image **{after:.3f}**.")
    st.markdown(text.format(before=before, after=after))
    st.markdown(_("**What the network reads, over these images**"))
    columns = {name: st.column_config.NumberColumn(_(label), format="%.3f") for name, label in _LABELS.items()}
    columns["normalize"] = _("Normalization")
    shown = table.assign(normalize=table["normalize"].map(_))
    st.dataframe(shown, hide_index=True, height="content", key="data:normal:table", column_config=columns)
    st.download_button(
        _("Numbers as CSV"),
        csv(table),
        "normalization.csv",
        "text/csv",
        key="data:normal:csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _difference(image: np.ndarray, mean: np.ndarray) -> np.ndarray:
    return np.clip((image - mean) / 2 + 127.5, 0, 255).round().astype(np.uint8)


def _table(images: np.ndarray, mean: np.ndarray) -> pd.DataFrame:
    ways = {
        N_("none: bytes as they are"): images.astype("float32"),
        N_("scale: divided by 255"): images / np.float32(255),
        N_("pixel_mean: and the mean image taken off"): (images - mean.astype("float32")) / np.float32(255),
    }
    rows = [
        {
            "normalize": way,
            "mean": float(values.mean(dtype="float64")) + 0.0,
            "std": float(values.std(dtype="float64")),
            "min": float(values.min()),
            "max": float(values.max()),
        }
        for way, values in ways.items()
    ]
    return pd.DataFrame(rows).round(6).replace({-0.0: 0.0})
