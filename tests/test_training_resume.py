"""Going on after an interruption: to the last bit the run that was never interrupted."""

from dataclasses import replace

import numpy as np
import pytest

from resnet_core import checkpoints, make_spec
from resnet_core.errors import DataError, RunError
from resnet_core.results import WEIGHTS_FILE, Listener
from resnet_core.training import train
from tests.exactness import measured, weights
from tests.test_training import Heard, recipe, stripes

TINY = make_spec({"stages": [1, 1], "width": 8, "input_size": 8, "classes": 2, "shortcut": "B"})


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


@pytest.mark.parametrize(
    "fields",
    [
        {"optimizer": "momentum", "augment": "crop_flip", "weight_decay": 1e-3},
        {"optimizer": "nesterov", "schedule": "step", "milestones": [5, 9]},
        {"optimizer": "sgd", "schedule": "cosine", "warmup_steps": 6},
        {"optimizer": "adam", "augment": "crop_flip", "warmup_steps": 3},
        {"optimizer": "adamw", "weight_decay": 0.01, "schedule": "cosine"},
        {"optimizer": "nadam", "augment": "crop_flip", "schedule": "step", "milestones": [6]},
        {"optimizer": "rmsprop", "precision": "mixed_bfloat16", "augment": "crop_flip"},
        {"optimizer": "nadam", "precision": "mixed_bfloat16", "validation_size": 32},
        {"epochs": None, "steps": 14, "augment": "crop_flip", "normalize": "scale"},
    ],
    ids=lambda fields: "-".join(str(value) for value in fields.values()),
)
def test_a_run_that_goes_on_is_the_one_that_was_never_interrupted(tmp_path, fields):
    how = recipe(**{"epochs": 4, "learning_rate": 0.01, "deterministic": True} | fields)
    data = stripes(160)
    calm, broken = tmp_path / "calm", tmp_path / "broken"
    calm.mkdir()
    broken.mkdir()
    whole = train(TINY, how, data, seed=3, folder=calm)
    # In the middle of the second epoch, then in the middle of the third.
    interrupted(TINY, how, data, broken, after=8)
    interrupted(TINY, how, data, broken, after=8)
    heard = Heard()
    result = train(TINY, how, data, seed=3, folder=broken, listener=heard, resume=True)
    assert 1 <= len(heard.start.epochs) < len(result.epochs), "it went on, and did not begin anew"
    assert heard.epochs == list(result.epochs[len(heard.start.epochs) :])
    assert measured(result.epochs) == measured(whole.epochs)
    assert (result.state, result.message) == (whole.state, whole.message)
    assert (result.test_loss, result.test_error) == (whole.test_loss, whole.test_error)
    assert weights(broken) == weights(calm)
    ours, theirs = (checkpoints.load(folder).arrays for folder in (calm, broken))
    assert {name: array.tobytes() for name, array in ours.items()} == {
        name: array.tobytes() for name, array in theirs.items()
    }


def test_a_run_that_was_interrupted_before_its_first_epoch_begins(tmp_path):
    how, data = recipe(deterministic=True), stripes()
    interrupted(TINY, how, data, tmp_path, after=2)
    assert checkpoints.finished_epochs(tmp_path) == ()
    result = train(TINY, how, data, seed=3, folder=tmp_path, resume=True)
    assert measured(result.epochs) == measured(train(TINY, how, data, seed=3).epochs)


def test_a_run_that_was_interrupted_after_its_last_epoch_only_ends(tmp_path):
    how, data = recipe(deterministic=True, validation_size=16, epochs=1), stripes()
    whole = train(TINY, how, data, seed=3, folder=tmp_path)
    (tmp_path / WEIGHTS_FILE).write_bytes(b"of an epoch before")
    heard = Heard()
    again = train(TINY, how, data, seed=3, folder=tmp_path, listener=heard, resume=True)
    assert heard.epochs == []
    assert replace(again, start=None) == replace(whole, start=None)
    assert len(weights(tmp_path)) > 20, "the weights are those of the last epoch again"


def test_time_goes_on_where_it_was(tmp_path):
    how, data = recipe(epochs=3), stripes()
    interrupted(TINY, how, data, tmp_path, after=10)
    kept = checkpoints.finished_epochs(tmp_path)
    heard = Heard()
    train(TINY, how, data, seed=3, folder=tmp_path, listener=heard, resume=True)
    assert heard.steps[0].step > kept[-1].step
    assert heard.steps[0].seconds > sum(epoch.seconds for epoch in kept)


def test_nobody_goes_on_unasked(tmp_path):
    how, data = recipe(epochs=3), stripes()
    interrupted(TINY, how, data, tmp_path, after=10)
    heard = Heard()
    train(TINY, how, data, seed=3, folder=tmp_path, listener=heard)
    assert [epoch.epoch for epoch in heard.epochs] == [1, 2, 3]
    with pytest.raises(PulledPlugError):
        train(TINY, how, data, seed=3, folder=tmp_path, listener=Pulled(2))
    assert checkpoints.finished_epochs(tmp_path) == (), "nor later from what it was before"


def test_another_run_s_state_is_refused_in_one_line(tmp_path):
    how, data = recipe(), stripes()
    train(TINY, how, data, seed=3, folder=tmp_path)
    kept = (tmp_path / checkpoints.FILE).read_bytes()

    def refusal(spec=TINY, how=how, data=data, seed=3) -> str:
        with pytest.raises((RunError, DataError)) as refused:
            train(spec, how, data, seed=seed, folder=tmp_path, resume=True)
        assert "\n" not in str(refused.value)
        return str(refused.value)

    assert "begun with another seed (3, now 4)" in refusal(seed=4)
    assert "begun with another recipe: go on with that one" in refusal(how=recipe(epochs=3))
    assert "begun with another network" in refusal(spec=TINY.model_copy(update={"width": 16}))
    assert "the images have changed since the run began (fingerprint stripes, now spots)" in refusal(
        data=replace(data, fingerprint="spots")
    )
    assert (tmp_path / checkpoints.FILE).read_bytes() == kept


def test_a_state_that_does_not_fit_sets_nothing(tmp_path):
    how, data = recipe(), stripes()
    train(TINY, how, data, seed=3, folder=tmp_path)
    kept = checkpoints.load(tmp_path)
    arrays = dict(kept.arrays)
    arrays["model-00000"] = np.zeros((1, 1), "float32")
    checkpoints.save(tmp_path, replace(kept, arrays=arrays))
    with pytest.raises(RunError, match=r"does not fit its network: model-00000 is float32 \(1, 1\) in one"):
        train(TINY, how, data, seed=3, folder=tmp_path, resume=True)
    del arrays["model-00000"]
    checkpoints.save(tmp_path, replace(kept, arrays=arrays))
    with pytest.raises(RunError, match="model-00000 is in one of them only"):
        train(TINY, how, data, seed=3, folder=tmp_path, resume=True)
