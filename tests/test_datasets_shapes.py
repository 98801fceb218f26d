"""The embedded data set: the same everywhere, balanced, not solved by color, kept on disk and made again."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from resnet_core.datasets import describe, load_data, samples, shapes

ROOT = Path(__file__).resolve().parents[1]


def digest(images: np.ndarray) -> str:
    return hashlib.sha256(images.tobytes()).hexdigest()


def each(images: np.ndarray) -> set[bytes]:
    return {image.tobytes() for image in images}


@pytest.fixture(scope="module")
def small():
    return load_data("shapes", size=16)


def test_ten_thousand_and_two_thousand_images_equally_many_of_each_class(small):
    assert small.x_train.shape == (10_000, 16, 16, 3)
    assert small.x_test.shape == (2_000, 16, 16, 3)
    assert small.x_train.dtype == small.x_test.dtype == np.uint8
    assert small.y_train.dtype == small.y_test.dtype == np.int32
    assert np.bincount(small.y_train).tolist() == [1_000] * 10
    assert np.bincount(small.y_test).tolist() == [200] * 10
    assert len(set(small.class_names)) == 10
    assert small.notes == ()


def test_the_summary_tells_what_is_loaded(small):
    summary = describe("shapes")
    assert (summary.train_images, summary.test_images) == (len(small.x_train), len(small.x_test))
    assert (summary.classes, summary.class_names) == (10, small.class_names)


def test_classes_are_mixed_so_that_any_part_of_the_order_holds_all(small):
    for start in range(0, 10_000, 200):
        assert len(np.unique(small.y_train[start : start + 200])) == 10


def test_no_image_is_drawn_twice_in_training_test_or_another_seed(small):
    other = load_data("shapes", size=16, seed=1)
    groups = [small.x_train, small.x_test, other.x_train, other.x_test]
    assert len(set.union(*map(each, groups))) == sum(map(len, groups))
    assert small.fingerprint != other.fingerprint


def test_another_process_draws_the_same_bytes():
    images, labels = shapes.draw_shapes(300, 24, seed=5)
    code = (
        "from resnet_core.datasets.shapes import draw_shapes; import hashlib;"
        "x, y = draw_shapes(300, 24, seed=5);"
        "print(hashlib.sha256(x.tobytes()).hexdigest(), hashlib.sha256(y.tobytes()).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [digest(images), digest(labels)]


def test_the_drawing_runs_on_its_own_with_numpy_alone(tmp_path):
    script = Path(shapes.__file__).read_text() + "\nx, y = draw_shapes(30, 16, 2)\nimport hashlib, sys\n"
    script += "print(hashlib.sha256(x.tobytes()).hexdigest(), 'resnet_core' in sys.modules)\n"
    (tmp_path / "alone.py").write_text(script)
    done = subprocess.run([sys.executable, "-I", "alone.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [digest(shapes.draw_shapes(30, 16, 2)[0]), "False"]


@pytest.mark.parametrize("size", [8, 17, 64, 512])
@pytest.mark.parametrize("channels", [1, 3])
def test_any_size_and_both_kinds_of_channels_can_be_drawn(size, channels):
    images, labels = shapes.draw_shapes(20, size, 0, channels)
    assert images.shape == (20, size, size, channels)
    assert np.bincount(labels).tolist() == [2] * 10
    # Every image shows something: a shape stands out from its background.
    assert (images.reshape(20, -1).max(axis=1).astype(int) - images.reshape(20, -1).min(axis=1) > 80).all()


def test_the_scene_is_the_same_at_every_size():
    small, _ = shapes.draw_shapes(50, 32, 9)
    large, _ = shapes.draw_shapes(50, 128, 9)
    reduced = large.reshape(50, 32, 4, 32, 4, 3).mean(axis=(2, 4))
    assert np.abs(reduced - small).mean() < 8
    assert np.abs(reduced - small[::-1]).mean() > 40


def test_a_gray_image_is_the_colored_one_in_gray():
    colored, labels = shapes.draw_shapes(40, 32, 3, 3)
    gray, gray_labels = shapes.draw_shapes(40, 32, 3, 1)
    assert (labels == gray_labels).all()
    luma = colored @ np.array([0.299, 0.587, 0.114])
    assert np.abs(luma - gray[..., 0]).mean() < 2 * shapes.NOISE


def test_a_ring_has_a_hole_and_a_disk_has_none():
    images, labels = shapes.draw_shapes(2_000, 32, 1, 1)
    names = np.array(shapes.CLASS_NAMES)[labels]
    center = images[:, 14:18, 14:18, 0].mean(axis=(1, 2))
    assert center[names == "disk"].mean() > center[names == "ring"].mean() + 40


def test_color_alone_helps_but_does_not_solve_the_task(small):
    # The 15 nearest training images by mean and spread of each color channel vote.
    def colors(images):
        pixels = images.reshape(len(images), -1, 3).astype(np.float32)
        return np.concatenate([pixels.mean(axis=1), pixels.std(axis=1)], axis=1)

    known, asked = colors(small.x_train[:4_000]), colors(small.x_test[:500])
    distances = ((asked[:, None] - known[None]) ** 2).sum(axis=2)
    votes = small.y_train[np.argsort(distances, axis=1)[:, :15]]
    guesses = np.array([np.bincount(row, minlength=10).argmax() for row in votes])
    share = (guesses == small.y_test[:500]).mean()
    assert 0.2 < share < 0.7, f"color alone names {share:.0%} of the images"


def test_samples_show_one_image_of_each_class():
    images, labels = samples("shapes", count=10, size=48)
    assert images.shape == (10, 48, 48, 3)
    assert images.dtype == np.uint8
    assert labels.tolist() == list(range(10))


def kept_files(home: Path) -> list[Path]:
    return list((home / "cache").rglob("*.npz"))


def test_the_second_load_takes_the_images_from_disk(fresh_home):
    first = load_data("shapes", size=8)
    (file,) = kept_files(fresh_home)
    before = file.stat().st_ino
    second = load_data("shapes", size=8)
    assert [path.stat().st_ino for path in kept_files(fresh_home)] == [before]
    assert (second.x_train == first.x_train).all()
    assert (second.y_test == first.y_test).all()
    assert (second.class_names, second.notes, second.fingerprint) == (first.class_names, (), first.fingerprint)
    assert not [path for path in (fresh_home / "cache").rglob("*") if path.is_file() and path != file]


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


@pytest.mark.parametrize(
    "damage",
    [flipped, lambda content: content[:1000], lambda content: b"", lambda content: b"not an archive" * 50],
    ids=["one byte flipped", "cut short", "empty", "something else"],
)
def test_a_damaged_file_on_disk_is_drawn_again_and_replaced(fresh_home, damage):
    first = load_data("shapes", size=8)
    (file,) = kept_files(fresh_home)
    content = file.read_bytes()
    file.write_bytes(damage(content))
    again = load_data("shapes", size=8)
    assert (again.x_train == first.x_train).all()
    assert (again.x_test == first.x_test).all()
    with np.load(file) as healed:
        assert (healed["x_train"] == first.x_train).all()


def test_shapes_are_there_even_where_nothing_can_be_kept(tmp_path, monkeypatch):
    expected = load_data("shapes", size=8)
    (tmp_path / "file").write_text("a file stands where the home should be")
    monkeypatch.setenv("RESNET_LAB_HOME", str(tmp_path / "file" / "home"))
    assert (load_data("shapes", size=8).x_train == expected.x_train).all()
