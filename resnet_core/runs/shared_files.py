"""The jobs' folders where all machines reach them: an fsspec URL, as `file:///mnt/lab` or `s3://bucket/lab`.

A machine works on a copy in its own lab home. What it changes is sent after each look; a file at the URL is whole.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from resnet_core import checkpoints
from resnet_core.errors import RunError, one_line
from resnet_core.runs.folders import is_id, job_folder

VARIABLE = "RESNET_LAB_FILES"
# Where a folder is put together before it takes its place.
_HALF = ".half"
# What every job's folder has: the last to be sent, and the first to go.
_LAST = "run.json"

Seen = tuple[int, int]


class SharedFiles:
    """The jobs' folders at one URL.

    Raises:
        RunError: RESNET_LAB_FILES is missing, or fsspec cannot use it.
    """

    def __init__(self) -> None:
        chosen = os.environ.get(VARIABLE, "")
        if not chosen:
            raise RunError(
                f"jobs on a Ray cluster need a place for their files that all machines reach: set {VARIABLE}, "
                "as file:///mnt/lab or s3://bucket/lab"
            )
        try:
            import fsspec

            self._system, self._root = fsspec.core.url_to_fs(chosen)
        except (ImportError, ValueError) as error:
            raise RunError(f"{VARIABLE} cannot be used, received {chosen!r}: {one_line(error)}") from error

    def has(self, job_id: str) -> bool:
        """Say whether a job has a folder there, which was sent to its end.

        Raises:
            OSError: the place cannot be reached.
        """
        self._system.invalidate_cache()
        return self._system.exists(f"{self._folder(job_id)}/{_LAST}")

    def fetch(self, job_id: str) -> "Copy":
        """Put a job's folder into this machine's lab home, in place of the one that is there.

        Returns: the copy, which knows what it need not send back.

        Raises:
            OSError: the folder there cannot be read, or the one here not be written; the one here is as it was.
        """
        here = job_folder(job_id)
        half = here.with_name(here.name + _HALF)
        shutil.rmtree(half, ignore_errors=True)
        try:
            half.mkdir(parents=True)
            for name in self._names(job_id):
                target = half / name
                target.parent.mkdir(parents=True, exist_ok=True)
                self._system.get_file(f"{self._folder(job_id)}/{name}", str(target))
            shutil.rmtree(here, ignore_errors=True)
            half.rename(here)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise
        return Copy(self, job_id, _files(here))

    def fetch_file(self, job_id: str, name: str) -> None:
        """Put one file of a job's folder into this machine's lab home; do nothing if it is not there.

        Raises:
            OSError: it cannot be read there or written here.
        """
        here = job_folder(job_id) / name
        half = here.with_name(here.name + _HALF)
        try:
            self._system.get_file(f"{self._folder(job_id)}/{name}", str(half))
        except FileNotFoundError:
            return
        half.replace(here)

    def send_file(self, job_id: str, name: str) -> None:
        """Put one file of a job's folder there, whole or not at all.

        Raises:
            OSError: it cannot be written there.
        """
        target = f"{self._folder(job_id)}/{name}"
        self._system.makedirs(str(PurePosixPath(target).parent), exist_ok=True)
        source = job_folder(job_id) / name
        with source.open("rb") as here, self._whole(target) as there:
            shutil.copyfileobj(here, there, 1 << 20)

    def remove_file(self, job_id: str, name: str) -> None:
        """Remove one file of a job's folder there; do nothing if it is gone."""
        try:
            self._system.rm_file(f"{self._folder(job_id)}/{name}")
        except FileNotFoundError:
            return

    def remove(self, job_id: str) -> None:
        """Remove a job's folder there; do nothing if it is gone.

        Raises:
            OSError: it cannot be removed.
        """
        self.remove_file(job_id, _LAST)
        self._system.invalidate_cache()
        if self._system.exists(self._folder(job_id)):
            self._system.rm(self._folder(job_id), recursive=True)

    def jobs(self) -> list[str]:
        """Return the jobs that have a folder there, or a part of one.

        Raises:
            OSError: the place cannot be reached.
        """
        self._system.invalidate_cache()
        try:
            names = [PurePosixPath(path).name for path in self._system.ls(f"{self._root}/runs", detail=False)]
        except FileNotFoundError:
            return []
        return [name for name in names if is_id(name)]

    def _folder(self, job_id: str) -> str:
        return f"{self._root}/runs/{job_folder(job_id).name}"

    def _names(self, job_id: str) -> list[str]:
        self._system.invalidate_cache()
        folder = self._folder(job_id)
        names = [path.removeprefix(folder).lstrip("/") for path in self._system.find(folder)]
        return [name for name in names if not PurePosixPath(name).name.startswith(checkpoints.HALF)]

    @contextmanager
    def _whole(self, target: str) -> Iterator[IO[bytes]]:
        """Open a file there to be written, which takes its place once it is complete."""
        from fsspec.implementations.local import LocalFileSystem

        if isinstance(self._system, LocalFileSystem):
            # fsspec would put it together in the folder for temporary files, and copy it from there to another disk.
            with checkpoints.whole(Path(target)) as half, half.open("wb") as there:
                yield there
        else:
            with self._system.transaction, self._system.open(target, "wb") as there:
                yield there


class Copy:
    """A job's folder on this machine, and what of it is at the URL already."""

    def __init__(self, files: SharedFiles, job_id: str, sent: dict[str, Seen] | None = None):
        self._files = files
        self._job = job_id
        self._sent = dict(sent or {})

    def send(self, *, besides: str = "") -> None:
        """Send what has changed since the last time, and remove there what is gone here.

        Args:
            besides: a file that waits for another time.

        Raises:
            OSError: the place cannot be reached or written; what is left is sent the next time.
        """
        here = _files(job_folder(self._job))
        for name in sorted(here, key=lambda name: (name == _LAST, name)):
            if self._sent.get(name) != here[name] and name != besides:
                try:
                    self._files.send_file(self._job, name)
                except FileNotFoundError:
                    # It was replaced or removed in this moment.
                    continue
                self._sent[name] = here[name]
        for name in sorted(self._sent.keys() - here.keys()):
            self._files.remove_file(self._job, name)
            del self._sent[name]


def _files(folder: Path) -> dict[str, Seen]:
    """Return the finished files of a folder with what changes when they do: size, and time of the last change."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.startswith(checkpoints.HALF) and not path.name.endswith((".part", _HALF)):
            status = path.stat()
            found[path.relative_to(folder).as_posix()] = (status.st_size, status.st_mtime_ns)
    return found
