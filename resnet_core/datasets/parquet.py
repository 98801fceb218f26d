"""Images in parquet files: `parquet:PATH`, with the columns of the public CIFAR-10 files."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from resnet_core.datasets.cache import digest, file_facts
from resnet_core.datasets.collect import collect
from resnet_core.datasets.image_data import Classes, DataSet, Encoded, ImageData, Summary, Tell
from resnet_core.datasets.images import decode_all, skipped_note
from resnet_core.datasets.parquet_files import (
    Table,
    find_files,
    open_parquet,
    open_table,
    read_batches,
    read_classes,
)
from resnet_core.datasets.rows import pick
from resnet_core.datasets.sampling import only, sample_by_class
from resnet_core.datasets.splitting import count_by_class, set_aside_test, test_count
from resnet_core.datasets.store import Store
from resnet_core.errors import DataError

VERSION = 1  # part of every fingerprint: raise it when the same files would give other arrays


@dataclass(frozen=True)
class Parquet(DataSet):
    """Files with the columns `img` (bytes, or a struct with `bytes`) and `label`."""

    source: str
    path: Path

    def check(self) -> None:
        """Make sure that the files are there, have the columns and hold rows."""
        self._tables()

    def describe(self) -> Summary:
        """Count rows by the files' footers; class names need the column of labels at most."""
        tables, _ = self._tables()
        names, _ = read_classes(tables)
        train, test = tables[0].rows, tables[1].rows if len(tables) > 1 else 0
        if not test:
            test = test_count(train)
            train -= test
        title = f"Parquet images in {self.path.resolve().name or self.path}"
        return Summary(self.source, title, len(names), train, test, names)

    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        """Count the rows of each class."""
        names, labels = read_classes(self._tables()[0])
        return count_by_class(labels[0], labels[1] if len(labels) > 1 else None, len(names))

    def encoded(self, most: int | None = None) -> Iterator[list[Encoded]]:
        """Yield the rows; of some only, the first of each half."""
        tables, _ = self._tables()
        _, labels = read_classes(tables)
        for table, known in zip(tables, labels, strict=True):
            named = zip(_row_names(table), known.tolist(), strict=True)
            left = len(known) if most is None else min(len(known), -(-most // len(tables)))
            for batch in (batch for file in table.files for batch in read_batches(file, table.leaf)):
                some = batch[:left]
                left -= len(some)
                yield [Encoded(*next(named), content) for content in some]
                if not left:
                    break

    def fingerprint(self, size: int, channels: int, seed: int) -> str:
        """Return what stands for the files as they are now."""
        return self._fingerprint(self._tables()[0], size, channels)

    def _fingerprint(self, tables: list[Table], size: int, channels: int) -> str:
        files = [file for table in tables for file in table.files]
        root = self.path if self.path.is_dir() else self.path.parent
        return digest("parquet", VERSION, size, channels, file_facts(root, files))

    def load(self, size: int, channels: int, seed: int, tell: Tell | None = None) -> ImageData:
        """Decode all images on all cores, or take them from the cache if no file has changed since."""
        tables, notes = self._tables()
        fingerprint = self._fingerprint(tables, size, channels)
        name = f"parquet-{digest(fingerprint, str(self.path.resolve()))}"
        total, shape = sum(table.rows for table in tables), (size, size, channels)
        data = collect(name, total, shape, lambda store: self._decode(tables, notes, store, fingerprint), tell)
        return replace(data, source=self.source)

    def samples(self, count: int, size: int, seed: int, classes: Classes = None) -> tuple[np.ndarray, np.ndarray]:
        """Decode a few images, of one row group where that holds enough classes."""
        tables, _ = self._tables()
        names, all_labels = read_classes(tables)
        table, labels = tables[-1], only(all_labels[-1], classes)
        groups = _row_groups(table)
        rng = np.random.default_rng(seed)
        _, _, start, stop = groups[rng.integers(len(groups))]
        inside = np.full_like(labels, -1)
        inside[start:stop] = labels[start:stop]
        if len(np.unique(inside[inside >= 0])) < min(count, len(classes or names)):
            inside = labels
        read: dict[int, list[bytes | None]] = {}

        def fetch(place: int) -> bytes | None:
            which = next(i for i, (_, _, _, stop) in enumerate(groups) if place < stop)
            file, group, start, _ = groups[which]
            if which not in read:
                read[which] = [value for batch in read_batches(file, table.leaf, group) for value in batch]
            return read[which][place - start]

        return sample_by_class(inside, fetch, count, size, seed, self.source)

    def _tables(self) -> tuple[list[Table], tuple[str, ...]]:
        train, test, notes = find_files(self.path)
        tables = [open_table(files) for files in (train, test) if files]
        for table in tables:
            if not table.rows:
                raise DataError(f"{table.files[0]} holds no rows: give a file with images")
        return tables, notes

    def _decode(self, tables: list[Table], notes: tuple[str, ...], store: Store, fingerprint: str) -> ImageData:
        names, known = read_classes(tables)
        labels, skipped = [], []
        for table, numbers in zip(tables, known, strict=True):
            reasons = _decode_table(table, numbers, store)
            named = zip(_row_names(table), reasons, strict=True)
            skipped += [(name, reason) for name, reason in named if reason is not None]
            good = np.array([reason is None for reason in reasons], dtype=bool)
            if not good.any():
                raise DataError(f"none of the {len(good)} images of {table.files[0]} could be read: replace the file")
            labels.append(numbers[good])
        notes += skipped_note(sum(table.rows for table in tables), skipped, "rows")
        images = store.images()
        if len(labels) == 2:
            y_train, y_test = labels
            x_train, x_test = pick(images, slice(len(y_train))), pick(images, slice(len(y_train), None))
        else:
            (x_train, y_train, x_test, y_test), note = set_aside_test(images, labels[0])
            notes += (note,)
        return ImageData(self.source, x_train, y_train, x_test, y_test, names, notes, fingerprint)


def _decode_table(table: Table, labels: np.ndarray, store: Store) -> list[str | None]:
    reasons: list[str | None] = []
    for file in table.files:
        for batch in read_batches(file, table.leaf):
            for start in range(0, len(batch), store.chunk):
                some = batch[start : start + store.chunk]
                images = store.room(len(some))
                found = decode_all(some, images)
                numbers = labels[len(reasons) : len(reasons) + len(some)].tolist()
                for place, number in enumerate(numbers):
                    if found[place] is None and number < 0:
                        found[place] = "no label"
                store.keep(images, np.array([why is None for why in found]))
                reasons += found
    return reasons


def _row_groups(table: Table) -> list[tuple[Path, int, int, int]]:
    """Return file, number, first row and row after the last of each row group, counted over the whole table."""
    groups, start = [], 0
    for file in table.files:
        metadata = open_parquet(file).metadata
        for group in range(metadata.num_row_groups):
            rows = metadata.row_group(group).num_rows
            groups.append((file, group, start, start + rows))
            start += rows
    return groups


def _row_names(table: Table) -> Iterator[str]:
    """Name each row by its file and its place there, counted from 0 as data frames do."""
    for file in table.files:
        yield from (f"{file.name} row {row}" for row in range(open_parquet(file).metadata.num_rows))
