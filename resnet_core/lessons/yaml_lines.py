"""YAML that remembers its lines: values as PyYAML reads them, and the line of each for an error message."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from resnet_core.errors import one_line
from resnet_core.lessons.problems import Problem

Place = Sequence[int | str]

_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""A tenth of the other's time, where PyYAML was built with libyaml."""


@dataclass(frozen=True)
class Lines:
    """A YAML document and where it stands in its file.

    Attributes:
        value: what it says.
        node: its tree, with marks.
        first: the file's line of its first line.
    """

    value: Any
    node: yaml.Node | None
    first: int

    def line(self, place: Place) -> int:
        """Return the file's line of the value at a place, or of the nearest thing around it."""
        node = self.node
        line = self.first + (node.start_mark.line if node else 0)
        for step in place:
            node, found = _inside(node, step)
            if found is None:
                break
            line = self.first + found
        return line

    def at(self, key: str) -> "Lines":
        """Return the part of a mapping under a key; the lines stay those of the file."""
        if isinstance(self.node, yaml.MappingNode):
            for name, node in self.node.value:
                if name.value == key:
                    return Lines(self.value.get(key), node, self.first)
        return Lines(None, None, self.first)


def read(text: str, first: int) -> Lines | Problem:
    """Read a document, or say in one line why it cannot be.

    Args:
        text: the YAML.
        first: the line in its file at which the text begins.
    """
    try:
        try:
            value, node = _load(text, _FAST)
        except yaml.YAMLError:
            value, node = _load(text, yaml.SafeLoader)  # of the two, this one says what is wrong in plainer words
        twice = _repeated(node)
        if twice:
            return Problem(first + twice[1], f"{twice[0]!r} stands twice: keep one of them")
        return Lines(value, node, first)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        hint = " (put a text that holds a colon, # or a bracket in quotes)" if mark else ""
        return Problem(first + (mark.line if mark else 0), f"this is no YAML: {' '.join(said.split())}{hint}")
    except RecursionError:
        return Problem(first, "a value holds itself: write it out instead of pointing to it by an alias (*)")
    except ValueError as error:
        # A scalar that looks like a date or a number and is none, as 2026-02-30.
        return Problem(first, f"a value cannot be read: {one_line(error)} (put a text in quotes)")


def build(model: type[BaseModel], lines: Lines, prefix: str = "") -> BaseModel | list[Problem]:
    """Make a model from a document, or say for each value what is wrong with it.

    Args:
        model: pydantic's.
        lines: the document.
        prefix: put before each problem, as `quiz: `.
    """
    if not isinstance(lines.value, dict):
        return [Problem(lines.first, f"{prefix}expected `key: value` lines, received {_short(lines.value)}")]
    try:
        return model(**lines.value)
    except TypeError:
        return [Problem(lines.first, f"{prefix}keys must be words, received {_short(list(lines.value))}")]
    except ValidationError as error:
        return problems_of(error, model, lines, prefix)


def problems_of(
    error: ValidationError, model: type[BaseModel], lines: Lines, prefix: str = "", inside: Place = ()
) -> list[Problem]:
    """Turn pydantic's report into problems with lines.

    Args:
        error: the report.
        model: what was checked.
        lines: the document.
        prefix: put before each problem.
        inside: the place in the document that was checked.
    """
    found = []
    for item in error.errors():
        place = (*inside, *item["loc"])
        reason = item["msg"].removeprefix("Value error, ")
        match item["type"]:
            case "missing":
                text = f"{'.'.join(map(str, place))} is missing: add it"
            case "extra_forbidden":
                known = f"allowed are {', '.join(model.model_fields)}" if len(item["loc"]) == 1 else "leave it out"
                text = f"{'.'.join(map(str, place))} is unknown here: {known}"
            case "value_error":
                text = f"{'.'.join(map(str, place))}: {reason}" if place else reason
            case _:
                text = f"{'.'.join(map(str, place))}: {reason} (received {_short(item['input'])})"
        found.append(Problem(lines.line(place), prefix + text))
    return found


def _load(text: str, loader: type) -> tuple[Any, yaml.Node | None]:
    reading = loader(text)
    try:
        node = reading.get_single_node()
        return reading.construct_document(node) if node else None, node
    finally:
        reading.dispose()


def _inside(node: yaml.Node | None, step: int | str) -> tuple[yaml.Node | None, int | None]:
    """Return a child and its line, counted from the document's first; None for the line where there is no child."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child = node.value[step]
        return child, child.start_mark.line
    return node, None


def _repeated(node: yaml.Node | None) -> tuple[str, int] | None:
    """Return a key that stands twice in one mapping, and the line of the second; PyYAML would take the last."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                return key.value, key.start_mark.line
            seen.add(key.value)
            if found := _repeated(value):
                return found
    elif isinstance(node, yaml.SequenceNode):
        return next(filter(None, map(_repeated, node.value)), None)
    return None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
