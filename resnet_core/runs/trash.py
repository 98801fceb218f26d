"""The trash: a deleted run waits there for some weeks, its rows hidden and its folder moved aside."""

import math
import os
import time

from resnet_core.errors import InputError, LabError
from resnet_core.runs import folders, store, writes
from resnet_core.runs.records import Job

VARIABLE = "RESNET_LAB_TRASH_DAYS"
DAYS = 30.0
MOST_DAYS = 1_000_000.0  # the day after them still has a date
_DAY = 86_400.0


def days() -> float:
    """Return how many days a deleted run is kept: RESNET_LAB_TRASH_DAYS, or 30; 0 keeps none.

    Raises:
        InputError: the variable is no number of days.
    """
    chosen = os.environ.get(VARIABLE, "").strip()
    try:
        kept = float(chosen or DAYS)
    except ValueError:
        kept = math.nan
    if not 0 <= kept <= MOST_DAYS:
        raise InputError(
            f"{VARIABLE} must be a number of days from 0 to {MOST_DAYS:,.0f}, received {chosen[:40]!r}: correct it"
        )
    return kept


def put(job_id: str) -> None:
    """Move an ended run to the trash, or remove it for good where the trash keeps nothing.

    Raises:
        RunError: no job has that id, or it still waits or runs.
        HomeError: its folder cannot be moved; the run is as it was.
        InputError: RESNET_LAB_TRASH_DAYS is wrong; the run is as it was.
    """
    kept = days()
    writes.discard(job_id)
    if not kept:
        _erase(job_id)
        return
    try:
        folders.move_to_trash(job_id)
    except LabError:
        writes.restore(job_id)
        raise


def restore(job_id: str) -> None:
    """Bring a run back from the trash, with its folder, notes and tags.

    Raises:
        RunError: it is not there.
        HomeError: its folder cannot be moved; the run stays in the trash.
    """
    job = _inside(job_id)
    if job is None:
        raise store.not_in_trash(job_id)
    # Killed in between, the row is still in the trash, and the next try finds the folder in its place.
    folders.move_from_trash(job_id)
    if not folders.job_folder(job_id).exists():
        folders.create_for(job)
    writes.restore(job_id)


def follow(job_id: str) -> None:
    """Let a folder that comes late, as from a cluster, go where its run went meanwhile: into the trash, or away.

    Raises:
        HomeError: it cannot be moved or removed.
    """
    if _inside(job_id):
        folders.move_to_trash(job_id)
    elif not store.jobs(ids=[job_id]):
        folders.remove(job_id)


def emptied_at(job: Job) -> float:
    """Return when a run in the trash will be gone, in seconds since 1970."""
    return (job.trashed or 0.0) + days() * _DAY


def empty(older_than_days: float = 0.0) -> int:
    """Remove for good what has been in the trash for some days.

    Returns: how many runs.

    Raises:
        HomeError: a folder cannot be removed.
        StoreError: the database cannot be written.
    """
    before = time.time() - older_than_days * _DAY
    inside = store.trashed()
    erased = sum(_erase(job.id) for job in inside if job.trashed <= before)
    # A folder without a row: its removal was interrupted.
    known = {job.id for job in inside}
    for path in folders.trashed_folders():
        if path.name not in known and path.stat().st_mtime <= before:
            folders.remove_folder(path)
    return erased


def _inside(job_id: str) -> Job | None:
    return next((job for job in store.trashed() if job.id == job_id), None)


def _erase(job_id: str) -> bool:
    """Remove one run, unless someone has brought it back meanwhile; say whether it was removed."""
    erased = writes.erase(job_id)
    if erased:
        folders.remove(job_id)
        folders.remove_from_trash(job_id)
    return erased
