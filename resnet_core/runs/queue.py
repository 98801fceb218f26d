"""What a page or the command line calls: submit a job, stop it, resume it, delete it."""

import getpass
import json
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resnet_core.costs import count_costs
from resnet_core.datasets import check_source
from resnet_core.errors import InputError, RunError
from resnet_core.graph import build_graph
from resnet_core.recipes import MAX_SEED, Devices, Recipe
from resnet_core.results import ACTIVE, RESUMABLE, State
from resnet_core.runs import cluster, folders, shared_files, store, supervision, trash, writes
from resnet_core.runs.limits import NONE, Limits, lab_limits
from resnet_core.runs.records import Job
from resnet_core.runs.resuming import epochs_to_go_on_from
from resnet_core.spec import ResNetSpec

KINDS = ("train", "check")
# A run stops within a second; one that trains on a busy machine may need a few.
STOP_SECONDS = 15.0
BACK_SECONDS = 5.0

# Without letters and digits that are mistaken for each other when an id is read aloud.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True)
class Request:
    """A job to submit.

    Attributes:
        spec: the network.
        recipe: how to train it; None for a check.
        data: where its images come from; None for a check.
        seed: of weights, split, order and augmentation; from 0 to MAX_SEED.
        kind: train, or check to compare the network with Keras.
        name: shown in lists; None takes the network's own.
        owner: whose it is: owners take turns. None takes the user's name.
        limits: its own, where they are stricter than the lab's.
    """

    spec: ResNetSpec
    recipe: Recipe | None = None
    data: str | None = None
    seed: int = 0
    kind: str = "train"
    name: str | None = None
    owner: str | None = None
    limits: Limits = NONE


def submit(
    spec: ResNetSpec,
    recipe: Recipe | None = None,
    data: str | None = None,
    *,
    seed: int = 0,
    kind: str = "train",
    study: str | None = None,
    name: str | None = None,
    owner: str | None = None,
    limits: Limits = NONE,
) -> str:
    """Put one job in the queue and make sure that someone works on it; see `Request`.

    Returns: the job's id.

    Raises:
        DataError: the data set is missing or not usable.
        InputError: the lab's limits or the seed are wrong.
        RunError: a training run lacks its recipe or data, or no supervisor can be started.
        HomeError, StoreError: the lab's folder or its database cannot be written; nothing was submitted.
    """
    return submit_many([Request(spec, recipe, data, seed, kind, name, owner, limits)], study=study)[0]


def submit_many(requests: Sequence[Request], *, study: str | None = None) -> list[str]:
    """Put several jobs in the queue, all or none, in their order.

    Args:
        requests: the jobs.
        study: a name that groups them, as `new_study` gives.

    Returns: their ids.

    Raises: as `submit`.
    """
    sources = {request.data: absolute_source(request.data) for request in requests if request.data is not None}
    now, most = time.time(), lab_limits()
    rows = [_row(request, sources.get(request.data), study, now, most) for request in requests]
    written: list[str] = []
    try:
        for row in rows:
            run = json.dumps({key: row[key] for key in folders.IN_RUN})
            folders.create(row["id"], run=run, spec=row["spec"], recipe=row["recipe"])
            written.append(row["id"])
        writes.add(rows)
    except BaseException:
        for job_id in written:
            folders.remove(job_id)
        raise
    supervision.ensure()
    return [row["id"] for row in rows]


def new_study(name: str = "s") -> str:
    """Return a new name for a group of jobs, as `degradation-7f3k2q`."""
    return f"{name}-{_token()}"


def absolute_source(source: str) -> str:
    """Check a source, and free its path from the directory that it was submitted from.

    Raises:
        DataError: the source is unknown, or what it names is missing.
    """
    kind, _, path = check_source(source).partition(":")
    return f"{kind}:{Path(path).expanduser().absolute()}" if path else kind


def stop(job_id: str) -> State:
    """End a job that waits at once, and one that runs within a second; its finished epochs are kept.

    Returns: the job's state now; a running job becomes `stopped` a moment later.

    Raises:
        RunError: no job has that id.
    """
    state = writes.request_stop(job_id)
    if state in writes.IN_WORK:
        supervision.ensure()
    return state


def resume(job_id: str) -> int:
    """Put a run that ended early back into the queue; it goes on after its last finished epoch.

    Returns: the epochs that it has; 0 where it had finished none, and begins anew.

    Raises:
        RunError: no job has that id, or this one cannot go on; the line says why.
        InputError: the lab's limits are wrong.
        HomeError, StoreError: the lab's folder or its database cannot be used.
    """
    job = store.job(job_id)
    _wait_until_back(job)
    kept = epochs_to_go_on_from(job)
    of = f" of {job.total_epochs:,}" if job.total_epochs else ""
    message = f"waits to go on after epoch {kept:,}{of}" if kept else "waits to begin anew: it had finished no epoch"
    held = lab_limits().stricter(Limits(job.limit_seconds, job.limit_bytes))
    limited = {"limit_seconds": held.seconds, "limit_bytes": held.memory_bytes}
    if not writes.put_back(job_id, RESUMABLE, message, **limited):
        raise RunError(f"{job_id} is {store.job(job_id).state} by now: it was resumed or deleted a moment ago")
    supervision.ensure()
    return kept


def delete(job_id: str) -> None:
    """Move a job to the trash: its rows and its folder; `trash.restore` brings it back for a while.

    One that waits or runs is stopped first.

    Raises:
        RunError: no job has that id, or it does not stop.
        HomeError: its folder cannot be moved.
    """
    if stop(job_id) in ACTIVE:
        _wait_until_ended(job_id)
    trash.put(job_id)


def _wait_until_ended(job_id: str) -> None:
    _wait(
        lambda: not store.jobs(ids=[job_id], states=ACTIVE),
        STOP_SECONDS,
        f"{job_id} is being stopped, and has not ended yet: delete it in a moment",
    )


def _wait_until_back(job: Job) -> None:
    """Wait for the files of a run that ended on a cluster: they come a moment after its last word."""
    if job.active or not folders.is_away(job.id):
        return
    supervision.ensure()
    _wait(
        lambda: not folders.is_away(job.id),
        BACK_SECONDS,
        f"the files of {job.id} are not back from the cluster: resume it in a moment, and see that "
        f"{shared_files.VARIABLE} and {cluster.VARIABLE} are as they were when it began, and can be reached",
    )


def _wait(until: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Wait, or say what was waited for in vain."""
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() > deadline:
            raise RunError(otherwise)
        time.sleep(0.05)


def described(spec: ResNetSpec, recipe: Recipe | None) -> dict[str, Any]:
    """Return the columns of a job that follow from what it trains and how."""
    total = count_costs(build_graph(spec)).total
    return {
        "spec": spec.model_dump_json(),
        "recipe": recipe and recipe.model_dump_json(),
        "all_devices": recipe is not None and recipe.devices is Devices.ALL,
        "params": total.params,
        "macs": total.macs,
    }


def _row(request: Request, data: str | None, study: str | None, now: float, most: Limits) -> dict[str, Any]:
    if request.kind not in KINDS:
        raise RunError(f"a job is one of {', '.join(KINDS)}, received {request.kind!r}: choose one of them")
    if request.kind == "train" and (request.recipe is None or data is None):
        raise RunError("a training run needs a recipe and data: give both")
    if not 0 <= request.seed <= MAX_SEED:
        raise InputError(f"a seed is a whole number from 0 to {MAX_SEED}, received {request.seed}: choose another")
    limited = most.stricter(request.limits)
    return {
        "id": f"{'r' if request.kind == 'train' else 'c'}-{_token()}",
        "kind": request.kind,
        "state": "queued",
        "name": request.name or request.spec.name,
        **described(request.spec, request.recipe),
        "data": data,
        "seed": request.seed,
        "study": study,
        "created": now,
        "message": "",
        "owner": _user() if request.owner is None else request.owner,
        "limit_seconds": limited.seconds,
        "limit_bytes": limited.memory_bytes,
    }


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # A container may give its user no name.
        return ""


def _token() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(6))
