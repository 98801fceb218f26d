"""What a training run reports: plain values that the store, the charts and the command line share."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal["queued", "starting", "running", "finished", "stopped", "failed", "diverged", "lost"]
ACTIVE: frozenset[str] = frozenset({"queued", "starting", "running"})
RESUMABLE: frozenset[str] = frozenset({"stopped", "failed", "lost"})

WEIGHTS_FILE = "weights.weights.h5"  # in a run's folder, of the last good epoch
MODEL_FILE = "model.json"  # beside it, how Keras builds the network: the other half of a .keras file


@dataclass(frozen=True)
class Step:
    """A sample of a running epoch, taken at most five times a second.

    Attributes:
        step: training steps done since the start of the run, counted from 1.
        epoch: the epoch it belongs to, counted from 1.
        loss, error: means over the batches since the previous sample; error is a fraction 0..1.
        images_per_second: speed since the previous sample.
        seconds: wall time since training began.
    """

    step: int
    epoch: int
    loss: float
    error: float
    learning_rate: float
    images_per_second: float
    seconds: float


@dataclass(frozen=True)
class Epoch:
    """One finished epoch.

    Attributes:
        epoch: counted from 1.
        step: training steps done since the start of the run.
        train_loss, train_error: means over the epoch's batches as they were trained on (augmented);
            errors are fractions 0..1.
        val_loss, val_error: over the whole validation set after the epoch.
        learning_rate: of the epoch's last step.
        images_per_second: training images per second, validation not counted.
        seconds: wall time of the epoch, validation included.
    """

    epoch: int
    step: int
    train_loss: float
    train_error: float
    val_loss: float
    val_error: float
    learning_rate: float
    images_per_second: float
    seconds: float


@dataclass(frozen=True)
class Start:
    """What is known once the network is built and before the first step.

    Attributes:
        params: all parameters of the network, moving statistics included.
        device: the name of the processor that trains.
        train_images, val_images: images that are trained on and validated on.
        steps_per_epoch, total_steps, total_epochs: the run's budget.
        notes: things a reader should know, such as images that were skipped.
        epochs: those that were finished before, where a run goes on; what was reported of later steps is void.
    """

    params: int
    device: str
    train_images: int
    val_images: int
    steps_per_epoch: int
    total_steps: int
    total_epochs: int
    notes: tuple[str, ...] = ()
    epochs: tuple[Epoch, ...] = ()


@dataclass(frozen=True)
class Result:
    """How a run ended: its state, its epochs and one line that says why.

    Attributes:
        test_loss, test_error: on the test images after the last epoch, where validation images were held out of the
            training images; None otherwise, for then the test images validate.
    """

    state: State
    start: Start | None
    epochs: tuple[Epoch, ...]
    message: str = ""
    test_loss: float | None = None
    test_error: float | None = None


@dataclass(frozen=True)
class Report:
    """A run as the command line prints it with `--json`, whether it ran here and now or as a job.

    Attributes:
        id: of the job; None for a run here and now.
        spec, recipe: as JSON objects.
        epochs: None leaves them out.
    """

    id: str | None
    state: State
    spec: dict[str, Any]
    recipe: dict[str, Any] | None
    data: str | None
    seed: int
    params: int | None
    device: str | None
    epochs: tuple[Epoch, ...] | None
    message: str
    test_loss: float | None
    test_error: float | None

    def as_json(self) -> dict[str, Any]:
        """Return the object with its keys in order; numbers that are not finite become null."""
        shown = _finite(vars(self))
        if self.epochs is None:
            del shown["epochs"]
        else:
            shown["epochs"] = [_finite(asdict(epoch)) for epoch in self.epochs]
        return shown


def data_line(done: int, total: int, unit: str) -> str:
    """Say how far the reading or downloading of images is.

    Example:
        >>> data_line(1_200, 25_000, "images"), data_line(61_000_000, 825_000_000, "bytes")
        ('reading images: 1,200 of 25,000', 'downloading images: 61 of 825 MB')
    """
    if unit == "bytes":
        return f"downloading images: {done / 1e6:,.0f} of {total / 1e6:,.0f} MB"
    return f"reading images: {done:,} of {total:,}"


class Listener:
    """What `train` tells while it runs. Override what is needed; every method may be left as it is."""

    def on_data(self, done: int, total: int, unit: str = "images") -> None:
        """Hear how many images have been read, and of how many; only of data that are decoded for the first time.

        Of data that are downloaded for that: how many `bytes` have come.
        """

    def on_start(self, start: Start) -> None:
        """Hear that the network is built and training is about to begin."""

    def on_step(self, step: Step) -> None:
        """Hear a sample of a running epoch, five times a second at most."""

    def on_epoch(self, epoch: Epoch) -> None:
        """Hear that an epoch is finished and validated."""

    def should_stop(self) -> bool:
        """Say whether the run should stop now; asked after every batch, so answer fast."""
        return False


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in values.items()}
