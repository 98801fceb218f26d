"""A storm of `kill -9` at random moments, twenty times in a row, while runs train and a page watches them."""

import os
import random
import signal
import time
from contextlib import suppress

import pytest
from playwright.sync_api import Page

from resnet_core import Recipe, ResNetSpec, checkpoints, convolutions
from resnet_core.runs import folders, queue, store, supervision
from resnet_core.runs.processes import alive
from tests import processes
from tests.browser.server import Server
from tests.browser.support import open_page
from tests.exactness import measured
from tests.test_runs_jobs import wait_until

SEED = 20
ROUNDS = 20
TINY = ResNetSpec(stages=(1, 1), width=8, input_size=8)
RECIPE = Recipe(
    optimizer="nadam",
    learning_rate=0.005,
    augment="crop_flip",
    batch_size=32,
    epochs=16,  # a third of them takes as long as the storm
    train_size=2560,
    validation_size=320,
    deterministic=True,
)


@pytest.fixture
def server(tmp_path_factory, monkeypatch):
    """Start an app in a home of its own, with a spare worker as users have it; nothing of it may be left running."""
    home = tmp_path_factory.mktemp("storm") / "home"
    # The spare computes as these runs have to; one that does not would import Keras a second time for each of them.
    environment = {"RESNET_LAB_SPARE": "1", "RESNET_LAB_IDLE_SECONDS": "3", convolutions.VARIABLE: "0"}
    for name, value in (environment | {processes.HOME_VARIABLE: str(home)}).items():
        monkeypatch.setenv(name, value)
    server = Server("app/Home.py", home, environment=environment)
    yield server
    server.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_run_comes_to_its_end_and_no_row_is_lost_or_doubled(server, browser):
    chance = random.Random(SEED)
    calm = queue.submit(TINY, RECIPE, "shapes", seed=1, name="calm")
    wait_until(lambda: store.job(calm).state == "finished", 240, lambda: f"{store.job(calm)} has finished")
    ids = [queue.submit(TINY, RECIPE, "shapes", seed=1, owner=owner) for owner in ("ada", "bob")]
    # Without the faults that other browser tests look for: a page may complain while its server is dead.
    page = browser.new_context().new_page()
    open_page(page, f"{server.url}/train?watch={','.join(ids)}")
    storm = Storm(server, page, ids)
    victims = [storm.worker, storm.supervisor, storm.server_alone, storm.all_at_once] * (ROUNDS // 4)
    chance.shuffle(victims)
    for kill in victims:
        storm.watch(chance.uniform(0.0, 3.0))
        kill()
        storm.resume_what_ended()
    deadline = time.monotonic() + 400
    while storm.going_on():
        assert time.monotonic() < deadline, [store.job(job_id) for job_id in ids]
        storm.resume_what_ended()
        supervision.ensure()
        storm.watch(0.2)
    expected = measured(store.job(calm).epochs)
    for job_id in ids:
        job = store.job(job_id)
        assert job.state == "finished"
        assert measured(job.epochs) == expected, "to the last bit those of a run that was never disturbed"
        steps = [row.step for _, row in store.steps([job_id]).items]
        assert sorted(set(steps)) == steps and steps[-1] == job.total_steps
        left = [path.name for path in folders.job_folder(job_id).iterdir()]
        assert not [name for name in left if name.startswith("half-") or name == checkpoints.FILE]
    assert storm.resumed >= ROUNDS // 4, "workers were killed, and their runs went on"
    page.context.close()
    server.stop()
    wait_until(
        lambda: not processes.lab_processes(server.home),
        40,
        lambda: f"no process is left over: {processes.describe(processes.lab_processes(server.home))}",
    )


class Storm:
    """Kills what keeps a lab going, as a failing computer would, and does afterwards what a reader would do."""

    def __init__(self, server: Server, page: Page, ids: list[str]):
        self.server_process, self.page, self.ids = server, page, ids
        self.resumed = 0
        self.most = dict.fromkeys(ids, 0)

    def watch(self, seconds: float) -> None:
        """Look at the runs for some time: what was seen is never gone, and numbers have no gaps."""
        end = time.monotonic() + seconds
        while True:
            for job_id in self.ids:
                numbers = [row.epoch for row in store.job(job_id).epochs]
                assert numbers == list(range(1, len(numbers) + 1))
                assert len(numbers) >= self.most[job_id], f"epochs of {job_id} are gone"
                self.most[job_id] = len(numbers)
            if time.monotonic() > end:
                return
            # Playwright hears the page only while it is asked.
            self.page.wait_for_timeout(50)

    def worker(self) -> None:
        """Kill the process that trains, as soon as there is one."""
        kill(wait_until(self._training, 40, "a worker trains"))

    def supervisor(self) -> None:
        """Kill the supervisor; the page that watches brings another."""
        supervision.ensure()
        kill(wait_until(supervision.running_pid, 20, "a supervisor works"))

    def server_alone(self) -> None:
        """Kill the Streamlit server, and start it again for the page that waits for it."""
        kill(self.server_process.process.pid)
        self.server_process.restart()

    def all_at_once(self) -> None:
        """Kill all three in one moment."""
        supervision.ensure()
        pids = [wait_until(self._training, 40, "a worker trains"), self.server_process.process.pid]
        pids.append(wait_until(supervision.running_pid, 20, "a supervisor works"))
        for pid in pids:
            kill(pid)
        self.server_process.restart()
        supervision.ensure()

    def going_on(self) -> bool:
        """Say whether a run has not finished yet."""
        return any(store.job(job_id).state != "finished" for job_id in self.ids)

    def resume_what_ended(self) -> None:
        """Resume each run that ended early."""
        for job_id in self.ids:
            if store.job(job_id).resumable:
                queue.resume(job_id)
                self.resumed += 1

    def _training(self) -> int | None:
        """Return the process of a run in work; runs that a kill made end early go on first."""
        self.resume_what_ended()
        supervision.ensure()
        return next(
            (job.pid for job in store.jobs(ids=self.ids) if job.active and job.pid and alive(job.pid, None)), None
        )


def kill(pid: int) -> None:
    """End a process as the kernel does that is out of memory."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
