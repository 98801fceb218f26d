"""Images to train on: drawn shapes, CIFAR-10, cats and dogs, class folders, parquet files, all as one `ImageData`.

A source is a text: `shapes`, `cifar10`, `cats_vs_dogs`, `folder:PATH` or `parquet:PATH`.
"""

from pathlib import Path

import numpy as np

from resnet_core.datasets import inspection
from resnet_core.datasets.cats_vs_dogs import CatsVsDogs
from resnet_core.datasets.cifar10 import Cifar10
from resnet_core.datasets.embedded import Shapes
from resnet_core.datasets.fitting import must_be_channels, must_fit, wrong_classes
from resnet_core.datasets.folder import Folder
from resnet_core.datasets.image_data import LARGEST_SIZE, SMALLEST_SIZE, Classes, DataSet, ImageData, Summary, Tell
from resnet_core.datasets.inspection import Report
from resnet_core.datasets.parquet import Parquet
from resnet_core.datasets.splitting import Split, split
from resnet_core.errors import DataError
from resnet_core.sources import split_source

__all__ = [
    "ImageData",
    "Report",
    "Split",
    "Summary",
    "check_source",
    "describe",
    "fingerprint",
    "inspect",
    "load_data",
    "must_fit",
    "samples",
    "split",
    "wrong_classes",
]

_FORMS = (
    "choose shapes, cifar10, cats_vs_dogs, folder:PATH (class folders) or parquet:PATH (a file or a folder of files)"
)


def load_data(source: str, *, size: int, channels: int = 3, seed: int = 0, tell: Tell | None = None) -> ImageData:
    """Load a data set, with every image resized to a square.

    Args:
        source: `shapes`, `cifar10`, `cats_vs_dogs`, `folder:PATH` or `parquet:PATH`;
            relative paths start at the working directory.
        size: height and width of the images in pixels, 8..512.
        channels: 3 for RGB, 1 for gray.
        seed: chooses which shapes are drawn; other data sets hold the same images for every seed.
        tell: hears how many images have been read, and of how many, while they are decoded for the first time.

    Raises:
        DataError: the source is unknown, missing, empty or unreadable, or the size is out of bounds.

    Example:
        >>> data = load_data("shapes", size=16)
        >>> data.x_train.shape, data.class_names[0]
        ((10000, 16, 16, 3), 'disk')
    """
    data_set = _open(source)
    _check_size(size)
    _check_seed(seed)
    must_be_channels(channels)
    return data_set.load(size, channels, seed, tell)


def check_source(source: str) -> str:
    """Check a source quickly, without decoding an image, and return it in its normal form.

    Raises:
        DataError: the source is unknown, or what it names is missing, empty or lacks a column.

    Example:
        >>> check_source(" Shapes ")
        'shapes'
    """
    _open(source).check()
    kind, path = split_source(str(source))
    return f"{kind}:{path}" if path else kind


def describe(source: str) -> Summary:
    """Summarize a data set for a page: counts and class names, nothing decoded and nothing downloaded."""
    return _open(source).describe()


def fingerprint(source: str, *, size: int, channels: int = 3, seed: int = 0) -> str | None:
    """Return the fingerprint that a data set would have now, nothing decoded and nothing downloaded.

    Args: as `load_data`.

    Returns: None where its images are not on this computer yet.

    Raises:
        DataError: as `load_data`.
    """
    return _open(source).fingerprint(size, channels, seed)


def inspect(source: str, *, most: int | None = None, decoding: bool = True, tell: Tell | None = None) -> Report:
    """Look at the files of a data set: counts of each class, sizes, color modes, broken files.

    Args:
        most: files to open; None opens all.
        decoding: whether to decode each as well; otherwise headers alone are read, and damage within goes unnoticed.
        tell: hears how many files were looked at, and of how many.

    Raises:
        DataError: the data set cannot be used.
    """
    return inspection.inspect(_open(source), most=most, decoding=decoding, tell=tell)


def samples(
    source: str, count: int = 8, size: int = 32, seed: int = 0, classes: Classes = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return a few images to look at, from as many classes as possible.

    Args:
        classes: indices of the classes that are wanted; None for all.

    Shapes:
        images: uint8 (count, size, size, 3); fewer than `count` if the data set holds fewer.
        labels: int32 (count,).

    Raises:
        DataError: there is nothing to show, or nothing yet: samples are never downloaded.
    """
    _check_size(size)
    _check_seed(seed)
    if count < 1:
        raise DataError(f"at least one sample must be asked for, received {count}: ask for 1 or more")
    return _open(source).samples(count, size, seed, classes)


def _open(source: str) -> DataSet:
    kind, path = split_source(str(source))
    match kind:
        case "shapes" | "cifar10" | "cats_vs_dogs" if path:
            raise DataError(f"{kind} takes no path, received {source!r}: write {kind} alone")
        case "folder" | "parquet" if not path:
            raise DataError(f"{kind}: needs a path, received {source!r}: write {kind}:PATH")
        case "shapes":
            return Shapes()
        case "cifar10":
            return Cifar10()
        case "cats_vs_dogs":
            return CatsVsDogs()
        case "folder":
            return Folder(f"folder:{path}", _local(path))
        case "parquet":
            return Parquet(f"parquet:{path}", _local(path))
    source = str(source).strip()
    hint = f" (for files on this computer write folder:{source} or parquet:{source})" if _exists(source) else ""
    raise DataError(f"unknown data set {_clip(source)!r}: {_FORMS}{hint}")


def _local(text: str) -> Path:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        shown = text.encode(errors="backslashreplace").decode()
        raise DataError(f"the path {_clip(shown)!r} is no text in UTF-8: rename its folders or files") from error
    try:
        path = Path(text).expanduser()
        path.exists()
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"the path {_clip(text)!r} cannot be looked up ({reason}): give another path") from error
    return path


def _clip(text: str, longest: int = 100) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _exists(source: str) -> bool:
    try:
        return bool(source) and Path(source).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False


def _check_size(size: int) -> None:
    if isinstance(size, bool) or not isinstance(size, int | np.integer) or not SMALLEST_SIZE <= size <= LARGEST_SIZE:
        raise DataError(
            f"images can be {SMALLEST_SIZE} to {LARGEST_SIZE} pixels wide, received {size!r}: change the input size"
        )


def _check_seed(seed: int) -> None:
    if seed < 0:
        raise DataError(f"the seed must be 0 or more, received {seed}: choose another")
