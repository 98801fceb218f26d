"""A worker that says nothing: its silence counts while the supervisor listens, not while the database was gone."""

import os
import signal
import time

import psutil
import pytest

from resnet_core import Recipe, ResNetSpec
from resnet_core.errors import StoreError
from resnet_core.runs import queue, store
from resnet_core.runs.workers import Workers

SPEC = ResNetSpec(stages=(1,), width=4, input_size=8)


@pytest.fixture
def workers(postgresql, no_supervisor, monkeypatch):
    """Look after one worker in this process; it is stopped as it begins, and from then on silent."""
    workers = Workers(no_supervisor)
    job_id = queue.submit(SPEC, Recipe(epochs=9), "shapes")
    try:
        assert workers.start(job_id, ("",))
        look(workers, lambda: store.job(job_id).pid)
        os.kill(store.job(job_id).pid, signal.SIGSTOP)
        monkeypatch.setattr("resnet_core.runs.workers.SILENT_SECONDS", 1.0)
        monkeypatch.setattr("resnet_core.runs.workers.LISTENED_SECONDS", 0.5)
        workers.look_after(store.active())  # the last that was heard of it
        yield workers
    finally:
        workers.end_all()


def test_a_database_that_was_gone_makes_no_worker_lost(workers, postgresql):
    (job,) = store.active()
    postgresql.stop()
    gone = time.monotonic()
    while time.monotonic() - gone < 1.5:  # for longer than a worker may be silent
        with pytest.raises(StoreError):
            workers.look_after(store.active())
        time.sleep(0.05)
    postgresql.start()
    back = time.monotonic()
    workers.look_after(store.active())
    assert store.job(job.id).state == "starting", "nobody could hear it"
    look(workers, lambda: store.job(job.id).state == "lost")
    assert time.monotonic() - back >= 1.0, "it has the whole time again"
    look(workers, lambda: not workers)
    assert not psutil.pid_exists(job.pid)


def look(workers: Workers, until) -> None:
    """Look after the workers, as a supervisor does, until a condition holds."""
    deadline = time.monotonic() + 30
    while not until():
        assert time.monotonic() < deadline, store.active()
        workers.look_after(store.active())
        time.sleep(0.02)
