"""What a run may take: the lab's limits, its own, and which of them holds."""

import pytest

from resnet_core import Recipe, ResNetSpec
from resnet_core.cli import main
from resnet_core.errors import InputError
from resnet_core.runs import queue, store
from resnet_core.runs.limits import GIGABYTES, MINUTES, Limits

pytestmark = pytest.mark.usefixtures("no_supervisor")

SPEC = ResNetSpec(stages=(1,), width=4, input_size=8)
RECIPE = Recipe(epochs=2)


@pytest.mark.parametrize(
    ("lab", "own", "holds"),
    [
        (("", ""), (None, None), (None, None)),
        (("10", "4"), (None, None), (600.0, 4_000_000_000)),
        (("", ""), (0.5, 1.5), (30.0, 1_500_000_000)),
        (("10", "4"), (5, 8), (300.0, 4_000_000_000)),
        (("10", ""), (60, 2), (600.0, 2_000_000_000)),
    ],
)
def test_the_stricter_of_the_lab_s_and_a_run_s_own_holds(monkeypatch, lab, own, holds):
    monkeypatch.setenv(MINUTES, lab[0])
    monkeypatch.setenv(GIGABYTES, lab[1])
    job = store.job(queue.submit(SPEC, RECIPE, "shapes", limits=Limits.of(*own)))
    assert (job.limit_seconds, job.limit_bytes) == holds


@pytest.mark.parametrize(
    ("lab", "own", "holds"),
    [
        (("", ""), (5, 2), (300.0, 2_000_000_000)),
        (("10", "4"), (None, None), (600.0, 4_000_000_000)),
        (("10", "4"), (60, 2), (600.0, 2_000_000_000)),
        (("10", ""), (5, None), (300.0, None)),
    ],
)
def test_what_is_resumed_is_held_to_the_lab_s_limits_of_today(monkeypatch, lab, own, holds):
    job_id = queue.submit(SPEC, RECIPE, "shapes", limits=Limits.of(*own))
    queue.stop(job_id)
    monkeypatch.setenv(MINUTES, lab[0])
    monkeypatch.setenv(GIGABYTES, lab[1])
    queue.resume(job_id)
    job = store.job(job_id)
    assert (job.state, job.limit_seconds, job.limit_bytes) == ("queued", *holds)


def test_a_wrong_limit_is_said_and_nothing_is_resumed(monkeypatch, capsys):
    job_id = queue.submit(SPEC, RECIPE, "shapes", limits=Limits.of(5, None))
    queue.stop(job_id)
    monkeypatch.setenv(GIGABYTES, "much")
    assert main(["jobs", "resume", job_id]) == 2
    assert f"error: {GIGABYTES} must be a number over 0, received 'much': correct it" in capsys.readouterr().err
    job = store.job(job_id)
    assert (job.state, job.limit_seconds, job.limit_bytes) == ("stopped", 300.0, None)


@pytest.mark.parametrize("text", ["0", "-3", "ten", "inf", "nan"])
def test_a_limit_that_is_no_number_is_said_and_nothing_is_submitted(monkeypatch, text):
    monkeypatch.setenv(MINUTES, text)
    with pytest.raises(InputError, match=f"{MINUTES} must be a number over 0, received '{text}': correct it"):
        queue.submit(SPEC, RECIPE, "shapes")
    assert store.jobs() == []


def test_a_limit_beyond_all_computers_is_said(monkeypatch):
    monkeypatch.setenv(GIGABYTES, "1e308")
    with pytest.raises(InputError, match=f"{GIGABYTES} must be a number over 0, at most 1,000,000, received '1e308'"):
        queue.submit(SPEC, RECIPE, "shapes")


def test_the_command_line_sets_a_run_s_own(capsys):
    options = ["--set", "epochs=1", "--max-minutes", "3", "--max-gb", "2.5"]
    assert main(["submit", "pocket_resnet20", "--data", "shapes", *options]) == 0
    job = store.job(capsys.readouterr().out.strip())
    assert (job.limit_seconds, job.limit_bytes) == (180.0, 2_500_000_000)
