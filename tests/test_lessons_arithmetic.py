"""Measures that a reader could work out with a pencil, against other ways to the same number."""

import math
import statistics

import numpy as np
import pytest

from resnet_core.errors import LessonError
from resnet_core.lessons.measures import recompute

BATCH = [1, 3, 5, 7, 11]


def test_a_batch_is_normalized_as_numpy_does_it() -> None:
    x = np.array(BATCH, float)
    expected = 2 * (x - x.mean()) / np.sqrt(x.var() + 0.5) - 1
    found = [
        recompute("batch_normalized", {"numbers": BATCH, "which": k, "epsilon": 0.5, "gamma": 2, "beta": -1})
        for k in range(1, 6)
    ]
    assert found == pytest.approx(expected)
    assert recompute("batch_mean", {"numbers": BATCH}) == statistics.fmean(BATCH)
    assert recompute("batch_variance", {"numbers": BATCH}) == pytest.approx(statistics.pvariance(BATCH))


def test_guessing_costs_the_negative_logarithm_of_each_class_s_chance() -> None:
    assert recompute("guessing_loss", {"classes": 10}) == pytest.approx(-math.log(0.1))


def test_the_paper_trains_for_182_epochs() -> None:
    assert recompute("epochs", {"steps": 64_000, "batch_size": 128, "images": 45_000}) == pytest.approx(182, abs=0.1)


def test_projections_make_22_layers_of_resnet20() -> None:
    assert recompute("weighted_layers", {"spec": "resnet20"}) == 20
    assert recompute("weighted_layers", {"spec": "resnet20", "shortcut": "B"}) == 22


def test_one_convolution_is_counted_as_the_stem_of_a_network_is() -> None:
    stem = {"kernel": 7, "channels_in": 3, "channels_out": 64}
    assert recompute("convolution_weights", stem) == 9_408
    assert recompute("convolution_macs", stem | {"pixels": 112}) == 118_013_952
    assert recompute("convolution_weights", stem | {"channels_in": 64, "groups": 32}) == 6_272


def test_two_measures_are_compared() -> None:
    a, b = ({"measure": "trainable_parameters", "of": {"spec": "resnet20", "shortcut": kind}} for kind in "BA")
    assert recompute("difference", {"of": a, "minus": b}) == 272_474 - 269_722
    assert recompute("ratio", {"of": a, "over": b}) == pytest.approx(272_474 / 269_722)


@pytest.mark.parametrize("taken", [3, {"measure": "macs"}, {"measure": "nothing", "of": {}}])
def test_what_is_no_measure_is_said_in_one_line(taken: object) -> None:
    with pytest.raises(LessonError, match="write .measure: NAME"):
        recompute("ratio", {"of": taken, "over": taken})
