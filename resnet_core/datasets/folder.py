"""Photographs in class folders: `folder:PATH`, with train/ and test/ or one set that is split."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from resnet_core.datasets.cache import digest, file_facts
from resnet_core.datasets.collect import collect
from resnet_core.datasets.image_data import Classes, DataSet, Encoded, ImageData, Summary, Tell
from resnet_core.datasets.images import Refuse, decode_all, image_suffixes, skipped_note
from resnet_core.datasets.rows import pick
from resnet_core.datasets.sampling import only, sample_by_class
from resnet_core.datasets.splitting import count_by_class, set_aside_test, test_count
from resnet_core.datasets.store import Store
from resnet_core.errors import DataError

VERSION = 1  # part of every fingerprint: raise it when the same files would give other arrays
_TEST_FOLDERS = ("test", "val", "validation")


@dataclass(frozen=True)
class _Files:
    """The image files of one half of a data set, class by class in the order of the names."""

    paths: list[Path]
    labels: np.ndarray


@dataclass(frozen=True)
class _Contents:
    class_names: tuple[str, ...]
    train: _Files
    test: _Files | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Folder(DataSet):
    """A folder that holds one folder of images per class.

    Attributes:
        refuse: says why a file is to be skipped before it is decoded, or None; by default none is.
    """

    source: str
    path: Path
    refuse: Refuse | None = None

    def check(self) -> None:
        """Make sure that there are at least two classes and that none is empty."""
        _list_contents(self.path)

    def describe(self) -> Summary:
        """Count the files of each class."""
        contents = _list_contents(self.path)
        train = len(contents.train.paths)
        test = test_count(train) if contents.test is None else len(contents.test.paths)
        train -= test if contents.test is None else 0
        title = f"Images in {self.path.resolve().name or self.path}"
        return Summary(self.source, title, len(contents.class_names), train, test, contents.class_names)

    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        """Count the files of each class."""
        contents = _list_contents(self.path)
        halves = contents.train.labels, contents.test.labels if contents.test else None
        return count_by_class(*halves, len(contents.class_names))

    def encoded(self, most: int | None = None) -> Iterator[list[Encoded]]:
        """Yield the files; of some only, evenly spread ones."""
        contents = _list_contents(self.path)
        halves = [contents.train, contents.test] if contents.test else [contents.train]
        files = [pair for half in halves for pair in zip(half.paths, half.labels.tolist(), strict=True)]
        if most is not None and most < len(files):
            files = [files[place] for place in np.linspace(0, len(files) - 1, most).astype(int)]
        for start in range(0, len(files), 256):
            yield [self._encoded(path, label) for path, label in files[start : start + 256]]

    def _encoded(self, path: Path, label: int) -> Encoded:
        refused = self.refuse(path) if self.refuse else None
        return Encoded(str(path.relative_to(self.path)), label, path, refused)

    def fingerprint(self, size: int, channels: int, seed: int) -> str:
        """Return what stands for the files as they are now."""
        return self._fingerprint(_list_contents(self.path), size, channels)

    def _fingerprint(self, contents: _Contents, size: int, channels: int) -> str:
        rules = [self.refuse.__name__] if self.refuse else []
        return digest("folder", VERSION, size, channels, file_facts(self.path, _files(contents)), *rules)

    def load(self, size: int, channels: int, seed: int, tell: Tell | None = None) -> ImageData:
        """Decode all images on all cores, or take them from the cache if no file has changed since."""
        contents = _list_contents(self.path)
        files = _files(contents)
        fingerprint = self._fingerprint(contents, size, channels)
        name = f"folder-{digest(fingerprint, str(self.path.resolve()))}"
        shape = (size, size, channels)
        data = collect(name, len(files), shape, lambda store: self._decode(contents, store, fingerprint), tell)
        return replace(data, source=self.source)

    def samples(self, count: int, size: int, seed: int, classes: Classes = None) -> tuple[np.ndarray, np.ndarray]:
        """Decode a few images, of the test images where there are some."""
        contents = _list_contents(self.path)
        files = contents.test or contents.train

        def fetch(place: int) -> Path | None:
            path = files.paths[place]
            return None if self.refuse and self.refuse(path) is not None else path

        labels = only(files.labels, classes)
        return sample_by_class(labels, fetch, count, size, seed, self.source)

    def _decode(self, contents: _Contents, store: Store, fingerprint: str) -> ImageData:
        halves = [contents.train, contents.test] if contents.test else [contents.train]
        labels, skipped = [], []
        for half in halves:
            reasons = self._decode_files(half.paths, store)
            skipped += [
                (str(path.relative_to(self.path)), reason)
                for path, reason in zip(half.paths, reasons, strict=True)
                if reason is not None
            ]
            good = np.array([reason is None for reason in reasons], dtype=bool)
            self._check_readable(half.labels, good, contents.class_names)
            labels.append(half.labels[good])
        notes = contents.notes + skipped_note(sum(len(half.paths) for half in halves), skipped)
        images = store.images()
        if contents.test:
            y_train, y_test = labels
            x_train, x_test = pick(images, slice(len(y_train))), pick(images, slice(len(y_train), None))
        else:
            (x_train, y_train, x_test, y_test), note = set_aside_test(images, labels[0])
            notes += (note,)
        return ImageData(self.source, x_train, y_train, x_test, y_test, contents.class_names, notes, fingerprint)

    def _decode_files(self, paths: list[Path], store: Store) -> list[str | None]:
        reasons: list[str | None] = []
        for start in range(0, len(paths), store.chunk):
            some = paths[start : start + store.chunk]
            images = store.room(len(some))
            reasons += decode_all(some, images, self.refuse)
            store.keep(images, np.array([reason is None for reason in reasons[start:]]))
        return reasons

    def _check_readable(self, labels: np.ndarray, good: np.ndarray, names: tuple[str, ...]) -> None:
        for label in np.unique(labels):
            if not good[labels == label].any():
                raise DataError(
                    f"none of the {(labels == label).sum()} images of class {names[label]!r} in {self.path} "
                    "could be read: replace them, or remove the class folder"
                )


def _files(contents: _Contents) -> list[Path]:
    return contents.train.paths + (contents.test.paths if contents.test else [])


def _list_contents(path: Path) -> _Contents:
    folders = _subfolders(path)
    by_name = {folder.name.lower(): folder for folder in folders}
    tests = [by_name[name] for name in _TEST_FOLDERS if name in by_name]
    if "train" not in by_name:
        if folders and len(tests) == len(folders):
            raise DataError(f"{path} has {tests[0].name}/ but no train/: add train/ with one folder per class")
        names, train = _list_classes(path, folders)
        return _Contents(names, train, None, ())
    names, train = _list_classes(by_name["train"], _subfolders(by_name["train"]))
    if not tests:
        return _Contents(names, train, None, ())
    test_names, test = _list_classes(tests[0], _subfolders(tests[0]), fewest=1)
    unknown = sorted(set(test_names) - set(names))
    if unknown:
        raise DataError(
            f"{tests[0]} has the class {unknown[0]!r} that {by_name['train']} lacks: add it there, or remove it"
        )
    places = np.array([names.index(name) for name in test_names], dtype=np.int32)
    used = {by_name["train"], tests[0]}
    unused = [f"{folder.name}/ is not used" for folder in folders if folder not in used]
    return _Contents(names, train, _Files(test.paths, places[test.labels]), tuple(unused))


def _list_classes(root: Path, folders: list[Path], fewest: int = 2) -> tuple[tuple[str, ...], _Files]:
    if not folders:
        raise DataError(f"{root} has no class folders: make one folder of images for each class")
    paths, labels = [], []
    for label, folder in enumerate(folders):
        found = _image_files(folder)
        if not found:
            raise DataError(f"the class folder {folder} holds no images: add images to it, or remove it")
        paths += found
        labels += [label] * len(found)
    if len(folders) < fewest:
        raise DataError(f"{root} has only one class, {folders[0].name!r}: add a folder for each further class")
    return tuple(folder.name for folder in folders), _Files(paths, np.array(labels, dtype=np.int32))


def _subfolders(path: Path) -> list[Path]:
    try:
        return sorted(folder for folder in path.iterdir() if folder.is_dir() and not folder.name.startswith("."))
    except FileNotFoundError:
        raise DataError(f"{path} does not exist: give the folder that holds the class folders") from None
    except NotADirectoryError:
        raise DataError(f"{path} is a file: give the folder that holds the class folders") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): change its permissions, or copy it") from error


def _image_files(folder: Path) -> list[Path]:
    found = []
    for place, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if not name.startswith(".")]
        found += [
            Path(place, name)
            for name in names
            if not name.startswith(".") and Path(name).suffix.lower() in image_suffixes()
        ]
    return sorted(found)
