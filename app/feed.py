"""Epochs and steps of some runs as they arrive: each poll reads only the rows written since the last one."""

from dataclasses import dataclass, field

from app.charts.curves import Curve
from app.run_names import run_names
from resnet_core.results import Epoch, Step
from resnet_core.runs import store
from resnet_core.runs.records import Job
from resnet_core.spec import make_spec


@dataclass
class Feed:
    """What one page has read so far of some runs. A page keeps it in its session."""

    job_ids: tuple[str, ...]
    with_steps: bool = True
    jobs: tuple[Job, ...] = ()
    epoch_cursor: int = 0
    step_cursor: int = 0
    epochs: dict[str, dict[int, Epoch]] = field(default_factory=dict)
    steps: dict[str, dict[int, Step]] = field(default_factory=dict)

    def poll(self) -> None:
        """Read what is new. Rows that were written again replace the older ones.

        Raises:
            StoreError: the database cannot be read.
        """
        found = {job.id: job for job in store.jobs(ids=self.job_ids)}
        before = {job.id: job.running_since for job in self.jobs}
        if any(job_id not in before or job.running_since != before[job_id] for job_id, job in found.items()):
            # A run that goes on has lost the steps of the epoch that it had not finished; the rows of one that is back
            # from the trash are older than the cursors.
            self.epoch_cursor = self.step_cursor = 0
            self.epochs, self.steps = {}, {}
        self.jobs = tuple(found[job_id] for job_id in self.job_ids if job_id in found)
        epochs = store.epochs(self.job_ids, after=self.epoch_cursor)
        self.epoch_cursor = epochs.cursor
        for job_id, epoch in epochs.items:
            self.epochs.setdefault(job_id, {})[epoch.epoch] = epoch
        if not self.with_steps:
            return
        steps = store.steps(self.job_ids, after=self.step_cursor)
        self.step_cursor = steps.cursor
        for job_id, rows in steps.by_job().items():
            self.steps.setdefault(job_id, {}).update((step.step, step) for step in rows)

    @property
    def active(self) -> bool:
        """Whether any of the runs waits or runs."""
        return any(job.active for job in self.jobs)

    def epochs_of(self, job_id: str) -> tuple[Epoch, ...]:
        """Return a run's epochs in order."""
        rows = self.epochs.get(job_id, {})
        return tuple(rows[number] for number in sorted(rows))

    def steps_of(self, job_id: str) -> tuple[Step, ...]:
        """Return a run's sampled steps in order."""
        rows = self.steps.get(job_id, {})
        return tuple(rows[number] for number in sorted(rows))

    def curves(self) -> list[Curve]:
        """Return the runs as curves, under names that tell them apart."""
        labels = run_names(self.jobs)
        curves = []
        for job in self.jobs:
            spec = make_spec(job.spec)
            curves.append(
                Curve(
                    label=labels[job.id],
                    residual=spec.residual,
                    depth=spec.depth,
                    epochs=self.epochs_of(job.id),
                    steps=self.steps_of(job.id),
                    steps_per_epoch=job.steps_per_epoch,
                )
            )
        return curves
