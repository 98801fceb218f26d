"""Whether an ended run can go on, and from where; what cannot is said in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

from resnet_core import checkpoints
from resnet_core.datasets import check_source, fingerprint
from resnet_core.errors import DataError, RunError
from resnet_core.runs.folders import job_folder
from resnet_core.runs.records import Job
from resnet_core.spec import make_spec


def epochs_to_go_on_from(job: Job) -> int:
    """Return after how many epochs a run goes on; 0 where it finished none, and begins anew.

    Args:
        job: with its epochs.

    Raises:
        RunError: it cannot; the line says why.
    """
    _has_ended_early(job)
    with _needing_its_data(job):
        check_source(job.data)
    kept = len(checkpoints.finished_epochs(job_folder(job.id)))
    if job.epochs and not kept:
        raise RunError(
            f"{job.id} kept no state to go on from (its folder has no {checkpoints.FILE}): train it again instead"
        )
    if kept:
        _has_the_same_data(job)
    return kept


def _has_ended_early(job: Job) -> None:
    if job.kind != "train":
        raise RunError(f"{job.id} is a {job.kind}, and only training can be resumed: start another one")
    if job.active:
        raise RunError(f"{job.id} is {job.state}, and only what has ended can be resumed: let it go on")
    if job.state == "finished":
        raise RunError(
            f"{job.id} has finished all of its {len(job.epochs):,} epochs: train it again, with more of them"
        )
    if job.state == "diverged":
        raise RunError(f"{job.id} diverged, and would again: train it again with a smaller learning rate or a warm-up")


def _has_the_same_data(job: Job) -> None:
    spec = make_spec(job.spec)
    with _needing_its_data(job):
        now = fingerprint(job.data, size=spec.input_size, channels=spec.channels)
    if None not in (now, job.data_fingerprint) and now != job.data_fingerprint:
        raise RunError(
            f"the images of {job.id} have changed since it began (fingerprint {job.data_fingerprint}, now {now}): "
            "bring the old ones back, or train it again on these"
        )


@contextmanager
def _needing_its_data(job: Job) -> Iterator[None]:
    try:
        yield
    except DataError as error:
        raise RunError(f"{job.id} cannot go on without its data: {error}") from error
