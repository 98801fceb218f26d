"""The warm spare: a click finds Keras imported already, and nothing is left when its supervisor dies."""

import os
import signal
import time

import psutil
import pytest

from resnet_core import Recipe, ResNetSpec
from resnet_core.runs import folders, queue, store, supervision
from resnet_core.runs.limits import NONE, Limits
from resnet_core.runs.supervisor import HEAD_START_SECONDS
from resnet_core.training import train
from tests import processes
from tests.test_runs_jobs import wait_for, wait_until

pytestmark = pytest.mark.slow

TINY = ResNetSpec(stages=(1,), width=4, input_size=8)
SHORT = Recipe(learning_rate=0.05, batch_size=64, epochs=2, train_size=128, validation_size=64)
LONG = SHORT.model_copy(update={"epochs": 10_000})
EXACT = SHORT.model_copy(update={"deterministic": True})


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory):
    """Share one lab home whose supervisor keeps a spare and stays; nothing of it may be left running."""
    path, stays = tmp_path_factory.mktemp("spare-home"), "60"
    with processes.shared_home(path, RESNET_LAB_SPARE="1", RESNET_LAB_IDLE_SECONDS=stays):
        yield path


def test_a_job_goes_to_the_spare_and_trains_as_in_any_process(home):
    spare = ready(home)
    mapped = [item.path for item in spare.memory_maps()]
    assert not [path for path in mapped if "/pandas/" in path or "/jaxlib/" in path], "training needs neither"
    job = wait_for(queue.submit(TINY, SHORT, "shapes"), lambda job: not job.active, 90)
    assert (job.state, job.pid) == ("finished", spare.pid)
    here = train(TINY, SHORT, "shapes")
    assert len(job.epochs) == len(here.epochs) == 2
    for there, row in zip(job.epochs, here.epochs, strict=True):
        assert there.train_loss == pytest.approx(row.train_loss, rel=1e-3)
        assert there.val_loss == pytest.approx(row.val_loss, rel=1e-3)
    assert wait_until(lambda: waiting(home), 20, "it waits for the next job").pid == spare.pid


def test_a_worker_whose_job_has_ended_takes_the_next_one_and_trains_as_before(home):
    spare = ready(home)
    jobs = [queue.submit(TINY, recipe, "shapes") for recipe in (SHORT, LONG, SHORT)]
    first = wait_for(jobs[0], lambda job: not job.active, 90)
    wait_for(jobs[1], lambda job: len(job.epochs) > 1, 90)
    queue.stop(jobs[1])
    stopped, last = (wait_for(job, lambda job: not job.active, 90) for job in jobs[1:])
    assert [job.state for job in (first, stopped, last)] == ["finished", "stopped", "finished"]
    assert first.pid == stopped.pid == spare.pid, "nothing was imported again"
    for before, after in zip(first.epochs, last.epochs, strict=True):
        assert after.train_loss == pytest.approx(before.train_loss, rel=1e-3)
        assert after.val_loss == pytest.approx(before.val_loss, rel=1e-3)
    for job in (first, stopped, last):
        assert "is not waiting" not in folders.read_log(job.id, 10_000)


@pytest.mark.parametrize(("recipe", "limits"), [(EXACT, NONE), (SHORT, Limits.of(None, 8))])
def test_a_worker_leaves_after_a_job_that_changed_how_it_computes_or_has_a_limit_of_memory(home, recipe, limits):
    ready(home)
    job = wait_for(queue.submit(TINY, recipe, "shapes", limits=limits), lambda job: not job.active, 90)
    assert job.state == "finished"
    assert wait_until(lambda: waiting(home), 20, "another waits").pid != job.pid


def test_a_job_leaves_a_spare_that_hangs_for_another_worker(home):
    spare = ready(home)
    spare.suspend()
    job = wait_for(queue.submit(TINY, SHORT, "shapes"), lambda job: not job.active, 150)
    assert job.state == "finished"
    assert job.pid != spare.pid
    assert not spare.is_running()


def test_what_a_spare_says_stands_in_the_log_of_the_job_that_it_was_given(home):
    spare = ready(home)
    too_many = SHORT.model_copy(update={"train_size": 20_000})
    job = wait_for(queue.submit(TINY, too_many, "shapes"), lambda job: not job.active, 90)
    assert (job.state, job.pid) == ("failed", spare.pid)
    assert "20000" in job.message
    assert job.message in folders.read_log(job.id, 10_000)


def test_a_spare_that_died_is_replaced_and_no_job_waits_for_it(home):
    spare = ready(home)
    spare.kill()
    # Long enough to be seen while it runs.
    job_id = queue.submit(TINY, SHORT.model_copy(update={"epochs": 60}), "shapes")
    wait_for(job_id, lambda job: job.pid and alone(home, job) and job.state == "running", 90)
    job = wait_for(job_id, lambda job: not job.active, 90)
    assert job.state == "finished"
    assert job.pid != spare.pid
    wait_until(lambda: waiting(home), 20, "the next spare waits")


def test_a_spare_leaves_when_its_supervisor_is_killed(home):
    spare = ready(home)
    os.kill(supervision.running_pid(), signal.SIGKILL)
    spare.wait(timeout=30)
    assert waiting(home) is None


def ready(home) -> psutil.Process:
    """Return the spare of a supervisor that works; it has imported Keras, and answers at once."""
    supervision.ensure()
    spare = wait_until(lambda: waiting(home), 20, "a spare waits")
    wait_until(lambda: spare.memory_info().rss > 300e6, 60, "it has imported Keras")
    return spare


def waiting(home) -> psutil.Process | None:
    """Return the worker without a job, if there is one."""
    time.sleep(0.05)
    for process in processes.lab_processes(home):
        try:
            if "resnet_core.runs.worker" in process.cmdline() and process.pid not in taken():
                return process
        except psutil.NoSuchProcess:
            continue
    return None


def alone(home, job) -> bool:
    """Fail if a job that starts does not have the processor to itself, as it has for its first seconds."""
    spare = waiting(home)
    if time.time() - job.started < HEAD_START_SECONDS - 1:
        # A job that has ended since it was read is no longer told from a spare.
        assert spare is None or spare.pid == job.pid, "the job has the processor to itself while it starts"
    return True


def taken() -> set[int]:
    """Return the processes that work on a job."""
    return {job.pid for job in store.active()}
