"""Reading the parameters of a link: text that anyone may have written, made into values or refused in one line."""

from collections.abc import Iterable

from app.language import _
from resnet_core.errors import InputError
from resnet_core.sources import SOURCES, split_source

LONGEST_TOKEN = 2_000
MOST_RUNS = 100
"""In one comparison: a study of 9 networks over 10 seeds fits, and pages stay fast."""


def unknown(name: str) -> InputError:
    """Return the refusal of a parameter that a page does not have."""
    return InputError(_("this page knows no {name!r}").format(name=name[:60]))


def one_of(name: str, text: str, allowed: Iterable[str]) -> str:
    """Return a word that is allowed.

    Raises:
        InputError: it is not.
    """
    words = list(map(str, allowed))
    if text not in words:
        problem = _("{name} must be one of {words}, received {text!r}")
        raise InputError(problem.format(name=name, words=", ".join(words), text=text[:40]))
    return text


def data_source(name: str, text: str) -> str:
    """Return a data set's source in its normal form; its path, where it has one, may still be missing or wrong.

    Raises:
        InputError: no data set is called so.
    """
    kind, path = split_source(text[:1_000])
    if f"{kind}:PATH" in SOURCES:
        return f"{kind}:{path}"
    return one_of(name, f"{kind}:{path}" if path else kind, SOURCES)


def flag(name: str, text: str) -> bool:
    """Read 0 or 1.

    Raises:
        InputError: it is neither.
    """
    return one_of(name, text, ("0", "1")) == "1"


def listed(text: str, separator: str = ",") -> tuple[str, ...]:
    """Split a list of ids, each counted once, at most MOST_RUNS of them."""
    return tuple(dict.fromkeys(part for part in text[: 20 * LONGEST_TOKEN].split(separator) if part))[:MOST_RUNS]


def whole_number(name: str, text: str, most: int = 999_999_999) -> int:
    """Read a whole number from 0 to `most`.

    Raises:
        InputError: it is none, or larger.
    """
    if not text.isascii() or not text.isdigit() or len(text) > len(str(most)) or int(text) > most:
        problem = _("{name} must be a whole number from 0 to {most}, received {text!r}")
        raise InputError(problem.format(name=name, most=most, text=text[:40]))
    return int(text)


def fraction(name: str, text: str, most: float = 0.99) -> float:
    """Read a number from 0 to `most`.

    Raises:
        InputError: it is none, or beyond the bounds.
    """
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        problem = _("{name} must be a number from 0 to {most:g}, received {text!r}")
        raise InputError(problem.format(name=name, most=most, text=text[:40]))
    return value
