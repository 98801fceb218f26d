"""The lab's own folder: where runs, the database and caches live."""

import os
import uuid
from pathlib import Path

import platformdirs

from resnet_core.errors import HomeError


def lab_home() -> Path:
    """Return the lab's folder, created if it is missing.

    `RESNET_LAB_HOME` chooses it; the default is the user's data folder.

    Raises:
        HomeError: the folder cannot be created or written; set RESNET_LAB_HOME to one that can.
    """
    chosen = os.environ.get("RESNET_LAB_HOME")
    home = Path(chosen).expanduser() if chosen else Path(platformdirs.user_data_dir("resnet-lab", appauthor=False))
    home = home.absolute()
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / f".write-{uuid.uuid4().hex}"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise HomeError(
            f"the lab's folder {home} cannot be written ({error.strerror}): "
            "set RESNET_LAB_HOME to a folder with free space that you may write"
        ) from error
    return home


def cache_folder() -> Path:
    """Return the folder for files that can be made again, created if it is missing."""
    folder = lab_home() / "cache"
    folder.mkdir(exist_ok=True)
    return folder
