"""Whole jobs in real worker processes: what survives, what stops, and what is said when something goes wrong."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from app.language import speaking
from app.run_message import run_message
from resnet_core import Recipe, ResNetSpec
from resnet_core.results import ACTIVE
from resnet_core.runs import folders, queue, store, supervision
from resnet_core.runs.estimate import estimate
from resnet_core.runs.processes import alive
from resnet_core.runs.records import Job
from tests import processes
from tests.test_runs_queue import photo_folders

Found = TypeVar("Found")

ROOT = Path(__file__).resolve().parents[1]
TINY = ResNetSpec(stages=(1,), width=4, input_size=8)
SHORT = Recipe(learning_rate=0.05, batch_size=64, epochs=3, train_size=640, validation_size=320)
LONG = SHORT.model_copy(update={"epochs": 10_000})


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory):
    """Share one lab home and its supervisor; nothing of it may be left running."""
    with processes.shared_home(tmp_path_factory.mktemp("jobs-home")) as path:
        yield path


def test_a_run_outlives_whoever_asked_for_it_and_its_supervisor(home):
    code = (
        "import sys\n"
        "from tests.test_runs_jobs import LONG, SHORT, TINY, queue\n"
        "print(queue.submit(TINY, SHORT, 'shapes'), queue.submit(TINY, LONG, 'shapes'), flush=True)\n"
        "sys.stdin.readline()"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, text=True, start_new_session=True) as submitter:
        job_id, next_id = submitter.stdout.readline().split()
        pid = wait_for(job_id, lambda job: job.pid, 60).pid
        os.killpg(submitter.pid, signal.SIGKILL)
    first = supervision.running_pid()
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not alive(first, None), 5, "the supervisor is gone")
    supervision.ensure()
    wait_until(lambda: supervision.running_pid() not in (None, first), 20, "another supervisor works")
    seen, cursor = [], 0
    while True:
        # In this order: what is seen of the next job was so while the first was still in work.
        waiting, job = store.job(next_id), store.job(job_id)
        if not job.active:
            break
        assert waiting.state == "queued", "the adopted worker keeps its slot"
        rows = store.epochs([job_id], cursor)
        seen, cursor = seen + [row.epoch for _, row in rows.items], rows.cursor
        time.sleep(0.05)
    seen += [row.epoch for _, row in store.epochs([job_id], cursor).items]
    assert (job.state, job.pid) == ("finished", pid)
    assert run_message(job) == job.message
    with speaking("ko"):
        assert run_message(job).startswith(f"{len(job.epochs)} 에포크 뒤 훈련 오차 ")
    assert seen == [row.epoch for row in job.epochs] == [1, 2, 3]
    assert job.last_step.step == job.total_steps == 30
    assert (job.train_images, job.val_images, job.progress) == (640, 320, 1.0)
    assert job.message.startswith("training error ")
    assert folders.read_environment(job_id)["versions"].keys() >= {"python", "keras", "numpy"}
    assert (home / "runs" / job_id / "weights.weights.h5").exists()
    assert job.created <= job.started <= job.running_since <= job.finished


def test_a_running_job_stops_within_a_second_and_keeps_its_epochs():
    (job,) = store.jobs(states=ACTIVE)
    job = wait_for(job.id, lambda job: job.last_epoch, 90)
    worker = psutil.Process(job.pid)
    assert worker.nice() >= 5
    expected = estimate(TINY, LONG, job.train_images, job.val_images).memory_bytes
    assert 0.5 * expected < worker.memory_info().rss < 1.5 * expected
    assert stop_seconds(job) < 1.0
    job = store.job(job.id)
    assert job.message.startswith(("stopped after ", "stopped while epoch "))
    assert [row.epoch for row in job.epochs] == list(range(1, len(job.epochs) + 1))


def test_a_job_that_is_still_importing_stops_within_a_second():
    job_id = queue.submit(TINY, LONG, "shapes")
    job = wait_for(job_id, lambda job: job.pid, 60)
    wait_until(lambda: has_mapped(job.pid, "tensorflow"), 60, "TensorFlow is being imported")
    assert store.job(job_id).state == "starting"
    assert stop_seconds(job) < 1.0
    assert store.job(job_id).message == "stopped before its first step"


def test_a_worker_that_the_system_kills_is_lost_with_a_reason():
    job_id = queue.submit(TINY, LONG, "shapes")
    os.kill(wait_for(job_id, lambda job: job.pid, 60).pid, signal.SIGKILL)
    job = wait_for(job_id, lambda job: not job.active, 10)
    assert job.state == "lost"
    assert job.message == (
        "the worker was ended by the system (signal 9, often too little memory); it had finished no epoch"
    )


@pytest.mark.slow
def test_a_run_goes_on_without_a_supervisor_and_an_adopted_worker_that_dies_is_lost():
    job_id = queue.submit(TINY, LONG, "shapes")
    job = wait_for(job_id, lambda job: job.last_epoch, 90)
    supervisor = psutil.Process(supervision.running_pid())
    supervisor.terminate()
    wait_until(lambda: supervision.running_pid() is None, 10, "the supervisor has left")
    alone_since = store.job(job_id).last_epoch.epoch
    wait_for(job_id, lambda job: job.last_epoch.epoch > alone_since, 20)
    supervision.ensure()
    wait_until(supervision.running_pid, 20, "a supervisor works again")
    os.kill(job.pid, signal.SIGKILL)
    job = wait_for(job_id, lambda job: not job.active, 10)
    assert job.state == "lost"
    assert job.message.startswith("the worker is gone and left no reason")
    assert job.message.endswith(f"its {len(job.epochs)} finished epochs are kept")
    assert len(job.epochs) > alone_since


@pytest.mark.slow
def test_divergence_is_told_and_a_data_set_that_vanished_meanwhile_too(tmp_path):
    bare = ResNetSpec(stages=(3,), width=32, input_size=8, classes=2, batch_norm=False)
    wild = Recipe(learning_rate=10.0, batch_size=4, epochs=3)
    photo_folders(tmp_path / "photos")
    photo_folders(tmp_path / "gone")
    diverging = queue.submit(bare, wild, f"folder:{tmp_path}/photos")
    vanishing = queue.submit(bare, wild, f"folder:{tmp_path}/gone")
    shutil.rmtree(tmp_path / "gone")
    job = wait_for(diverging, lambda job: not job.active, 90)
    assert (job.state, job.epochs) == ("diverged", ())
    assert "try a smaller learning rate" in job.message
    job = wait_for(vanishing, lambda job: not job.active, 20)
    assert (job.state, job.running_since) == ("failed", None)
    assert f"{tmp_path}/gone" in job.message
    assert "Traceback" not in folders.read_log(vanishing)


def test_a_check_compares_the_network_with_keras():
    job = wait_for(queue.submit(TINY, kind="check"), lambda job: not job.active, 90)
    assert (job.state, job.result["ok"], job.result["differences"]) == ("finished", True, [])
    assert job.result["params"] == job.params
    assert job.message == f"Keras builds the same {len(job.result['layers'])} layers and {job.params} parameters"
    assert job.as_json()["result"] == job.result


def test_a_second_supervisor_says_who_holds_the_lock(no_supervisor):
    """The lock is this process's, and the second one a command line's."""
    since = json.loads((no_supervisor / supervision.CARD).read_text())["since"]
    command = [sys.executable, "-m", "resnet_core", "worker"]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr == (
        f"error: a supervisor already works for {no_supervisor} (process {os.getpid()}, "
        f"since {time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(since))}): leave it running, or end it first\n"
    )
    assert supervision.running_pid() == os.getpid()


@pytest.mark.slow
def test_an_internal_error_leaves_its_traceback_and_an_idle_supervisor_comes_back(fresh_home, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "abacus")
    monkeypatch.setenv("RESNET_LAB_IDLE_SECONDS", "0.2")
    for _ in range(2):
        job = wait_for(queue.submit(TINY, SHORT, "shapes"), lambda job: not job.active, 60)
        assert job.state == "failed"
        assert job.message.endswith("abacus (more in the run's log)")
        assert "\n" not in job.message
        assert "Traceback (most recent call last)" in folders.read_log(job.id)
        wait_until(lambda: supervision.running_pid() is None, 20, "the idle supervisor has left")
    # Its mark goes a moment before the process itself does.
    wait_until(lambda: processes.lab_processes(fresh_home) == [], 5, "nothing of it is left running")


def test_nobody_works_on_and_nothing_comes_back_when_the_home_is_removed(fresh_home):
    job_id = queue.submit(TINY, LONG, "shapes")
    worker = wait_for(job_id, lambda job: job.pid, 60).pid
    wait_until(lambda: has_mapped(worker, "tensorflow"), 60, "TensorFlow is being imported")
    removed = fresh_home.rename(fresh_home.with_name("removed"))  # at once, whoever may be writing in it
    shutil.rmtree(removed, ignore_errors=True)
    wait_until(lambda: not processes.lab_processes(fresh_home), 10, "supervisor and worker have left")
    assert not fresh_home.exists()


def stop_seconds(job: Job) -> float:
    """Stop a job and return how long it took until its state said so and its process was gone."""
    began = time.monotonic()
    assert queue.stop(job.id) in ACTIVE
    wait_until(lambda: store.job(job.id).state == "stopped" and not psutil.pid_exists(job.pid), 10, "it has stopped")
    return time.monotonic() - began


def wait_for(job_id: str, condition: Callable[[Job], object], seconds: float) -> Job:
    """Return a job as soon as it meets a condition."""
    wait_until(lambda: condition(store.job(job_id)), seconds, lambda: f"{store.job(job_id)} is as expected")
    return store.job(job_id)


def wait_until(condition: Callable[[], Found], seconds: float, what: str | Callable[[], str]) -> Found:
    """Return what the condition gives as soon as that is true."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what if isinstance(what, str) else what()}"
        time.sleep(0.05)
    return found


def has_mapped(pid: int, library: str) -> bool:
    return library in Path(f"/proc/{pid}/maps").read_text()
