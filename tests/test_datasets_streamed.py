"""Sets that are too large for memory: kept on disk, the same images, in bounded memory, once for all who wait."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resnet_core.datasets import collect, load_data, store
from resnet_core.datasets.rows import Rows
from resnet_core.errors import HomeError

ROOT = Path(__file__).resolve().parents[1]
COUNT, SIZE = 1280, 224


def photos(root: Path, per_class: int = 30) -> Path:
    """Fill class folders with small photographs, a damaged one among them."""
    rng = np.random.default_rng(5)
    for name in ("cats", "dogs"):
        (root / name).mkdir(parents=True)
        for number in range(per_class):
            pixels = rng.integers(0, 256, (12, 14, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(root / name / f"{number:03}.png")
    (root / "cats" / "007.png").write_text("no image")
    return root


@pytest.fixture
def streamed(monkeypatch):
    """Let nothing be small enough for memory, and decode in chunks that do not divide the images evenly."""
    monkeypatch.setattr(collect, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(collect, "SPARE_BYTES", 0)
    monkeypatch.setattr(store, "CHUNK_BYTES", 1)


def test_they_hold_the_images_and_notes_that_memory_holds(tmp_path, fresh_home, monkeypatch):
    source = f"folder:{photos(tmp_path / 'photos', 70)}"
    in_memory = load_data(source, size=16)
    monkeypatch.setattr(collect, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(store, "CHUNK_BYTES", 1)
    on_disk = load_data(source, size=16)
    assert isinstance(on_disk.x_train, Rows) and isinstance(on_disk.x_test, Rows)
    for name in ("x_train", "y_train", "x_test", "y_test"):
        assert np.array_equal(getattr(in_memory, name), getattr(on_disk, name)[:])
    assert "1 of 140 images could not be read and was skipped: cats/007.png" in on_disk.notes[0]
    for name in ("source", "class_names", "notes", "fingerprint"):
        assert getattr(in_memory, name) == getattr(on_disk, name)


def test_train_and_test_folders_stay_apart(tmp_path, fresh_home, streamed):
    photos(tmp_path / "data" / "train")
    photos(tmp_path / "data" / "test", 9)
    data = load_data(f"folder:{tmp_path / 'data'}", size=8)
    assert (data.x_train.shape, data.x_test.shape) == ((59, 8, 8, 3), (17, 8, 8, 3))
    assert [np.bincount(labels).tolist() for labels in (data.y_train, data.y_test)] == [[29, 30], [8, 9]]
    alone = load_data(f"folder:{tmp_path / 'data' / 'test'}", size=8)
    assert set(map(bytes, data.x_test[:])) == set(map(bytes, alone.x_train[:])) | set(map(bytes, alone.x_test[:]))


def test_a_second_run_decodes_nothing_and_a_damaged_file_is_made_again(tmp_path, fresh_home, streamed):
    source = f"folder:{photos(tmp_path / 'photos')}"
    heard = []
    first = load_data(source, size=8, tell=lambda done, total: heard.append((done, total)))
    assert heard == [(60, 60)]
    again = load_data(source, size=8, tell=lambda done, total: heard.append("again"))
    assert heard == [(60, 60)]
    assert np.array_equal(first.x_train[:], again.x_train[:])
    pixels = first.x_train[:]
    (file,) = fresh_home.rglob("images.npy")
    file.write_bytes(file.read_bytes()[:-50])
    mended = load_data(source, size=8, tell=lambda done, total: heard.append("mended"))
    assert heard[-1] == "mended"
    assert np.array_equal(pixels, mended.x_train[:])


def test_progress_is_told_chunk_by_chunk(tmp_path, fresh_home, streamed):
    heard = []
    load_data(f"folder:{photos(tmp_path / 'photos', 70)}", size=8, tell=lambda *counts: heard.append(counts))
    assert heard == [(64, 140), (128, 140), (140, 140)]


def test_runs_that_start_together_decode_once(tmp_path, fresh_home, streamed):
    source = f"folder:{photos(tmp_path / 'photos', 100)}"
    heard, results = [], []

    def load() -> None:
        results.append(load_data(source, size=16, tell=lambda done, total: heard.append(done)))

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert heard == [64, 128, 192, 200]
    assert len({data.x_train[:].tobytes() for data in results}) == 1 and len(results) == 3


def test_what_was_used_longest_ago_makes_room(tmp_path, fresh_home, streamed, monkeypatch):
    source = f"folder:{photos(tmp_path / 'photos')}"
    old = load_data(source, size=8)
    (place,) = (fresh_home / "cache" / "images").glob("folder-*")
    os.utime(place, (1_000_000_000, 1_000_000_000))
    monkeypatch.setattr(collect, "LARGEST_STREAMED_BYTES", 60 * 16 * 16 * 3 + 1)
    load_data(source, size=16)
    kept = list((fresh_home / "cache" / "images").glob("folder-*"))
    assert len(kept) == 1 and kept != [place]
    assert old.x_train[:].shape == (48, 8, 8, 3)  # a run that was using it goes on


def test_a_disk_with_too_little_room_is_one_line_and_leaves_nothing_behind(tmp_path, fresh_home, streamed, monkeypatch):
    monkeypatch.setattr(collect, "SPARE_BYTES", 1 << 60)
    with pytest.raises(HomeError, match=r"need 0\.0 GiB in .* free some space, choose a smaller input size, or set"):
        load_data(f"folder:{photos(tmp_path / 'photos')}", size=8)
    assert not list(fresh_home.rglob("images.npy"))


PEAK = f"""
import json, resource, sys
import numpy as np
from resnet_core import device, training
from resnet_core.datasets import collect, load_data, split, store
collect.IN_MEMORY_BYTES, store.CHUNK_BYTES, device.LARGE_BYTES = 1 << 20, 4 << 20, 1 << 20

def use(folder):
    parts = split(load_data("folder:" + sys.argv[1] + folder, size={SIZE}), None, 64, seed=0)
    mean = training._pixel_mean(parts.x_train, 4 << 20)
    order = np.random.default_rng(0).permutation(len(parts.x_train))
    seen = sum(len(labels) for _, labels in device.batches(parts.x_train, parts.y_train, 16, order))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return [peak, parts.x_train.nbytes, seen, float(mean.mean())]

print(json.dumps([use("/few"), use("/many")]))
"""


@pytest.mark.slow
def test_memory_stays_bounded_while_images_are_decoded_averaged_and_fetched(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (28, 28, 3), dtype=np.uint8)
    image = Image.fromarray(pixels).resize((SIZE, SIZE))
    for folder, count in (("few", 96), ("many", COUNT)):
        for name in ("cats", "dogs"):
            (tmp_path / folder / name).mkdir(parents=True)
            image.save(tmp_path / folder / name / "0.jpg", quality=85)
            content = (tmp_path / folder / name / "0.jpg").read_bytes()
            for number in range(1, count // 2):
                (tmp_path / folder / name / f"{number}.jpg").write_bytes(content)
    environment = {**os.environ, "RESNET_LAB_HOME": str(tmp_path / "home"), "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(tmp_path)], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (before, *_), (after, size, seen, mean) = json.loads(done.stdout)
    assert (size, seen) == ((COUNT * 4 // 5 - 64) * SIZE * SIZE * 3, COUNT * 4 // 5 - 64)
    assert mean == pytest.approx(np.asarray(image).mean(), abs=1)
    # The first use of few images has loaded the libraries and filled their pools: what is new is held for the images.
    assert after - before < size / 2, f"{(after - before) / 1e6:.0f} MB more for images of {size / 1e6:.0f} MB"
