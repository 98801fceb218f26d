"""What a reader may write as a data set, and the line that answers anything else."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from resnet_core.datasets import check_source, describe, load_data, samples
from resnet_core.errors import DataError

ROOT = Path(__file__).resolve().parents[1]


def photos(root: Path, *, per_class: int = 5) -> Path:
    for label, color in enumerate(("red", "green", "blue")):
        (root / color).mkdir(parents=True)
        for number in range(per_class):
            Image.new("RGB", (10 + label, 12), color).save(root / color / f"{number}.png")
    return root


def test_importing_the_package_loads_no_heavy_library():
    heavy = ("keras", "tensorflow", "pandas", "PIL", "pyarrow")
    code = f"import sys, resnet_core.datasets; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("written", "normal"), [("shapes", "shapes"), (" Shapes ", "shapes"), ("CIFAR10", "cifar10")])
def test_named_sets_are_recognized_however_they_are_typed(written, normal):
    assert check_source(written) == normal


def test_a_relative_path_is_kept_as_it_was_written_and_found_from_the_working_directory(tmp_path, monkeypatch):
    photos(tmp_path / "Some Photos")
    monkeypatch.chdir(tmp_path)
    assert check_source(" folder: Some Photos") == "folder:Some Photos"
    assert load_data("folder:Some Photos", size=8).source == "folder:Some Photos"
    monkeypatch.chdir(ROOT)
    with pytest.raises(DataError, match="Some Photos does not exist"):
        check_source("folder:Some Photos")


def test_a_path_may_start_at_the_users_home(tmp_path, monkeypatch):
    photos(tmp_path / "photos")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert check_source("folder:~/photos") == "folder:~/photos"
    assert describe("folder:~/photos").train_images == 12


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("mnist", ["'mnist'", "shapes", "cifar10", "folder:PATH", "parquet:PATH"]),
        ("", ["''", "shapes", "cifar10", "folder:PATH", "parquet:PATH"]),
        ("tests", ["folder:tests", "parquet:tests"]),
        ("shapes:16", ["'shapes:16'", "takes no path"]),
        ("folder:", ["needs a path", "folder:PATH"]),
        ("parquet: ", ["needs a path", "parquet:PATH"]),
        ("folder:no/such/place", ["no/such/place does not exist"]),
        ("parquet:no/such/place", ["no/such/place does not exist"]),
        ("parquet:tests", ["holds no .parquet files", "`img`", "`label`"]),
        ("folder:pyproject.toml", ["is a file", "class folders"]),
        ("folder:" + "x" * 5000, ["cannot be looked up", "give another path"]),
        ("parquet:~no-such-user/data", ["cannot be looked up"]),
        ("folder:/photos/caf\udce9", [r"/photos/caf\\udce9", "no text in UTF-8", "rename"]),
        ("parquet:a\0b", ["does not exist"]),
    ],
)
def test_anything_else_is_answered_by_one_line_that_says_what_to_write(source, words, monkeypatch):
    monkeypatch.chdir(ROOT)
    for ask in (check_source, describe, samples, lambda text: load_data(text, size=16)):
        with pytest.raises(DataError) as caught:
            ask(source)
        line = str(caught.value)
        assert all(word in line for word in words), line
        assert "\n" not in line
        assert len(line) < 400


def test_samples_can_be_of_some_classes_only(tmp_path):
    photos(tmp_path / "photos")
    for source, labels in ((f"folder:{tmp_path / 'photos'}", [0, 0, 2, 2]), ("shapes", [0, 0, 2, 2])):
        images, found = samples(source, count=4, size=16, classes=[0, 2])
        assert found.tolist() == labels and len(images) == 4
    assert samples("shapes", count=3, size=8, classes=[9])[1].tolist() == [9, 9, 9]


@pytest.mark.parametrize("size", [0, 7, 513, 16.0, True])
def test_a_size_out_of_bounds_is_refused_with_the_bounds(size):
    with pytest.raises(DataError, match=rf"8 to 512 pixels wide, received {size!r}"):
        load_data("shapes", size=size)


@pytest.mark.parametrize("channels", [0, 2, 4])
def test_only_gray_and_rgb_images_can_be_had(channels):
    with pytest.raises(DataError, match=rf"1 \(gray\) or 3 \(RGB\), received {channels}"):
        load_data("shapes", size=8, channels=channels)


def test_a_negative_seed_and_no_samples_are_refused():
    with pytest.raises(DataError, match="received -1"):
        load_data("shapes", size=8, seed=-1)
    with pytest.raises(DataError, match="received 0"):
        samples("shapes", count=0)
