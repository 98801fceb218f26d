"""One lesson: its front matter and its steps of text and blocks, parsed from Markdown with the line of each part."""

import difflib
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from resnet_core.lessons import yaml_lines
from resnet_core.lessons.blocks import BLOCKS, Block, LabBlock, Predict
from resnet_core.lessons.problems import Problem

if TYPE_CHECKING:
    from markdown_it.token import Token

LANGUAGES = ("text", "python", "bash", "yaml", "json", "markdown")
"""What a fence may hold besides a block."""

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
        problems = [*self.at_top]
        steps = _steps(self.lines, self.first, problems)
        _check_across(steps, problems)
        return steps, tuple(sorted(problems, key=lambda problem: problem.line))

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


def _steps(lines: tuple[str, ...], first: int, problems: list[Problem]) -> tuple[Step, ...]:
    """Cut the lines after the front matter at headings and blocks."""
    from markdown_it import MarkdownIt  # a list of lessons needs none of it

    # Blank lines stand for the front matter, so that every line keeps its number.
    body = [""] * first + [*lines[first:]]
    tokens = MarkdownIt("commonmark").enable("table").parse("\n".join(body))
    steps: list[tuple[str, list[Part], int]] = [("", [], first + 1)]
    begun = first

    def take_text(end: int) -> None:
        text = "\n".join(body[begun:end]).strip("\n")
        if text.strip():
            steps[-1][1].append(Part(begun + 1, text))

    for index, token in enumerate(tokens):
        problems += _forbidden(token)
        if token.level or token.map is None:
            continue
        start, end = token.map
        if token.type == "heading_open" and token.tag == "h2":
            take_text(start)
            steps.append((tokens[index + 1].content, [], start + 1))
            begun = end
        elif token.type == "fence" and (content := _block(token, problems)):
            take_text(start)
            steps[-1][1].append(Part(start + 1, content))
            begun = end
    take_text(len(body))
    kept = [step for step in steps if step[0] or step[1]]
    return tuple(Step(title, tuple(parts), line) for title, parts, line in kept)


def _forbidden(token: "Token") -> list[Problem]:
    """Say what may not stand in a lesson's text."""
    line = (token.map or [0])[0] + 1
    if token.type == "html_block" or any(child.type == "html_inline" for child in token.children or ()):
        return [Problem(line, "HTML stands here: write it in Markdown, and put < in `code` or $formulas$")]
    if token.type == "heading_open" and token.tag == "h1":
        return [
            Problem(line, "a heading with one # stands here: the title is in the front matter, steps begin with ##")
        ]
    if token.type == "fence" and token.level and token.info.strip() in BLOCKS:
        return [Problem(line, f"a {token.info.strip()} block stands inside a list or quote: move it to the margin")]
    return []


def _block(fence: "Token", problems: list[Problem]) -> Block | Problem | None:
    """Read a fence; None where it holds a piece of code that is text."""
    kind, line = fence.info.strip(), fence.map[0] + 1
    if kind in LANGUAGES:
        return None
    found = _read_block(kind, fence.content, line)
    if isinstance(found, list):
        problems += found
        more = f" (and {len(found) - 1} more in this block)" if len(found) > 1 else ""
        return Problem(found[0].line, found[0].text + more)
    return found


def _read_block(kind: str, text: str, line: int) -> Block | list[Problem]:
    if kind not in BLOCKS:
        near = difflib.get_close_matches(kind, BLOCKS, n=1)
        meant = (
            f"did you mean {near[0]}?" if near else f"blocks are {', '.join(BLOCKS)}; code is {', '.join(LANGUAGES)}"
        )
        return [Problem(line, f"no block is called {kind[:40]!r}: {meant}")]
    lines = yaml_lines.read(text, first=line + 1)
    if isinstance(lines, Problem):
        return [Problem(lines.line, f"{kind}: {lines.text}")]
    block = yaml_lines.build(BLOCKS[kind], lines, f"{kind}: ")
    if isinstance(block, LabBlock):
        return _lab_problems(block, lines) or block
    return block


def _lab_problems(block: LabBlock, lines: yaml_lines.Lines) -> list[Problem]:
    from resnet_core.lessons.labs import LABS

    values = LABS.get(block.name)
    if values is None:
        near = difflib.get_close_matches(block.name, LABS, n=3) or sorted(LABS)
        return [Problem(lines.line(["name"]), f"lab: no lab is called {block.name[:60]!r}: choose {', '.join(near)}")]
    unknown = [name for name in block.hide if name not in values.model_fields]
    if unknown:
        known = ", ".join(values.model_fields)
        return [Problem(lines.line(["hide"]), f"lab: hide names {', '.join(unknown)}: {block.name} has {known}")]
    try:
        values(**block.values)
    except ValidationError as error:
        return yaml_lines.problems_of(error, values, lines, "lab: ", inside=("values",))
    return []


def _check_across(steps: tuple[Step, ...], problems: list[Problem]) -> None:
    """Find ids that stand twice, and predictions without the lab they lock."""
    seen: dict[str, int] = {}
    for step in steps:
        for part, following in zip(step.parts, (*step.parts[1:], None), strict=True):
            block = part.content
            name = getattr(block, "id", None)
            if name in seen:
                problems.append(
                    Problem(part.line, f"the id {name!r} stands on line {seen[name]} already: give another")
                )
            elif name:
                seen[name] = part.line
            if isinstance(block, Predict):
                problems += _lock_problems(block, part.line, following)


def _lock_problems(predict: Predict, line: int, following: Part | None) -> list[Problem]:
    block = following.content if following else None
    if isinstance(block, Problem):
        return []  # said there
    if not isinstance(block, LabBlock):
        return [
            Problem(line, f"predict {predict.id}: a lab must follow directly: it is shown once an answer is stored")
        ]
    from resnet_core.lessons.labs import LABS

    if predict.sketch and not LABS[block.name].takes_sketch:
        return [Problem(line, f"predict {predict.id}: the lab {block.name} takes no sketch: give choices instead")]
    return []
