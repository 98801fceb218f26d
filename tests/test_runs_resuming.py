"""Which ended runs can go on, from where, and what is said of those that cannot; while no supervisor takes them."""

import json
import os
import shutil
from dataclasses import replace

import numpy as np
import pytest

from resnet_core import Recipe, ResNetSpec, checkpoints
from resnet_core.checkpoints import Checkpoint
from resnet_core.cli import main
from resnet_core.datasets import fingerprint, load_data
from resnet_core.errors import RunError
from resnet_core.results import Start
from resnet_core.runs import folders, queue, store, writes
from resnet_core.runs.reporter import Reporter
from tests.stored_rows import epoch, step
from tests.test_runs_queue import photo_folders

pytestmark = pytest.mark.usefixtures("each_database", "no_supervisor")

SPEC = ResNetSpec(stages=(1,), width=4, input_size=8, classes=2)
SHAPES = SPEC.model_copy(update={"classes": 10})
RECIPE = Recipe(epochs=8, batch_size=4)


def ended(state: str = "lost", epochs: int = 2, data: str = "shapes", spec: ResNetSpec = SHAPES) -> str:
    """Leave a run as its worker would that ended after some epochs."""
    job_id = queue.submit(spec, RECIPE, data)
    writes.advance(job_id, {"queued"}, "starting", started=5.0, clock=5.0, slots="0")
    writes.claim(job_id, os.getpid(), 5.0)
    writes.write_start(job_id, Start(1, "CPU", 640, 64, 80, 640, 8))
    rows = [epoch(number) for number in range(1, epochs + 1)]
    writes.write_rows(job_id, rows, [step(number) for number in range(20, 80 * epochs + 60, 20)])
    print_ = fingerprint(data, size=8)
    writes.write_columns(job_id, data_fingerprint=print_, stop_requested=7.0)
    if rows:
        arrays = {"weights": np.ones(3, "float32")}
        checkpoints.save(folders.job_folder(job_id), Checkpoint({"data": print_}, tuple(rows), arrays))
    writes.advance(job_id, writes.IN_WORK, state, message="it ended")
    return job_id


@pytest.mark.parametrize("state", ["stopped", "failed", "lost"])
def test_what_ended_early_waits_again_with_its_epochs_and_without_its_past(state):
    job_id = ended(state)
    assert store.job(job_id).resumable
    assert queue.resume(job_id) == 2
    job = store.job(job_id)
    assert (job.state, job.message) == ("queued", "waits to go on after epoch 2 of 8")
    assert job.epochs == (epoch(1), epoch(2))
    past = (job.started, job.running_since, job.finished, job.slots, job.pid, job.pid_started, job.stop_requested)
    assert past == (None,) * 7


def test_a_run_without_a_finished_epoch_begins_anew_and_that_is_said(capsys):
    job_id = ended(epochs=0)
    assert main(["jobs", "resume", job_id]) == 0
    assert capsys.readouterr().out == f"{job_id} begins anew: it had finished no epoch\n"
    assert store.job(job_id).message == "waits to begin anew: it had finished no epoch"


def test_the_command_line_says_from_where_it_goes_on(capsys):
    first, second = ended(), ended("stopped")
    assert main(["jobs", "resume", first]) == 0
    assert capsys.readouterr().out == f"{first} goes on after epoch 2\n"
    assert main(["jobs", "resume", second, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"id": second, "state": "queued", "epochs": 2}
    assert main(["jobs", "resume", second]) == 1
    assert "is queued, and only what has ended can be resumed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ("finished", "has finished all of its 2 epochs: train it again, with more of them"),
        ("diverged", "diverged, and would again: train it again with a smaller learning rate or a warm-up"),
    ],
)
def test_what_came_to_its_end_is_not_resumed(state, line):
    assert line in refusal(ended(state))


def test_what_waits_or_runs_or_is_no_training_is_not_resumed():
    waiting = queue.submit(SHAPES, RECIPE, "shapes")
    assert "is queued, and only what has ended can be resumed: let it go on" in refusal(waiting)
    check = queue.submit(SPEC, kind="check")
    queue.stop(check)
    assert "is a check, and only training can be resumed" in refusal(check)
    with pytest.raises(RunError, match="no run has the id 'r-nobody'"):
        queue.resume("r-nobody")


def test_epochs_without_a_state_are_not_trained_again_by_surprise():
    job_id = ended()
    checkpoints.remove(folders.job_folder(job_id))
    assert "kept no state to go on from" in refusal(job_id)


def test_a_damaged_state_is_said():
    job_id = ended()
    (folders.job_folder(job_id) / checkpoints.FILE).write_bytes(b"PK, once")
    assert "cannot be read" in refusal(job_id)


def test_data_that_vanished_or_changed_are_said_before_anyone_waits(tmp_path):
    photo_folders(tmp_path / "photos")
    job_id = ended(data=f"folder:{tmp_path}/photos", spec=SPEC)
    shutil.move(tmp_path / "photos", tmp_path / "elsewhere")
    assert f"{job_id} cannot go on without its data: " in refusal(job_id)
    shutil.move(tmp_path / "elsewhere", tmp_path / "photos")
    one = tmp_path / "photos" / "train" / "dark" / "3.png"
    kept, times = one.read_bytes(), one.stat()
    one.write_bytes(kept + b" ")
    before, now = store.job(job_id).data_fingerprint, fingerprint(f"folder:{tmp_path}/photos", size=8)
    assert f"have changed since it began (fingerprint {before}, now {now})" in refusal(job_id)
    one.write_bytes(kept)
    os.utime(one, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert queue.resume(job_id) == 2


def test_the_fingerprint_that_is_asked_beforehand_is_the_one_that_training_sees(tmp_path):
    photo_folders(tmp_path / "photos")
    for source in ("shapes", f"folder:{tmp_path}/photos"):
        assert fingerprint(source, size=8) == load_data(source, size=8).fingerprint
        assert fingerprint(source, size=8) != fingerprint(source, size=16)
    assert fingerprint("cats_vs_dogs", size=32) is None, "they are not here"


def test_two_who_resume_at_once_start_it_once():
    job_id = ended()
    assert writes.put_back(job_id, {"lost"})
    assert not writes.put_back(job_id, {"lost"})


def test_going_on_voids_what_was_reported_later_and_adds_what_never_was():
    job_id = ended(epochs=2)
    known = [row for _, row in store.steps([job_id]).items]
    assert known[-1].step == 200
    queue.resume(job_id)
    writes.advance(job_id, {"queued"}, "starting")
    # The checkpoint of epoch 3 was written, and the worker killed before it could report the epoch.
    kept = (epoch(1), epoch(2), epoch(3, val_error=0.125))
    reporter = Reporter(job_id)
    reporter.on_start(Start(1, "CPU", 640, 64, 80, 640, 8, epochs=kept))
    job = store.job(job_id)
    assert (job.state, job.message, job.epochs) == ("running", "", kept)
    # Another time it is killed after a report, and its last whole state is older.
    reporter.on_epoch(epoch(4))
    reporter.on_step(replace(step(330), epoch=5))
    reporter.on_start(Start(1, "CPU", 640, 64, 80, 640, 8, epochs=kept[:2]))
    assert store.job(job_id).epochs == kept[:2]
    assert [row.step for _, row in store.steps([job_id]).items] == [row.step for row in known if row.step <= 160]


def test_a_worker_that_lost_its_job_to_another_leaves_and_writes_no_more():
    job_id = ended()
    queue.resume(job_id)
    writes.advance(job_id, {"queued"}, "starting")
    writes.claim(job_id, os.getpid() + 1, 9.0)
    assert store.should_stop(job_id, os.getpid()) and not store.should_stop(job_id, os.getpid() + 1)
    writes.write_rows(job_id, [epoch(3)], [], by=os.getpid())
    assert len(store.job(job_id).epochs) == 2
    assert not writes.advance(job_id, writes.IN_WORK, "finished", by=os.getpid())
    assert store.job(job_id).state == "starting"


def refusal(job_id: str) -> str:
    """Return the line that a resume is refused with; it changes nothing."""
    before = store.job(job_id)
    with pytest.raises(RunError) as refused:
        queue.resume(job_id)
    assert store.job(job_id) == before
    assert "\n" not in str(refused.value)
    return str(refused.value)
