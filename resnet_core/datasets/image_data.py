"""What every data set gives: images as bytes with their labels, a summary for a page, a few samples."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from resnet_core.datasets.rows import Images

SMALLEST_SIZE = 8
LARGEST_SIZE = 512

Classes = Sequence[int] | None
"""Indices of the classes that are wanted; None for all."""


class Tell(Protocol):
    """Hears how many images have been read so far, and of how many; or how many bytes have been downloaded."""

    def __call__(self, done: int, total: int, unit: str = "images", /) -> None:
        """Hear it; the unit is `images` or `bytes`."""


@dataclass(frozen=True, eq=False)
class ImageData:
    """A data set, decoded and resized: its images in memory, or on disk where they are many.

    Shapes:
        x_train, x_test: uint8 (n, h, w, c), values 0..255.
        y_train, y_test: int32 (n,), indices into `class_names`.

    Attributes:
        source: the text that names the data set, such as `shapes` or `folder:photos`.
        notes: what a reader should know, such as images that were skipped.
        fingerprint: 16 hexadecimal digits; two data sets with the same one hold the same images.
    """

    source: str
    x_train: Images
    y_train: np.ndarray
    x_test: Images
    y_test: np.ndarray
    class_names: tuple[str, ...]
    notes: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True)
class Summary:
    """What a page says about a data set before anything is decoded.

    The counts are of files and rows: images that turn out unreadable are still among them.
    """

    source: str
    title: str
    classes: int
    train_images: int
    test_images: int
    class_names: tuple[str, ...]


@dataclass(frozen=True)
class Encoded:
    """One image file or row, before it is decoded.

    Attributes:
        name: where it is, for a reader.
        label: an index into the class names; negative where it has none.
        content: its bytes, or its path; None where there is nothing.
        refused: why it is skipped before it is decoded, or None.
    """

    name: str
    label: int
    content: bytes | Path | None
    refused: str | None = None


class DataSet(ABC):
    """A place that images come from. Each kind of source is one subclass in one file."""

    @abstractmethod
    def check(self) -> None:
        """Make sure that the data set can be used, without decoding an image.

        Raises:
            DataError: something is missing; the message says what and what to do.
        """

    @abstractmethod
    def describe(self) -> Summary:
        """Return counts and class names, fast enough for a page."""

    def missing(self) -> str:
        """Say that the images are not on this computer yet and how they get here; an empty text where they are."""
        return ""

    @abstractmethod
    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        """Return how many images of each class train and test, nothing decoded: int64 (classes,) each."""

    def encoded(self, most: int | None = None) -> Iterator[list[Encoded]]:
        """Yield the images as they are stored, some at a time; nothing where they are not stored one by one.

        Args:
            most: of them all; None yields every one.
        """
        yield from ()

    @abstractmethod
    def fingerprint(self, size: int, channels: int, seed: int) -> str | None:
        """Return the fingerprint that `load` would give its images, nothing decoded; None where nothing is here yet.

        Raises:
            DataError: the data set cannot be used.
        """

    @abstractmethod
    def load(self, size: int, channels: int, seed: int, tell: Tell | None = None) -> ImageData:
        """Return all images at `size` x `size` pixels with 1 or 3 channels."""

    @abstractmethod
    def samples(self, count: int, size: int, seed: int, classes: Classes = None) -> tuple[np.ndarray, np.ndarray]:
        """Return a few RGB images from as many classes as possible, or of some classes only, and their labels."""
