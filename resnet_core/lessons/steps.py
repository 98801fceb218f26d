"""The steps of a lesson, read from its Markdown with the line of each part; blocks and labs are checked."""

import difflib
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import ValidationError

from resnet_core.lessons import yaml_lines
from resnet_core.lessons.blocks import BLOCKS, Block, LabBlock, Predict
from resnet_core.lessons.document import Part, Step
from resnet_core.lessons.labs import LABS
from resnet_core.lessons.problems import Problem

LANGUAGES = ("text", "python", "bash", "yaml", "json", "markdown")
"""What a fence may hold besides a block."""


def read_steps(lines: Sequence[str], first: int) -> tuple[tuple[Step, ...], list[Problem]]:
    """Cut a lesson at its headings and blocks. What cannot be read becomes a problem in its place, and the rest stands.

    Args:
        lines: of the file.
        first: index of the line after the front matter.

    Returns:
        The steps, and what is wrong in them.
    """
    problems: list[Problem] = []
    steps = _cut(lines, first, problems)
    _check_across(steps, problems)
    return steps, problems


def _cut(lines: Sequence[str], first: int, problems: list[Problem]) -> tuple[Step, ...]:
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


def _forbidden(token: Token) -> list[Problem]:
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


def _block(fence: Token, problems: list[Problem]) -> Block | Problem | None:
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
    values = LABS.get(block.name)
    if values is None:
        near = difflib.get_close_matches(block.name, LABS, n=3) or sorted(LABS)
        return [Problem(lines.line(["name"]), f"lab: no lab is called {block.name[:60]!r}: choose {', '.join(near)}")]
    unknown = [name for name in block.hide if name not in values.framed()]
    if unknown:
        known = ", ".join(values.framed())
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
    if predict.sketch and not LABS[block.name].takes_sketch:
        return [Problem(line, f"predict {predict.id}: the lab {block.name} takes no sketch: give choices instead")]
    return []
