"""A study as a group of jobs: start it, see how far it is, read its verdict."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from filelock import FileLock

from resnet_core.errors import HomeError, InputError, TwiceError
from resnet_core.home import lab_home
from resnet_core.recipes import Recipe, make_recipe
from resnet_core.results import ACTIVE, Epoch
from resnet_core.runs import store
from resnet_core.runs.records import Job
from resnet_core.spec import ResNetSpec, make_spec
from resnet_core.studies import STUDIES, Outcome, PlannedRun, Size, Study


@dataclass(frozen=True)
class Group:
    """The jobs of one study, in the order of their submission.

    Attributes:
        id: the study's name with a token behind it, as `degradation-7f3k2q`.
        study: what was asked; None for a study that this version does not know.
        jobs: each with all its epochs.
    """

    id: str
    study: Study | None
    jobs: tuple[Job, ...]

    @property
    def active(self) -> bool:
        """Whether any of its jobs waits or runs."""
        return any(job.active for job in self.jobs)

    @property
    def size(self) -> Size | None:
        """Which size it is; None where its runs are those of another version."""
        return self.study and self.study.size_of(self._outcomes())

    @property
    def data(self) -> str:
        """Where its images come from."""
        return self.jobs[0].data or ""

    @property
    def seeds(self) -> int:
        """How many seeds it is repeated over."""
        return len({job.seed for job in self.jobs})

    def verdict(self) -> str | None:
        """Return what the study's runs say, or None while they go on."""
        return self.study and self.study.verdict(self._outcomes())

    def _outcomes(self) -> list[Outcome]:
        return [outcome(job, job.epochs or ()) for job in self.jobs]


def start(
    study: Study,
    size: Size = Size.QUICK,
    *,
    data: str | None = None,
    seeds: int = 1,
    again: bool = False,
    owner: str | None = None,
) -> str:
    """Put all runs of a study in the queue and return the group's id.

    Args:
        study, size: what is asked.
        data: a source; None takes the size's own.
        seeds: how often all of it is repeated.
        again: start it even if the very same one is going on.
        owner: whose it is, as in `queue.Request`.

    Raises:
        TwiceError: the very same one is going on.
        DataError: the data cannot be used, or has too few images.
        Others: as `queue.submit`.
    """
    from resnet_core.runs import queue, study_plans  # to read a study takes no data sets

    runs = study_plans.plan(study, size, data, seeds)
    with _one_at_a_time():
        if not again:
            refuse_twin(study, runs)
        group = queue.new_study(study.name)
        requests = [queue.Request(run.spec, run.recipe, run.data, run.seed, name=run.name, owner=owner) for run in runs]
        queue.submit_many(requests, study=group)
    return group


def refuse_twin(study: Study, runs: tuple[PlannedRun, ...]) -> None:
    """Do nothing, unless a group goes on that is exactly these runs.

    Raises:
        TwiceError: one does.
    """
    twin = running(study, runs)
    if twin:
        raise TwiceError(
            f"this very study is going on as {twin} (same size, data and seeds): wait for it, or start it again "
            "all the same (--again)",
            twin,
        )


def running(study: Study, runs: tuple[PlannedRun, ...]) -> str | None:
    """Return the id of a group that goes on and is exactly these runs, or None."""
    asked = Counter((run.spec, run.recipe, run.data, run.seed) for run in runs)
    active = store.jobs(states=ACTIVE, kind="train")
    for group in dict.fromkeys(job.study for job in active if _study_name(job) == study.name):
        if Counter(map(_asked, store.jobs(study=group))) == asked:
            return group
    return None


def load(group_id: str) -> Group:
    """Return a group with its jobs.

    Raises:
        InputError: no runs belong to that id.
        StoreError: the database cannot be read.
    """
    jobs = store.jobs(study=group_id, with_epochs=True)
    if not jobs:
        raise InputError(f"no study has the id {group_id[:40]!r}: it was deleted, or ran in another lab folder")
    return Group(group_id, STUDIES.get(_study_name(jobs[0])), tuple(reversed(jobs)))


def newest(study: Study) -> Group | None:
    """Return the newest group of a study, or None if it was never started."""
    group = store.newest_study(study.name)
    return group and load(group)


def outcome(job: Job, epochs: tuple[Epoch, ...]) -> Outcome:
    """Return a job as the study's verdict reads it."""
    return Outcome(
        spec=make_spec(job.spec),
        state=job.state,
        epochs=epochs,
        recipe=make_recipe(job.recipe),
        data=job.data or "",
        seed=job.seed,
        name=job.name,
        macs=job.macs,
        val_images=job.val_images,
        test_error=job.test_error,
    )


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold a lock while looking for a twin and submitting: two clicks at once start one study."""
    lock = FileLock(lab_home() / "studies.lock")
    try:
        lock.acquire()
    except OSError as error:
        raise HomeError(
            f"{lock.lock_file} cannot be written ({error.strerror}): set RESNET_LAB_HOME elsewhere"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _asked(job: Job) -> tuple[ResNetSpec, Recipe, str | None, int]:
    return make_spec(job.spec), make_recipe(job.recipe), job.data, job.seed


def _study_name(job: Job) -> str:
    return (job.study or "").rpartition("-")[0]
