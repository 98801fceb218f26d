"""Images that stay on disk: rows of a file give what the same rows of an array give."""

import numpy as np
import pytest

from resnet_core.datasets import ImageData, split
from resnet_core.datasets.rows import Rows, pick


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (60, 4, 5, 3), dtype=np.uint8)


@pytest.fixture
def rows(images, tmp_path) -> Rows:
    np.save(tmp_path / "images.npy", images)
    return Rows(tmp_path / "images.npy")


@pytest.mark.parametrize(
    "chosen",
    [
        slice(None),
        slice(7, 19),
        slice(50, 90),
        slice(8, 8),
        slice(None, None, 3),
        np.array([3, 4, 5, 59, 0, 1, 1]),
        np.array([], dtype=int),
        -2,
    ],
)
def test_reading_rows_is_indexing_an_array(images, rows, chosen):
    found = rows[chosen]
    assert isinstance(found, np.ndarray) and found.dtype == np.uint8
    assert np.array_equal(found, images[chosen])


def test_chosen_rows_can_be_chosen_from_again_without_reading(images, rows):
    order = np.random.default_rng(1).permutation(60)
    some = pick(pick(rows, order), np.arange(10, 30))
    assert isinstance(some, Rows)
    assert (some.shape, len(some), some.nbytes) == ((20, 4, 5, 3), 20, 20 * 60)
    assert np.array_equal(some[:], images[order][10:30])
    assert np.array_equal(pick(images, order), images[order])


def test_a_file_cut_short_is_noticed(rows, tmp_path):
    file = tmp_path / "images.npy"
    with file.open("r+b") as stream:
        stream.truncate(file.stat().st_size - 10)
    with pytest.raises((OSError, ValueError)):
        Rows(file)
    with pytest.raises(OSError, match="cut short"):
        rows[50:]


def test_rows_outlive_their_place_in_the_folder(images, rows, tmp_path):
    (tmp_path / "images.npy").unlink()
    assert np.array_equal(rows.take(np.arange(5))[:], images[:5])


def test_other_arrays_are_refused(tmp_path):
    np.save(tmp_path / "floats.npy", np.zeros((2, 3, 3, 1)))
    with pytest.raises(ValueError, match="not images as bytes"):
        Rows(tmp_path / "floats.npy")


def test_a_split_of_rows_stays_on_disk_and_is_the_split_of_the_array(images, rows):
    labels = (np.arange(60) % 3).astype(np.int32)
    parts = [
        split(ImageData("some", x, labels, x, labels, ("a", "b", "c"), (), "0" * 16), 30, 12, seed=3)
        for x in (images, rows)
    ]
    assert isinstance(parts[1].x_train, Rows) and isinstance(parts[1].x_val, Rows)
    for name in ("x_train", "x_val", "y_train", "y_val"):
        assert np.array_equal(getattr(parts[0], name), getattr(parts[1], name)[:])
