"""How a run here and now tells of itself, and how Ctrl-C stops it."""

import signal
import sys
from types import FrameType

from resnet_core.cli.output import say
from resnet_core.results import Epoch, Listener, Start, Step, data_line
from resnet_core.words import percent


def tell_of_images(done: int, total: int, unit: str = "images") -> None:
    """Say how many images have been read, or bytes downloaded: in place on a terminal, else once all are."""
    if sys.stderr.isatty():
        print(f"\r{data_line(done, total, unit)} \x1b[K", end="", file=sys.stderr, flush=True)
        if done == total:
            say("")
    elif done == total:
        say(f"read {total:,} images" if unit == "images" else f"downloaded {total / 1e6:,.0f} MB")


class Progress(Listener):
    """Tells of a run on standard error, and turns the first Ctrl-C into a request to stop."""

    def __init__(self) -> None:
        self.asked = False
        self.start: Start | None = None
        self.shows_steps = sys.stderr.isatty()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self.start:
            signal.signal(signal.SIGINT, self.before)

    def on_data(self, done: int, total: int, unit: str = "images") -> None:
        tell_of_images(done, total, unit)

    def on_start(self, start: Start) -> None:
        # From here on there is something to keep; before, Ctrl-C simply ends the command.
        self.start = start
        self.before = signal.signal(signal.SIGINT, self._ask)
        for note in start.notes:
            say(f"note: {note}")
        say(
            f"{start.params:,} parameters, {start.train_images:,} training and {start.val_images:,} validation images, "
            f"{start.total_steps:,} steps, on {start.device}"
        )

    def on_step(self, step: Step) -> None:
        if self.shows_steps:
            line = f"step {step.step:,} of {self.start.total_steps:,}, loss {step.loss:.3f}"
            print(f"\r{line}, {step.images_per_second:,.0f} images/s \x1b[K", end="", file=sys.stderr, flush=True)

    def on_epoch(self, epoch: Epoch) -> None:
        say(
            f"{chr(13) + chr(27) + '[K' if self.shows_steps else ''}"
            f"epoch {epoch.epoch}/{self.start.total_epochs}: training error {percent(epoch.train_error)}, "
            f"validation error {percent(epoch.val_error)}, {epoch.images_per_second:,.0f} images/s, "
            f"{epoch.seconds:.1f} s"
        )

    def should_stop(self) -> bool:
        return self.asked

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        say("stopping after this step; Ctrl-C again ends at once")
