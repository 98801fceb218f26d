"""The numbers behind a comparison as a zip: runs, epochs and steps as CSV, and each run's network and recipe."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence

from app.portable import portable
from app.recipe_words import in_words
from app.run import Run
from app.run_list import data_name
from app.runs_table import epoch_rows, final_numbers
from app.tables import csv as as_csv
from resnet_core.results import Step
from resnet_core.runs import store


def as_zip(runs: Sequence[Run]) -> bytes:
    """Write the archive.

    Everything is as the store has it, except that the data's place on this machine is left out.

    Args:
        runs: of the comparison.

    Raises:
        StoreError: the database cannot be read.
    """
    numbers = final_numbers(runs, in_words)
    numbers["data"] = [data_name(run.job) for run in runs]
    numbers["message"] = [portable(run.job.message, run.job.data) or None for run in runs]
    numbers["note"] = [portable(run.job.note, run.job.data) or None for run in runs]
    epochs = epoch_rows(runs)
    epochs["data"] = epochs["run"].map({run.job.id: data_name(run.job) for run in runs})
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("runs.csv", as_csv(numbers))
        archive.writestr("epochs.csv", as_csv(epochs))
        archive.writestr("steps.csv", _steps([run.job.id for run in runs]))
        for run in runs:
            for name, document in (("spec", run.job.spec), ("recipe", run.job.recipe)):
                if document is not None:
                    archive.writestr(f"{run.job.id}/{name}.json", json.dumps(document, indent=2) + "\n")
    return target.getvalue()


def _steps(job_ids: Sequence[str]) -> str:
    """Return every sampled step, the runs in their order; run by run, so that only one is in memory as rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("run", *Step.__dataclass_fields__))
    for job_id in job_ids:
        rows = {step.step: step for _, step in store.steps([job_id]).items}
        writer.writerows((job_id, *vars(rows[number]).values()) for number in sorted(rows))
    return text.getvalue()
