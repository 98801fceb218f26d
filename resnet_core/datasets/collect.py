"""Decoded images kept for later runs: few in memory and in one file, many in a folder of the cache that is read from.

Such a folder is written once, whole or not at all, by one process while others that want the same images wait.
"""

import json
import os
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import numpy as np

from resnet_core.datasets.cache import cached
from resnet_core.datasets.image_data import ImageData, Tell
from resnet_core.datasets.rows import Rows
from resnet_core.datasets.store import DiskStore, MemoryStore, Store
from resnet_core.errors import HomeError
from resnet_core.home import cache_folder

IN_MEMORY_BYTES = 1 << 30  # of a whole data set; larger ones are kept on disk
LARGEST_STREAMED_BYTES = 24 << 30  # of all folders of images together; the newest stays, whatever its size
SPARE_BYTES = 1 << 30  # of the disk are left to others
_DAMAGED = (OSError, ValueError, KeyError, EOFError, TypeError)


def collect(
    name: str, total: int, shape: tuple[int, int, int], make: Callable[[Store], ImageData], tell: Tell | None = None
) -> ImageData:
    """Return the data set kept under `name`, or have it made and keep it.

    Args:
        total: images that `make` will look at.
        shape: height, width and channels of an image.
        make: puts images into a store and returns the data set that takes them from there.
        tell: hears how many images were decoded, and of how many.

    Raises:
        HomeError: the images are too many for memory, and the disk has too little room for them.
    """
    if total * int(np.prod(shape)) <= IN_MEMORY_BYTES:
        return cached(name, lambda: make(MemoryStore(shape, total, tell)))
    return _on_disk(name, total, shape, make, tell)


def _on_disk(
    name: str, total: int, shape: tuple[int, int, int], make: Callable[[Store], ImageData], tell: Tell | None
) -> ImageData:
    from filelock import FileLock

    place = cache_folder() / "images"
    place.mkdir(exist_ok=True)
    folder = place / name
    try:
        with FileLock(place / f".{name}.lock"):
            kept = _find(folder)
            if kept is not None:
                return kept
            shutil.rmtree(folder, ignore_errors=True)
            _forget_oldest(place, total * int(np.prod(shape)))
            _check_room(place, total * int(np.prod(shape)))
            part = place / f".{uuid.uuid4().hex}.part"
            part.mkdir()
            try:
                store = DiskStore(part / "images.npy", shape, total, tell)
                try:
                    # The data set is let go before its folder moves: some systems hold on to open files.
                    _write_facts(part, make(store))
                finally:
                    store.close()
                part.replace(folder)
            finally:
                shutil.rmtree(part, ignore_errors=True)
            found = _find(folder)
    except OSError as error:
        raise HomeError(
            f"the decoded images cannot be kept in {place} ({error.strerror or error}): "
            "free some space, or choose a smaller input size"
        ) from error
    if found is None:
        raise HomeError(f"the decoded images vanished from {place}: start again")
    return found


def _write_facts(folder: Path, data: ImageData) -> None:
    places = {"train_rows": data.x_train.places, "test_rows": data.x_test.places}
    np.savez(folder / "labels.npz", y_train=data.y_train, y_test=data.y_test, **places)
    facts = {key: getattr(data, key) for key in ("source", "class_names", "notes", "fingerprint")}
    (folder / "facts.json").write_text(json.dumps(facts))


def _find(folder: Path) -> ImageData | None:
    """Return the data set in a folder, or None if it is not there or damaged."""
    try:
        facts = json.loads((folder / "facts.json").read_text())
        with np.load(folder / "labels.npz", allow_pickle=False) as stored:
            labels = {key: stored[key] for key in stored}
        rows = Rows(folder / "images.npy")
        os.utime(folder)
        x_train, x_test = (rows.take(labels[f"{half}_rows"]) for half in ("train", "test"))
        names, notes = tuple(facts.pop("class_names")), tuple(facts.pop("notes"))
        y_train, y_test = labels["y_train"], labels["y_test"]
        return ImageData(
            x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test, class_names=names, notes=notes, **facts
        )
    except _DAMAGED:
        return None


def _check_room(place: Path, need: int) -> None:
    free = shutil.disk_usage(place).free - SPARE_BYTES
    if need > free:
        raise HomeError(
            f"the decoded images need {need / 2**30:.1f} GiB in {place}, and {max(free, 0) / 2**30:.1f} GiB are free: "
            "free some space, choose a smaller input size, or set RESNET_LAB_HOME to another disk"
        )


def _forget_oldest(place: Path, need: int) -> None:
    """Make room by removing what was used longest ago, and what was never finished."""
    for part in place.glob(".*.part"):
        newest = max((file.stat().st_mtime for file in part.iterdir()), default=part.stat().st_mtime)
        if newest < time.time() - 3600:
            shutil.rmtree(part, ignore_errors=True)
    folders = sorted((f for f in place.iterdir() if f.name[0] != "."), key=lambda f: f.stat().st_mtime)
    sizes = {f: sum(file.stat().st_size for file in f.iterdir()) for f in folders}
    for folder in folders:
        if sum(sizes.values()) + need <= LARGEST_STREAMED_BYTES:
            return
        shutil.rmtree(folder, ignore_errors=True)
        del sizes[folder]
