"""Training on several devices at once: `devices=all` on two logical CPU devices, beside one device."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.mirrored_runs import CASES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(620)]

ROOT = Path(__file__).resolve().parents[1]
# Sums of 32-bit floats in another order; errors count images and have to be the same.
NEAR = {"rtol": 1e-4, "atol": 1e-5}


@pytest.fixture(scope="module")
def compared() -> dict[str, dict]:
    return mirrored_runs()


def mirrored_runs(*arguments: str) -> dict[str, dict]:
    """Return what `tests.mirrored_runs` prints; in a process of its own."""
    command = [sys.executable, "-m", "tests.mirrored_runs", *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("case", [*CASES, "resumed"])
def test_two_devices_train_as_one_does(compared, case):
    one, both = compared[case]["one"], compared[case]["all"]
    assert one["state"] == both["state"] == "finished"
    for ours, theirs in zip(both["epochs"], one["epochs"], strict=True):
        for name in ("epoch", "step", "train_error", "val_error"):
            assert ours[name] == theirs[name], name
        for name in ("train_loss", "val_loss"):
            np.testing.assert_allclose(ours[name], theirs[name], **NEAR)
    check_near(both["weights"], one["weights"])


def check_near(ours: list, theirs: list) -> None:
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our, their, **NEAR)


@pytest.mark.parametrize("case", ["momentum", "batches that two cannot share evenly"])
def test_the_samples_of_an_epoch_add_up_to_it(compared, case):
    both = compared[case]["all"]
    assert both["samples"][-1][1] == both["epochs"][-1]["step"]
    done, sums = 0, {}
    for epoch, step, loss, error in both["samples"]:
        sums[epoch] = sums.get(epoch, 0.0) + (step - done) * np.array([loss, error])
        done = step
    steps = both["epochs"][0]["step"]
    for epoch in both["epochs"]:
        means = [epoch["train_loss"], epoch["train_error"]]
        np.testing.assert_allclose(sums[epoch["epoch"]] / steps, means, **NEAR)


def test_a_script_of_such_a_run_ends_with_the_weights_of_one_device():
    found = mirrored_runs("exported")["exported"]
    check_near(found["all"]["weights"], found["one"]["weights"])


def test_it_says_what_trains(compared):
    assert compared["momentum"]["all"]["device"] == f"2 x {compared['momentum']['one']['device']}"
    assert compared["momentum"]["all"]["notes"] == []
    alone = compared["a batch of one"]["all"]
    assert alone["device"] == compared["momentum"]["one"]["device"]
    assert alone["notes"] == [
        "all devices were asked for, and one trains: the computer has no other, or more of them than a batch images"
    ]
