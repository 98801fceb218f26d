"""Runs in a list and by name: the newest first, in groups, each told apart by what sets it apart."""

import pytest

from app.run_list import group_runs
from app.run_names import recipe_differences, run_names
from resnet_core import RECIPES, get_spec
from resnet_core.runs import store
from tests.stored_runs import store_run

QUICK = RECIPES["quick"]
SPEC, TWIN = get_spec("pocket_resnet20"), get_spec("pocket_plain20")


@pytest.fixture(autouse=True)
def home(fresh_home):
    return fresh_home


def names() -> dict[str, str]:
    return run_names(store.jobs()[::-1])


def test_the_newest_come_first_and_a_study_stays_together_in_the_order_of_its_launch():
    store_run("r-old", SPEC)
    store_run("r-a", SPEC, study="set-abc222")
    store_run("r-between", SPEC)
    store_run("r-b", TWIN, study="set-abc222")
    store_run("r-c", TWIN, study="degradation-abc222")
    found = group_runs(store.jobs())
    assert [(group.title, [row.id for row in group.rows]) for group in found] == [
        ("The degradation problem", ["r-c"]),
        ("2 runs launched together", ["r-a", "r-b"]),
        ("", ["r-between"]),
        ("", ["r-old"]),
    ]


def test_a_row_says_network_kind_state_data_seed_and_last_errors():
    store_run("r-a", TWIN, [(0.5, 0.6), (0.125, 0.0875)], data="parquet:/some/where/cifar/", seed=3, state="stopped")
    store_run("r-b", SPEC, state="queued")
    waiting, row = (group.rows[0] for group in group_runs(store.jobs()))
    assert (row.name, row.residual, row.state, row.about) == (
        "plain20-16px",
        False,
        "stopped",
        "parquet cifar · seed 3",
    )
    assert (row.validation, row.training) == ("8.75 %", "12.5 %")
    assert (waiting.residual, waiting.validation) == (True, "")


def test_a_run_in_work_says_so_without_numbers_that_grow_old():
    for state in ("starting", "running", "queued"):
        store_run(f"r-{state}", SPEC, [(0.5, 0.6)], state=state)
    rows = [group.rows[0] for group in group_runs(store.jobs())]
    assert {(row.state, row.validation, row.training) for row in rows} == {
        ("starting", "", ""),
        ("running", "", ""),
        ("queued", "", ""),
    }


def test_tags_stand_in_the_row_and_so_are_found_by_its_search():
    store_run("r-a", SPEC, tags='["baseline", "week-3"]')
    assert group_runs(store.jobs())[0].rows[0].about == "shapes · seed 0 · baseline · week-3"


def test_different_networks_need_no_more_than_their_names():
    store_run("r-a", SPEC)
    store_run("r-b", TWIN, seed=1)
    assert names() == {"r-a": "resnet20-16px", "r-b": "plain20-16px"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"seed": 1}, ("resnet20-16px, seed 0", "resnet20-16px, seed 1")),
        ({"data": "folder:/cats"}, ("resnet20-16px, shapes", "resnet20-16px, folder cats")),
        (
            {"recipe": QUICK.model_copy(update={"learning_rate": 0.1}), "seed": 1},
            ("resnet20-16px, learning rate 0.02", "resnet20-16px, learning rate 0.1"),
        ),
        (
            {"recipe": QUICK.model_copy(update={"learning_rate": 0.1, "batch_size": 32, "epochs": 2})},
            ("resnet20-16px, learning rate 0.02, batch size 64", "resnet20-16px, learning rate 0.1, batch size 32"),
        ),
        ({}, ("resnet20-16px, r-a", "resnet20-16px, r-b")),
    ],
)
def test_runs_of_one_network_are_told_apart_by_what_differs(changes, expected):
    store_run("r-a", SPEC)
    store_run("r-b", SPEC, **changes)
    assert tuple(names().values()) == expected


def test_names_are_unique_however_runs_mix():
    other = QUICK.model_copy(update={"epochs": 3})
    count = 0
    for recipe in (QUICK, other):
        for seed in (0, 0, 1):
            for spec in (SPEC, TWIN):
                count += 1
                store_run(f"r-{count}", spec, recipe=recipe, seed=seed)
    found = names()
    assert len(set(found.values())) == count == 12
    assert found["r-5"] == "resnet20-16px, 6 epochs, seed 1"


def test_settings_that_are_off_are_not_named():
    recipes = [recipe.model_dump(mode="json") for recipe in (QUICK, QUICK.model_copy(update={"deterministic": True}))]
    assert recipe_differences(recipes) == ["", "deterministic"]
