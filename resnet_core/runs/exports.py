"""What a run can be taken home as: its numbers, network, weights, script, notebook and documents."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from resnet_core.code import Record, keras_code, notebook
from resnet_core.errors import InputError, RunError
from resnet_core.recipes import make_recipe
from resnet_core.results import MODEL_FILE, WEIGHTS_FILE, Epoch, Step
from resnet_core.runs import store
from resnet_core.runs.folders import job_folder, read_environment
from resnet_core.runs.metrics import as_csv, as_parquet
from resnet_core.runs.records import Job
from resnet_core.spec import make_spec
from resnet_core.words import N_


@dataclass(frozen=True)
class Export:
    """One kind of file.

    Attributes:
        name: of the file, as `epochs.csv`.
        about: what it holds, in a few words.
        mime: its type on the web.
        make: gives its bytes for a job with its epochs.
        of_training: whether only a training run has it.
    """

    name: str
    about: str
    mime: str
    make: Callable[[Job], bytes]
    of_training: bool = True


def export(job_id: str, name: str) -> bytes:
    """Return one file of a run.

    Args:
        job_id: of a run that has ended, or goes on: it gives what there is by now.
        name: one of `EXPORTS`.

    Raises:
        RunError: no job has that id, or it has no such file; the line says why.
        DataError: the run's data set cannot be written as a script.
        StoreError: the database cannot be read.
    """
    job = store.job(job_id)
    if EXPORTS[name].of_training and job.kind != "train":
        raise RunError(f"{job_id} is a {job.kind} and trained nothing: spec.json and run.json can be exported")
    return EXPORTS[name].make(job)


def available(job: Job) -> list[Export]:
    """Return the kinds of files that a job has now."""
    kept = kept_files(job.id).keys()
    needs = {WEIGHTS_FILE: {WEIGHTS_FILE}, "net.keras": {WEIGHTS_FILE, MODEL_FILE}}
    return [
        kind
        for kind in EXPORTS.values()
        if (job.kind == "train" or not kind.of_training)
        and needs.get(kind.name, set()) <= kept
        and (job.last_epoch or not kind.name.startswith(("epochs", "steps")))
    ]


def kept_files(job_id: str) -> dict[str, int]:
    """Return the files in a job's folder and their sizes in bytes; none if the folder is gone."""
    return {path.name: path.stat().st_size for path in sorted(job_folder(job_id).glob("*")) if path.is_file()}


def kind_of(file: PurePath) -> str:
    """Return which of `EXPORTS` a file's name asks for.

    Raises:
        InputError: the name says too little.
    """
    ending, stem = file.suffix.lower(), file.stem.lower()
    kinds = [name for name in EXPORTS if PurePath(name).suffix == ending]
    if not kinds:
        raise InputError(f"{file} ends in {ending or 'nothing'}: choose one of {', '.join(EXPORTS)}")
    named = [name for name in kinds if PurePath(name).stem in stem] if len(kinds) > 1 else kinds
    if len(named) != 1:
        raise InputError(
            f"{file.name} does not say what to write: choose a name that holds that of {' or '.join(kinds)}"
        )
    return named[0]


def _script(job: Job) -> bytes:
    spec, recipe = make_spec(job.spec), make_recipe(job.recipe)
    return keras_code(spec, recipe, job.data, seed=job.seed, record=_record(job)).encode()


def _notebook(job: Job) -> bytes:
    import nbformat

    spec, recipe = make_spec(job.spec), make_recipe(job.recipe)
    book = notebook(spec, recipe, job.data, seed=job.seed, record=_record(job))
    return f"{nbformat.writes(book)}\n".encode()


def _record(job: Job) -> Record:
    backend = read_environment(job.id).get("backend", "tensorflow")
    return Record(job.id, job.device or "", backend, job.versions, tuple(epoch.train_loss for epoch in job.epochs))


def _steps(job: Job) -> list[Step]:
    return store.steps([job.id]).by_job().get(job.id, [])


def _weights(job: Job) -> bytes:
    return _kept(job, WEIGHTS_FILE)


def _keras_file(job: Job) -> bytes:
    """Put together what `keras.Model.save` writes, without Keras: a page may ask for it."""
    weights, config = _kept(job, WEIGHTS_FILE), _kept(job, MODEL_FILE)
    saved = time.strftime("%Y-%m-%d@%H:%M:%S", time.localtime(job.finished or job.created))
    metadata = {"keras_version": job.versions.get("keras", ""), "date_saved": saved}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("metadata.json", json.dumps(metadata))
        archive.writestr("config.json", config, zipfile.ZIP_DEFLATED)
        archive.writestr("model.weights.h5", weights)
    return stream.getvalue()


def _kept(job: Job, name: str) -> bytes:
    try:
        return (job_folder(job.id) / name).read_bytes()
    except FileNotFoundError:
        why = f"its folder no longer holds {name}" if job.epochs else "it has finished no epoch"
        raise RunError(f"{job.id} kept no weights: {why}; train it again to have them") from None
    except OSError as error:
        raise RunError(f"{name} of {job.id} cannot be read ({error.strerror}): look into its folder") from error


def _as_json(document: dict) -> bytes:
    return f"{json.dumps(document, indent=2)}\n".encode()


_BYTES = "application/octet-stream"
_JSON = "application/json"
_KINDS = (
    Export("net.keras", N_("network and weights, from bytes to logits"), _BYTES, _keras_file),
    Export(WEIGHTS_FILE, N_("weights alone"), _BYTES, _weights),
    Export("train.py", N_("a script that repeats the run"), "text/x-python", _script),
    Export("run.ipynb", N_("the same as a notebook"), "application/x-ipynb+json", _notebook),
    Export("epochs.csv", N_("every epoch"), "text/csv", lambda job: as_csv(Epoch, job.epochs)),
    Export("steps.csv", N_("the sampled steps"), "text/csv", lambda job: as_csv(Step, _steps(job))),
    Export("epochs.parquet", N_("every epoch"), _BYTES, lambda job: as_parquet(Epoch, job.epochs, job)),
    Export("steps.parquet", N_("the sampled steps"), _BYTES, lambda job: as_parquet(Step, _steps(job), job)),
    Export("spec.json", N_("the network"), _JSON, lambda job: _as_json(job.spec), of_training=False),
    Export("recipe.json", N_("how it was trained"), _JSON, lambda job: _as_json(job.recipe)),
    Export(
        "run.json", N_("everything, as jobs show --json"), _JSON, lambda job: _as_json(job.as_json()), of_training=False
    ),
)
EXPORTS = {kind.name: kind for kind in _KINDS}
"""Every kind of file, under its name."""
