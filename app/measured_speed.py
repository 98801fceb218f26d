"""How fast networks trained on this computer: seconds of an image, from the epochs of stored runs. Pure: jobs in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from resnet_core.errors import InputError
from resnet_core.runs.records import Job
from resnet_core.spec import make_spec

TRAINING_PASSES = 3
"""A training step costs about three forward passes: forward, gradients of activations, gradients of weights."""


@dataclass(frozen=True)
class Speed:
    """What one network needs for one training image.

    Attributes:
        name: of the network.
        residual: decides its color.
        macs: of one forward pass.
        seconds: the median over its runs.
        runs: how many there are.
    """

    name: str
    residual: bool
    macs: int
    seconds: float
    runs: int

    @property
    def macs_per_second(self) -> float:
        """Multiply-accumulates that were done in a second of training."""
        return TRAINING_PASSES * self.macs / self.seconds


def newest_device(jobs: Sequence[Job]) -> str:
    """Return the processor of the newest run that was measured; empty where there is none."""
    return next((job.device for job in jobs if job.device and _seconds(job)), "")


def speeds(jobs: Iterable[Job], device: str) -> list[Speed]:
    """Return the speed of each network on one processor, the least work first.

    Args:
        jobs: training runs with their epochs; those that have none, or a spec that can no longer be read, are left out.
        device: runs of others are left out.
    """
    found: dict[str, list[Job]] = {}
    for job in jobs:
        if job.device == device and _seconds(job) and job.macs:
            try:
                found.setdefault(make_spec(job.spec).key, []).append(job)
            except InputError:
                continue
    rows = [
        Speed(
            make_spec(group[0].spec).name,
            bool(group[0].spec["residual"]),
            group[0].macs,
            median(_seconds(job) for job in group),
            len(group),
        )
        for group in found.values()
    ]
    return sorted(rows, key=lambda speed: (speed.macs, speed.name))


def _seconds(job: Job) -> float | None:
    """Return the seconds of an image; the first epoch, which also compiles, counts only where it is the only one."""
    epochs = job.epochs or ()
    rates = [epoch.images_per_second for epoch in epochs[1:] or epochs if epoch.images_per_second > 0]
    return 1 / median(rates) if rates else None
