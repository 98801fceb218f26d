"""CIFAR-10 from the network: a machine without one gets a line and other ways, and one download is enough."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from resnet_core.datasets import ImageData, cache, cifar10, describe, load_data, samples
from resnet_core.errors import DataError

ROOT = Path(__file__).resolve().parents[1]
NO_NETWORK = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")


def run_offline(code: str, home: Path) -> subprocess.CompletedProcess:
    """Run code where every download goes through a proxy that refuses, so that no machine has a network."""
    environment = {**os.environ, **NO_NETWORK, "no_proxy": "", "NO_PROXY": ""}
    environment |= {"KERAS_HOME": str(home / "keras"), "RESNET_LAB_HOME": str(home / "lab")}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def test_offline_one_line_names_the_other_ways_to_bring_the_data(tmp_path):
    code = (
        "import sys, resnet_core.datasets as d\nfrom resnet_core.errors import DataError\n"
        "try: d.load_data('cifar10', size=16)\n"
        "except DataError as error: print(error, file=sys.stderr); sys.exit(error.exit_code)"
    )
    started = time.monotonic()
    done = run_offline(code, tmp_path)
    assert time.monotonic() - started < 40
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "could not be downloaded" in line
    assert all(way in line for way in ("parquet:PATH", "folder:PATH", "shapes"))


@pytest.mark.slow
def test_a_download_that_breaks_in_keras_leaks_nothing_to_the_standard_output(tmp_path):
    # A damaged archive in Keras' folder makes Keras itself try, print and fail.
    (tmp_path / "keras" / "datasets").mkdir(parents=True)
    (tmp_path / "keras" / "datasets" / "cifar-10-batches-py-target_archive").write_bytes(b"half a download")
    code = (
        "import resnet_core.datasets as d\nfrom resnet_core.errors import DataError\n"
        "try: d.load_data('cifar10', size=16)\n"
        "except DataError as error: print('DataError', error)"
    )
    done = run_offline(code, tmp_path)
    (line,) = done.stdout.splitlines()
    assert line.startswith("DataError cifar10 could not be downloaded")
    assert "Traceback" not in done.stderr


def test_the_summary_needs_no_network(tmp_path):
    done = run_offline("import resnet_core.datasets as d; print(d.describe('cifar10'))", tmp_path)
    assert done.stdout.strip() == str(describe("cifar10"))
    assert not (tmp_path / "keras").exists()
    summary = describe("cifar10")
    assert (summary.classes, summary.train_images, summary.test_images) == (10, 50_000, 10_000)
    assert summary.class_names[3] == "cat"


def test_samples_before_any_download_say_when_there_will_be_some(fresh_home):
    with pytest.raises(DataError, match="not been downloaded yet"):
        samples("cifar10")


def test_what_was_downloaded_once_is_used_without_a_network(fresh_home, monkeypatch):
    for name, address in NO_NETWORK.items():
        monkeypatch.setenv(name, address)
    rng = np.random.default_rng(0)
    x_train, x_test = (rng.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8) for count in (60, 20))
    y_train, y_test = (np.arange(count, dtype=np.int32) % 10 for count in (60, 20))
    names = describe("cifar10").class_names
    cache.keep(cifar10.KEPT_AS, ImageData("cifar10", x_train, y_train, x_test, y_test, names, (), "0" * 16))

    whole = load_data("cifar10", size=32)
    assert (whole.x_train == x_train).all()
    assert (whole.y_test == y_test).all()
    half = load_data("cifar10", size=16)
    means = x_train.reshape(60, 16, 2, 16, 2, 3).mean(axis=(2, 4))
    assert np.abs(half.x_train - means).max() <= 0.5
    gray = load_data("cifar10", size=32, channels=1)
    assert np.abs(gray.x_test[..., 0] - x_test @ np.array([0.299, 0.587, 0.114])).max() <= 1
    assert len({whole.fingerprint, half.fingerprint, gray.fingerprint}) == 3
    images, labels = samples("cifar10", count=10, size=32)
    assert labels.tolist() == list(range(10))
    for image, label in zip(images, labels, strict=True):
        assert (image == x_test[[label, label + 10]]).all(axis=(1, 2, 3)).any()
