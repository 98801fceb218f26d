"""A disk that is full while a checkpoint is written: a small file system of its own holds the lab's home.

The line is read on the page, and the run goes on by a click there.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from resnet_core import Recipe, ResNetSpec, checkpoints
from resnet_core.home import lab_home
from resnet_core.runs import database, folders, queue
from tests import processes
from tests.browser.chromium import LAUNCH_ARGUMENTS, find_browser
from tests.browser.server import Server
from tests.browser.support import open_page
from tests.test_runs_jobs import wait_for

ROOT = Path(__file__).resolve().parents[1]
# Root may mount in a name space of its own; everyone else in one in which he is root.
APART = ["unshare", "--mount"] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["unshare", "-rm"]


@pytest.mark.slow
def test_the_run_fails_with_that_message_and_goes_on_once_there_is_room(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    script = f'mount -t tmpfs -o size=48m tmpfs "{home}" && exec "{sys.executable}" -m tests.test_full_disk'
    environment = os.environ | {processes.HOME_VARIABLE: str(home)}
    ran = subprocess.run(
        [*APART, "sh", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=170
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["free_before"] < told["checkpoint_bytes"], "another checkpoint had no room"
    assert told["state"] == "failed"
    assert told["message"].startswith("the disk is full: free some space, then resume it; OSError: ")
    assert told["kept"] == told["epochs"] == list(range(1, len(told["epochs"]) + 1))
    assert told["unsound"] == ""
    assert told["half"] == []
    assert told["resumed_from"] == len(told["epochs"])
    (line,) = [line for line in told["page"].splitlines() if "disk is full" in line]
    assert line.startswith("the disk is full: free some space, then resume it")
    assert told["after"] == {"state": "finished", "epochs": list(range(1, told["total"] + 1))}
    assert list(home.iterdir()) == [], "all of it was in the small file system"


def run_out_of_disk() -> dict:
    """Train in the environment's lab home, fill its disk, look what is left, make room, and go on."""
    spec = ResNetSpec(stages=(2,), width=128, input_size=8)
    recipe = Recipe(learning_rate=0.01, batch_size=64, epochs=20, train_size=384, validation_size=64)
    job_id = queue.submit(spec, recipe, "shapes")
    wait_for(job_id, lambda job: job.last_epoch, 90)
    size = (folders.job_folder(job_id) / checkpoints.FILE).stat().st_size
    ballast = lab_home() / "ballast"
    with ballast.open("wb", buffering=0) as file:
        # What is half written just now may fail or not; the next one has to.
        while (free := _free(lab_home())) > size * 0.7:
            file.write(b"x" * min(1 << 16, int(free - size * 0.7) + 1))
    told = {"free_before": _free(lab_home()), "checkpoint_bytes": size, "total": recipe.epochs}
    job = wait_for(job_id, lambda job: not job.active, 60)
    folder = folders.job_folder(job_id)
    told |= {"state": job.state, "message": job.message, "epochs": [row.epoch for row in job.epochs]}
    told |= {"kept": [row.epoch for row in checkpoints.load(folder).epochs], "unsound": database.unsound()}
    told |= {"half": [path.name for path in folder.glob("half-*")]}
    with _page(f"/train?watch={job_id}") as page:
        told["page"] = page.locator(".stMain").inner_text()
        ballast.unlink()
        page.get_by_role("button", name="Resume").click()
        said = page.get_by_test_id("stToast").inner_text()
        told["resumed_from"] = int(re.search(r"goes on after epoch (\d+)\.", said)[1])
    job = wait_for(job_id, lambda job: not job.active, 90)
    told["after"] = {"state": job.state, "epochs": [row.epoch for row in job.epochs]}
    processes.end_lab(lab_home())
    return told


@contextmanager
def _page(address: str) -> Iterator[Page]:
    """Start an app in this home and lend one of its pages; both end here."""
    server = Server("app/Home.py", lab_home())
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=find_browser(), args=LAUNCH_ARGUMENTS)
            page = chromium.new_page()
            open_page(page, server.url + address)
            yield page
            chromium.close()
    finally:
        server.stop()


def _free(path: Path) -> int:
    state = os.statvfs(path)
    return state.f_bavail * state.f_frsize


if __name__ == "__main__":
    print(json.dumps(run_out_of_disk()))
