"""Numbers of studies that travel with the lab, read from their recorded runs."""

from typing import Any

from resnet_core.errors import LessonError
from resnet_core.lessons.measures.types import Measure
from resnet_core.recorded import recording
from resnet_core.studies import Outcome, Size

WHICH = ("train", "val", "test")


def recorded_error(
    study: str,
    run: str,
    which: str = "val",
    seed: int = 0,
    size: str = Size.QUICK,
    epoch: int | None = None,
    **recipe: Any,
) -> float:
    """Read a training, validation or test error of a run of a recorded study, a fraction 0..1.

    It is the last one unless an epoch is named; the test images are seen once, after the last epoch.
    """
    if size not in list(Size):
        raise LessonError(f"size is one of {', '.join(Size)}, received {str(size)[:40]!r}")
    if which not in WHICH:
        raise LessonError(f"which is one of {', '.join(WHICH)}, received {which[:40]!r}")
    found = recording(study, Size(size))
    if found is None:
        raise LessonError(
            f"the {Size(size)} size of {study[:60]!r} is not recorded: say it without a number, or record it"
        )
    outcome = found.run(run, seed, **recipe)
    if which == "test":
        return _test_error(outcome, run, epoch)
    errors = {row.epoch: getattr(row, f"{which}_error") for row in outcome.epochs}
    last = outcome.epochs[-1].epoch
    if epoch is not None and epoch not in errors:
        raise LessonError(f"{run[:60]} has the epochs 1 to {last}, received epoch {epoch!r}")
    return errors[last if epoch is None else epoch]


def _test_error(outcome: Outcome, run: str, epoch: int | None) -> float:
    if epoch is not None:
        raise LessonError("test images are seen once, after the last epoch: leave epoch out")
    if outcome.test_error is None:
        raise LessonError(f"{run[:60]} has no test error: its test images were its validation images")
    return outcome.test_error


RECORDED: dict[str, Measure] = {"recorded_error": recorded_error}
