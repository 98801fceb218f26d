"""A run with what has been read of it: what charts, tables and verdicts of a comparison are made from."""

import functools
import math
from dataclasses import dataclass

from resnet_core.results import Epoch
from resnet_core.runs.records import Job
from resnet_core.spec import ResNetSpec, parse_spec


@dataclass(frozen=True)
class Run:
    """A run with what has been read of it.

    Attributes:
        job: its row.
        label: a short name that no other run of the comparison has.
        epochs: finished epochs, in order.
    """

    job: Job
    label: str
    epochs: tuple[Epoch, ...]

    @property
    def spec(self) -> ResNetSpec:
        """Return its network."""
        return _spec(self.job.spec_json)

    @property
    def last(self) -> Epoch | None:
        """Return the last finished epoch."""
        return self.epochs[-1] if self.epochs else None

    def best(self, error: str) -> Epoch | None:
        """Return the epoch with the lowest `train_error` or `val_error`; the first of several."""
        finite = [epoch for epoch in self.epochs if math.isfinite(getattr(epoch, error))]
        return min(finite, key=lambda epoch: getattr(epoch, error), default=None)

    @property
    def seconds(self) -> float | None:
        """Return the training time of all finished epochs, validation included."""
        return sum(epoch.seconds for epoch in self.epochs) if self.epochs else None

    @property
    def images_per_second(self) -> float | None:
        """Return the training speed: images over time, validation not counted, as the mean of all epochs."""
        if not self.epochs:
            return None
        # Each epoch has the same images, so the mean speed is the harmonic one.
        return len(self.epochs) / sum(1 / max(epoch.images_per_second, 1e-9) for epoch in self.epochs)


@functools.lru_cache(maxsize=512)
def _spec(text: str) -> ResNetSpec:
    return parse_spec(text)
