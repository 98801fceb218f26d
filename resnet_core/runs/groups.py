"""A study as a group of jobs: start it, see how far it is, read its verdict."""

from dataclasses import dataclass

from resnet_core.errors import InputError
from resnet_core.results import Epoch
from resnet_core.runs import queue, store
from resnet_core.runs.records import Job
from resnet_core.spec import make_spec
from resnet_core.studies import STUDIES, Outcome, Study


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

    def verdict(self) -> str | None:
        """Return what the study's runs say, or None while they go on."""
        if self.study is None:
            return None
        return self.study.verdict(outcome(job, job.epochs or ()) for job in self.jobs)


def start(study: Study, *, data: str | None = None, seed: int = 0) -> str:
    """Put all runs of a study in the queue and return the group's id.

    Raises: as `queue.submit`.
    """
    group = queue.new_study(study.name)
    requests = [queue.Request(run.spec, run.recipe, run.data, run.seed) for run in study.plan(data, seed)]
    queue.submit_many(requests, study=group)
    return group


def load(group_id: str) -> Group:
    """Return a group with its jobs.

    Raises:
        InputError: no runs belong to that id.
        StoreError: the database cannot be read.
    """
    jobs = store.jobs(study=group_id, with_epochs=True)
    if not jobs:
        raise InputError(f"no study has the id {group_id[:40]!r}: it was deleted, or ran in another lab folder")
    return Group(group_id, STUDIES.get(group_id.rpartition("-")[0]), tuple(reversed(jobs)))


def newest(study: Study) -> Group | None:
    """Return the newest group of a study, or None if it was never started."""
    for job in store.jobs(kind="train"):
        if job.study and job.study.rpartition("-")[0] == study.name:
            return load(job.study)
    return None


def outcome(job: Job, epochs: tuple[Epoch, ...]) -> Outcome:
    """Return a job as the study's verdict reads it."""
    return Outcome(make_spec(job.spec), job.state, epochs)
