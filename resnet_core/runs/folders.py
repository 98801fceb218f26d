"""A job's folder, which describes itself: what was asked for and what it ran on, log, events, network and weights."""

import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from resnet_core.errors import HomeError, RunError, one_line
from resnet_core.home import lab_home
from resnet_core.runs import logs
from resnet_core.runs.records import Job

LOG_FILE = "log.txt"
DOCUMENTS = ("run", "spec", "recipe", "environment")
# What run.json says of a job; its other documents say the rest.
IN_RUN = ("id", "kind", "name", "data", "seed", "study")
# In a home: an empty file for each job whose files are where all machines of a cluster reach them, and newer than here.
AWAY = "away"
# A worker that gives up says why on a line that begins so.
ERROR_MARK = "error: "
_ID = re.compile(r"[\w-]+")


def job_folder(job_id: str) -> Path:
    """Return the folder of a job's files; it exists from the job's submission to its deletion.

    Raises:
        RunError: the id could not be one of a job, and would lead out of the lab's home.
    """
    if not is_id(job_id):
        raise RunError(f"no run has the id {job_id[:40]!r}: ids look like r-7f3k2q")
    return lab_home() / "runs" / job_id


def is_id(name: str) -> bool:
    """Say whether a name could be a job's id."""
    return _ID.fullmatch(name) is not None


def create(job_id: str, **documents: str | None) -> Path:
    """Make a job's folder with its documents, given as JSON texts; None leaves one out.

    Raises:
        HomeError: the folder cannot be written; nothing of it is left.
    """
    path = job_folder(job_id)
    try:
        path.mkdir(parents=True)
        _write(path, documents)
    except OSError as error:
        shutil.rmtree(path, ignore_errors=True)
        raise _unwritable(path, error) from error
    return path


def create_for(job: Job) -> Path:
    """Make the folder of a job that is in the database, with what the database knows.

    Raises:
        HomeError: as `create`.
    """
    return create(job.id, **written(job))


def write_again(job: Job) -> None:
    """Write the documents of a job's folder as its submission did; nothing else in the folder changes.

    Raises:
        HomeError: they cannot be written.
    """
    path = job_folder(job.id)
    try:
        _write(path, written(job))
    except OSError as error:
        raise _unwritable(path, error) from error


def write_environment(job_id: str, environment: Mapping[str, Any]) -> None:
    """Write down what a job runs on.

    Raises:
        OSError: it cannot be written; what was there before is whole.
    """
    _write(job_folder(job_id), {"environment": json.dumps(environment)})


def written(job: Job) -> dict[str, str | None]:
    """Return the documents of a job as its submission wrote them."""
    run = json.dumps({name: getattr(job, name) for name in IN_RUN})
    return {"run": run, "spec": job.spec_json, "recipe": job.recipe_json}


def remove(job_id: str) -> None:
    """Delete a job's folder.

    Raises:
        HomeError: it cannot be deleted.
    """
    remove_folder(job_folder(job_id))


def mark_away(job_id: str) -> None:
    """Note that a job's files are on their way to a cluster, and come back newer.

    Raises:
        OSError: the home cannot be written.
    """
    mark = _away(job_id)
    mark.parent.mkdir(exist_ok=True)
    mark.touch()


def mark_back(job_id: str) -> None:
    """Note that the newest of a job's files are here again."""
    _away(job_id).unlink(missing_ok=True)


def is_away(job_id: str) -> bool:
    """Say whether a cluster has newer files of a job."""
    return _away(job_id).exists()


def trash_folder(job_id: str) -> Path:
    """Return where a job's folder is while the job is in the trash."""
    return lab_home() / "trash" / job_folder(job_id).name


def trashed_folders() -> list[Path]:
    """Return the folders in the trash."""
    return sorted(path for path in (lab_home() / "trash").glob("*") if path.is_dir())


def move_to_trash(job_id: str) -> None:
    """Move a job's folder to the trash; do nothing if it is gone.

    Raises:
        HomeError: it cannot be moved.
    """
    put_aside(job_folder(job_id))


def put_aside(path: Path) -> None:
    """Move a folder of whatever name to the trash; do nothing if it is gone.

    Raises:
        HomeError: it cannot be moved.
    """
    _move(path, lab_home() / "trash" / path.name)


def move_from_trash(job_id: str) -> None:
    """Move a job's folder back from the trash; do nothing if it is not there.

    Raises:
        HomeError: it cannot be moved.
    """
    _move(trash_folder(job_id), job_folder(job_id))


def remove_from_trash(job_id: str) -> None:
    """Delete a job's folder in the trash.

    Raises:
        HomeError: it cannot be deleted.
    """
    remove_folder(trash_folder(job_id))


def remove_folder(path: Path) -> None:
    """Delete a folder of whatever name; do nothing if it is gone.

    Raises:
        HomeError: it cannot be deleted.
    """
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
    return logs.end_of(job_folder(job_id) / LOG_FILE, last)


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


def _away(job_id: str) -> Path:
    return lab_home() / AWAY / job_folder(job_id).name


def _write(path: Path, documents: Mapping[str, str | None]) -> None:
    """Write each document whole or not at all."""
    for name, text in documents.items():
        if text is not None:
            part = path / f"{name}.json.part"
            part.write_text(json.dumps(json.loads(text), indent=2) + "\n")
            part.replace(path / f"{name}.json")


def _unwritable(path: Path, error: OSError) -> HomeError:
    return HomeError(
        f"the folder {path} cannot be written ({error.strerror}): free some space, or set RESNET_LAB_HOME elsewhere"
    )


def _move(path: Path, target: Path) -> None:
    if not path.exists():
        return
    try:
        target.parent.mkdir(exist_ok=True)
        if target.exists():
            # A move was interrupted that had to copy, or something was put there since: what comes now is the whole.
            shutil.rmtree(target)
        shutil.move(path, target)
        os.utime(target)  # from here on it is old enough to go after some days
    except OSError as error:
        raise HomeError(
            f"the folder {path} cannot be moved to {target} ({error.strerror}): see that you may write there, "
            "and that the disk has room"
        ) from error
