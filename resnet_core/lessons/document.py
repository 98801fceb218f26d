"""One lesson: its front matter at once, its steps of text and blocks when somebody asks for them."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from resnet_core.lessons import yaml_lines
from resnet_core.lessons.blocks import Block
from resnet_core.lessons.problems import Problem

FILE_NAME = re.compile(r"(\d\d)_([a-z0-9_]+)\.md")

Kind = TypeVar("Kind", bound=Block)


class FrontMatter(BaseModel):
    """What stands between the two `---` at the top of a lesson."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    title: Annotated[str, Field(min_length=1, max_length=120)]
    minutes: Annotated[int, Field(ge=1, le=120)]
    goals: Annotated[tuple[str, ...], Field(min_length=1, max_length=8)]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A stretch of Markdown, a block, or what is wrong where a block should be; and the line it begins on."""

    line: int
    content: str | Block | Problem


@dataclass(frozen=True)
class Step:
    """One step of a lesson; the opening step has no title of its own."""

    title: str
    parts: tuple[Part, ...]
    line: int


@dataclass(frozen=True)
class Lesson:
    """A lesson as it could be read, and everything that is wrong in it.

    A course is listed by what is at its lessons' tops. What is below is read when somebody asks for it.

    Attributes:
        slug: its name in addresses: the file's name without number and ending.
        number: as the file's name begins.
        about: title, minutes, goals and needs.
        path: of the file.
        lines: of the file.
        first: index of the line after the front matter.
        at_top: what is wrong with the file's name and the front matter.
    """

    slug: str
    number: int
    about: FrontMatter
    path: Path
    lines: tuple[str, ...] = field(repr=False)
    first: int
    at_top: tuple[Problem, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """In order; the opening step first."""
        return self._below[0]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """In the order of their lines."""
        return self._below[1]

    @functools.cached_property
    def _below(self) -> tuple[tuple[Step, ...], tuple[Problem, ...]]:
        from resnet_core.lessons.steps import read_steps  # a list of lessons needs neither Markdown nor labs

        steps, problems = read_steps(self.lines, self.first)
        return steps, tuple(sorted([*self.at_top, *problems], key=lambda problem: problem.line))

    def parts(self) -> Iterator[Part]:
        """Walk all parts of all steps."""
        for step in self.steps:
            yield from step.parts

    def blocks(self, kind: type[Kind]) -> list[Kind]:
        """Return the blocks of one kind in order."""
        return [part.content for part in self.parts() if isinstance(part.content, kind)]


def parse(text: str, path: Path) -> Lesson:
    """Read a lesson. What cannot be read becomes a problem in its place, and the rest stands.

    Args:
        text: of the file.
        path: of the file; its name gives number and slug.
    """
    problems: list[Problem] = []
    match = FILE_NAME.fullmatch(path.name)
    if not match:
        problems.append(Problem(1, f"the file's name is {path.name!r}: name it NN_slug.md, as 03_identity.md"))
    number, slug = (int(match[1]), match[2]) if match else (0, path.stem)
    lines = tuple(text.splitlines())
    about, first = _front_matter(lines, slug, problems)
    return Lesson(slug, number, about, path, lines, first, tuple(problems))


def _front_matter(lines: tuple[str, ...], slug: str, problems: list[Problem]) -> tuple[FrontMatter, int]:
    """Return the front matter and the index of the line after it."""
    fallback = FrontMatter(title=slug.replace("_", " ").capitalize(), minutes=1, goals=("?",))
    ends = [index for index, line in enumerate(lines) if index and line.strip() == "---"]
    if not lines or lines[0].strip() != "---" or not ends:
        problems.append(Problem(1, "the file must begin with `---`, title, minutes, goals, needs, and `---` again"))
        return fallback, 0
    found = yaml_lines.read("\n".join(lines[1 : ends[0]]), first=2)
    if isinstance(found, Problem):
        problems.append(found)
        return fallback, ends[0] + 1
    about = yaml_lines.build(FrontMatter, found)
    if isinstance(about, list):
        problems += about
        about = fallback
    return about, ends[0] + 1
