"""What a page or the command line calls: submit a job, stop it, delete it."""

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resnet_core.costs import count_costs
from resnet_core.datasets import check_source
from resnet_core.errors import RunError
from resnet_core.graph import build_graph
from resnet_core.recipes import Devices, Recipe
from resnet_core.results import State
from resnet_core.runs import folders, supervision, trash, writes
from resnet_core.spec import ResNetSpec

KINDS = ("train", "check")

# Without letters and digits that are mistaken for each other when an id is read aloud.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True)
class Request:
    """A job to submit.

    Attributes:
        spec: the network.
        recipe: how to train it; None for a check.
        data: where its images come from; None for a check.
        seed: of weights, split, order and augmentation.
        kind: train, or check to compare the network with Keras.
        name: shown in lists; None takes the network's own.
    """

    spec: ResNetSpec
    recipe: Recipe | None = None
    data: str | None = None
    seed: int = 0
    kind: str = "train"
    name: str | None = None


def submit(
    spec: ResNetSpec,
    recipe: Recipe | None = None,
    data: str | None = None,
    *,
    seed: int = 0,
    kind: str = "train",
    study: str | None = None,
    name: str | None = None,
) -> str:
    """Put one job in the queue and make sure that someone works on it; see `Request`.

    Returns: the job's id.

    Raises:
        DataError: the data set is missing or not usable.
        RunError: a training run lacks its recipe or data, or no supervisor can be started.
        HomeError, StoreError: the lab's folder or its database cannot be written; nothing was submitted.
    """
    return submit_many([Request(spec, recipe, data, seed, kind, name)], study=study)[0]


def submit_many(requests: Sequence[Request], *, study: str | None = None) -> list[str]:
    """Put several jobs in the queue, all or none, in their order.

    Args:
        requests: the jobs.
        study: a name that groups them, as `new_study` gives.

    Returns: their ids.

    Raises: as `submit`.
    """
    sources = {request.data: absolute_source(request.data) for request in requests if request.data is not None}
    now = time.time()
    rows = [_row(request, sources.get(request.data), study, now) for request in requests]
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


def delete(job_id: str) -> None:
    """Move an ended job to the trash: its rows and its folder; `trash.restore` brings it back for a while.

    Raises:
        RunError: no job has that id, or it still waits or runs.
        HomeError: its folder cannot be moved.
    """
    trash.put(job_id)


def _row(request: Request, data: str | None, study: str | None, now: float) -> dict[str, Any]:
    if request.kind not in KINDS:
        raise RunError(f"a job is one of {', '.join(KINDS)}, received {request.kind!r}: choose one of them")
    if request.kind == "train" and (request.recipe is None or data is None):
        raise RunError("a training run needs a recipe and data: give both")
    total = count_costs(build_graph(request.spec)).total
    return {
        "id": f"{'r' if request.kind == 'train' else 'c'}-{_token()}",
        "kind": request.kind,
        "state": "queued",
        "name": request.name or request.spec.name,
        "spec": request.spec.model_dump_json(),
        "recipe": request.recipe.model_dump_json() if request.recipe else None,
        "all_devices": request.recipe is not None and request.recipe.devices is Devices.ALL,
        "data": data,
        "seed": request.seed,
        "study": study,
        "params": total.params,
        "macs": total.macs,
        "created": now,
        "message": "",
    }


def _token() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(6))
