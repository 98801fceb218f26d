"""The app's words in the reader's language. Pure: charts import it, so it never imports streamlit.

A sentence is marked where it stands, `_("Layers")`, with named placeholders that are filled in afterwards; what is kept
in a constant is marked by `N_` and translated when it is shown. `scripts/words` collects them in app/locale/ko.po.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from app.catalog import catalog
from resnet_core.words import Said

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "ko": "한국어"}
"""Each language by the name that its readers call it."""

_spoken: ContextVar[str | None] = ContextVar("language", default=None)
_reader: Callable[[], str] = lambda: ENGLISH  # noqa: E731 - replaced by `follow`


def language() -> str:
    """Return the language of whoever reads what is being made, as `en`."""
    return _spoken.get() or _reader()


def _(message: str) -> str:
    """Return a message in the reader's language; one of the core's sentences too, with the values it was made from."""
    if not message or language() == ENGLISH:
        return message
    if isinstance(message, Said):
        return message.translated(_template)
    return catalog(language()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a message that fits a count."""
    return _template(one, many, count)


def N_(message: str) -> str:
    """Mark a message that is kept in a constant; `_` translates it when it is shown."""
    return message


def follow(reader: Callable[[], str]) -> None:
    """Ask for the reader's language from now on, at each message: many readers share the process and its threads."""
    global _reader
    _reader = reader


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Make everything inside in one language, whoever reads.

    Args:
        chosen: one of LANGUAGES.
    """
    token = _spoken.set(chosen)
    try:
        yield
    finally:
        _spoken.reset(token)


def _template(one: str, many: str | None, count: int | None) -> str:
    if language() == ENGLISH:
        return one if many is None or count == 1 else many
    known = catalog(language())
    return known.gettext(one) if many is None or count is None else known.ngettext(one, many, count)


def capitalized(text: str) -> str:
    """Return a text as it stands at the beginning of a line; what follows its first letter stays as it is."""
    return text[:1].upper() + text[1:]
