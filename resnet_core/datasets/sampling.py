"""A few images to look at: from as many classes as possible, reading no more than needed."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from resnet_core.datasets.image_data import Classes
from resnet_core.datasets.images import UnreadableImage, decode
from resnet_core.errors import DataError

_TRIES = 100


def sample_by_class(
    labels: np.ndarray, fetch: Callable[[int], bytes | Path | None], count: int, size: int, seed: int, source: str
) -> tuple[np.ndarray, np.ndarray]:
    """Decode a few images, one class after the other, and return them in the order of their labels.

    Args:
        labels: of all images to choose from; negative ones are passed over.
        fetch: gives the encoded image at an index of `labels`.

    Shapes:
        images: uint8 (n, size, size, 3); n is `count`, or less where there are fewer readable images.
        labels: int32 (n,).

    Raises:
        DataError: no image could be read.
    """
    images, chosen = [], []
    for place in _in_turns(labels, seed)[: count + _TRIES]:
        try:
            images.append(decode(fetch(int(place)) or b"", size, 3))
        except UnreadableImage:
            continue
        chosen.append(labels[place])
        if len(chosen) == count:
            break
    if not images:
        raise DataError(f"no image of {source} could be read: check its files")
    order = np.argsort(chosen, kind="stable")
    return np.stack(images)[order], np.array(chosen, dtype=np.int32)[order]


def only(labels: np.ndarray, classes: Classes) -> np.ndarray:
    """Return labels with those of other classes made negative, which passes them over."""
    return labels if classes is None else np.where(np.isin(labels, classes), labels, -1)


def _in_turns(labels: np.ndarray, seed: int) -> np.ndarray:
    """Order all indices so that each round takes one image of every class."""
    shuffled = np.random.default_rng(seed).permutation(np.flatnonzero(labels >= 0))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    _, starts, members = np.unique(labels[by_class], return_index=True, return_counts=True)
    rounds = np.arange(len(by_class)) - np.repeat(starts, members)
    return by_class[np.argsort(rounds, kind="stable")]
