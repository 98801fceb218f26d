"""Pages whose database is locked or gone say so in one line, and come back; the trash on the Train page."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from streamlit.testing.v1 import AppTest

from resnet_core.families import get_spec
from resnet_core.runs import database, folders, queue, store
from tests.stored_runs import store_run

TINY = get_spec("pocket_resnet20")
HOLD = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("PRAGMA locking_mode = EXCLUSIVE")
other.execute("BEGIN EXCLUSIVE")
print("holds", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def app(each_database) -> AppTest:
    store_run("r-kept22", TINY, [(0.5, 0.4)])
    return AppTest.from_file("../app/Home.py", default_timeout=60)


@pytest.fixture
def out_of_reach(each_database, fresh_home, request) -> Iterator[Callable[[], Callable[[], None]]]:
    """Return a function that puts the database out of reach, and returns one that brings it back."""
    backs = []

    def take_away() -> Callable[[], None]:
        if each_database == "postgresql":
            server = request.getfixturevalue("postgresql")
            server.stop()
            backs.append(server.start)
        else:
            database.close()  # it could not be held while this process has it open
            command = [sys.executable, "-c", HOLD, str(fresh_home / "lab.sqlite")]
            holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            assert holder.stdout.readline() == "holds\n"
            backs.append(lambda: holder.communicate("go\n"))
        return lambda: backs.pop()()

    yield take_away
    while backs:
        backs.pop()()


@pytest.mark.parametrize("view", ["home", "train", "compare"])
def test_a_database_out_of_reach_is_one_line_on_the_page_until_it_is_back(app, out_of_reach, view, each_database):
    bring_back = out_of_reach()
    app.run()
    app.switch_page(f"views/{view}.py").run()
    assert not app.exception
    (said,) = [item.value for item in app.error]
    reason = {"sqlite": "is locked by another program", "postgresql": "cannot be reached: start its server"}
    assert said.startswith("the database of runs ") and reason[each_database] in said and "\n" not in said
    assert any("looks again every few seconds" in item.value for item in app.caption)
    bring_back()
    app.run()
    assert not app.exception and not app.error
    assert not any("looks again every few seconds" in item.value for item in app.caption)


def test_deleted_runs_are_restored_on_the_train_page(app):
    folders.create_for(store.job("r-kept22"))
    store_run("r-gone22", TINY, [(0.9, 0.9)], name="the doomed one")
    queue.delete("r-gone22")
    open_disk(app)
    assert any(
        "**the doomed one**" in item.value and "removed for good in 30 days" in item.value for item in app.markdown
    )
    assert any(item.value.startswith("The lab takes **") for item in app.markdown)
    (table,) = [frame.value for frame in app.dataframe if "MB" in frame.value]
    assert list(table["id"]) == ["r-kept22"]
    app.button(key="train:disk:restore:r-gone22").click().run()
    assert not app.exception and not app.error
    assert {job.id for job in store.jobs()} == {"r-kept22", "r-gone22"}
    assert any("Deleted runs are kept here for 30 days" in item.value for item in app.caption)


def test_the_trash_is_emptied_on_the_train_page(app):
    queue.delete("r-kept22")
    open_disk(app)
    app.button(key="train:disk:empty").click().run()
    assert not app.exception and not app.error
    assert store.trashed() == []


def test_nothing_is_measured_before_it_is_asked_for(app):
    app.run()
    app.switch_page("views/train.py").run()
    assert not any(item.value.startswith("The lab takes") for item in app.markdown)


def open_disk(app: AppTest) -> None:
    app.run()
    app.session_state["train:disk:open"] = True
    app.switch_page("views/train.py").run()
    assert not app.exception


class TestWriteLock:
    """Another program writes for long: pages can read, and what a click would write is refused in one line."""

    @pytest.fixture
    def app(self, no_supervisor, monkeypatch) -> AppTest:
        monkeypatch.setattr("resnet_core.runs.sqlite.WRITE_SECONDS", 0.2)
        store_run("r-going2", TINY, [(0.5, 0.4)], state="running")
        return AppTest.from_file("../app/Home.py", default_timeout=60)

    @pytest.fixture
    def held(self, app, no_supervisor) -> Iterator[None]:
        with closing(sqlite3.connect(no_supervisor / "lab.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield

    @pytest.mark.parametrize("button", ["train:live:stop:r-going2", "train:launch"])
    def test_a_click_says_why_nothing_happens(self, app, held, button):
        app.run()
        app.switch_page("views/train.py").run()
        app.button(key=button).click().run()
        assert not app.exception
        (said,) = [item.value for item in app.error]
        assert "is locked by another program: close what else has it open, then try again" in said
        assert not app.toast
        (job,) = store.jobs()
        assert (job.state, job.stop_requested) == ("running", None)
        assert app.button(key=button).label in ("Stop", "Launch"), "the page stands, and can be tried again"


def test_a_home_that_the_database_does_not_belong_to_is_told_so_where_it_launches(app, tmp_path, monkeypatch):
    monkeypatch.setenv("RESNET_LAB_DB", database.database_place().as_setting())
    monkeypatch.setenv("RESNET_LAB_HOME", str(tmp_path / "elsewhere"))
    app.run()
    app.switch_page("views/train.py").run()
    assert not app.error, "its runs can be looked at"
    app.button(key="train:launch").click().run()
    (said,) = [item.value for item in app.error]
    assert "belongs to the lab's folder " in said and "set RESNET_LAB_HOME to that folder" in said
    assert [job.id for job in store.jobs()] == ["r-kept22"]
