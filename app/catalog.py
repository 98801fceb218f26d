"""The translations of the app's words: app/locale/LANGUAGE.po, read as it stands; nothing is compiled beforehand."""

import functools
import gettext
from io import BytesIO
from pathlib import Path

from resnet_core.errors import one_line

FOLDER = Path(__file__).parent / "locale"


def catalog(language: str) -> gettext.NullTranslations:
    """Return a language's translations, or none of them where they cannot be read: the app then speaks English."""
    found = _catalog(language)
    return gettext.NullTranslations() if isinstance(found, str) else found


def catalog_problem(language: str) -> str | None:
    """Return one line on why a language's translations cannot be read; None if they can."""
    found = _catalog(language)
    return found if isinstance(found, str) else None


def _catalog(language: str) -> gettext.NullTranslations | str:
    path = _path(language)
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        return _problem(path, error)
    return _read(path, changed)


@functools.lru_cache(maxsize=8)
def _path(language: str) -> Path:
    return FOLDER / f"{language}.po"


@functools.lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> gettext.NullTranslations | str:
    """Compile a catalog in memory, once for each time it was changed; a fault in it is remembered as well."""
    from babel.messages import mofile, pofile  # only readers of another language wait for it

    compiled = BytesIO()
    try:
        with path.open("rb") as file:
            mofile.write_mo(compiled, pofile.read_po(file, locale=path.stem, abort_invalid=True))
        compiled.seek(0)
        return gettext.GNUTranslations(compiled)
    except (OSError, ValueError, pofile.PoFileError) as error:
        return _problem(path, error)


def _problem(path: Path, error: Exception) -> str:
    return (
        f"The app's words in app/locale/{path.name} cannot be read ({one_line(error)}): mend the file or take "
        "its last good version. Until then the app speaks English."
    )
