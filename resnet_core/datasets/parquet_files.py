"""What parquet files hold before any image is decoded: which files, which columns, which classes."""

import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from resnet_core.errors import DataError

_IMAGE_COLUMNS = ("img", "image")
_LABEL_COLUMN = "label"
_NEEDED = "`img` (or `image`) with the encoded bytes, and `label`"


@dataclass(frozen=True)
class Table:
    """Files with the same columns, read as one table.

    Attributes:
        image: the column of images; `leaf` is what is read of it, `img.bytes` where it is a struct.
        names: class names that the files declare, or none.
    """

    files: tuple[Path, ...]
    image: str
    leaf: str
    path_leaf: str | None
    names: tuple[str, ...]

    @cached_property
    def rows(self) -> int:
        """Count the rows, from the files' footers."""
        return sum(open_parquet(file).metadata.num_rows for file in self.files)

    def column(self, leaf: str) -> list:
        """Read one column, or one field of a struct column, of all files."""
        values = []
        for file in self.files:
            for batch in read_batches(file, leaf):
                values += batch
        return values


def find_files(path: Path) -> tuple[tuple[Path, ...], tuple[Path, ...], tuple[str, ...]]:
    """Find the training files, the test files (or none) and notes about files that are not used.

    Args:
        path: a parquet file, a folder that holds some, or a pattern such as `data/train-*.parquet`.

    Raises:
        DataError: there are none.
    """
    if path.is_file():
        return (path,), (), ()
    if path.is_dir():
        try:
            os.scandir(path).close()
        except OSError as error:
            raise DataError(f"{path} cannot be read ({error.strerror}): allow it, or give another folder") from error
        files = [file for file in sorted(path.rglob("*.parquet")) if _visible(file.relative_to(path))]
    elif any(mark in path.name for mark in "*?["):
        files = sorted(file for file in path.parent.glob(path.name) if file.is_file() and file.name[0] != ".")
    else:
        raise DataError(f"{path} does not exist: give a parquet file or a folder that holds some")
    if not files:
        raise DataError(f"{path} holds no .parquet files: give a folder or file with the columns {_NEEDED}")
    train = tuple(file for file in files if "train" in file.name.lower())
    rest = [file for file in files if file not in train]
    for word in ("test", "val"):
        test = tuple(file for file in rest if word in file.name.lower())
        if train and test:
            break
    else:
        return train or tuple(files), (), _unused([file for file in rest if train])
    return train, test, _unused([file for file in rest if file not in test])


def open_table(files: tuple[Path, ...]) -> Table:
    """Find the columns of some files.

    Raises:
        DataError: a column is missing or of another type; the message names the columns found and needed.
    """
    tables = [_open_one(file) for file in files]
    for table in tables[1:]:
        if (table.leaf, table.names) != (tables[0].leaf, tables[0].names):
            raise DataError(
                f"{table.files[0]} and {tables[0].files[0]} have other columns or class names: "
                "give files of one data set"
            )
    return Table(files, tables[0].image, tables[0].leaf, tables[0].path_leaf, tables[0].names)


def open_parquet(file: Path):
    """Open a parquet file.

    Raises:
        DataError: it is missing or no parquet file.
    """
    import pyarrow
    import pyarrow.parquet

    try:
        return pyarrow.parquet.ParquetFile(file)
    except (OSError, pyarrow.ArrowException) as error:
        reason = " ".join(str(error).split())[:120]
        raise DataError(f"{file} cannot be read as parquet ({reason}): copy or download it again") from error


def read_batches(file: Path, leaf: str, group: int | None = None):
    """Yield the values of one column in lists of at most 1,024; `img.bytes` reads that field of the struct.

    Args:
        group: one row group only; None reads all.
    """
    import pyarrow

    opened = open_parquet(file)
    groups = range(opened.num_row_groups) if group is None else [group]
    try:
        for batch in opened.iter_batches(1024, row_groups=list(groups), columns=[leaf]):
            column = batch.column(0)
            # flatten() marks a field as missing where its struct is missing.
            yield (column.flatten()[0] if "." in leaf else column).to_pylist()
    except (OSError, pyarrow.ArrowException) as error:
        reason = " ".join(str(error).split())[:120]
        raise DataError(f"{file} is damaged ({reason}): copy or download it again") from error


def read_classes(tables: list[Table]) -> tuple[tuple[str, ...], list[np.ndarray]]:
    """Read the labels of all tables and number the classes.

    Names are those the files declare, or the labels themselves where they are texts, or the folder that all
    images of a class came from, or the numbers.

    Returns:
        The class names, and for each table int32 labels: indices into the names, -1 where a row has none.

    Raises:
        DataError: labels of another type or out of range, or fewer than two classes.
    """
    columns = [table.column(_LABEL_COLUMN) for table in tables]
    names = tables[0].names
    values = sorted({value for column in columns for value in column if not _missing(value)})
    if names and values and isinstance(values[0], int):
        if values[-1] >= len(names):
            raise DataError(
                f"{tables[0].files[0]} declares {len(names)} class names but holds the label {values[-1]}: "
                "correct the labels or the names"
            )
        place = {value: value for value in values}
    else:
        place = {value: index for index, value in enumerate(values)}
        names = _names_from_folders(tables, columns, values) or tuple(str(value) for value in values)
    if len(values) < 2:
        kinds = "1 class" if len(values) == 1 else "no classes"
        raise DataError(
            f"{tables[0].files[0]} has {kinds} of labels (numbers under 0 are of no class): at least 2 are needed"
        )
    return names, [np.array([place.get(value, -1) for value in column], dtype=np.int32) for column in columns]


def _missing(value: int | str | None) -> bool:
    # Published test sets without answers hold -1.
    return value is None or value == "" or (isinstance(value, int) and value < 0)


def _names_from_folders(tables: list[Table], columns: list[list], values: list) -> tuple[str, ...]:
    """Return the folders that the images came from, if each class came from one of its own."""
    seen: dict = {}
    for table, column in zip(tables, columns, strict=True):
        if table.path_leaf is None:
            return ()
        for value, path in zip(column, table.column(table.path_leaf), strict=True):
            parts = (path or "").replace("\\", "/").rsplit("/", 2)
            if not _missing(value) and (len(parts) < 2 or seen.setdefault(value, parts[-2]) != parts[-2]):
                return ()
    names = tuple(seen[value] for value in values)
    return names if len(set(names)) == len(names) and all(names) else ()


def _open_one(file: Path) -> Table:
    from pyarrow import types

    schema = open_parquet(file).schema_arrow
    found = ", ".join(f"`{name}`" for name in schema.names) or "none"
    image = next((name for name in _IMAGE_COLUMNS if name in schema.names), None)
    if image is None or _LABEL_COLUMN not in schema.names:
        raise DataError(f"{file} has the columns {found}: it needs {_NEEDED}")
    kind = schema.field(image).type
    fields = [field.name for field in kind] if types.is_struct(kind) else []
    content = kind.field("bytes").type if "bytes" in fields else kind
    if not (types.is_binary(content) or types.is_large_binary(content)):
        raise DataError(f"{file} holds {kind} in `{image}`: it needs encoded bytes, or a struct with the field `bytes`")
    label = schema.field(_LABEL_COLUMN).type
    if types.is_dictionary(label):
        label = label.value_type
    if not (types.is_integer(label) or types.is_string(label) or types.is_large_string(label)):
        raise DataError(f"{file} holds {label} in `label`: it needs whole numbers or texts")
    path_leaf = f"{image}.path" if "path" in fields and types.is_string(kind.field("path").type) else None
    leaf = f"{image}.bytes" if fields else image
    return Table((file,), image, leaf, path_leaf, _declared_names(schema.metadata))


def _declared_names(metadata: dict | None) -> tuple[str, ...]:
    """Return the class names that the `datasets` library writes into a file's schema."""
    try:
        facts = json.loads((metadata or {})[b"huggingface"])
        names = facts["info"]["features"][_LABEL_COLUMN]["names"]
    except (KeyError, TypeError, ValueError):
        return ()
    return tuple(str(name) for name in names) if isinstance(names, list) else ()


def _visible(path: Path) -> bool:
    return not any(part.startswith(".") for part in path.parts)


def _unused(files: list[Path]) -> tuple[str, ...]:
    return tuple(f"{file.name} is not used: its name holds neither train nor test" for file in files)
