"""The same training on a second backend, in a process that has no TensorFlow at all."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
# As on a machine where TensorFlow was never installed: looking for it finds nothing.
WITHOUT_TENSORFLOW = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "tensorflow":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
from resnet_core.cli import main
sys.exit(main())
"""
SMALL = ("stages=1", "width=8", "input_size=8")
SHORT = ("epochs=2", "train_size=640", "validation_size=320", "batch_size=32", "learning_rate=0.05")


@pytest.fixture(scope="module")
def on_jax(tmp_path_factory):
    """Run a command of the lab on JAX and return its JSON document."""
    home = tmp_path_factory.mktemp("jax-home")

    def run(*arguments: str) -> dict:
        environment = os.environ | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", "RESNET_LAB_HOME": str(home)}
        command = [sys.executable, "-c", WITHOUT_TENSORFLOW, *arguments, "--json"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=170)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_a_network_learns_as_it_does_on_tensorflow(on_jax):
    options = [part for change in (*SMALL, *SHORT, "augment=crop_flip") for part in ("--set", change)]
    run = on_jax("train", "pocket_resnet20", "--data", "shapes", *options)
    first, last = run["epochs"]
    assert run["state"] == "finished"
    assert last["train_loss"] < first["train_loss"]
    assert last["train_error"] < 0.85  # ten classes: guessing errs in 0.9 of all images
    assert (first["step"], last["step"]) == (20, 40)


def test_the_network_is_the_one_that_was_counted(on_jax):
    options = [part for change in SMALL for part in ("--set", change)]
    found = on_jax("check", "pocket_resnet20", *options)
    assert found["ok"], found["differences"]
