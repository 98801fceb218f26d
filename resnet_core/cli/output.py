"""How results are written: JSON documents, tables of text, CSV and files."""

import contextlib
import csv
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from resnet_core.errors import InputError, LabError
from resnet_core.recursion import recursion_limit
from resnet_core.spec import ResNetSpec


def print_json(document: Any) -> None:
    """Print one JSON document, all of it standard JSON."""
    print(json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False))


def print_table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print aligned columns: numbers to the right with commas between thousands, texts to the left."""
    cells = [[f"{value:,}" if isinstance(value, int) else str(value) for value in row] for row in rows]
    numeric = [bool(rows) and all(isinstance(row[i], int) for row in rows) for i in range(len(heads))]
    widths = [max(len(line[i]) for line in [heads, *cells]) for i in range(len(heads))]
    for line in [heads, *cells]:
        columns = zip(line, widths, numeric, strict=True)
        print("  ".join(text.rjust(w) if right else text.ljust(w) for text, w, right in columns).rstrip())


def print_csv(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print comma-separated values with a line of heads."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)


def say(line: str) -> None:
    """Tell the reader something that is no result."""
    print(line, file=sys.stderr, flush=True)


def check_target(path: Path, suffixes: Sequence[str]) -> None:
    """Make sure that a file can be written under a name, before the work that fills it.

    Raises:
        InputError: the ending is unknown, the folder does not exist, or one may not look into it.
    """
    if path.suffix.lower() not in suffixes:
        raise InputError(f"{path} ends in {path.suffix or 'nothing'}: choose one of {', '.join(suffixes)}")
    try:
        if not path.parent.is_dir():
            raise InputError(f"there is no folder {path.parent}: make it, or choose another place")
        if path.is_dir():
            raise InputError(f"{path} is a folder: give the name of a file")
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}): choose another place") from error


def write_file(path: Path, content: bytes) -> None:
    """Write a file and say so.

    Raises:
        LabError: it cannot be written.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise LabError(f"{path} cannot be written ({error.strerror}): choose another place") from error
    say(f"wrote {path}, {len(content):,} bytes")


def tell_of_depth(spec: ResNetSpec) -> None:
    """Say what a reader of a deep network's file has to do before Keras can load it."""
    limit = recursion_limit(spec)
    if limit:
        say(f"note: Keras loads it after `sys.setrecursionlimit({limit})`: it has many layers in a row")


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep what C libraries print about fonts and absent GPUs off the terminal; Python's own errors pass."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
