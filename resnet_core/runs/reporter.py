"""What a worker tells the database while it trains."""

import os
import sys
import time
from collections.abc import Callable

from resnet_core.errors import LabError, one_line
from resnet_core.results import Epoch, Listener, Start, Step, data_line
from resnet_core.runs import store, writes
from resnet_core.runs.events import EventFile
from resnet_core.runs.folders import documents, job_folder
from resnet_core.runs.patience import persistently

POLL_SECONDS = 0.2
DATA_SECONDS = 1.0
BEAT_SECONDS = 10.0
PAUSE_SECONDS = 2.0
MOST_WAITING_STEPS = 3_000


class Reporter(Listener):
    """Writes a run's start, steps and epochs, for the lab and for TensorBoard, and hears when to stop.

    What cannot be written waits for the next time; training goes on meanwhile.
    """

    def __init__(self, job_id: str):
        self.job_id = job_id
        self.folder = job_folder(job_id)
        self._stop = False
        self._asked = 0.0
        self._told = 0.0
        self._beat = time.monotonic()
        self._next_write = 0.0
        self._epochs: list[Epoch] = []
        self._steps: list[Step] = []
        self._events = EventFile(self.folder)
        self._events_fail = False

    def ask_to_stop(self) -> None:
        """Stop after the present batch, whatever the database says."""
        self._stop = True

    def on_data(self, done: int, total: int, unit: str = "images") -> None:
        now = time.monotonic()
        if now - self._told < DATA_SECONDS and done < total:
            return
        self._told = now
        told = data_line(done, total, unit)
        print(told, file=sys.stderr, flush=True)
        try:
            writes.tell(self.job_id, told if done < total else "", by=os.getpid())
        except LabError as error:
            _say(error)

    def on_start(self, start: Start) -> None:
        # A job that was ended meanwhile, or deleted, needs no training.
        self._stop |= not persistently(lambda: writes.write_start(self.job_id, start))
        if start.epochs:
            self._tell_tensorboard(lambda: self._events.go_on(start.epochs[-1].step))
        self._tell_tensorboard(lambda: self._events.text(**_as_code(documents(self.job_id))))

    def on_step(self, step: Step) -> None:
        self._tell_tensorboard(lambda: self._events.step(step))
        self._steps.append(step)
        del self._steps[:-MOST_WAITING_STEPS]
        self._try_to_write()

    def on_epoch(self, epoch: Epoch) -> None:
        self._tell_tensorboard(lambda: self._events.epoch(epoch))
        self._epochs.append(epoch)
        self._try_to_write()

    def should_stop(self) -> bool:
        now = time.monotonic()
        if not self._stop and now - self._asked >= POLL_SECONDS:
            self._asked = now
            try:
                # Without its folder the lab's home is gone: asking the database would bring it back.
                self._stop = not self.folder.is_dir() or store.should_stop(self.job_id, os.getpid())
                if now - self._beat >= BEAT_SECONDS:
                    self._beat = now
                    writes.beat(self.job_id)
            except LabError as error:
                _say(error)
        return self._stop

    def flush(self) -> None:
        """Write what still waits.

        Raises:
            StoreError: the database could not be written for a long time.
        """
        if self._epochs or self._steps:
            persistently(self._write)
        self._tell_tensorboard(self._events.flush)

    def _tell_tensorboard(self, write: Callable[[], None]) -> None:
        """Write events, or say once that it fails: nobody's run ends for want of a copy of its numbers."""
        try:
            write()
            self._events_fail = False
        except OSError as error:
            if not self._events_fail:
                _say(f"the events for TensorBoard cannot be written now ({error.strerror or error})")
            self._events_fail = True

    def _try_to_write(self) -> None:
        if time.monotonic() < self._next_write:
            return
        try:
            self._write()
        except LabError as error:
            _say(error)
            self._next_write = time.monotonic() + PAUSE_SECONDS

    def _write(self) -> None:
        writes.write_rows(self.job_id, self._epochs, self._steps, by=os.getpid())
        self._beat = time.monotonic()
        self._epochs.clear()
        self._steps.clear()


def _as_code(texts: dict[str, str]) -> dict[str, str]:
    """Return texts as blocks of code in Markdown."""
    return {name: "\n".join(f"    {line}" for line in text.splitlines()) for name, text in texts.items()}


def _say(trouble: Exception | str) -> None:
    print(trouble if isinstance(trouble, str) else one_line(trouble), file=sys.stderr, flush=True)
