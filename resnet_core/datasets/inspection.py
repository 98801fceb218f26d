"""What a data set is made of: classes, counts, sizes, color modes, and files that cannot be used."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from resnet_core.datasets.headers import Header, read_header
from resnet_core.datasets.image_data import DataSet, Encoded, Summary, Tell
from resnet_core.datasets.images import UnreadableImage, decode

_PROBE_SIZE = 32  # decoding to this size reads all of a file, and is fast


@dataclass(frozen=True)
class Broken:
    """A file that will be skipped."""

    name: str
    class_name: str
    reason: str


@dataclass(frozen=True, eq=False)
class Report:
    """What was found by looking at the files themselves.

    Attributes:
        summary: source, title and names.
        train, test: images of each class.
        missing: says that the images are not on this computer yet, and how they get here; else empty.
        looked_at: images whose files were opened; 0 where images are not stored one by one.
        decoded: whether they were decoded too, so that `broken` is complete.
        sizes: (n, 2) width and height in pixels of the readable ones, as they are seen (upright).
        modes: how many files are of each color mode, the most frequent first.
        formats: how many are of each file format.
        turned: photographs that their camera marked to be turned; they are shown and trained on upright.
        animated: images of several frames, of which the first is used.
        transparent: images with transparent parts, which become white.
        broken: the files that will be skipped.
    """

    summary: Summary
    train: tuple[int, ...]
    test: tuple[int, ...]
    missing: str
    looked_at: int
    decoded: bool
    sizes: np.ndarray
    modes: dict[str, int]
    formats: dict[str, int]
    turned: int
    animated: int
    transparent: int
    broken: tuple[Broken, ...]

    @property
    def total(self) -> int:
        """Images of all classes."""
        return sum(self.train) + sum(self.test)

    def spread(self) -> dict[str, tuple[int, int, int]]:
        """Return minimum, median and maximum of width and height in pixels; empty where no file was opened."""
        if not len(self.sizes):
            return {}
        low, middle, high = self.sizes.min(axis=0), np.median(self.sizes, axis=0), self.sizes.max(axis=0)
        return {
            name: (int(low[i]), round(float(middle[i])), int(high[i])) for i, name in enumerate(("width", "height"))
        }


def inspect(data_set: DataSet, *, most: int | None = None, decoding: bool = True, tell: Tell | None = None) -> Report:
    """Look at the files of a data set.

    Args:
        most: files to open; None opens all.
        decoding: whether to decode each as well; otherwise headers alone are read, and damage within goes unnoticed.
        tell: hears how many files were looked at, and of how many.

    Raises:
        DataError: the data set cannot be used.
    """
    summary = data_set.describe()
    train, test = data_set.counts()
    total = int(train.sum() + test.sum())
    looked_at = total if most is None else min(most, total)
    headers: list[Header] = []
    broken: list[Broken] = []
    with ThreadPoolExecutor(max_workers=min(16, os.cpu_count() or 1)) as pool:
        for some in data_set.encoded(most):
            for item, header in zip(some, pool.map(lambda item: _look(item, decoding), some), strict=True):
                if isinstance(header, Header):
                    headers.append(header)
                else:
                    broken.append(Broken(item.name, _class_name(item.label, summary), header))
            if tell:
                tell(len(headers) + len(broken), looked_at)
    return Report(
        summary=summary,
        train=tuple(train.tolist()),
        test=tuple(test.tolist()),
        missing=data_set.missing(),
        looked_at=len(headers) + len(broken),
        decoded=decoding,
        sizes=np.array([(header.width, header.height) for header in headers], dtype=np.int64).reshape(-1, 2),
        modes=dict(Counter(header.mode for header in headers).most_common()),
        formats=dict(Counter(header.format for header in headers).most_common()),
        turned=sum(header.turned for header in headers),
        animated=sum(header.frames > 1 for header in headers),
        transparent=sum(header.transparent for header in headers),
        broken=tuple(broken),
    )


def _look(item: Encoded, decoding: bool) -> Header | str:
    """Return what a file says of itself, or why it will be skipped."""
    if item.refused is not None:
        return item.refused
    if item.label < 0:
        return "no label"
    try:
        content = item.content or b""
        header = read_header(content)
        if decoding:
            decode(content, _PROBE_SIZE, 3)
        return header
    except UnreadableImage as error:
        return str(error) or "damaged, or no image"


def _class_name(label: int, summary: Summary) -> str:
    return summary.class_names[label] if label >= 0 else "none"
