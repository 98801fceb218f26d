"""Published figures beside ours: only for the very same network on the very same data."""

import pytest

from app.charts.final_errors import Against
from app.published_marks import published_marks
from app.run import Run
from resnet_core import RECIPES, get_spec
from resnet_core.runs import store
from tests.stored_runs import store_run

HELD_OUT = RECIPES["quick"].model_copy(update={"validation_size": 5_000})
ON_TEST = RECIPES["quick"].model_copy(update={"validation_size": None})


def marks(against: Against = Against.DEPTH):
    return published_marks([Run(job, job.name, job.epochs) for job in store.jobs(with_epochs=True)], against)


@pytest.mark.parametrize("data", ["cifar10", "parquet:/sets/cifar10", "folder:/x/CIFAR-10/"])
def test_the_paper_s_network_on_cifar10_is_marked_by_its_test_error(fresh_home, data):
    store_run("r-one", get_spec("resnet56"), [(0.1, 0.1)], data=data, recipe=HELD_OUT)
    (mark,) = marks()
    assert (mark.x, mark.kind, mark.error) == (56, "test", 0.0697)
    assert "6.97 %" in mark.text and "Table 6" in mark.source
    assert marks(Against.PARAMS)[0].x == store.job("r-one").params


def test_it_stands_beside_validation_errors_where_the_test_images_validate(fresh_home):
    store_run("r-one", get_spec("resnet56"), data="cifar10", recipe=ON_TEST)
    assert [mark.kind for mark in marks()] == ["validation"]


@pytest.mark.parametrize(
    ("spec", "data"),
    [
        (get_spec("resnet56"), "shapes"),
        (get_spec("resnet56"), "parquet:/sets/cifar100"),
        (get_spec("pocket_resnet56"), "cifar10"),
        (get_spec("plain56"), "cifar10"),
        (get_spec("resnet56").model_copy(update={"width": 32}), "cifar10"),
    ],
)
def test_other_networks_and_other_data_are_not_marked(fresh_home, spec, data):
    store_run("r-one", spec, data=data)
    assert marks() == []


def test_the_study_notes_give_three_errors(fresh_home):
    store_run("r-one", get_spec("study_resnet20_nadam"), data="cifar10", recipe=HELD_OUT)
    assert {mark.kind: mark.error for mark in marks()} == {"training": 0.09, "validation": 0.24, "test": 0.26}
