"""Groups of runs: by any field, numbers in order, tags, what a mean mixes, and the numbers of a group."""

import json
import math
import statistics

import numpy as np
import pytest

from app.charts.spread import mean_of
from app.group_numbers import baseline_error, group_numbers, reading
from app.grouping import FIELDS, REPEATS, SEPARATE, grouped, mixed, varying
from resnet_core import RECIPES, Recipe, ResNetSpec, get_spec
from tests.stored_runs import runs, store_run

QUICK = RECIPES["quick"]


@pytest.fixture(autouse=True)
def home(fresh_home):
    return fresh_home


def by(field: str) -> dict[str, list[str]]:
    return {group.label: [run.job.id for run in group.runs] for group in grouped(runs(), field)}


def test_depths_come_in_rising_order_whatever_the_order_of_the_runs():
    for depth in (110, 20, 56):
        store_run(f"r-{depth}", get_spec(f"pocket_resnet{depth}"))
    assert by("depth") == {"20 layers": ["r-20"], "56 layers": ["r-56"], "110 layers": ["r-110"]}


def test_learning_rates_are_ordered_as_numbers():
    for rate in (0.1, 1e-05, 0.02):
        store_run(f"r-{rate}", get_spec("pocket_resnet20"), recipe=QUICK.model_copy(update={"learning_rate": rate}))
    assert list(by("learning_rate")) == ["learning rate 1e-05", "learning rate 0.02", "learning rate 0.1"]


@pytest.mark.parametrize("tag", ["2026.01.15", "1.2.3", "..", "1e999", "nan"])
def test_a_tag_that_only_looks_like_a_number_is_a_word(tag):
    store_run("r-a", get_spec("pocket_resnet20"), tags=json.dumps([tag]))
    store_run("r-b", get_spec("pocket_resnet20"), tags=json.dumps(["10"]), seed=1)
    store_run("r-c", get_spec("pocket_resnet20"), tags=json.dumps(["9"]), seed=2)
    assert list(by("tag")) == [tag, "10", "9"]


def test_repeats_are_the_same_but_for_their_seed_and_are_named_without_it():
    for seed in range(2):
        store_run(f"r-p{seed}", get_spec("pocket_plain20"), seed=seed)
        store_run(f"r-r{seed}", get_spec("pocket_resnet20"), seed=seed)
    store_run("r-long", get_spec("pocket_resnet20"), recipe=QUICK.model_copy(update={"epochs": 9}))
    found = by(REPEATS)
    assert sorted(found.values()) == [["r-long"], ["r-p0", "r-p1"], ["r-r0", "r-r1"]]
    assert "plain20-16px" in found and not any("seed" in label for label in found)


def test_a_run_belongs_to_each_of_its_tags():
    store_run("r-a", get_spec("pocket_resnet20"), tags=json.dumps(["base", "week-3"]))
    store_run("r-b", get_spec("pocket_resnet20"), tags=json.dumps(["week-3"]), seed=1)
    store_run("r-c", get_spec("pocket_resnet20"), seed=2)
    assert by("tag") == {"base": ["r-a"], "week-3": ["r-a", "r-b"], "no tag": ["r-c"]}


def test_without_a_field_every_run_stands_for_itself():
    store_run("r-a", get_spec("pocket_resnet20"))
    store_run("r-b", get_spec("pocket_plain20"))
    assert [group.key for group in grouped(runs(), SEPARATE)] == ["r-a", "r-b"]


def test_every_field_of_a_network_and_a_recipe_can_be_grouped_by():
    store_run("r-a", get_spec("pocket_resnet20"))
    assert set(ResNetSpec.model_fields) | set(Recipe.model_fields) | {"depth", "data", "seed", "tag"} <= set(FIELDS)
    for field in FIELDS:
        (group,) = grouped(runs(), field)
        assert group.label and len(group.runs) == 1


def test_only_what_differs_is_worth_grouping_by():
    store_run("r-a", get_spec("pocket_resnet20"))
    store_run("r-b", get_spec("pocket_plain20"), seed=1)
    assert set(varying(runs())) == {REPEATS, "residual", "network", "seed"}


def test_a_mean_says_what_it_mixes_but_not_what_it_is_made_for():
    for kind in ("resnet", "plain"):
        for rate in (0.1, 0.02):
            recipe = QUICK.model_copy(update={"learning_rate": rate})
            store_run(f"r-{kind}{rate}", get_spec(f"pocket_{kind}20"), recipe=recipe)
    found = runs()
    assert mixed(grouped(found, "depth"), ["depth"]) == ["residual", "learning_rate"]
    assert mixed(grouped(found, "residual"), ["residual"]) == ["learning_rate"]
    assert mixed(grouped(found, REPEATS), [REPEATS]) == []


def test_means_and_spreads_are_those_of_the_sample():
    values = [0.31, 0.29, 0.36, 0.3]
    found = mean_of([*values, math.nan])
    assert (found.n, found.mean) == (4, pytest.approx(np.mean(values)))
    assert found.deviation == pytest.approx(np.std(values, ddof=1))
    assert mean_of([0.2]).deviation is None and mean_of([math.nan]) is None


def test_a_group_has_its_mean_its_spread_and_its_distance_to_the_baseline():
    for seed, error in enumerate((0.2, 0.3)):
        store_run(f"r-p{seed}", get_spec("pocket_plain20"), [(0.9, 0.9), (0.1, error)], seed=seed)
        store_run(f"r-r{seed}", get_spec("pocket_resnet20"), [(0.1, error - 0.15)], seed=seed, test_error=0.5)
    groups = grouped(runs(), "residual")
    base = baseline_error(groups, "plain")
    assert base == pytest.approx(0.25)
    table = group_numbers(groups, base).set_index("group")
    assert table.loc["residual", ["n", "val", "difference", "test"]].tolist() == pytest.approx([2, 10, -15, 50])
    assert table.loc["plain", "val_deviation"] == pytest.approx(100 * statistics.stdev([0.2, 0.3]))
    assert table.loc["plain", "seconds"] == 4.0  # two epochs of two seconds
    assert baseline_error(groups, "nothing") is None


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ({"momentum": (0.1, 0.12), "adam": (0.11, 0.13)}, "that may be luck"),
        ({"momentum": (0.1, 0.11), "adam": (0.4, 0.41)}, "standard deviations of single runs apart"),
        ({"momentum": (0.1,), "adam": (0.4,)}, "repeat it with other seeds"),
    ],
)
def test_the_sentence_knows_luck(errors, said):
    for optimizer, values in errors.items():
        recipe = Recipe(**QUICK.model_dump() | {"optimizer": optimizer})
        for seed, error in enumerate(values):
            store_run(f"r-{optimizer}{seed}", get_spec("pocket_resnet20"), [(error, error)], recipe=recipe, seed=seed)
    text = reading(grouped(runs(), "optimizer"), "optimizer")
    assert said in text and "that of momentum" in text
