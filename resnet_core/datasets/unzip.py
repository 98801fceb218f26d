"""Unpacking the images of a zip file: only those, whole or not at all, and no more than was promised."""

import calendar
import os
import re
import shutil
import uuid
import zipfile
import zlib
from pathlib import Path

from resnet_core.datasets.image_data import Tell
from resnet_core.errors import DataError, HomeError

LARGEST_UNPACKED_BYTES = 8 << 30
LARGEST_FILE_BYTES = 64 << 20
SPARE_BYTES = 1 << 30  # of the disk are left to others
_TELL_EVERY = 500


def unpack_images(archive: Path, wanted: re.Pattern, folder: Path, tell: Tell | None = None) -> int:
    """Unpack the files whose names match, as `class/name`, into a new folder that appears when all are there.

    Args:
        wanted: matches a whole name in the archive; its groups `label` and `name` say where the file goes.

    Returns: how many files were unpacked.

    Raises:
        DataError: the archive is missing, cut short or damaged, or holds none of these files.
        HomeError: the disk has too little room, or cannot be written.
    """
    part = folder.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [(info, match) for info in opened.infolist() if (match := wanted.fullmatch(info.filename))]
            _check(archive, [info for info, _ in members], folder.parent, wanted)
            for number, (info, match) in enumerate(members, start=1):
                target = part / match["label"] / match["name"]
                target.parent.mkdir(parents=True, exist_ok=True)
                _unpack_one(opened, info, target)
                if tell and (number % _TELL_EVERY == 0 or number == len(members)):
                    tell(number, len(members))
        part.replace(folder)
        return len(members)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        reason = " ".join(str(error).split())[:120]
        raise DataError(
            f"{archive} is cut short or damaged ({reason}; {_size(archive)} long): download or copy it again"
        ) from error
    except OSError as error:
        if error.filename is not None and Path(error.filename) == archive:
            raise DataError(f"{archive} cannot be read ({error.strerror}): give the path of a zip file") from error
        raise HomeError(f"{folder.parent} cannot be written ({error.strerror or error}): free some space") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _check(archive: Path, members: list[zipfile.ZipInfo], place: Path, wanted: re.Pattern) -> None:
    if not members:
        raise DataError(f"{archive} holds no files named {wanted.pattern}: give the zip as it was published")
    total, largest = sum(info.file_size for info in members), max(info.file_size for info in members)
    if total > LARGEST_UNPACKED_BYTES or largest > LARGEST_FILE_BYTES:
        raise DataError(
            f"{archive} would unpack to {total / 2**30:.1f} GiB, its largest file {largest / 2**20:.0f} MiB, "
            f"and {LARGEST_UNPACKED_BYTES >> 30} GiB and {LARGEST_FILE_BYTES >> 20} MiB are the most: give another zip"
        )
    free = shutil.disk_usage(place).free - SPARE_BYTES
    if total > free:
        raise HomeError(
            f"the images need {total / 2**30:.1f} GiB in {place}, and {max(free, 0) / 2**30:.1f} GiB are free: "
            "free some space, or set RESNET_LAB_HOME to another disk"
        )


def _unpack_one(opened: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    # Reading no more than the directory promised: a zip can hold more than it says.
    with opened.open(info) as source:
        content = source.read(info.file_size + 1)
    if len(content) > info.file_size:
        raise zipfile.BadZipFile(f"{info.filename} is longer than the archive says")
    target.write_bytes(content)
    # The archive's own time: the same zip is the same data set, whenever and wherever it is unpacked.
    changed = calendar.timegm((*info.date_time, 0, 0, 0))
    os.utime(target, (changed, changed))


def _size(archive: Path) -> str:
    try:
        return f"{archive.stat().st_size:,} bytes"
    except OSError:
        return "of unknown length"
