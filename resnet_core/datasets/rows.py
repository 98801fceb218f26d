"""Images that stay on disk: rows of a .npy file, read when they are asked for and only those."""

import itertools
import threading
import weakref
from pathlib import Path
from typing import Self

import numpy as np


class Rows:
    """Some rows of a file of images, in some order: what training needs of an array, in the memory of one batch.

    Rows are read rather than mapped, so that what was read does not count as the process' memory. The file stays
    open while any of its rows are in use, also when it is removed from its folder meanwhile.

    Args:
        file: a .npy file of uint8 (n, h, w, c).

    Raises:
        ValueError, OSError: the file is no such array, or is shorter than it says.
    """

    def __init__(self, file: Path):
        self._file = _File(file)
        self.places = np.arange(self._file.shape[0])

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of rows, height, width, channels."""
        return (len(self.places), *self._file.shape[1:])

    @property
    def dtype(self) -> np.dtype:
        """The type of a pixel: bytes."""
        return np.dtype(np.uint8)

    @property
    def nbytes(self) -> int:
        """Bytes that all rows would fill in memory."""
        return int(np.prod(self.shape, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, chosen: slice | int | np.ndarray) -> np.ndarray:
        """Read rows into memory, as indexing an array does."""
        places = self.places[chosen]
        return self._file.read(places[None])[0] if places.ndim == 0 else self._file.read(places)

    def take(self, chosen: slice | np.ndarray) -> Self:
        """Return some rows without reading any."""
        some = object.__new__(type(self))
        some._file, some.places = self._file, self.places[chosen]
        return some


Images = np.ndarray | Rows
"""Images in memory or on disk: both know their shape, and give an array for a slice or for indices."""


def pick(images: Images, chosen: slice | np.ndarray) -> Images:
    """Return some images in the order of their indices; those on disk stay there."""
    return images.take(chosen) if isinstance(images, Rows) else images[chosen]


class _File:
    """An open .npy file of images."""

    def __init__(self, path: Path):
        whole = np.load(path, mmap_mode="r", allow_pickle=False)
        if whole.dtype != np.uint8 or whole.ndim != 4 or not whole.flags.c_contiguous:
            raise ValueError(f"{path} holds {whole.dtype} {whole.shape}, not images as bytes")
        self.path, self.shape, self.start = path, whole.shape, whole.offset
        self.stream = path.open("rb")
        self.lock = threading.Lock()
        weakref.finalize(self, self.stream.close)

    def read(self, places: np.ndarray) -> np.ndarray:
        images = np.empty((len(places), *self.shape[1:]), dtype=np.uint8)
        row_bytes = int(np.prod(self.shape[1:]))
        # Rows that follow each other in the file are read at once.
        breaks = np.flatnonzero(np.diff(places) != 1) + 1
        with self.lock:
            for first, last in itertools.pairwise([0, *breaks.tolist(), len(places)]):
                if first == last:
                    continue
                self.stream.seek(self.start + int(places[first]) * row_bytes)
                part = memoryview(images[first:last]).cast("B")
                if self.stream.readinto(part) != len(part):
                    raise OSError(f"{self.path} ends before row {places[last - 1]}: it was cut short")
        return images
