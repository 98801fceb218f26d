"""Going on after an interruption: to the last bit the run that was never interrupted."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from resnet_core import checkpoints
from resnet_core.errors import DataError, RunError
from resnet_core.results import WEIGHTS_FILE, Listener
from resnet_core.training import train
from tests.exactness import weights
from tests.resumed_runs import CASES, SPEC
from tests.test_training import Heard, recipe, stripes

ROOT = Path(__file__).resolve().parents[1]


class PulledPlugError(BaseException):
    """What no part of the training catches, as little as it could a power cut."""


class Pulled(Listener):
    """Hear a number of steps, then end all at once."""

    def __init__(self, steps: int):
        self.left = steps

    def should_stop(self):
        self.left -= 1
        if self.left < 0:
            raise PulledPlugError
        return False


def interrupted(spec, how, data, folder, *, after: int, seed: int = 3) -> None:
    """Train until the plug is pulled after so many questions whether to stop: one a batch, trained or validated."""
    with pytest.raises(PulledPlugError):
        train(spec, how, data, seed=seed, folder=folder, listener=Pulled(after), resume=True)


@pytest.fixture(scope="module")
def compared() -> dict[str, dict]:
    """Return runs that were interrupted beside undisturbed ones; all trained in one process that repeats."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.resumed_runs"], cwd=ROOT, capture_output=True, text=True, timeout=900
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.slow
@pytest.mark.timeout(1000)
@pytest.mark.parametrize("case", CASES)
def test_a_run_that_goes_on_is_the_one_that_was_never_interrupted(compared, case):
    found = compared[case]
    epochs = [epoch["epoch"] for epoch in found["undisturbed"]["epochs"]]
    assert 1 <= found["went_on_after"] < len(epochs), "it went on, and neither began anew nor was done"
    assert found["heard"] == epochs[found["went_on_after"] :]
    assert found["resumed"] == found["undisturbed"]


@pytest.mark.slow
@pytest.mark.timeout(1000)
def test_a_run_that_was_interrupted_before_its_first_epoch_begins_anew(compared):
    found = compared["an early end"]
    assert (found["went_on_after"], found["heard"]) == (0, [1, 2, 3, 4])
    assert found["resumed"] == found["undisturbed"]


def test_a_run_that_was_interrupted_after_its_last_epoch_only_ends(tmp_path):
    how, data = recipe(deterministic=True, validation_size=16, epochs=1), stripes()
    whole = train(SPEC, how, data, seed=3, folder=tmp_path)
    (tmp_path / WEIGHTS_FILE).write_bytes(b"of an epoch before")
    heard = Heard()
    again = train(SPEC, how, data, seed=3, folder=tmp_path, listener=heard, resume=True)
    assert heard.epochs == []
    assert replace(again, start=None) == replace(whole, start=None)
    assert len(weights(tmp_path)) > 20, "the weights are those of the last epoch again"


def test_time_goes_on_where_it_was(tmp_path):
    how, data = recipe(epochs=3), stripes()
    interrupted(SPEC, how, data, tmp_path, after=10)
    kept = checkpoints.finished_epochs(tmp_path)
    heard = Heard()
    train(SPEC, how, data, seed=3, folder=tmp_path, listener=heard, resume=True)
    assert heard.steps[0].step > kept[-1].step
    assert heard.steps[0].seconds > sum(epoch.seconds for epoch in kept)


@pytest.mark.slow
def test_nobody_goes_on_unasked(tmp_path):
    how, data = recipe(epochs=3), stripes()
    interrupted(SPEC, how, data, tmp_path, after=10)
    heard = Heard()
    train(SPEC, how, data, seed=3, folder=tmp_path, listener=heard)
    assert [epoch.epoch for epoch in heard.epochs] == [1, 2, 3]
    with pytest.raises(PulledPlugError):
        train(SPEC, how, data, seed=3, folder=tmp_path, listener=Pulled(2))
    assert checkpoints.finished_epochs(tmp_path) == (), "nor later from what it was before"


def test_another_run_s_state_is_refused_in_one_line(tmp_path):
    how, data = recipe(), stripes()
    train(SPEC, how, data, seed=3, folder=tmp_path)
    kept = (tmp_path / checkpoints.FILE).read_bytes()

    def refusal(spec=SPEC, how=how, data=data, seed=3) -> str:
        with pytest.raises((RunError, DataError)) as refused:
            train(spec, how, data, seed=seed, folder=tmp_path, resume=True)
        assert "\n" not in str(refused.value)
        return str(refused.value)

    assert "begun with another seed (3, now 4)" in refusal(seed=4)
    assert "begun with another recipe: go on with that one" in refusal(how=recipe(epochs=3))
    assert "begun with another network" in refusal(spec=SPEC.model_copy(update={"width": 16}))
    assert "the images have changed since the run began (fingerprint stripes, now spots)" in refusal(
        data=replace(data, fingerprint="spots")
    )
    assert (tmp_path / checkpoints.FILE).read_bytes() == kept


def test_a_state_that_does_not_fit_sets_nothing(tmp_path):
    how, data = recipe(), stripes()
    train(SPEC, how, data, seed=3, folder=tmp_path)
    kept = checkpoints.load(tmp_path)
    arrays = dict(kept.arrays)
    arrays["model-00000"] = np.zeros((1, 1), "float32")
    checkpoints.save(tmp_path, replace(kept, arrays=arrays))
    with pytest.raises(RunError, match=r"does not fit its network: model-00000 is float32 \(1, 1\) in one"):
        train(SPEC, how, data, seed=3, folder=tmp_path, resume=True)
    del arrays["model-00000"]
    checkpoints.save(tmp_path, replace(kept, arrays=arrays))
    with pytest.raises(RunError, match="model-00000 is in one of them only"):
        train(SPEC, how, data, seed=3, folder=tmp_path, resume=True)
