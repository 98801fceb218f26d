"""Faults that are caused for real, and the one line that a reader gets for each on the page."""

import hashlib
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from resnet_core import Recipe, ResNetSpec, checkpoints
from resnet_core.checkpoints import Checkpoint
from resnet_core.datasets import fingerprint
from resnet_core.families import get_spec
from resnet_core.runs import database, folders, queue, store, writes
from resnet_core.runs.processes import alive
from tests import processes
from tests.browser.support import assert_accessible, open_page, until
from tests.postgresql import PASSWORD
from tests.stored_runs import epochs, store_run
from tests.test_runs_queue import photo_folders

pytestmark = pytest.mark.slow

TINY = ResNetSpec(stages=(1,), width=4, input_size=8)
RECIPE = Recipe(learning_rate=0.02, batch_size=32, epochs=2_000, train_size=512)


def test_a_home_of_a_newer_version_is_named_and_left_as_it_is(start_server, page, tmp_path, monkeypatch):
    home = tmp_path / "newer"
    monkeypatch.setenv(processes.HOME_VARIABLE, str(home))
    store_run("r-kept22", get_spec("pocket_resnet20"), [(0.5, 0.4)])
    folders.create("r-kept22", spec=TINY.model_dump_json())
    database.close()
    with closing(sqlite3.connect(home / "lab.sqlite")) as lab:
        lab.execute("UPDATE alembic_version SET version_num = '0099'")
        lab.commit()
    before = contents(home)
    server = start_server(home=home, environment={"RESNET_LAB_SPARE": "1"})
    for view in ("", "train", "compare"):
        open_page(page, f"{server.url}/{view}")
        line = page.get_by_test_id("stAlert").filter(
            has_text="comes from a newer ResNet Lab (schema 99, this one reads"
        )
        expect(line).to_contain_text("update ResNet Lab, or set RESNET_LAB_DB or RESNET_LAB_HOME to another place")
    assert_accessible(page)
    assert [process.pid for process in processes.lab_processes(home)] == [server.process.pid], "no supervisor works"
    assert contents(home) == before


def test_a_server_of_the_database_that_stops_is_named_while_runs_are_watched(
    start_server, new_page, postgresql, fresh_home
):
    going = store_run("r-going2", TINY, [(0.9, 0.9)], recipe=RECIPE, state="running")
    server = start_server(home=fresh_home)
    train, compare = new_page(), new_page()
    open_page(train, f"{server.url}/train?watch={going}")
    open_page(compare, f"{server.url}/compare?runs={going}")
    expect(train.get_by_text("running", exact=True)).to_be_visible()
    expect(compare.get_by_text("1 of 1 runs is going on")).to_be_visible()
    postgresql.stop()
    reason = re.compile(
        r"the database of runs postgresql://lab@127\.0\.0\.1:\d+/lab\d+ cannot be reached: start its server"
    )
    said = train.get_by_test_id("stAlert").filter(has_text=reason)
    expect(said).to_contain_text("Runs that train go on, and this page tries again by itself.")
    expect(compare.get_by_test_id("stAlert").filter(has_text=reason)).to_contain_text("What was read before is shown.")
    for page in (train, compare):
        assert PASSWORD not in page.content()
        expect(page.locator(".js-plotly-plot").first).to_be_visible()
    postgresql.start()
    writes.write_rows(going, epochs([(0.5, 0.6)], first=2), [])
    for page in (train, compare):
        expect(page.get_by_test_id("stAlert").filter(has_text=reason)).to_have_count(0)
        page.wait_for_function(
            "() => document.querySelector('.js-plotly-plot')._fullData.some(one => one.x.length > 1)"
        )


def test_a_run_that_trains_is_stopped_and_deleted_by_one_click(start_server, page, monkeypatch):
    server = start_server()
    monkeypatch.setenv(processes.HOME_VARIABLE, str(server.home))
    job_id = queue.submit(TINY, RECIPE, "shapes")
    until(lambda: store.job(job_id).epochs)
    job = store.job(job_id)
    open_page(page, f"{server.url}/compare?runs={job_id}")
    page.locator(".st-key-compare-details-run").get_by_role("radio").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Stop and delete")).to_be_visible()
    page.get_by_role("button", name="Delete this run").click()
    expect(page.get_by_text("The learning curves of your runs will stand here")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    (deleted,) = store.trashed()
    assert (deleted.id, deleted.state) == (job_id, "stopped")
    assert deleted.message.startswith(("stopped after ", "stopped while epoch "))
    until(lambda: not alive(job.pid, job.pid_started), 5)
    assert (server.home / "trash" / job_id / checkpoints.FILE).is_file()


def test_a_run_whose_images_changed_or_vanished_is_not_resumed_and_the_page_says_why(
    server, page, tmp_path, monkeypatch
):
    monkeypatch.setenv(processes.HOME_VARIABLE, str(server.home))
    photos = tmp_path / "photos"
    photo_folders(photos)
    spec = TINY.model_copy(update={"classes": 2})
    source = f"folder:{photos}"
    before = fingerprint(source, size=spec.input_size)
    columns = {"state": "stopped", "message": "stopped after 1 of 2000 epochs", "data_fingerprint": before}
    job_id = store_run("r-early2", spec, [(0.5, 0.6)], recipe=RECIPE, data=source, **columns)
    checkpoints.save(folders.create(job_id), Checkpoint({}, tuple(epochs([(0.5, 0.6)])), {}))
    one = photos / "train" / "dark" / "3.png"
    one.write_bytes(one.read_bytes() + b" ")
    open_page(page, f"{server.url}/train?watch={job_id}")
    page.get_by_role("button", name="Resume").click()
    changed = f"the images of {job_id} have changed since it began (fingerprint {before}, now "
    line = page.get_by_test_id("stAlert").filter(has_text=changed)
    expect(line).to_contain_text("bring the old ones back, or train it again on these")
    shutil.rmtree(photos)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_test_id("stAlert")).to_contain_text(f"{job_id} cannot go on without its data: {photos}")
    page.mouse.move(0, 0)  # away from the button, whose help stands outside of all landmarks
    assert_accessible(page)
    assert store.job(job_id).state == "stopped"
    queue.delete(job_id)


def contents(folder: Path) -> dict[str, str]:
    """Return all files below a folder, by name, with what tells each content from another."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
