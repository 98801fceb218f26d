"""Write a study that has ended into a file that travels with the lab; `resnet_core.recorded` reads it."""

import json
import time
from typing import Any

from resnet_core.errors import InputError
from resnet_core.recorded import BACKENDS, FORMAT
from resnet_core.runs.folders import read_environment
from resnet_core.runs.groups import Group
from resnet_core.runs.records import Job

VERSIONS = ("python", "keras", *BACKENDS, "numpy", "resnet-lab")


def record(group: Group) -> bytes:
    """Return a study as a file.

    Raises:
        InputError: some of its runs go on, did not finish, or belong to another version's study.
    """
    going = [job.id for job in group.jobs if job.active]
    unfinished = [f"{job.id} {job.state}" for job in group.jobs if job.state != "finished"]
    if going:
        raise InputError(f"{group.id} goes on ({', '.join(going)}): record it when all of its runs have ended")
    if unfinished:
        raise InputError(f"{group.id} did not finish ({', '.join(unfinished)}): run it again, then record it")
    if not group.study or not group.size:
        raise InputError(f"{group.id} is not a study of this version: run it again, then record it")
    first = group.jobs[0]
    document = {
        "format": FORMAT,
        "study": group.study.name,
        "size": group.size.value,
        "data": group.data,
        "seeds": group.seeds,
        "date": time.strftime("%Y-%m-%d", time.gmtime(max(job.finished or job.created for job in group.jobs))),
        "device": first.device or "",
        "versions": _versions(first),
        "verdict": group.verdict(),
        "runs": [_run(job) for job in group.jobs],
    }
    return (json.dumps(document, indent=1, allow_nan=False) + "\n").encode()


def _versions(job: Job) -> dict[str, str]:
    """Return the versions that a run depended on: backends that were only installed are left out."""
    others = set(BACKENDS) - {read_environment(job.id).get("backend", BACKENDS[0])}
    return {name: str(job.versions[name]) for name in VERSIONS if name in job.versions and name not in others}


def _run(job: Job) -> dict[str, Any]:
    extra = {"name": job.name, "macs": job.macs, "val_images": job.val_images}
    return {name: value for name, value in job.as_json().items() if name != "id"} | extra
