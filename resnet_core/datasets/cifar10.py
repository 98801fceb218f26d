"""CIFAR-10 as Keras downloads it: 60,000 photographs of 32x32 pixels in ten classes."""

import os
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from resnet_core.datasets.cache import digest, find, keep
from resnet_core.datasets.collect import collect
from resnet_core.datasets.download import NotReached, ask_site, unavailable, with_keras
from resnet_core.datasets.image_data import Classes, DataSet, ImageData, Summary, Tell
from resnet_core.datasets.images import resize_all
from resnet_core.datasets.rows import pick
from resnet_core.datasets.store import Store
from resnet_core.errors import DataError
from resnet_core.words import say

CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
VERSION = 1
_SITE = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
KEPT_AS = f"cifar10-{VERSION}"  # in the cache, once it has been downloaded
_OTHER_WAYS = "bring the images as parquet:PATH or folder:PATH, or use shapes, which needs no download"


class Cifar10(DataSet):
    """The data set of the paper's section 4.2, downloaded once and then kept."""

    def check(self) -> None:
        """Pass always: whether the download works shows itself when the images are loaded."""

    def describe(self) -> Summary:
        """Return the published counts; nothing is downloaded."""
        return Summary("cifar10", "CIFAR-10", 10, 50_000, 10_000, CLASS_NAMES)

    def missing(self) -> str:
        """Say that the images are downloaded by the first run."""
        if find(KEPT_AS) is not None:
            return ""
        return say("cifar10 has not been downloaded yet: its samples can be shown after the first run on it")

    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the published counts of each class."""
        return np.full(10, 5_000), np.full(10, 1_000)

    def fingerprint(self, size: int, channels: int, seed: int) -> str:
        """Return what stands for the published images at a size."""
        return digest("cifar10", VERSION, size, channels)

    def load(self, size: int, channels: int, seed: int, tell: Tell | None = None) -> ImageData:
        """Return the images from the cache, or else download them with Keras.

        Raises:
            DataError: they could not be downloaded; the message names the other ways.
        """
        fingerprint = self.fingerprint(size, channels, seed)
        if (size, channels) == (32, 3):
            return replace(_original(tell), fingerprint=fingerprint)
        make = partial(_resized, fingerprint=fingerprint, tell=tell)
        return collect(f"{KEPT_AS}-{size}x{channels}", 60_000, (size, size, channels), make, tell)

    def samples(self, count: int, size: int, seed: int, classes: Classes = None) -> tuple[np.ndarray, np.ndarray]:
        """Return a few test images if the data set was downloaded before."""
        data = find(KEPT_AS)
        if data is None:
            raise DataError(self.missing())
        rng = np.random.default_rng(seed)
        wanted = range(10) if classes is None else classes
        rounds = [rng.permutation(np.flatnonzero(data.y_test == label)) for label in wanted]
        most = min(count, len(wanted) * min(map(len, rounds)))
        places = np.array([rounds[i % len(wanted)][i // len(wanted)] for i in range(most)], dtype=int)
        places = places[np.argsort(data.y_test[places], kind="stable")]
        return resize_all(data.x_test[places], size, 3), data.y_test[places]


def fetch(tell: Tell | None = None) -> None:
    """Download the images, unless they are here.

    Args:
        tell: hears how many bytes have come.

    Raises:
        DataError: they could not be downloaded.
    """
    _original(tell)


def _original(tell: Tell | None) -> ImageData:
    data = find(KEPT_AS)
    if data is None:
        try:
            data = _as_image_data(*_download(tell))
        except NotReached as error:
            raise unavailable("cifar10", error, _OTHER_WAYS) from error
        keep(KEPT_AS, data)
    return data


def _resized(store: Store, fingerprint: str, tell: Tell | None) -> ImageData:
    data = _original(tell)
    size, _, channels = store.shape
    for images in (data.x_train, data.x_test):
        for start in range(0, len(images), store.chunk):
            some = images[start : start + store.chunk]
            room = store.room(len(some))
            room[:] = resize_all(some, size, channels)
            store.keep(room, np.ones(len(some), dtype=bool))
    images, trained_on = store.images(), len(data.y_train)
    x_train, x_test = pick(images, slice(trained_on)), pick(images, slice(trained_on, None))
    return replace(data, x_train=x_train, x_test=x_test, fingerprint=fingerprint)


def _download(tell: Tell | None) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    # Asking first keeps an offline machine from waiting for Keras' import and for its download to give up.
    if not _keras_has_it():
        ask_site(_SITE)
    import keras

    (x_train, y_train), (x_test, y_test) = with_keras(keras.datasets.cifar10.load_data, tell)
    return x_train, y_train, x_test, y_test


def _as_image_data(x_train: np.ndarray, y_train: np.ndarray, x_test: np.ndarray, y_test: np.ndarray) -> ImageData:
    y_train, y_test = (labels.reshape(-1).astype(np.int32) for labels in (y_train, y_test))
    x_train, x_test = (np.ascontiguousarray(images, dtype=np.uint8) for images in (x_train, x_test))
    return ImageData("cifar10", x_train, y_train, x_test, y_test, CLASS_NAMES, (), digest("cifar10", VERSION))


def _keras_has_it() -> bool:
    folder = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "datasets"
    return any(folder.glob("cifar-10-batches-py*"))
