"""Everything that is wrong in a lesson, a glossary or the whole course, as `path:line: what, and what to do`."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from resnet_core.errors import LessonError
from resnet_core.lessons import catalogue, glossary, translation
from resnet_core.lessons.blocks import Claim, Code, Measured, Quiz
from resnet_core.lessons.document import FILE_NAME, Lesson
from resnet_core.lessons.measures import recompute
from resnet_core.lessons.problems import Problem
from resnet_core.lessons.sources import source_of
from resnet_core.lessons.stated import states

Found = Iterator[tuple[Path, Problem]]

LESSON_LINK = re.compile(r"\]\(((?!https?:)[^)\s]*\.md)[^)]*\)")


def check(path: Path | None = None) -> list[tuple[Path, Problem]]:
    """Check a file, a folder of one language, or the whole course.

    Args:
        path: None for the course.

    Raises:
        LessonError: there is no such file, or it cannot be read.
    """
    path = path or catalogue.folder()
    if not path.exists():
        raise LessonError(f"there is no {path}: give a lesson's file, or a folder of lessons")
    if path.is_file():
        return list(_glossary(path) if path.name == glossary.FILE else _lesson(catalogue.read(path)))
    inside = sorted(path.glob("*.md")) + sorted(path.glob(glossary.FILE))
    folders = [path] if inside else sorted(child for child in path.iterdir() if child.is_dir())
    found = list(chain.from_iterable(map(_folder, folders)))
    if not any(folder.glob("*.md") for folder in folders):
        raise LessonError(f"{path} holds no lesson: they are files NN_slug.md in a folder for each language")
    return found


def _folder(folder: Path) -> Found:
    numbers: dict[int, Path] = {}
    for path in sorted(folder.glob("*.md")):
        lesson = catalogue.read(path)
        yield from _lesson(lesson)
        first = numbers.setdefault(lesson.number, path)
        if first != path:
            yield path, Problem(1, f"{first.name} has the number {lesson.number} already: give another")
    if (folder / glossary.FILE).is_file():
        yield from _glossary(folder / glossary.FILE)


def _lesson(lesson: Lesson) -> Found:
    original = _english(lesson.path)
    problems = chain(
        lesson.problems,
        _needs(lesson),
        _links(lesson),
        _blocks(lesson),
        translation.differences(lesson, catalogue.read(original)) if original else (),
    )
    for problem in sorted(problems, key=lambda problem: problem.line):
        yield lesson.path, problem


def _glossary(path: Path) -> Found:
    found = glossary.load(path)
    original = _english(path)
    lacking = translation.lacking(found, glossary.load(original)) if original else ()
    for problem in chain(found.problems, lacking):
        yield path, problem


def _english(path: Path) -> Path | None:
    """Return the original of a translated file, if there is one."""
    twin = path.parent.parent / catalogue.ENGLISH / path.name
    return twin if twin.is_file() and twin.resolve() != path.resolve() else None


def _needs(lesson: Lesson) -> Iterator[Problem]:
    # A lesson that is not translated yet is there in English.
    folders = (lesson.path.parent, lesson.path.parent.parent / catalogue.ENGLISH)
    names = (FILE_NAME.fullmatch(path.name) for folder in folders for path in sorted(folder.glob("*.md")))
    here = {match[2]: int(match[1]) for match in names if match}
    for slug in lesson.about.needs:
        if slug not in here:
            known = ", ".join(name for name in here if name != lesson.slug)
            yield Problem(2, f"needs {slug!r}, which is no lesson here: there are {known}")
        elif here[slug] >= lesson.number:
            yield Problem(2, f"needs {slug!r}, which comes later: a lesson may need earlier ones only")


def _links(lesson: Lesson) -> Iterator[Problem]:
    for part in lesson.parts():
        if not isinstance(part.content, str):
            continue
        for match in LESSON_LINK.finditer(part.content):
            if not (lesson.path.parent / match[1]).is_file():
                line = part.line + part.content[: match.start()].count("\n")
                yield Problem(
                    line, f"links to {match[1]!r}, which is not there: give the name of a file beside this one"
                )


def _blocks(lesson: Lesson) -> Iterator[Problem]:
    for part in lesson.parts():
        match part.content:
            case Claim() as claim:
                yield from _number(claim, part.line, f"claim {claim.id}")
                if not states(claim.text, claim.number, claim.tolerance):
                    yield Problem(part.line, f"claim {claim.id}: its text does not say {claim.number:g} in any unit")
            case Quiz() as quiz:
                for item in quiz.because:
                    yield from _number(item, part.line, f"quiz {quiz.id}")
            case Code() as code:
                try:
                    source_of(code.function)
                except LessonError as error:
                    yield Problem(part.line, f"code: {error}")


def _number(item: Measured, line: int, name: str) -> Iterator[Problem]:
    try:
        value = recompute(item.measure, item.of)
    except LessonError as error:
        yield Problem(line, f"{name}: {error}")
        return
    if not item.holds(value):
        within = f" within {item.tolerance:g}" if item.tolerance else ""
        yield Problem(
            line, f"{name}: says {item.number:.12g}{within}, but {item.measure} is {value:.12g}: put it right"
        )
