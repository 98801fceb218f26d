"""Jobs, epochs and steps as tests of the store write them: the least that a row needs."""

from collections.abc import Iterable

from resnet_core import get_recipe, get_spec
from resnet_core.results import Epoch, Step
from resnet_core.runs import writes
from resnet_core.runs.records import Active, Job


def add(*job_ids: str, study: str | None = None, created: float = 1e9) -> None:
    """Put queued training runs into the database."""
    spec, recipe = get_spec("resnet20").model_dump_json(), get_recipe("quick").model_dump_json()
    common = {"kind": "train", "state": "queued", "name": "resnet20", "spec": spec, "recipe": recipe, "data": "shapes"}
    writes.add([{**common, "id": job_id, "seed": 0, "study": study, "created": created} for job_id in job_ids])


def epoch(number: int, **changes: float) -> Epoch:
    """Return an epoch of 80 steps."""
    values = {"train_loss": 0.5, "train_error": 0.25, "val_loss": 0.75, "val_error": 0.5, "learning_rate": 0.1}
    return Epoch(number, 80 * number, **{**values, "images_per_second": 600.0, "seconds": 8.5, **changes})


def step(number: int, **changes: float) -> Step:
    """Return a step of the first epoch."""
    values = {"loss": 0.5, "error": 0.25, "learning_rate": 0.1, "images_per_second": 600.0, "seconds": number * 0.2}
    return Step(number, 1, **{**values, **changes})


def ids(jobs: Iterable[Job | Active]) -> list[str]:
    """Return the ids of jobs, in their order."""
    return [job.id for job in jobs]
