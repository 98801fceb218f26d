"""From the click on Launch to the first training step with the warm spare; how quick pages are while a run trains."""

import os
import statistics
import time
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from app.state import recipe_token
from resnet_core.recipes import RECIPES
from resnet_core.runs import queue, store
from resnet_core.runs.records import Job
from tests import processes
from tests.benchmarks import Row
from tests.browser.chromium import LAUNCH_ARGUMENTS, find_browser
from tests.browser.server import Server
from tests.browser.support import open_page

ROUNDS = 5
NETWORK = "pocket_resnet20"
LONG = RECIPES["quick"].model_copy(update={"epochs": 900})
PAGES = ("build", "train", "compare")
PATIENCE = 120.0


def run() -> list[Row]:
    home = Path(os.environ[processes.HOME_VARIABLE]) / "spare"
    os.environ[processes.HOME_VARIABLE] = str(home)
    try:
        with sync_playwright() as playwright:
            server = Server("app/Home.py", home, environment={"RESNET_LAB_SPARE": "1"})
            try:
                browser = playwright.chromium.launch(executable_path=find_browser(), args=LAUNCH_ARGUMENTS)
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                return _measure(page, server)
            finally:
                server.close()
    finally:
        os.environ[processes.HOME_VARIABLE] = str(home.parent)


def _measure(page: Page, server: Server) -> list[Row]:
    quiet = _page_seconds(page, server)
    seconds = min(_launch(page, server) for _ in range(ROUNDS))
    (job,) = store.jobs(states=("running",))
    busy = _page_seconds(page, server)
    assert store.job(job.id).state == "running", "the run trained while pages were opened"
    queue.stop(job.id)
    return [
        Row("Spare: from the click on Launch to the first training step", seconds, "s", "under 2 s", seconds < 2),
        Row("Pages: to open one while nothing trains", quiet, "s", "", True),
        Row("Pages: the same while a run trains on every core", busy, "s", "", True),
        Row("Pages: with a run over without one", busy / quiet, "x", "under 2", busy < 2 * quiet),
    ]


def _launch(page: Page, server: Server) -> float:
    """Launch a run that goes on, and return the seconds until its first step was about to be taken."""
    for job in store.jobs(states=("queued", "starting", "running")):
        queue.stop(job.id)
    open_page(page, f"{server.url}/train?specs={NETWORK}&recipe={recipe_token(LONG)}")
    _wait(lambda: _spare_is_ready(server.home))
    known = {job.id for job in store.jobs()}
    began = time.time()
    page.get_by_role("button", name="Launch").click()
    job = _wait(lambda: _begun(known))
    return job.running_since - began


def _begun(known: set[str]) -> Job | None:
    return next((job for job in store.jobs() if job.id not in known and job.running_since), None)


def _spare_is_ready(home: Path) -> bool:
    """Say whether a worker without a job has imported all it needs, and waits."""
    at_work = {job.pid for job in store.active()}
    for process in processes.lab_processes(home):
        if process.pid in at_work or "resnet_core.runs.worker" not in process.cmdline():
            continue
        idle = process.status() == psutil.STATUS_SLEEPING and process.cpu_percent(0.5) < 1
        return idle and process.memory_info().rss > 300e6
    return False


def _page_seconds(page: Page, server: Server) -> float:
    """Return the median time to open a page."""
    times = []
    for _ in range(ROUNDS):
        for name in PAGES:
            began = time.perf_counter()
            open_page(page, f"{server.url}/{name}", timeout=60)
            times.append(time.perf_counter() - began)
    return statistics.median(times)


def _wait(condition):
    """Return what a condition gives once that is true."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {PATIENCE:.0f} s: {condition}")
        time.sleep(0.02)
    return found
