"""Logs that never fill a disk: what is over a limit moves to older files, of which two are kept."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

MOST_BYTES = 1_000_000
OLDER = 2


def trim(path: Path) -> bool:
    """Move a log that has grown over the limit to `log.txt.1`, the one before to `log.txt.2`; an older one goes.

    The file stays the same one: who writes at its end goes on there. A line written in that moment may be lost, and of
    a log that grew far too fast its beginning.

    Returns: whether it was too long.

    Raises:
        OSError: it cannot be moved; the log is as it was.
    """
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return False
    if size <= MOST_BYTES:
        return False
    part = path.with_name(f"{path.name}.part")
    try:
        with path.open("rb") as source, part.open("wb") as target:
            source.seek(max(size - 2 * MOST_BYTES, 0))
            shutil.copyfileobj(source, target)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise
    for number in range(OLDER, 1, -1):
        with suppress(FileNotFoundError):
            _older(path, number - 1).replace(_older(path, number))
    part.replace(_older(path, 1))
    os.truncate(path, 0)
    return True


def end_of(path: Path, most: int) -> str:
    """Return the last bytes of a log as text, older files included; empty if there is none."""
    found = b""
    for file in (path, *(_older(path, number) for number in range(1, OLDER + 1))):
        missing = most - len(found)
        with suppress(FileNotFoundError), file.open("rb") as source:
            source.seek(max(file.stat().st_size - missing, 0))
            found = source.read(missing) + found
        if len(found) >= most:
            break
    return found.decode("utf-8", errors="replace")


def _older(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")
