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

    Pydantic's many-line reports are reduced to `field: reason` pairs.
    """
    if hasattr(error, "errors") and callable(error.errors):
        parts = []
        for item in error.errors():
            place = ".".join(str(step) for step in item.get("loc", ())) or "value"
            received = item.get("input")
            reason = item.get("msg", "").removeprefix("Value error, ")
            parts.append(f"{place}: {reason} (received {received!r})")
        return _clip("; ".join(parts))
    return _clip(" ".join(str(error).split()) or type(error).__name__)


def _clip(text: str, limit: int = 400) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
