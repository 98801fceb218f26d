"""Where decoded images go as they come: few into one array, many into a file that grows."""

from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from resnet_core.datasets.image_data import Tell
from resnet_core.datasets.rows import Images, Rows

CHUNK_BYTES = 48 << 20  # decoded at a time


class Store(ABC):
    """Collects images of one shape, in the order in which they come."""

    def __init__(self, shape: tuple[int, int, int], total: int, tell: Tell | None):
        self.shape, self.total, self.tell = shape, total, tell
        self.chunk = max(64, CHUNK_BYTES // int(np.prod(shape)))
        self.kept = self._seen = 0

    @abstractmethod
    def room(self, count: int) -> np.ndarray:
        """Return an array for the next images to be decoded into, `chunk` at most."""

    def keep(self, images: np.ndarray, good: np.ndarray) -> None:
        """Take over the good ones of the images that `room` was made for."""
        self._take(images, good)
        self.kept += int(good.sum())
        self._seen += len(good)
        if self.tell:
            self.tell(self._seen, self.total)

    @abstractmethod
    def images(self) -> Images:
        """Return all images that were kept."""

    @abstractmethod
    def _take(self, images: np.ndarray, good: np.ndarray) -> None: ...


class MemoryStore(Store):
    """One array with room for all images."""

    def __init__(self, shape: tuple[int, int, int], total: int, tell: Tell | None):
        super().__init__(shape, total, tell)
        self._array = np.zeros((total, *shape), dtype=np.uint8)

    def room(self, count: int) -> np.ndarray:
        return self._array[self.kept : self.kept + count]

    def images(self) -> np.ndarray:
        return self._array[: self.kept]

    def _take(self, images: np.ndarray, good: np.ndarray) -> None:
        if not good.all():
            images[: good.sum()] = images[good]


class DiskStore(Store):
    """A .npy file that grows."""

    def __init__(self, file: Path, shape: tuple[int, int, int], total: int, tell: Tell | None):
        super().__init__(shape, total, tell)
        self._path = file
        self._stream = file.open("wb")
        self._chunk = np.empty((self.chunk, *shape), dtype=np.uint8)
        self._write_head(total)

    def room(self, count: int) -> np.ndarray:
        return self._chunk[:count]

    def images(self) -> Rows:
        if not self._stream.closed:
            self._stream.seek(0)
            self._write_head(self.kept)
            self.close()
        return Rows(self._path)

    def close(self) -> None:
        self._stream.close()

    def _take(self, images: np.ndarray, good: np.ndarray) -> None:
        self._stream.write(memoryview(images if good.all() else images[good]).cast("B"))

    def _write_head(self, count: int) -> None:
        # NumPy leaves room in the head for the number of rows, so that it can be corrected at the end.
        head = {"descr": "|u1", "fortran_order": False, "shape": (count, *self.shape)}
        npy.write_array_header_1_0(self._stream, head)
