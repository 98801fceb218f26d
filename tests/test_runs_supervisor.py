"""Which job gets which GPU and when it has to go: the supervisor's own loop in this process, with real workers."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from filelock import FileLock

from resnet_core import Recipe, ResNetSpec
from resnet_core.home import lab_home
from resnet_core.runs import processes, queue, store, supervision, writes
from resnet_core.runs.limits import Limits
from resnet_core.runs.supervisor import Supervisor
from tests.processes import lab_processes

SPEC = ResNetSpec(stages=(1,), width=4, input_size=8)


@pytest.fixture
def supervisor(fresh_home):
    """Supervise with two GPUs, whether there are any or not: the workers do not live long enough to use them."""
    with supervision.exclusive(lab_home()):
        supervisor = Supervisor(fresh_home)
        supervisor.workers.slots = ("0", "1")
        yield supervisor
        for job in store.active():
            queue.stop(job.id)
        tick(supervisor, lambda: not supervisor.workers)


def test_all_who_ask_at_once_start_one_and_the_next_who_asks_after_its_death_another(fresh_home):
    with ThreadPoolExecutor(20) as pages:
        list(pages.map(lambda _: supervision.ensure(), range(40)))
    (first,) = lab_processes(fresh_home)
    first.kill()  # most likely before it holds the lock
    first.wait(10)
    deadline = time.monotonic() + 30
    while not supervision.running_pid():
        assert time.monotonic() < deadline
        supervision.ensure()
        time.sleep(0.05)
    (second,) = lab_processes(fresh_home)
    assert second.pid != first.pid
    second.terminate()
    second.wait(10)


def test_one_that_ends_in_the_moment_it_is_asked_for_is_replaced(fresh_home, monkeypatch):
    write, ended = os.write, []

    def late(descriptor: int, data: bytes) -> int:
        """Write when the supervisor that began first has ended, and who waits for its end has long since noticed."""
        if not ended:
            ended.extend(lab_processes(fresh_home))
            for process in ended:
                process.kill()
            psutil.wait_procs(ended, timeout=10)
            time.sleep(0.3)
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", late)  # the first call finds nobody to write to
    supervision.ensure()
    supervision.ensure()
    assert ended
    deadline = time.monotonic() + 30
    while not supervision.running_pid():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    processes.end(supervision.running_pid(), force=False)


def test_one_that_begins_its_work_in_the_moment_it_is_asked_for_is_enough(fresh_home, monkeypatch):
    monkeypatch.setenv("RESNET_LAB_IDLE_SECONDS", "60")  # it is still there when it is looked at
    write, deadline = os.write, time.monotonic() + 30

    def late(descriptor: int, data: bytes) -> int:
        """Write when the supervisor on its way has arrived, and long since closed its end."""
        while not supervision.running_pid():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(0.3)
        return write(descriptor, data)

    supervision.ensure()
    monkeypatch.setattr(os, "write", late)
    supervision.ensure()
    (one,) = lab_processes(fresh_home)
    assert one.pid == supervision.running_pid()
    processes.end(one.pid, force=False)


def test_one_that_was_killed_and_still_holds_the_lock_for_a_moment_is_replaced(fresh_home):
    with FileLock(fresh_home / "supervisor.lock"):  # the kernel frees it when the last of its threads has ended
        supervision.ensure()
    deadline = time.monotonic() + 30
    while not supervision.running_pid():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    processes.end(supervision.running_pid(), force=False)


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
    monkeypatch.setattr("resnet_core.runs.workers.UNCLAIMED_SECONDS", 3.0)
    job_id = queue.submit(SPEC, kind="check")
    # As a supervisor leaves it that is killed between its note and the start of the worker.
    writes.advance(job_id, {"queued"}, "starting", clock=time.monotonic(), slots="0")
    supervisor.tick()
    assert store.job(job_id).state == "starting"
    tick(supervisor, lambda: store.job(job_id).pid)
    assert psutil.Process(store.job(job_id).pid).is_running()


def test_a_worker_that_died_without_a_supervisor_is_lost_at_the_first_look(supervisor):
    job_id = queue.submit(SPEC, kind="check")
    writes.advance(job_id, {"queued"}, "starting", clock=time.monotonic(), slots="0")
    # The pid lives, but it is another process's by now.
    writes.claim(job_id, os.getpid(), processes.own_start())
    supervisor.tick()
    job = store.job(job_id)
    assert (job.state, supervisor.tick()) == ("lost", False)
    assert psutil.Process().is_running()


def test_owners_take_turns(supervisor):
    supervisor.workers.slots = ("",)
    many = [queue.submit(SPEC, kind="check", owner="ada") for _ in range(3)]
    few = [queue.submit(SPEC, kind="check", owner="bob") for _ in range(2)]
    began = []
    while waiting := [job.id for job in store.active()]:
        tick(supervisor, lambda: any(job.state != "queued" for job in store.active()))
        (now,) = [job.id for job in store.active() if job.state != "queued"]
        began.append(now)
        queue.stop(now)
        tick(supervisor, lambda now=now: store.job(now).state == "stopped" and now not in supervisor.workers)
        assert len(waiting) == 6 - len(began)
    assert began == [many[0], few[0], many[1], few[1], many[2]]


def test_a_job_over_its_limits_is_ended_and_says_so(supervisor):
    long = queue.submit(SPEC, Recipe(epochs=9), "shapes", limits=Limits.of(0.02, None))
    large = queue.submit(SPEC, Recipe(epochs=9), "shapes", limits=Limits.of(None, 0.1))
    tick(supervisor, lambda: not store.active() and not supervisor.workers)
    assert lab_processes(supervisor.home) == []
    ended = store.job(long)
    assert ended.state == "stopped"
    assert ended.message == (
        "ended before its first step, at its limit of 0.02 minutes: resume it, and it has as long again"
    )
    assert ended.finished - ended.started < 3.0
    ended = store.job(large)
    assert ended.state == "failed"
    assert re.fullmatch(
        r"ended before its first step, as it took \d\.\d GB of memory, over its limit of 0.1 GB: use a smaller .*",
        ended.message,
    )


def test_a_worker_that_gives_no_sign_is_ended_and_lost(supervisor, monkeypatch):
    job_id = queue.submit(SPEC, Recipe(epochs=9), "shapes")
    tick(supervisor, lambda: store.job(job_id).pid)
    pid = store.job(job_id).pid
    os.kill(pid, signal.SIGSTOP)
    supervisor.tick()
    assert store.job(job_id).state == "starting"
    monkeypatch.setattr("resnet_core.runs.workers.SILENT_SECONDS", 0.5)
    tick(supervisor, lambda: not supervisor.workers)
    assert not psutil.pid_exists(pid)
    job = store.job(job_id)
    assert job.state == "lost"
    assert job.message.startswith("the worker gave no sign for ") and job.message.endswith("it had finished no epoch")


def test_one_that_hangs_while_it_writes_holds_nobody_up(supervisor, monkeypatch):
    job_id = queue.submit(SPEC, kind="check")
    hang = (
        "import sqlite3, sys, time\n"
        "sys.stdin.readline()\n"
        "database = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "database.execute('BEGIN IMMEDIATE')\n"
        "print('writes', flush=True)\n"
        "time.sleep(600)"
    )
    command = [sys.executable, "-c", hang, str(lab_home() / "lab.sqlite"), "resnet_core.runs.worker"]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True, start_new_session=True) as worker:
        try:
            claimed = {"pid": worker.pid, "pid_started": processes.started(worker.pid)}
            writes.advance(job_id, {"queued"}, "starting", clock=time.monotonic(), slots="0", **claimed)
            worker.stdin.write("go on\n")
            worker.stdin.flush()
            assert worker.stdout.readline() == "writes\n"
            monkeypatch.setattr("resnet_core.runs.workers.SILENT_SECONDS", 0.5)
            tick(supervisor, lambda: store.job(job_id).state == "lost")
            assert worker.wait(5) == -signal.SIGKILL
        finally:
            worker.kill()


def test_a_clock_that_is_set_back_changes_nothing(supervisor, monkeypatch):
    monkeypatch.setattr("resnet_core.runs.workers.UNCLAIMED_SECONDS", 0.5)
    running = queue.submit(SPEC, Recipe(epochs=10_000), "shapes", limits=Limits.of(60, None))
    tick(supervisor, lambda: store.job(running).pid)
    unclaimed = queue.submit(SPEC, kind="check")
    writes.advance(unclaimed, {"queued"}, "starting", started=time.time(), clock=time.monotonic(), slots="1")
    now, booted = time.time, psutil._pslinux.boot_time
    monkeypatch.setattr(time, "time", lambda: now() - 7_200)
    # Linux tells start times in seconds since 1970 by the clock as it is set now.
    monkeypatch.setattr(psutil._pslinux, "boot_time", lambda: booted() - 7_200)
    another = Supervisor(lab_home())
    another.workers.slots = supervisor.workers.slots
    tick(another, lambda: store.job(unclaimed).pid)
    assert store.job(running).state in ("starting", "running"), "its worker is known again, and has its time"
    assert running in another.workers
    for job_id in (running, unclaimed):
        queue.stop(job_id)
    tick(another, lambda: not another.workers)


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
