"""Decoded images kept on disk, so that a second run starts at once; every file can be made again."""

import hashlib
import json
import os
import time
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from resnet_core.datasets.image_data import ImageData
from resnet_core.errors import HomeError
from resnet_core.home import cache_folder

LARGEST_CACHE_BYTES = 6 << 30
_ARRAYS = ("x_train", "y_train", "x_test", "y_test")
_DAMAGED = (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile)


def cached(name: str, make: Callable[[], ImageData]) -> ImageData:
    """Return the data set kept under `name`, or make it and keep it.

    A damaged file is made again; where nothing can be written the data set is made every time.
    """
    kept = find(name)
    if kept is not None:
        return kept
    data = make()
    keep(name, data)
    return data


def find(name: str) -> ImageData | None:
    """Return the data set kept under `name`, or None if there is none or it is damaged."""
    try:
        file = _file(name)
        # The zip container checks a sum over every array, so a flipped bit is noticed.
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            arrays = {key: stored[key] for key in _ARRAYS}
            facts = json.loads(str(stored["facts"]))
        os.utime(file)
        data = ImageData(**arrays, **facts)
        return replace(data, class_names=tuple(data.class_names), notes=tuple(data.notes))
    except (HomeError, *_DAMAGED):
        return None


def keep(name: str, data: ImageData) -> None:
    """Write a data set for the next time, whole or not at all; do nothing where that is impossible."""
    facts = {
        "source": data.source,
        "class_names": data.class_names,
        "notes": data.notes,
        "fingerprint": data.fingerprint,
    }
    try:
        file = _file(name)
        file.parent.mkdir(exist_ok=True)
        part = file.with_name(f".{uuid.uuid4().hex}.part")
        try:
            with part.open("wb") as stream:
                np.savez(stream, facts=np.array(json.dumps(facts)), **{key: getattr(data, key) for key in _ARRAYS})
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
        _forget_oldest(file)
    except (HomeError, OSError):
        return


def digest(*facts: object) -> str:
    """Return 16 hexadecimal digits that stand for the facts."""
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def file_facts(root: Path, files: list[Path]) -> list[tuple[str, int, int]]:
    """Return name, size in bytes and time of change of each file: what tells that a data set changed."""
    facts = []
    for file in files:
        state = file.stat()
        name = os.path.relpath(file, root)
        facts.append((name, state.st_size, state.st_mtime_ns))
    return facts


def _file(name: str) -> Path:
    return cache_folder() / "datasets" / f"{name}.npz"


def _forget_oldest(newest: Path) -> None:
    """Remove what was used longest ago until the folder is within its limit, and what was never finished."""
    for part in newest.parent.glob(".*.part"):
        if part.stat().st_mtime < time.time() - 3600:
            part.unlink()
    files = sorted(newest.parent.glob("*.npz"), key=lambda file: file.stat().st_mtime)
    total = sum(file.stat().st_size for file in files)
    for file in files:
        if total <= LARGEST_CACHE_BYTES or file == newest:
            return
        total -= file.stat().st_size
        file.unlink()
