"""Which job gets which GPU: the supervisor's own loop in this process, with real workers that are stopped early."""

import time
from collections.abc import Callable

import psutil
import pytest

from resnet_core import Recipe, ResNetSpec
from resnet_core.home import lab_home
from resnet_core.runs import queue, store, supervision, writes
from resnet_core.runs.supervisor import Supervisor

SPEC = ResNetSpec(stages=(1,), width=4, input_size=8)


@pytest.fixture
def supervisor(fresh_home):
    """Supervise with two GPUs, whether there are any or not: the workers do not live long enough to use them."""
    with supervision.exclusive(lab_home()):
        supervisor = Supervisor(fresh_home)
        supervisor.slots = ("0", "1")
        yield supervisor
        for job in store.active():
            queue.stop(job.id)
        tick(supervisor, lambda: not supervisor.workers)


def test_a_gpu_is_a_slot_and_a_job_may_ask_for_all(supervisor):
    first, second = queue.submit_many([queue.Request(SPEC, kind="check")] * 2)
    both = queue.submit(SPEC, Recipe(epochs=1, devices="all"), "shapes")
    last = queue.submit(SPEC, kind="check")
    tick(supervisor, lambda: store.job(first).pid and store.job(second).pid)
    assert gpus_of(first) == "0"
    assert gpus_of(second) == "1"
    queue.stop(first)
    tick(supervisor, lambda: store.job(first).state == "stopped")
    supervisor.tick()
    assert [store.job(job_id).state for job_id in (both, last)] == ["queued", "queued"], "it waits for all of them"
    queue.stop(second)
    tick(supervisor, lambda: store.job(both).pid)
    assert gpus_of(both) == "0,1"
    assert store.job(last).state == "queued"


def test_a_start_that_came_to_nothing_is_tried_again(supervisor, monkeypatch):
    monkeypatch.setattr("resnet_core.runs.workers.UNCLAIMED_SECONDS", 0.5)
    job_id = queue.submit(SPEC, kind="check")
    # As a supervisor leaves it that is killed between its note and the start of the worker.
    writes.advance(job_id, {"queued"}, "starting", started=time.time(), slots="0")
    supervisor.tick()
    assert store.job(job_id).state == "starting"
    tick(supervisor, lambda: store.job(job_id).pid)
    assert psutil.Process(store.job(job_id).pid).is_running()


def test_a_worker_that_died_without_a_supervisor_is_lost_at_the_first_look(supervisor):
    job_id = queue.submit(SPEC, kind="check")
    writes.advance(job_id, {"queued"}, "starting", started=time.time(), slots="0")
    # The pid lives, but it is another process's by now.
    writes.claim(job_id, psutil.Process().pid, psutil.Process().create_time())
    supervisor.tick()
    job = store.job(job_id)
    assert (job.state, supervisor.tick()) == ("lost", False)
    assert psutil.Process().is_running()


def tick(supervisor: Supervisor, condition: Callable[[], object]) -> None:
    """Let the supervisor work until a condition holds."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, [store.job(job.id) for job in store.active()]
        supervisor.tick()
        time.sleep(0.02)


def gpus_of(job_id: str) -> str:
    job = store.job(job_id)
    visible = psutil.Process(job.pid).environ()["CUDA_VISIBLE_DEVICES"]
    assert visible == job.slots
    return visible
