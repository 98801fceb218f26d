"""Collect every word that a reader sees into app/locale, and say what is not translated yet: `scripts/words`.

Most words stand as literals in the calls that translate them. Those that are kept in data, such as the titles of a
lab's values, are read from the objects themselves.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import get_args

from babel.messages import Catalog, Message, pofile

from app.catalog import FOLDER
from app.tables import CONVENTION
from resnet_core.choices import Block
from resnet_core.lessons.labs import LABS, LabValues
from resnet_core.lessons.measures import MEASURES
from resnet_core.recipes import Recipe
from resnet_core.results import State
from resnet_core.spec import ResNetSpec

ROOT = Path(__file__).resolve().parents[1]
CALLS = {"_": 1, "N_": 1, "say": 1, "ngettext": 2, "say_count": 2}
"""The calls that mark words, and how many of their first arguments are words."""

MARKERS = ("app.language", "resnet_core.words")
"""Where these calls come from."""

Words = str | tuple[str, str]


def collect() -> Catalog:
    """Return all words, each with the files that it stands in."""
    found = Catalog()
    for path in sorted(path for folder in ("app", "resnet_core") for path in (ROOT / folder).rglob("*.py")):
        for words in in_source(path.read_text("utf-8")):
            found.add(words, locations=[(str(path.relative_to(ROOT)), None)])
    for words in in_data():
        found.add(words)
    return found


def in_source(source: str) -> Iterator[Words]:
    """Walk the words that a file marks by what it imports; literals inside f-strings count as well."""
    tree = ast.parse(source)
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module in MARKERS]
    marks = {alias.name for node in imported for alias in node.names} & set(CALLS)
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id not in marks:
            continue
        number = CALLS[call.func.id]
        texts = [arg.value for arg in call.args[:number] if isinstance(arg, ast.Constant) and arg.value]
        if len(texts) == number:
            yield texts[0] if number == 1 else (texts[0], texts[1])


def in_data() -> Iterator[str]:
    """Walk the words that no call marks, because they are data."""
    yield CONVENTION
    yield from get_args(State)
    yield from (kind.value for kind in Block)
    for name in (*ResNetSpec.model_fields, *Recipe.model_fields):
        yield name.replace("_", " ")
    for name in ResNetSpec.model_fields:
        yield name.replace("_", " ").capitalize()
    for values in LABS.values():
        yield from _of_lab(values)
    for measure in MEASURES.values():
        yield (measure.__doc__ or "").partition("\n")[0]


def _of_lab(values: type[LabValues]) -> Iterator[str]:
    for info in values.model_fields.values():
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        labels = extra.get("labels", {})
        texts = (info.title, info.description, *(extra.get(key) for key in ("unit", "x_label", "y_label")))
        yield from (text for text in (*texts, *labels.values()) if isinstance(text, str) and text)


def update(path: Path, found: Catalog) -> Catalog:
    """Bring a language's file up to date and return what it holds; its head and what was translated stay."""
    head = path.read_text("utf-8").partition("\n\n")[0]
    with path.open("rb") as file:
        known = pofile.read_po(file, locale=path.stem)
    known.update(found, no_fuzzy_matching=True, update_header_comment=False)
    body = BytesIO()
    # Neither dates nor line numbers: they would change with every change of the code.
    pofile.write_po(
        body, known, width=120, omit_header=True, sort_by_file=True, include_lineno=False, ignore_obsolete=True
    )
    path.write_text(f"{head}\n\n{body.getvalue().decode().strip()}\n", "utf-8")
    return known


def faults(known: Iterable[Message]) -> list[str]:
    """Return one line for each message that is not translated, or only by a guess."""
    missing = [message for message in known if message.id and (not all(_texts(message.string)) or message.fuzzy)]
    return [f"{'fuzzy' if message.fuzzy else 'not translated'}: {_texts(message.id)[0]!r}" for message in missing]


def _texts(text: Words | list[str] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def main() -> int:
    """Bring every catalog up to date, list what is missing, and return how a shell should see it."""
    found, lines = collect(), []
    for path in sorted(FOLDER.glob("*.po")):
        known = update(path, found)
        lines += [f"{path.name}: {fault}" for fault in faults(known)]
        print(f"{path.name}: {len(known)} messages")
    print(*lines, sep="\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
