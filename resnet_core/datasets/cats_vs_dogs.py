"""Cats vs dogs: 25,000 photographs of pets of every size, which Microsoft publishes as one zip.

Some of its files are no JPEG images, or damaged ones that decoders warn about: files without the word JFIF in their
header are skipped, as Keras' own tutorial does, and so is whatever cannot be decoded. Both are counted and named.

Source: Elson et al. 2007, "Asirra", CCS; https://www.microsoft.com/en-us/download/details.aspx?id=54765;
https://keras.io/examples/vision/image_classification_from_scratch/ for the files to skip.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from resnet_core.datasets.download import NotReached, ask_site, get_file, unavailable
from resnet_core.datasets.folder import Folder
from resnet_core.datasets.image_data import Classes, DataSet, Encoded, ImageData, Summary, Tell
from resnet_core.datasets.unzip import unpack_images
from resnet_core.errors import DataError
from resnet_core.home import cache_folder
from resnet_core.words import say

NAME = "cats_vs_dogs"
CLASS_NAMES = ("Cat", "Dog")
FILES = 25_000
ADDRESS = (
    "https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/kagglecatsanddogs_5340.zip"
)
SHA256 = "b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9"
HOW_TO_BRING = say(
    "bring the zip with `python -m resnet_core data fetch {name} --from ZIP`, or the unzipped images as folder:PATH; "
    "the zip is at {address}",
    name=NAME,
    address=ADDRESS,
)
_IN_ZIP = re.compile(r"(?:[^/]+/)*PetImages/(?P<label>Cat|Dog)/(?P<name>[^/\\]+\.jpe?g)", re.IGNORECASE)
_HEADER_BYTES = 8_192  # what the tutorial's `peek` sees of a file


class CatsVsDogs(DataSet):
    """The photographs in the lab's cache: unpacked there from the zip, which is downloaded or brought once."""

    def check(self) -> None:
        """Pass always: whether the download works shows itself when the images are loaded."""

    def describe(self) -> Summary:
        """Count the files that are here, or return the published numbers before there are any."""
        if not is_here():
            return Summary(NAME, "Cats vs dogs", 2, FILES - FILES // 5, FILES // 5, CLASS_NAMES)
        return replace(_folder().describe(), title="Cats vs dogs")

    def missing(self) -> str:
        """Say how the images get here."""
        if is_here():
            return ""
        return say(
            "{name} is not on this computer yet: its first run downloads 825 MB, or {how}", name=NAME, how=HOW_TO_BRING
        )

    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        """Count the files of each class that are here, or return the published numbers."""
        return _folder().counts() if is_here() else (np.full(2, FILES * 2 // 5), np.full(2, FILES // 10))

    def encoded(self, most: int | None = None) -> Iterator[list[Encoded]]:
        """Yield the files that are here."""
        if is_here():
            yield from _folder().encoded(most)

    def fingerprint(self, size: int, channels: int, seed: int) -> str | None:
        """Return what stands for the files that are here."""
        return _folder().fingerprint(size, channels, seed) if is_here() else None

    def load(self, size: int, channels: int, seed: int, tell: Tell | None = None) -> ImageData:
        """Decode the images, downloading them first if they are not here.

        Raises:
            DataError: they could not be downloaded; the message says how to bring them.
        """
        fetch(tell)
        return _folder().load(size, channels, seed, tell)

    def samples(self, count: int, size: int, seed: int, classes: Classes = None) -> tuple[np.ndarray, np.ndarray]:
        """Decode a few images if they are here."""
        if not is_here():
            raise DataError(self.missing())
        return _folder().samples(count, size, seed, classes)


def is_here() -> bool:
    """Say whether the images have been unpacked."""
    return _place().is_dir()


def fetch(tell: Tell | None = None) -> None:
    """Download and unpack the images, unless they are here.

    Raises:
        DataError: they could not be downloaded, or arrived damaged.
        HomeError: the disk has too little room.
    """
    with _lock():
        if is_here():
            return
        try:
            downloads = cache_folder() / "downloads"
            if not (downloads / ADDRESS.rsplit("/", 1)[1]).is_file():
                ask_site(ADDRESS)
            archive = get_file(ADDRESS, downloads, SHA256, tell)
        except NotReached as error:
            raise unavailable(NAME, error, HOW_TO_BRING) from error
        unpack_images(archive, _IN_ZIP, _place(), tell)
        archive.unlink()


def bring(archive: Path, tell: Tell | None = None) -> None:
    """Unpack the images from a zip on this computer, in place of those that are here.

    Raises:
        DataError: it is missing, cut short, or another zip.
        HomeError: the disk has too little room.
    """
    try:
        if archive.is_dir():
            raise DataError(f"{archive} is a folder: give the zip, or use the folder itself as folder:PATH")
    except OSError as error:
        raise DataError(f"{archive} cannot be read ({error.strerror}): give the path of a zip file") from error
    with _lock():
        new = _place().with_name(f".{NAME}-new")
        shutil.rmtree(new, ignore_errors=True)
        unpack_images(archive, _IN_ZIP, new, tell)
        shutil.rmtree(_place(), ignore_errors=True)
        new.replace(_place())


def _lock():
    from filelock import FileLock

    return FileLock(cache_folder() / f".{NAME}.lock")


def _place() -> Path:
    return cache_folder() / NAME


def _folder() -> Folder:
    return Folder(NAME, _place(), refuse=without_jfif)


def without_jfif(file: Path) -> str | None:
    """Return why a file is skipped before it is decoded, or None."""
    try:
        with file.open("rb") as stream:
            return None if b"JFIF" in stream.read(_HEADER_BYTES) else "no JFIF header"
    except OSError as error:
        return error.strerror or "unreadable"
