"""Runs as tables: the final numbers of each, and every epoch of all of them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from app.run import Run
from resnet_core.recipes import Recipe
from resnet_core.results import Epoch


def final_numbers(runs: Sequence[Run], words: Callable[[Recipe], str]) -> pd.DataFrame:
    """Return one row a run: errors are fractions 0..1, times are seconds, MACs are for one image.

    Args:
        runs: in the order of the rows.
        words: says a recipe in a line.
    """
    return pd.DataFrame([_final(run, words) for run in runs], columns=list(_COLUMNS)).astype(_COLUMNS)


def epoch_rows(runs: Sequence[Run]) -> pd.DataFrame:
    """Return one row an epoch of every run, tidy: what identifies the run, then the epoch as the store has it."""
    rows: list[dict[str, Any]] = []
    for run in runs:
        who = {"run": run.job.id, "network": run.job.name, "data": run.job.data, "seed": run.job.seed}
        rows += [who | asdict(epoch) for epoch in run.epochs]
    columns = ["run", "network", "data", "seed", *Epoch.__dataclass_fields__]
    return pd.DataFrame(rows, columns=columns)


_COLUMNS = {
    "run": "string",
    "label": "string",
    "state": "string",
    "network": "string",
    "params": "Int64",
    "macs": "Int64",
    "recipe": "string",
    "data": "string",
    "seed": "Int64",
    "epochs": "Int64",
    "planned_epochs": "Int64",
    "final_train_error": "Float64",
    "best_train_error": "Float64",
    "final_val_error": "Float64",
    "best_val_error": "Float64",
    "best_val_epoch": "Int64",
    "test_error": "Float64",
    "seconds": "Float64",
    "images_per_second": "Float64",
    "device": "string",
    "started": "Float64",
    "message": "string",
    "tags": "string",
    "note": "string",
}


def _final(run: Run, words: Callable[[Recipe], str]) -> dict[str, Any]:
    job, last = run.job, run.last
    best_train, best_val = run.best("train_error"), run.best("val_error")
    return {
        "run": job.id,
        "label": run.label,
        "state": job.state,
        "network": job.name,
        "params": job.params,
        "macs": job.macs,
        "recipe": words(Recipe(**job.recipe)) if job.recipe else None,
        "data": job.data,
        "seed": job.seed,
        "epochs": len(run.epochs),
        "planned_epochs": job.total_epochs or (job.recipe or {}).get("epochs"),
        "final_train_error": last and last.train_error,
        "best_train_error": best_train and best_train.train_error,
        "final_val_error": last and last.val_error,
        "best_val_error": best_val and best_val.val_error,
        "best_val_epoch": best_val and best_val.epoch,
        "test_error": job.test_error,
        "seconds": run.seconds,
        "images_per_second": run.images_per_second,
        "device": job.device,
        "started": job.created,
        "message": job.message or None,
        "tags": " ".join(job.tags) or None,
        "note": job.note or None,
    }
