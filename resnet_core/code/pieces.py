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


def copy_of(file: str, *names: str) -> str:
    """Return the source of functions, classes and constants of a file of this package.

    Args:
        file: relative to the package, as `models.py`.
        names: in the order in which they are wanted, two blank lines apart.
    """
    text, nodes = _parsed(file)
    found = {name: node for node in nodes for name in _names(node)}
    return "\n\n\n".join(_source(text, found[name]) for name in names)


def body_of(file: str) -> str:
    """Return everything of a file of this package that follows its imports."""
    text, nodes = _parsed(file)
    last = max(i for i, node in enumerate(nodes) if isinstance(node, ast.Import | ast.ImportFrom))
    return "\n".join(text.splitlines()[nodes[last].end_lineno :]).strip()


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
