"""Source text that is copied from this package into exported scripts: the code shown is the code run."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Section:
    """A part of a script, and a cell of a notebook.

    Attributes:
        title: a heading.
        about: one or two sentences, in Markdown.
        code: formatted Python.
    """

    title: str
    about: str
    code: str


def closure_of(*names: str) -> str:
    """Return functions, classes and constants of this package, and everything of it that they use.

    Args:
        names: with their files, as `datasets/images.py:decode`; constants come first, then the others as they stand
            in their files.

    Raises:
        KeyError: a file has no such name.
    """
    found: dict[tuple[str, str], str] = {}
    for name in names:
        file, _, wanted = name.partition(":")
        if _find(file, wanted) is None:
            raise KeyError(name)
        _collect(file, [wanted], found)
    places = sorted(found, key=lambda place: (place[0], _find(*place).lineno))
    values = [found[place] for place in places if isinstance(_find(*place), ast.Assign)]
    others = [found[place] for place in places if not isinstance(_find(*place), ast.Assign)]
    return "\n\n\n".join([*(["\n".join(values)] if values else []), *others])


@cache
def _parsed(file: str) -> tuple[str, list[ast.stmt]]:
    text = (PACKAGE / file).read_text(encoding="utf-8")
    return text, ast.parse(text).body


def _names(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
    return []


def _source(text: str, node: ast.stmt) -> str:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return "\n".join(text.splitlines()[first - 1 : node.end_lineno])


def _find(file: str, name: str) -> ast.stmt | None:
    return next((node for node in _parsed(file)[1] if name in _names(node)), None)


def _collect(file: str, names: list[str], found: dict[tuple[str, str], str]) -> None:
    """Add to `found` what some names of a file stand for, and what that uses in turn."""
    text, nodes = _parsed(file)
    imported = {
        alias.name: f"{node.module.removeprefix('resnet_core.').replace('.', '/')}.py"
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module.startswith("resnet_core.")
        for alias in node.names
    }
    for name in names:
        node = _find(file, name)
        if node is None and name in imported:
            _collect(imported[name], [name], found)
        elif node is not None and (file, name) not in found:
            found[file, name] = _source(text, node)
            used = dict.fromkeys(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))
            _collect(file, list(used), found)
