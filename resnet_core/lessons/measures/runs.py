"""Numbers of studies that travel with the lab, read from their recorded runs."""

from typing import Any

from resnet_core.errors import LessonError
from resnet_core.lessons.measures.types import Measure
from resnet_core.recorded import recording

WHICH = ("train", "val", "test")


def recorded_error(study: str, run: str, which: str = "val", seed: int = 0, **recipe: Any) -> float:
    """Read the last training, validation or test error of a run of a recorded study, a fraction 0..1."""
    found = recording(study)
    if found is None:
        raise LessonError(f"the study {study[:60]!r} is not recorded: say it without a number, or record it")
    if which not in WHICH:
        raise LessonError(f"which is one of {', '.join(WHICH)}, received {which[:40]!r}")
    outcome = found.run(run, seed, **recipe)
    value = outcome.test_error if which == "test" else getattr(outcome.epochs[-1], f"{which}_error")
    if value is None:
        raise LessonError(f"{run[:60]} has no test error: its test images were its validation images")
    return value


RECORDED: dict[str, Measure] = {"recorded_error": recorded_error}
