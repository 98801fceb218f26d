"""A study as a group of jobs: what starting it submits, which twin stops it, what it reads when it has ended."""

import time

import pytest

from resnet_core import Recipe, ResNetSpec
from resnet_core.errors import InputError, TwiceError
from resnet_core.runs import groups, store
from resnet_core.studies import Size, Study, get_study
from resnet_core.studies.types import Plan, PlannedRun
from tests import processes
from tests.stored_runs import store_run

DEPTH = get_study("depth")
TINY = ResNetSpec(stages=(1,), width=4, input_size=8)
SHORT = Recipe(learning_rate=0.05, batch_size=64, epochs=2, train_size=256, validation_size=128)


@pytest.fixture(autouse=True)
def home(fresh_home):
    return fresh_home


def store_group(study: Study, group: str, *, seeds: int = 1, data: str = "shapes", **columns) -> None:
    """Store a study's runs as if they had been submitted."""
    for number, run in enumerate(study.plan(seeds=seeds)):
        columns = {"state": "finished", **columns, "study": group, "seed": run.seed, "data": data, "name": run.name}
        errors = [] if columns["state"] in ("queued", "running") else [(0.5, 0.6), (0.2, 0.3)]
        store_run(f"r-{study.name[:2]}{number}", run.spec, errors, recipe=run.recipe, **columns)


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ({}, True),
        ({"seeds": 2}, False),
        ({"size": Size.FULL}, False),
        ({"data": "cifar10"}, False),
    ],
)
def test_only_the_very_same_study_is_a_twin(asked, refused):
    store_group(DEPTH, "depth-aaa222", state="queued")
    runs = DEPTH.plan(**asked)
    assert groups.running(DEPTH, runs) == ("depth-aaa222" if refused else None)


def test_one_that_has_ended_is_no_twin():
    store_group(DEPTH, "depth-aaa222")
    assert groups.running(DEPTH, DEPTH.plan()) is None


def test_a_study_that_goes_on_is_not_doubled_silently():
    store_group(DEPTH, "depth-aaa222", state="running")
    with pytest.raises(TwiceError, match="this very study is going on as depth-aaa222") as raised:
        groups.start(DEPTH)
    assert raised.value.group == "depth-aaa222" and raised.value.exit_code == 2
    assert len(store.jobs()) == len(DEPTH.quick.runs)


def test_a_group_knows_what_was_asked_of_it():
    store_group(DEPTH, "depth-aaa222", seeds=3)
    store_group(get_study("batch_norm"), "batch_norm-bbb222")
    group = groups.load("depth-aaa222")
    assert (group.study, group.size, group.data, group.seeds) == (DEPTH, Size.QUICK, "shapes", 3)
    assert "n = 3 seeds" in group.verdict()
    assert [job.name for job in groups.load("batch_norm-bbb222").jobs] == [
        "resnet20-16px-bn0.9",
        "resnet20-16px-bn0.99",
        "resnet20-nobn-16px",
    ]
    assert groups.newest(DEPTH).id == "depth-aaa222"


def test_an_unknown_group_is_one_line():
    with pytest.raises(InputError, match="no study has the id 'depth-nosuch'"):
        groups.load("depth-nosuch")


@pytest.mark.slow
def test_a_tiny_study_runs_to_its_end_and_is_read(home, monkeypatch):
    monkeypatch.setenv("RESNET_LAB_IDLE_SECONDS", "1")
    plan = Plan("Two tiny networks.", tuple(PlannedRun(spec, SHORT, "shapes") for spec in (TINY, TINY.plain_twin())))
    tiny = Study("shortcuts", "Tiny", "Does it run?", plan, plan, get_study("shortcuts").read)
    try:
        group = groups.start(tiny)
        deadline = time.monotonic() + 120
        while groups.load(group).active and time.monotonic() < deadline:
            time.sleep(0.2)
        ended = groups.load(group)
    finally:
        processes.end_lab(home)
    assert [job.state for job in ended.jobs] == ["finished", "finished"]
    assert all(0 <= job.test_error <= 1 and job.test_loss > 0 for job in ended.jobs)
    outcomes = [groups.outcome(job, job.epochs) for job in ended.jobs]
    assert {outcome.val_images for outcome in outcomes} == {128}
    residual, plain = (job.epochs[-1].val_error for job in ended.jobs)
    assert tiny.verdict(outcomes).startswith(
        f"Final validation error with 4 layers: plain {100 * plain:.1f} % (training "
    )
    assert f"A {100 * residual:.1f} %" in tiny.verdict(outcomes)
