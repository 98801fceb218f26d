"""The drawn shapes as a data set: 10,000 training and 2,000 test images that need no files and no network."""

import math

import numpy as np

from resnet_core.datasets.cache import cached, digest
from resnet_core.datasets.image_data import Classes, DataSet, ImageData, Summary, Tell
from resnet_core.datasets.shapes import CLASS_NAMES, VERSION, draw_shapes

TRAIN_IMAGES = 10_000
TEST_IMAGES = 2_000
_LARGEST_BYTES = 2 << 30


class Shapes(DataSet):
    """Ten shapes in overlapping colors, drawn by NumPy at the size that is asked for."""

    def check(self) -> None:
        """Pass always: shapes are drawn here."""

    def describe(self) -> Summary:
        """Return the fixed counts."""
        return Summary("shapes", "Drawn shapes", len(CLASS_NAMES), TRAIN_IMAGES, TEST_IMAGES, CLASS_NAMES)

    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the fixed counts of each class."""
        return tuple(np.full(10, images // 10) for images in (TRAIN_IMAGES, TEST_IMAGES))

    def fingerprint(self, size: int, channels: int, seed: int) -> str:
        """Return what stands for the pixels that would be drawn."""
        return digest("shapes", VERSION, seed, size, channels)

    def load(self, size: int, channels: int, seed: int, tell: Tell | None = None) -> ImageData:
        """Draw all images, or take them from the cache if they were drawn before."""
        fingerprint = self.fingerprint(size, channels, seed)
        return cached(f"shapes-{fingerprint}", lambda: _draw(size, channels, seed, fingerprint))

    def samples(self, count: int, size: int, seed: int, classes: Classes = None) -> tuple[np.ndarray, np.ndarray]:
        """Draw a few images, in the order of their classes."""
        share = 1 if classes is None else len(classes) / len(CLASS_NAMES)
        images, labels = draw_shapes(math.ceil(count / share), size, _test_seed(seed))
        if classes is not None:
            wanted = np.flatnonzero(np.isin(labels, classes))[:count]
            images, labels = images[wanted], labels[wanted]
        order = np.argsort(labels, kind="stable")
        return images[order], labels[order]


def image_counts(size: int, channels: int) -> tuple[int, int]:
    """Return how many training and test images are drawn: fewer of very large ones, to stay within 2 GiB."""
    share = _LARGEST_BYTES / ((TRAIN_IMAGES + TEST_IMAGES) * size * size * channels)
    if share >= 1:
        return TRAIN_IMAGES, TEST_IMAGES
    # Whole rounds of the ten classes keep them balanced.
    rounds = [int(images * share) // len(CLASS_NAMES) for images in (TRAIN_IMAGES, TEST_IMAGES)]
    return rounds[0] * len(CLASS_NAMES), rounds[1] * len(CLASS_NAMES)


def _draw(size: int, channels: int, seed: int, fingerprint: str) -> ImageData:
    train, test = image_counts(size, channels)
    notes = ()
    if train < TRAIN_IMAGES:
        notes = (f"{train:,} training and {test:,} test images were drawn at {size} pixels, to stay within 2 GiB",)
    x_train, y_train = draw_shapes(train, size, _train_seed(seed), channels)
    x_test, y_test = draw_shapes(test, size, _test_seed(seed), channels)
    return ImageData("shapes", x_train, y_train, x_test, y_test, CLASS_NAMES, notes, fingerprint)


def _train_seed(seed: int) -> int:
    return 2 * seed


def _test_seed(seed: int) -> int:
    return 2 * seed + 1
