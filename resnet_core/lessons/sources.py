"""The source of a named function, read from its file: nothing is imported, so that Keras stays out."""

import ast
import functools
from dataclasses import dataclass
from pathlib import Path

from resnet_core.errors import LessonError

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """A piece of this repository's code.

    Attributes:
        path: from the root, with slashes.
        line: its first.
        text: as it stands in the file.
    """

    path: str
    line: int
    text: str


@functools.lru_cache(maxsize=128)
def source_of(name: str) -> Source:
    """Return the source of a function or class.

    Args:
        name: in full, as resnet_core.graph.build_graph.

    Raises:
        LessonError: there is no such module, or nothing of that name in it.
    """
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        path = _module(parts[:end])
        if path:
            return _find(name, path, parts[end:])
    raise LessonError(f"no file holds {name[:80]!r}: name a function in full, as resnet_core.graph.build_graph")


def _module(parts: list[str]) -> Path | None:
    base = _ROOT.joinpath(*parts)
    known = parts[0] in ("resnet_core", "app") and all(part.isidentifier() for part in parts)
    candidates = (base.with_suffix(".py"), base / "__init__.py") if known else ()
    return next((path for path in candidates if path.is_file()), None)


def _find(name: str, path: Path, inside: list[str]) -> Source:
    text = path.read_text("utf-8")
    node: ast.AST = ast.parse(text)
    for part in inside:
        found = [child for child in ast.iter_child_nodes(node) if getattr(child, "name", None) == part]
        if not found:
            raise LessonError(f"{path.relative_to(_ROOT).as_posix()} has no {part!r}: {name[:80]!r} cannot be shown")
        node = found[0]
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    lines = text.splitlines()[first - 1 : node.end_lineno]
    return Source(path.relative_to(_ROOT).as_posix(), first, "\n".join(lines))
