"""A job's folder, which describes itself: what was asked for and what it ran on, log, events, network and weights."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from resnet_core.errors import HomeError, RunError, one_line
from resnet_core.home import lab_home

LOG_FILE = "log.txt"
DOCUMENTS = ("run", "spec", "recipe", "environment")
# A worker that gives up says why on a line that begins so.
ERROR_MARK = "error: "
_ID = re.compile(r"[\w-]+")


def job_folder(job_id: str) -> Path:
    """Return the folder of a job's files; it exists from the job's submission to its deletion.

    Raises:
        RunError: the id could not be one of a job, and would lead out of the lab's home.
    """
    if not _ID.fullmatch(job_id):
        raise RunError(f"no run has the id {job_id[:40]!r}: ids look like r-7f3k2q")
    return lab_home() / "runs" / job_id


def create(job_id: str, **documents: str | None) -> Path:
    """Make a job's folder with its documents, given as JSON texts; None leaves one out.

    Raises:
        HomeError: the folder cannot be written; nothing of it is left.
    """
    path = job_folder(job_id)
    try:
        path.mkdir(parents=True)
        for name, text in documents.items():
            if text is not None:
                (path / f"{name}.json").write_text(json.dumps(json.loads(text), indent=2) + "\n")
    except OSError as error:
        shutil.rmtree(path, ignore_errors=True)
        raise HomeError(
            f"the folder {path} cannot be written ({error.strerror}): free some space, or set RESNET_LAB_HOME elsewhere"
        ) from error
    return path


def remove(job_id: str) -> None:
    """Delete a job's folder.

    Raises:
        HomeError: it cannot be deleted.
    """
    path = job_folder(job_id)
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise HomeError(f"the folder {path} cannot be removed ({error.strerror}): remove it by hand") from error


def read_log(job_id: str, last: int = 20_000) -> str:
    """Return the end of what a job's worker printed: warnings, and the traceback of a failure.

    Args:
        job_id: a job that exists.
        last: at most that many bytes.
    """
    path = job_folder(job_id) / LOG_FILE
    try:
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - last, 0))
            return file.read().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def documents(job_id: str) -> dict[str, str]:
    """Return the JSON texts of a job's folder under their names: run, spec, recipe, environment.

    Raises:
        OSError: the folder cannot be read.
    """
    path = job_folder(job_id)
    return {name: (path / f"{name}.json").read_text() for name in DOCUMENTS if (path / f"{name}.json").is_file()}


def read_environment(job_id: str) -> dict[str, Any]:
    """Return what a job ran on: versions, backend, platform, device, cores; empty before it began."""
    try:
        return json.loads((job_folder(job_id) / "environment.json").read_text())
    except FileNotFoundError:
        return {}


def last_error(job_id: str) -> str:
    """Return the line of a job's log that says what went wrong last; empty if none does.

    That is the line that names the exception of a traceback, or one that the worker marked.
    """
    found = ""
    in_traceback = False
    for line in read_log(job_id).splitlines():
        if line.startswith("Traceback "):
            in_traceback = True
        elif in_traceback and line[:1].strip():
            found, in_traceback = line, False
        elif line.startswith(ERROR_MARK):
            found = line.removeprefix(ERROR_MARK)
    return one_line(Exception(found)) if found else ""
