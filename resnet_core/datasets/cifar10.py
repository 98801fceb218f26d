"""CIFAR-10 as Keras downloads it: 60,000 photographs of 32x32 pixels in ten classes."""

import contextlib
import io
import os
import socket
import threading
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

import numpy as np

from resnet_core.datasets.cache import digest, find, keep
from resnet_core.datasets.image_data import DataSet, ImageData, Summary
from resnet_core.datasets.images import resize_all
from resnet_core.errors import DataError

CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
VERSION = 1
_SITE = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
KEPT_AS = f"cifar10-{VERSION}"  # in the cache, once it has been downloaded
_OTHER_WAYS = "bring the images as parquet:PATH or folder:PATH, or use shapes, which needs no download"
_ANSWER_SECONDS = 10
_STALL_SECONDS = 30


class Cifar10(DataSet):
    """The data set of the paper's section 4.2, downloaded once and then kept."""

    def check(self) -> None:
        """Pass always: whether the download works shows itself when the images are loaded."""

    def describe(self) -> Summary:
        """Return the published counts; nothing is downloaded."""
        return Summary("cifar10", "CIFAR-10", 10, 50_000, 10_000, CLASS_NAMES)

    def load(self, size: int, channels: int, seed: int) -> ImageData:
        """Return the images from the cache, or else download them with Keras.

        Raises:
            DataError: they could not be downloaded; the message names the other ways.
        """
        data = find(KEPT_AS)
        if data is None:
            data = _as_image_data(*_download())
            keep(KEPT_AS, data)
        x_train, x_test = (resize_all(images, size, channels) for images in (data.x_train, data.x_test))
        return replace(data, x_train=x_train, x_test=x_test, fingerprint=digest("cifar10", VERSION, size, channels))

    def samples(self, count: int, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Return a few test images if the data set was downloaded before."""
        data = find(KEPT_AS)
        if data is None:
            raise DataError("cifar10 has not been downloaded yet: its samples can be shown after the first run on it")
        rng = np.random.default_rng(seed)
        rounds = [rng.permutation(np.flatnonzero(data.y_test == label)) for label in range(10)]
        places = np.array([rounds[i % 10][i // 10] for i in range(min(count, len(data.y_test)))])
        places = places[np.argsort(data.y_test[places], kind="stable")]
        return resize_all(data.x_test[places], size, 3), data.y_test[places]


def _download() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    # Asking first keeps an offline machine from waiting for Keras' import and for its download to give up.
    if not _keras_has_it():
        _ask_site()
    import keras

    patience = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_STALL_SECONDS)
    try:
        # Keras prints a progress bar; standard output is for results.
        with contextlib.redirect_stdout(io.StringIO()):
            (x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
    except Exception as error:
        # Keras raises a bare Exception for a failed download and others for a damaged archive.
        raise _unavailable(str(error)) from error
    finally:
        socket.setdefaulttimeout(patience)
    return x_train, y_train, x_test, y_test


def _as_image_data(x_train: np.ndarray, y_train: np.ndarray, x_test: np.ndarray, y_test: np.ndarray) -> ImageData:
    y_train, y_test = (labels.reshape(-1).astype(np.int32) for labels in (y_train, y_test))
    x_train, x_test = (np.ascontiguousarray(images, dtype=np.uint8) for images in (x_train, x_test))
    return ImageData("cifar10", x_train, y_train, x_test, y_test, CLASS_NAMES, (), digest("cifar10", VERSION))


def _keras_has_it() -> bool:
    folder = Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "datasets"
    return any(folder.glob("cifar-10-batches-py*"))


def _ask_site() -> None:
    """Make sure that the site answers, in seconds even where a name server does not."""
    problems: list[str] = ["no answer"]

    def ask() -> None:
        try:
            request = urllib.request.Request(_SITE, method="HEAD")
            urllib.request.urlopen(request, timeout=_ANSWER_SECONDS).close()
            problems.clear()
        except urllib.error.HTTPError as error:
            problems[:] = [f"the site answers {error.code}"]
        except (OSError, ValueError) as error:
            problems[:] = [str(getattr(error, "reason", error))]

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_ANSWER_SECONDS + 5)
    if problems:
        raise _unavailable(problems[0])


def _unavailable(reason: str) -> DataError:
    return DataError(f"cifar10 could not be downloaded ({' '.join(reason.split())[:160]}): {_OTHER_WAYS}")
