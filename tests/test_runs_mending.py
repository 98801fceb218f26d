"""What a crash leaves behind, made for real: found, put right without loss, and then found no more."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from resnet_core import Recipe, ResNetSpec
from resnet_core.cli import main, upkeep
from resnet_core.home import lab_home
from resnet_core.runs import database, folders, queue, schema, store, supervision, trash, writes
from resnet_core.runs.disk import disk_use, folder_bytes
from resnet_core.runs.mending import faults
from tests import processes
from tests.stored_rows import epoch
from tests.test_runs_jobs import wait_for

SPEC = ResNetSpec(stages=(1,), width=4, input_size=8)
RECIPE = Recipe(epochs=2, train_size=640, batch_size=64)


@pytest.fixture
def home(no_supervisor):
    return no_supervisor


@pytest.fixture
def run(home) -> str:
    """A run that ended some hours ago."""
    job_id = queue.submit(SPEC, RECIPE, "shapes", seed=3, name="mine")
    writes.write_rows(job_id, [epoch(1)], [])
    queue.stop(job_id)
    writes.write_columns(job_id, created=time.time() - 9_000)
    age(folders.job_folder(job_id))
    return job_id


def test_a_home_in_order_has_no_faults(run, home):
    queue.submit(SPEC, RECIPE, "shapes")
    assert faults() == []


def test_a_supervisor_that_leaves_by_itself_leaves_no_mark(fresh_home):
    with supervision.exclusive(lab_home()):
        assert supervision.running_pid() is not None
    assert supervision.running_pid() is None
    assert faults() == []


def test_what_was_just_made_is_left_alone(home):
    folders.create("r-justnow", spec=SPEC.model_dump_json())
    assert faults() == []


def test_a_run_without_a_folder_gets_one(run, home):
    shutil.rmtree(home / "runs" / run)
    mend(f"{run} has no folder: its log and weights are gone")
    assert json.loads((home / "runs" / run / "run.json").read_text()) == {
        "id": run,
        "kind": "train",
        "name": "mine",
        "data": "shapes",
        "seed": 3,
        "study": None,
    }
    assert store.job(run).epochs == (epoch(1),)


def test_a_folder_without_a_run_is_listed_again(run, home):
    known = store.job(run)
    shutil.copytree(home / "runs" / run, home.with_name("copy"))
    queue.delete(run)
    trash.empty()
    shutil.move(home.with_name("copy"), home / "runs" / run)
    age(home / "runs" / run)
    mend(f"the folder of {run} belongs to no run of the database")
    job = store.job(run)
    assert (job.state, job.name, job.seed, job.data) == ("lost", "mine", 3, "shapes")
    assert (job.spec, job.recipe, job.params, job.macs) == (known.spec, known.recipe, known.params, known.macs)
    assert "its folder was found without its numbers" in job.message


def test_a_run_that_is_known_by_its_folder_alone_is_described_as_its_submission_did(home):
    asked = {"seed": 7, "name": "mine", "study": "set-abc222"}
    submitted = queue.submit(SPEC, Recipe(epochs=2, devices="all"), "shapes", **asked)
    checked = queue.submit(SPEC, kind="check")
    before = {job_id: row(job_id) for job_id in (submitted, checked)}
    database.close()
    for path in home.glob("lab.sqlite*"):
        path.unlink()
    for job_id in before:
        age(home / "runs" / job_id)
        mend(f"the folder of {job_id} belongs to no run of the database")
    # Whose it was, its limits, and how far it came are in no folder.
    forgotten = {"serial", "state", "created", "finished", "message", "owner"}
    for job_id, was in before.items():
        now = row(job_id)
        assert {name for name, value in was.items() if value != now[name]} <= forgotten
        assert now["state"] == "lost"
    assert before[submitted]["all_devices"] and before[submitted]["params"] and before[submitted]["macs"]


@pytest.mark.parametrize("document", ["run", "spec", "recipe"])
def test_a_half_written_folder_without_a_run_goes_to_the_trash(run, home, document):
    folder = home / "runs" / "r-halfway"
    shutil.copytree(home / "runs" / run, folder)
    (folder / "run.json").write_text((folder / "run.json").read_text().replace(run, "r-halfway"))
    (folder / f"{document}.json").write_text('{"id": "r-hal')
    age(folder)
    mend(f"the folder {folder} is half written and belongs to no run")
    assert not folder.exists()
    assert (home / "trash" / "r-halfway").is_dir()


def test_a_folder_whose_name_is_no_id_goes_to_the_trash_and_from_there(home):
    """As one does that was on its way back from a cluster when its supervisor was killed."""
    folder = home / "runs" / "r-halfway.half"
    folder.mkdir(parents=True)
    age(folder)
    mend(f"the folder {folder} is half written and belongs to no run")
    assert (home / "trash" / folder.name).is_dir()
    trash.empty()
    assert list((home / "trash").iterdir()) == []


def test_documents_that_are_half_written_are_written_again(run, home):
    folder = home / "runs" / run
    whole = {name: (folder / f"{name}.json").read_text() for name in ("run", "spec", "recipe")}
    (folder / "spec.json").write_text(whole["spec"][:40])
    (folder / "recipe.json").unlink()
    (folder / "weights.weights.h5").write_bytes(b"weights")
    mend(f"the folder of {run} has no whole spec.json and recipe.json")
    assert {name: (folder / f"{name}.json").read_text() for name in whole} == whole
    assert (folder / "weights.weights.h5").read_bytes() == b"weights"


def test_a_deletion_that_was_interrupted_is_finished(run, home):
    writes.discard(run)
    mend(f"{run} is in the trash, its folder is not")
    assert (home / "trash" / run / "spec.json").exists()
    trash.restore(run)
    assert (home / "runs" / run / "spec.json").exists()


def test_a_run_whose_folder_stayed_in_the_trash_gets_it_back(run, home):
    folders.move_to_trash(run)
    mend(f"the folder of {run} is in the trash, the run is not")
    assert (home / "runs" / run / "spec.json").exists()


def test_files_that_nobody_finishes_are_removed(run, home):
    left = [home / "runs" / run / "weights.weights.h5.part", home / ".write-0123", home / "lab.sqlite.schema-2.part"]
    for path in left:
        path.write_bytes(b"half")
        age(path)
    for path in left:
        mend(f"{path} is half of a file that nobody finishes")
    assert [path for path in left if path.exists()] == []


@pytest.mark.slow
def test_a_stale_mark_and_a_forgotten_run_are_put_right(fresh_home):
    with supervision.exclusive(lab_home()):
        job_id = queue.submit(SPEC, kind="check")
        writes.advance(job_id, {"queued"}, "starting", started=time.time() - 900)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    card = fresh_home / "supervisor.json"
    card.write_text(json.dumps({"pid": gone.pid, "started": time.time() - 900}))
    whats = [fault.what for fault in faults()]
    assert whats == [
        f"{card} names a supervisor that no longer runs",
        "1 runs wait or seem to run, and no supervisor looks after them",
    ]
    try:
        assert [finding.ok for finding in upkeep.order(mend=True)] == [True, True]
        wait_for(job_id, lambda job: job.state == "finished", 60)
    finally:
        processes.end_lab(fresh_home)


@pytest.mark.slow
def test_doctor_says_it_and_mends_only_when_told(run, home, capsys):
    what = f"{run} has no folder: its log and weights are gone"
    shutil.rmtree(home / "runs" / run)
    (found,) = upkeep.order(mend=False)
    assert (found.ok, found.what, found.advice) == (False, what, "`doctor --mend` puts it right")
    assert not (home / "runs" / run).exists()
    assert main(["doctor", "--mend"]) == 0
    out = capsys.readouterr().out
    assert f"ok       order: {what}: made anew from the database, which has its numbers" in out
    assert "ok       use: " in out
    (use,) = upkeep.disk()
    assert f"the largest runs: {run} 0.0 MiB" in use.what
    assert [finding.what for finding in upkeep.order(mend=False)] == ["every run has its folder, every folder its run"]


def test_what_cannot_be_mended_is_said(run, home):
    shutil.rmtree(home / "runs" / run)
    shutil.rmtree(home / "runs")
    (home / "runs").write_text("a file in the way")
    (found,) = upkeep.order(mend=True)
    assert not found.ok
    assert f"{run} has no folder: its log and weights are gone, and cannot be mended: the folder" in found.what


def test_disk_use_counts_every_file_once(run, home):
    (home / "runs" / run / "weights.weights.h5").write_bytes(b"w" * 5_000)
    (home / "cache").mkdir(exist_ok=True)
    (home / "cache" / "set.npz").write_bytes(b"c" * 3_000)
    (home / "supervisor.log").write_bytes(b"l" * 700)
    other = queue.submit(SPEC, RECIPE, "shapes")
    queue.stop(other)
    queue.delete(other)
    use = disk_use()
    files = [path for path in home.rglob("*") if path.is_file()]
    assert use.total == sum(path.stat().st_size for path in files)
    assert use.runs.keys() == {run} and use.runs[run] > 5_000
    assert use.cache == 3_000 and use.rest >= 700
    assert use.trash == folder_bytes(home / "trash") > 0
    assert use.database >= (home / "lab.sqlite").stat().st_size > 0


def row(job_id: str) -> dict:
    """Return all columns of a job."""
    with database.reading() as connection:
        return dict(connection.execute(select(schema.jobs).where(schema.jobs.c.id == job_id)).one()._mapping)


def mend(what: str) -> None:
    """Expect one fault of this kind among those found, mend it, and expect it no more."""
    (fault,) = [fault for fault in faults() if fault.what == what]
    fault.mend()
    assert what not in [fault.what for fault in faults()]


def age(path: Path) -> None:
    """Let a file or a folder with its files look an hour old."""
    old = time.time() - 3_600
    for each in (*path.glob("*"), path) if path.is_dir() else (path,):
        os.utime(each, (old, old))
