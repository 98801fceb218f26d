"""Cats vs dogs, made here with the layout and the faults of the public zip: brought, cut short, offline, cleaned."""

import hashlib
import io
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resnet_core.datasets import cats_vs_dogs, check_source, describe, inspect, load_data, samples
from resnet_core.errors import DataError
from tests.test_datasets_cifar10 import run_offline

CAT, DOG = (200, 40, 40), (40, 40, 200)


def jpeg(color, size=(20, 30)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, color).save(stream, "JPEG", quality=95)
    return stream.getvalue()


def make_zip(path: Path, per_class: int = 20) -> Path:
    """Write pictures beside what the public zip holds besides: thumbnails of Windows, texts, damaged files."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme[1].txt", "about")
        archive.writestr("MSR-LA - 3467.docx", b"terms")
        for name, color in (("Cat", CAT), ("Dog", DOG)):
            archive.writestr(f"PetImages/{name}/Thumbs.db", b"\xd0\xcf\x11\xe0")
            for number in range(per_class):
                archive.writestr(f"PetImages/{name}/{number}.jpg", jpeg(color, (20 + number, 30)))
        png = io.BytesIO()
        Image.new("RGB", (16, 16), "green").save(png, "PNG")
        archive.writestr("PetImages/Cat/666.jpg", b"")
        archive.writestr("PetImages/Cat/700.jpg", png.getvalue())  # reads well, but has no JFIF header
        archive.writestr("PetImages/Dog/11702.jpg", jpeg(DOG, (80, 80))[:300])
    return path


@pytest.fixture
def here(tmp_path, fresh_home) -> Path:
    """Bring the images, and return the lab's home."""
    cats_vs_dogs.bring(make_zip(tmp_path / "pets.zip"))
    return fresh_home


def test_it_is_brought_from_a_zip_and_split_by_a_fixed_fraction(here):
    data = load_data("cats_vs_dogs", size=16)
    assert data.class_names == ("Cat", "Dog")
    assert [np.bincount(labels).tolist() for labels in (data.y_train, data.y_test)] == [[16, 16], [4, 4]]
    for images, labels in ((data.x_train, data.y_train), (data.x_test, data.y_test)):
        assert np.abs(images.mean(axis=(1, 2)) - np.array([CAT, DOG])[labels]).max() < 6
    assert "a fifth was set aside for testing, 8 of 40" in data.notes[1]


def test_damaged_files_and_those_without_jfif_are_skipped_counted_and_named(here):
    note = load_data("cats_vs_dogs", size=16).notes[0]
    assert note == (
        "3 of 43 images could not be read and were skipped: "
        "Cat/666.jpg (no JFIF header), Cat/700.jpg (no JFIF header), Dog/11702.jpg"
    )
    report = inspect("cats_vs_dogs")
    assert [(item.name, item.class_name) for item in report.broken] == [
        ("Cat/666.jpg", "Cat"),
        ("Cat/700.jpg", "Cat"),
        ("Dog/11702.jpg", "Dog"),
    ]
    assert (report.looked_at, report.modes) == (43, {"RGB": 40})
    images, labels = samples("cats_vs_dogs", count=43, size=16)
    assert np.bincount(labels).tolist() == [20, 20]
    assert (np.abs(images.astype(int) - (0, 128, 0)).max(axis=(1, 2, 3)) > 50).all()


def test_the_same_zip_is_the_same_data_wherever_it_is_unpacked(here, tmp_path, monkeypatch):
    first = load_data("cats_vs_dogs", size=16).fingerprint
    monkeypatch.setenv("RESNET_LAB_HOME", str(tmp_path / "elsewhere"))
    cats_vs_dogs.bring(tmp_path / "pets.zip")
    assert load_data("cats_vs_dogs", size=16).fingerprint == first


def test_an_unzipped_folder_can_be_used_as_it_is(tmp_path, fresh_home):
    with zipfile.ZipFile(make_zip(tmp_path / "pets.zip")) as archive:
        archive.extractall(tmp_path / "unzipped")
    source = f"folder:{tmp_path / 'unzipped' / 'PetImages'}"
    assert describe(source).class_names == ("Cat", "Dog")
    assert sum(map(len, (load_data(source, size=8).y_train, load_data(source, size=8).y_test))) == 41


def test_a_zip_cut_short_is_one_line_and_what_was_here_stays(here, tmp_path):
    whole = (tmp_path / "pets.zip").read_bytes()
    for content in (whole[: len(whole) // 2], whole[:100], b"", b"<html>not found</html>"):
        (tmp_path / "cut.zip").write_bytes(content)
        with pytest.raises(DataError, match=r"cut\.zip is cut short or damaged \(.*\): download or copy it again"):
            cats_vs_dogs.bring(tmp_path / "cut.zip")
    assert describe("cats_vs_dogs").train_images == 35
    assert sorted(path.name for path in (here / "cache").glob("*cats*") if path.is_dir()) == ["cats_vs_dogs"]
    assert not list((here / "cache").glob(".*.part"))


def test_a_zip_damaged_in_the_middle_is_noticed(tmp_path, fresh_home):
    content = bytearray(make_zip(tmp_path / "pets.zip").read_bytes())
    place = content.index(b"\xff\xd8\xff")
    content[place : place + 40] = bytes(40)
    (tmp_path / "pets.zip").write_bytes(content)
    with pytest.raises(DataError, match=r"cut short or damaged \(Bad CRC-32 for file 'PetImages/Cat/0\.jpg'"):
        cats_vs_dogs.bring(tmp_path / "pets.zip")
    assert not cats_vs_dogs.is_here()


def test_another_zip_a_folder_and_a_missing_file_are_refused(tmp_path, fresh_home):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("../PetImages/Cat/../../evil.jpg", jpeg(CAT))
        archive.writestr("PetImages/Bird/1.jpg", jpeg(CAT))
    with pytest.raises(DataError, match="holds no files named"):
        cats_vs_dogs.bring(tmp_path / "other.zip")
    with pytest.raises(DataError, match="is a folder: give the zip"):
        cats_vs_dogs.bring(tmp_path)
    with pytest.raises(DataError, match=r"none\.zip cannot be read \(No such file"):
        cats_vs_dogs.bring(tmp_path / "none.zip")
    assert not list(tmp_path.rglob("evil.jpg"))


def test_before_it_is_here_the_published_counts_are_shown_and_how_to_bring_it(fresh_home):
    assert check_source(" Cats_vs_dogs ") == "cats_vs_dogs"
    summary = describe("cats_vs_dogs")
    assert (summary.train_images, summary.test_images, summary.class_names) == (20_000, 5_000, ("Cat", "Dog"))
    with pytest.raises(DataError, match=r"not on this computer yet.* --from ZIP.*folder:PATH"):
        samples("cats_vs_dogs")
    report = inspect("cats_vs_dogs")
    assert "--from ZIP" in report.missing and (report.train, report.looked_at) == ((10_000, 10_000), 0)


def test_offline_it_is_one_line_that_says_how_to_bring_the_data(tmp_path):
    code = (
        "import sys, resnet_core.datasets as d\nfrom resnet_core.errors import DataError\n"
        "try: d.load_data('cats_vs_dogs', size=16)\n"
        "except DataError as error: print(error, file=sys.stderr); sys.exit(error.exit_code)"
    )
    done = run_offline(code, tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("cats_vs_dogs could not be downloaded")
    assert "data fetch cats_vs_dogs --from ZIP" in line and "folder:PATH" in line


def test_what_keras_downloaded_is_unpacked_and_removed(tmp_path, fresh_home, monkeypatch):
    downloads = fresh_home / "cache" / "downloads"
    downloads.mkdir(parents=True)
    archive = make_zip(tmp_path / "pets.zip")
    name = cats_vs_dogs.ADDRESS.rsplit("/", 1)[1]
    shutil.copy(archive, downloads / name)
    monkeypatch.setattr(cats_vs_dogs, "SHA256", hashlib.sha256(archive.read_bytes()).hexdigest())
    cats_vs_dogs.fetch()
    assert cats_vs_dogs.is_here() and not (downloads / name).exists()
    assert describe("cats_vs_dogs").train_images == 35
