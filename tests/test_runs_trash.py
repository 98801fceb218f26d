"""The trash: what is deleted is hidden, comes back whole, and goes for good by age."""

import json
import os
import time

import pytest

from resnet_core import Recipe, ResNetSpec
from resnet_core.cli import main
from resnet_core.errors import HomeError, InputError, RunError
from resnet_core.home import lab_home
from resnet_core.runs import folders, queue, store, trash, writes
from resnet_core.runs.annotations import annotate
from resnet_core.runs.housekeeping import Housekeeper
from tests.stored_rows import epoch, step

SPEC = ResNetSpec(stages=(1,), width=4, input_size=8)
RECIPE = Recipe(epochs=2, train_size=640, batch_size=64)
DAY = 86_400


@pytest.fixture(autouse=True)
def home(each_database, no_supervisor):
    return no_supervisor


@pytest.fixture
def run() -> str:
    """An ended run with two epochs, a note, and a file of weights."""
    job_id = queue.submit(SPEC, RECIPE, "shapes", study="pair-1")
    writes.write_rows(job_id, [epoch(1), epoch(2)], [step(1)])
    annotate(job_id, note="keep this", tags=["week-3"])
    queue.stop(job_id)
    (folders.job_folder(job_id) / "weights.weights.h5").write_bytes(b"weights")
    return job_id


def test_a_deleted_run_is_hidden_everywhere_and_comes_back_whole(run, home):
    other = queue.submit(SPEC, RECIPE, "shapes")
    before = store.job(run)
    queue.delete(run)
    assert [job.id for job in store.jobs()] == [other]
    assert store.jobs(ids=[run]) == store.jobs(study="pair-1") == []
    assert store.newest_study("pair") is None
    assert store.epochs([run]).items == store.steps([run]).items == ()
    for action in (store.job, queue.stop, queue.delete, lambda job_id: annotate(job_id, note="x")):
        with pytest.raises(RunError, match=f"no run has the id '{run}'"):
            action(run)
    assert not writes.advance(run, {"stopped"}, "queued")
    assert [path.name for path in (home / "runs").iterdir()] == [other]
    assert (home / "trash" / run / "weights.weights.h5").read_bytes() == b"weights"

    trash.restore(run)
    assert store.job(run) == before
    assert [job.id for job in store.jobs()] == [other, run], "in its old place"
    assert [row for _, row in store.epochs([run]).items] == [epoch(1), epoch(2)]
    assert (home / "runs" / run / "weights.weights.h5").read_bytes() == b"weights"
    assert list((home / "trash").iterdir()) == []


def test_it_empties_by_age(run, monkeypatch):
    monkeypatch.setenv("RESNET_LAB_TRASH_DAYS", "7")
    young = queue.submit(SPEC, RECIPE, "shapes")
    queue.stop(young)
    queue.delete(run)
    queue.delete(young)
    writes.write_columns(run, trashed=time.time() - 7.1 * DAY)
    writes.write_columns(young, trashed=time.time() - 6.9 * DAY)
    Housekeeper(lab_home()).look([])
    assert [job.id for job in store.trashed()] == [young]
    assert [path.name for path in folders.trashed_folders()] == [young]
    assert 0 < trash.emptied_at(store.trashed()[0]) - time.time() < 0.2 * DAY
    with pytest.raises(RunError, match=f"the trash holds no run '{run}': `python -m resnet_core jobs trash` shows"):
        trash.restore(run)
    assert trash.empty() == 1
    assert store.trashed() == folders.trashed_folders() == []


def test_a_clock_that_was_set_back_empties_nothing(run):
    queue.delete(run)
    writes.write_columns(run, trashed=time.time() + 400 * DAY)
    assert trash.empty(trash.days()) == 0
    assert [job.id for job in store.trashed()] == [run]


def test_with_no_days_nothing_is_kept(run, home, monkeypatch):
    monkeypatch.setenv("RESNET_LAB_TRASH_DAYS", "0")
    queue.delete(run)
    assert store.jobs() == store.trashed() == []
    assert list((home / "runs").iterdir()) == []
    assert not (home / "trash").exists()


def test_the_longest_time_still_has_a_last_day(run, capsys, monkeypatch):
    monkeypatch.setenv("RESNET_LAB_TRASH_DAYS", "1000000")
    queue.delete(run)
    assert main(["jobs", "trash"]) == 0
    assert run in capsys.readouterr().out


@pytest.mark.parametrize("days", ["-1", "a week", "nan", "inf", "1e12"])
def test_days_that_are_no_number_are_named_and_nothing_is_deleted(run, monkeypatch, days):
    monkeypatch.setenv("RESNET_LAB_TRASH_DAYS", days)
    line = f"RESNET_LAB_TRASH_DAYS must be a number of days from 0 to 1,000,000, received '{days}'"
    with pytest.raises(InputError, match=line):
        queue.delete(run)
    assert store.job(run).id == run


def test_a_folder_that_cannot_be_moved_leaves_the_run_where_it_was(run, home):
    (home / "trash").write_text("a file in the way")
    with pytest.raises(HomeError, match=r"the folder .* cannot be moved to .*: see that you may write there") as caught:
        queue.delete(run)
    assert "\n" not in str(caught.value)
    assert store.job(run).note == "keep this"
    assert (home / "runs" / run / "weights.weights.h5").exists()


def test_a_run_without_its_folder_comes_back_with_its_numbers(run, home):
    queue.delete(run)
    folders.remove_from_trash(run)
    trash.restore(run)
    assert store.job(run).epochs == (epoch(1), epoch(2))
    assert json.loads((home / "runs" / run / "spec.json").read_text()) == store.job(run).spec


def test_a_run_that_is_brought_back_meanwhile_is_not_removed(run, home):
    queue.delete(run)
    trash.restore(run)
    assert not writes.erase(run), "as by someone who saw it in the trash a moment before"
    assert trash.empty() == 0
    assert store.job(run).note == "keep this"
    assert (home / "runs" / run / "weights.weights.h5").exists()


def test_a_folder_whose_removal_was_interrupted_goes_by_age_too(home):
    (home / "trash" / "r-remains").mkdir(parents=True)
    assert trash.empty(1) == 0
    old = time.time() - 2 * DAY
    os.utime(home / "trash" / "r-remains", (old, old))
    trash.empty(1)
    assert folders.trashed_folders() == []


def test_the_command_line_deletes_lists_restores_and_empties(run, capsys):
    assert main(["jobs", "delete", run]) == 0
    assert capsys.readouterr().out == f"{run} is deleted; `jobs restore {run}` brings it back within 30 days\n"
    assert main(["jobs", "trash"]) == 0
    assert run in capsys.readouterr().out
    assert main(["jobs", "trash", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)["jobs"]
    assert listed["id"] == run and time.time() - listed["trashed"] < 60
    assert main(["jobs", "restore", run]) == 0
    assert capsys.readouterr().out == f"{run} is back, stopped\n"
    assert main(["jobs", "restore", run]) == 1
    assert capsys.readouterr().err == (
        f"error: the trash holds no run '{run}': `python -m resnet_core jobs trash` shows what it holds\n"
    )
    assert main(["jobs", "delete", run]) == 0
    assert main(["jobs", "trash", "--empty"]) == 0
    assert capsys.readouterr().out.endswith("1 run removed for good\n")
    assert main(["jobs", "trash"]) == 0
    assert capsys.readouterr().out == "the trash is empty\n"
