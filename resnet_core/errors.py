"""Every error that a reader can cause or meet, each with one clear line.

    LabError                 exit code 1: the work failed
    ├── InputError           exit code 2: what was asked for cannot be done as asked
    │   ├── SpecError        a network that cannot be built
    │   ├── RecipeError      a way of training that cannot be followed
    │   ├── DataError        a data set that is missing, empty or unreadable
    │   ├── LessonError      a lesson, or a part of one, that cannot be read
    │   └── TwiceError       a study that is going on already
    ├── HomeError            the lab's folder cannot be used (full, read-only, from a newer version)
    ├── StoreError           the database of runs cannot be used
    └── RunError             a job that cannot be started, found or controlled

A message says what was received, what is allowed and what to do, on one line.
"""

from reprlib import Repr
from typing import Any


class LabError(Exception):
    """Base of all errors that are shown to a reader as one line, without a traceback."""

    exit_code = 1


class InputError(LabError, ValueError):
    """Report a request that cannot be met as it was made."""

    exit_code = 2


class SpecError(InputError):
    """Report a network that cannot be built from the fields received."""


class RecipeError(InputError):
    """Report a recipe whose fields contradict each other or leave their bounds."""


class DataError(InputError):
    """Report a data set that does not exist, is empty or cannot be read."""


class LessonError(InputError):
    """Report a lesson, a block, a lab's value or a measure that cannot be read."""


class TwiceError(InputError):
    """Report a study that is going on already, with the same data, size and seeds.

    Attributes:
        group: the id of the one that goes on.
    """

    def __init__(self, message: str, group: str):
        super().__init__(message)
        self.group = group


class HomeError(LabError):
    """Report a lab folder that cannot be created, read or written."""


class StoreError(LabError):
    """Report a database of runs that cannot be opened or written."""


class RunError(LabError):
    """Report a job that is unknown, or is not in a state for what was asked."""


def one_line(error: BaseException) -> str:
    """Render any exception as one line for a page or a terminal.

    Pydantic's many-line reports are reduced to what each field must be, and what it received.
    """
    if hasattr(error, "errors") and callable(error.errors):
        return _clip("; ".join(map(_field_line, error.errors())))
    return _clip(" ".join(str(error).split()) or type(error).__name__)


def _field_line(item: dict[str, Any]) -> str:
    """Say one of pydantic's findings; a validator of the whole says itself what it received."""
    place = ".".join(map(str, item["loc"]))
    reason = item["msg"].removeprefix("Value error, ").partition(", unable to ")[0]
    received = _SHORT.repr(item["input"])
    match item["type"]:
        case "value_error" if not place:
            return reason
        case "extra_forbidden":
            return f"unknown field {place[:60]!r} (received {received}): leave it out"
        case "too_long":
            most, length = item["ctx"]["max_length"], item["ctx"]["actual_length"]
            return f"{place} must have at most {most} values, received {length}: leave some out"
        case "too_short":
            return f"{place} must have {item['ctx']['min_length']} or more values (received {received})"
    bound = reason.removeprefix("Input should be ")
    said = f" must be {bound}" if bound != reason else f": {reason}"
    return f"{place or 'value'}{said} (received {received})"


_SHORT = Repr()
_SHORT.maxstring = 60
_SHORT.maxtuple = _SHORT.maxlist = 10
"""How much of a value is repeated to who gave it."""


def _clip(text: str, limit: int = 400) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
