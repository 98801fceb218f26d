"""Put runs into the lab's database as a worker would have left them, without training anything."""

import json
import time
from collections.abc import Sequence

from app.run import Run
from app.run_names import run_names
from resnet_core.costs import count_costs
from resnet_core.graph import build_graph
from resnet_core.recipes import RECIPES, Recipe
from resnet_core.results import Epoch, Step
from resnet_core.runs import store, writes
from resnet_core.spec import ResNetSpec

STEPS_PER_EPOCH = 80


def store_run(
    job_id: str,
    spec: ResNetSpec,
    errors: Sequence[tuple[float, float]] = (),
    *,
    recipe: Recipe = RECIPES["quick"],
    steps: Sequence[Step] = (),
    **columns,
) -> str:
    """Store one run with its epochs and return its id.

    Args:
        job_id: of the run.
        spec: its network.
        errors: training and validation error of each finished epoch, fractions 0..1.
        recipe: how it was trained.
        steps: samples within its epochs.
        columns: of the jobs table, where they differ from a finished run on shapes with seed 0; notes as a list.
    """
    total = count_costs(build_graph(spec)).total
    row = {
        "id": job_id,
        "kind": "train",
        "state": "finished",
        "name": spec.name,
        "spec": spec.model_dump_json(),
        "recipe": recipe.model_dump_json(),
        "data": "shapes",
        "seed": 0,
        "study": None,
        "params": total.params,
        "macs": total.macs,
        "device": "Test CPU",
        "steps_per_epoch": STEPS_PER_EPOCH,
        "total_epochs": recipe.epochs,
        "created": time.time(),
        "message": "",
        "versions": json.dumps({"keras": "3.15.1"}),
        **columns,
    }
    row["notes"] = json.dumps(row.get("notes", []))
    writes.add([row])
    writes.write_rows(job_id, epochs(errors), steps)
    return job_id


def epochs(errors: Sequence[tuple[float, float]], first: int = 1) -> list[Epoch]:
    """Return epochs with these training and validation errors, two seconds each."""
    return [
        Epoch(
            epoch=number,
            step=number * STEPS_PER_EPOCH,
            train_loss=2 * train,
            train_error=train,
            val_loss=2 * val,
            val_error=val,
            learning_rate=0.02,
            images_per_second=500.0,
            seconds=2.0,
        )
        for number, (train, val) in enumerate(errors, start=first)
    ]


def runs() -> list[Run]:
    """Return what is stored, in the order in which it was."""
    jobs = store.jobs(with_epochs=True)[::-1]
    names = run_names(jobs)
    return [Run(job, names[job.id], job.epochs) for job in jobs]
