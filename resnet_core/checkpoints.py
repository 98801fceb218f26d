"""What a run needs to go on after an epoch: arrays and a few facts in one file, written whole or not at all.

The file is a zip of `about.json` and one `.npy` for each array; nothing in it is ever run.
"""

import json
import os
import struct
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy

from resnet_core.errors import RunError
from resnet_core.results import Epoch

FILE = "checkpoint.npz"  # in a run's folder, of its last finished epoch
VERSION = 1
_ABOUT = "about.json"
HALF = "half-"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A run as it was when an epoch was finished.

    Attributes:
        facts: what has to be the same when the run goes on, by name: its network, recipe, seed, data and backend.
        epochs: all that were finished, in order.
        arrays: what the next step depends on.
    """

    facts: Mapping[str, Any]
    epochs: tuple[Epoch, ...]
    arrays: Mapping[str, np.ndarray]


def save(folder: Path, checkpoint: Checkpoint) -> None:
    """Put a checkpoint into a run's folder in place of the one before.

    Raises:
        OSError: it cannot be written; the one before is whole and in its place.
    """
    about = {
        "version": VERSION,
        "facts": dict(checkpoint.facts),
        "epochs": [asdict(epoch) for epoch in checkpoint.epochs],
    }
    with whole(folder / FILE) as half, zipfile.ZipFile(half, "w") as archive:
        archive.writestr(_ABOUT, json.dumps(about))
        for name, array in checkpoint.arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                npy.write_array(member, np.asanyarray(array), allow_pickle=False)


def load(folder: Path) -> Checkpoint | None:
    """Read the checkpoint of a run's own folder; None if no epoch was finished there.

    Raises:
        RunError: it is damaged, or comes from a newer version.
    """
    with _opened(folder) as archive:
        if archive is None:
            return None
        about = _read_about(folder, archive)
        names = [name for name in archive.namelist() if name != _ABOUT]
        arrays = {}
        for name in names:
            with archive.open(name) as member:
                arrays[name.removesuffix(".npy")] = npy.read_array(member, allow_pickle=False)
                # The last bytes are read, too: only then a damage of any of them shows.
                member.read()
        return Checkpoint(about["facts"], _epochs(about), arrays)


def finished_epochs(folder: Path) -> tuple[Epoch, ...]:
    """Return the epochs after which a run can go on, without reading its arrays; none if there is no checkpoint.

    Raises:
        RunError: as `load`.
    """
    with _opened(folder) as archive:
        return () if archive is None else _epochs(_read_about(folder, archive))


def remove(folder: Path) -> None:
    """Remove the checkpoint of a run that needs none any more, and what is left of one that was never finished."""
    for name in (FILE, f"{HALF}{FILE}"):
        (folder / name).unlink(missing_ok=True)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Lend a name to write a file under, which takes the place of `path` once it is safe on the disk.

    Whatever goes wrong at whatever byte, `path` is the old file or the new one, and no half of one stays behind.
    """
    half = path.with_name(f"{HALF}{path.name}")
    try:
        yield half
        with half.open("rb+") as file:
            os.fsync(file.fileno())
        half.replace(path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        # The new name, too, outlives a loss of power.
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


# What zipfile, json and NumPy raise where bytes are not what they should be.
_DAMAGE = (OSError, EOFError, KeyError, ValueError, TypeError, RuntimeError, OverflowError, struct.error)
_DAMAGE += (zipfile.BadZipFile,)


@contextmanager
def _opened(folder: Path) -> Iterator[zipfile.ZipFile | None]:
    path = folder / FILE
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError:
        yield None
    except _DAMAGE as error:
        raise RunError(
            f"the run's last state {path} cannot be read ({error}): train the run again from its beginning"
        ) from error


def _read_about(folder: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    about = json.loads(archive.read(_ABOUT))
    if about["version"] > VERSION:
        raise RunError(
            f"the run's last state {folder / FILE} comes from a newer ResNet Lab (version {about['version']}, "
            f"this one reads {VERSION}): update ResNet Lab"
        )
    return about


def _epochs(about: dict[str, Any]) -> tuple[Epoch, ...]:
    return tuple(Epoch(**row) for row in about["epochs"])
