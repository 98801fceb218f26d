"""TensorBoard's event file of one run, written as it trains: scalars, and what was trained as text.

Written with TensorBoard's own messages and record format alone, so that no TensorFlow is loaded for it.
"""

import io
import os
import time
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.compat.proto.types_pb2 import DT_STRING
from tensorboard.summary.writer.record_writer import RecordWriter

from resnet_core.results import Epoch, Step

PATTERN = "events.out.tfevents.*"  # TensorBoard knows its files by such a name
LARGEST_WAITING_BYTES = 1 << 20
EPOCH_SCALARS = ("train_loss", "train_error", "val_loss", "val_error", "seconds")
STEP_SCALARS = ("loss", "error")
SPEEDS = ("learning_rate", "images_per_second")


class EventFile:
    """Appends events to a new file in a run's folder; nothing is lost while the disk is full for a moment.

    Scalars are `step/loss`, `step/error`, `learning_rate` and `images_per_second` over training steps, and
    `epoch/train_loss`, `epoch/train_error`, `epoch/val_loss`, `epoch/val_error`, `epoch/seconds` over epochs.

    Args:
        folder: exists; the file is made with the first event.
    """

    def __init__(self, folder: Path):
        began = time.time()
        self.path = folder / PATTERN.replace("*", f"{began:.6f}.{os.getpid()}")
        self._written = 0
        self._waiting = _record(Event(wall_time=began, file_version="brain.Event:2"))

    def text(self, **texts: str) -> None:
        """Write texts, in Markdown, each under its name.

        Raises: as `step`.
        """
        self._write(0, [_as_text(tag, text) for tag, text in texts.items()])

    def go_on(self, step: int) -> None:
        """Tell that what the run's earlier files say of steps after this one is void.

        Raises: as `step`.
        """
        start = SessionLog(status=SessionLog.START)
        self._append(_record(Event(wall_time=time.time(), step=step + 1, session_log=start)))

    def step(self, step: Step) -> None:
        """Write a sample of a running epoch.

        Raises:
            OSError: the file cannot be written now; events wait for the next call, up to a megabyte of them.
        """
        values = [_scalar(f"step/{name}", getattr(step, name)) for name in STEP_SCALARS]
        self._write(step.step, values + [_scalar(name, getattr(step, name)) for name in SPEEDS])

    def epoch(self, epoch: Epoch) -> None:
        """Write a finished epoch.

        Raises: as `step`.
        """
        self._write(epoch.epoch, [_scalar(f"epoch/{name}", getattr(epoch, name)) for name in EPOCH_SCALARS])

    def flush(self) -> None:
        """Write what still waits.

        Raises: as `step`.
        """
        if not self._waiting:
            return
        # Opened anew each time: a record that was cut short by a full disk is replaced, never followed.
        with self.path.open("r+b" if self._written else "wb") as file:
            file.truncate(self._written)
            file.seek(self._written)
            file.write(self._waiting)
        self._written += len(self._waiting)
        self._waiting = b""

    def _write(self, step: int, values: list[Summary.Value]) -> None:
        self._append(_record(Event(wall_time=time.time(), step=step, summary=Summary(value=values))))

    def _append(self, record: bytes) -> None:
        if len(self._waiting) + len(record) <= LARGEST_WAITING_BYTES:
            self._waiting += record
        self.flush()


def _record(event: Event) -> bytes:
    stream = io.BytesIO()
    RecordWriter(stream).write(event.SerializeToString())
    return stream.getvalue()


def _scalar(tag: str, value: float) -> Summary.Value:
    return Summary.Value(tag=tag, simple_value=value)


def _as_text(tag: str, text: str) -> Summary.Value:
    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=1)])
    tensor = TensorProto(dtype=DT_STRING, tensor_shape=shape, string_val=[text.encode()])
    metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="text"))
    return Summary.Value(tag=tag, tensor=tensor, metadata=metadata)
