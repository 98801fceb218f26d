"""The lessons there are: files found, read and kept until they change; another language fills in from English."""

import functools
import os
from pathlib import Path

from resnet_core.errors import LessonError
from resnet_core.lessons.document import FILE_NAME, Lesson, parse

ENGLISH = "en"


def folder() -> Path:
    """Return where the course lies: one folder a language. RESNET_LAB_LESSONS names another course's."""
    own = os.environ.get("RESNET_LAB_LESSONS")
    return Path(own).expanduser() if own else Path(__file__).resolve().parents[2] / "lessons"


def lessons(language: str = ENGLISH) -> tuple[Lesson, ...]:
    """Return the course in its order, each lesson in a language, or in English where that language lacks it.

    Raises:
        LessonError: a file cannot be read.
    """
    found = files(ENGLISH) | files(language)
    return tuple(read(path) for _, path in sorted(found.items()))


def lesson(slug: str, language: str = ENGLISH) -> Lesson:
    """Return one lesson; see `find`."""
    return find(lessons(language), slug)


def find(course: tuple[Lesson, ...], slug: str) -> Lesson:
    """Return a lesson of a course.

    Raises:
        LessonError: no lesson has that slug.
    """
    for found in course:
        if found.slug == slug:
            return found
    known = ", ".join(each.slug for each in course)
    raise LessonError(f"no lesson is called {slug[:60]!r}: choose one of {known}")


def files(language: str) -> dict[str, Path]:
    """Return the lesson files of one language by their names; none where the language has no folder."""
    # A language may come from a URL: only a plain word names a folder.
    here = folder() / language if language.isalpha() else None
    if here is None or not here.is_dir():
        return {}
    return {path.name: path for path in here.glob("*.md") if FILE_NAME.fullmatch(path.name)}


def read(path: Path) -> Lesson:
    """Read one file; again only when it has changed.

    Raises:
        LessonError: it cannot be read, or is not UTF-8.
    """
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise LessonError(f"{path.name} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise LessonError(f"{path.name} is not UTF-8 at byte {error.start}: save it as UTF-8") from error


@functools.lru_cache(maxsize=128)
def _read(path: Path, changed: int) -> Lesson:
    return parse(path.read_text("utf-8"), path)
