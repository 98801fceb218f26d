"""Training on images that stay on disk: the same run, to the last bit, in the memory of a few batches."""

from dataclasses import replace

import numpy as np
import pytest

from resnet_core import device, make_spec
from resnet_core.datasets.rows import Rows
from resnet_core.errors import DataError
from resnet_core.recipes import make_recipe
from resnet_core.training import train
from tests.test_training import stripes

TINY = make_spec({"stages": [1], "width": 4, "input_size": 8, "classes": 2})


@pytest.fixture
def on_disk(tmp_path):
    """Return the stripes twice: in memory, and as rows of a file in which they lie in another order."""
    data = stripes()
    places = np.random.default_rng(7).permutation(128)
    whole = np.concatenate([data.x_train, data.x_test])
    shuffled = np.empty_like(whole)
    shuffled[places] = whole
    np.save(tmp_path / "images.npy", shuffled)
    halves = map(Rows(tmp_path / "images.npy").take, np.split(places, 2))
    return data, replace(data, x_train=next(halves), x_test=next(halves))


@pytest.mark.slow
def test_rows_train_as_the_array_does(on_disk, monkeypatch):
    fields = {"batch_size": 12, "epochs": 2, "validation_size": 20, "normalize": "pixel_mean", "augment": "crop_flip"}
    figures = []
    for data, large in ((on_disk[0], 1 << 30), (on_disk[1], 1 << 30), (on_disk[1], 0), (on_disk[0], 0)):
        monkeypatch.setattr(device, "LARGE_BYTES", large)
        epochs = train(TINY, make_recipe(fields), data, seed=4).epochs
        figures.append([(epoch.train_loss, epoch.train_error, epoch.val_loss, epoch.val_error) for epoch in epochs])
    assert len(figures[0]) == 2
    assert figures[1:] == figures[:1] * 3


def test_rows_that_do_not_match_the_network_are_said_before_training(on_disk):
    spec = TINY.model_copy(update={"input_size": 16})
    with pytest.raises(DataError, match="stripes has images of 8x8x3, the network takes 16x16x3"):
        train(spec, make_recipe({"epochs": 1}), on_disk[1])
