"""The database of runs: every row once, ended jobs stay ended, and every failure is one line."""

import hashlib
import json
import math
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from resnet_core import get_recipe, get_spec
from resnet_core.errors import HomeError, LabError, RunError, StoreError
from resnet_core.results import Epoch, Start, Step
from resnet_core.runs import store, writes

ROOT = Path(__file__).resolve().parents[1]
START = Start(272474, "a processor", 5120, 2000, 80, 480, 6, ("3 images were skipped",))


@pytest.fixture(autouse=True)
def home(fresh_home):
    return fresh_home


class TestJobs:
    def test_come_newest_first_with_their_last_epoch_and_step(self):
        add("r-aaaaaa", "r-bbbbbb")
        writes.write_rows("r-aaaaaa", [epoch(1), epoch(2)], [step(7), step(9)])
        newer, older = store.jobs()
        assert (newer.id, newer.last_epoch, newer.last_step) == ("r-bbbbbb", None, None)
        assert (older.id, older.last_epoch, older.last_step) == ("r-aaaaaa", epoch(2), step(9))
        assert older.epochs is None
        assert older.spec == get_spec("resnet20").model_dump(mode="json")

    def test_are_found_by_state_kind_study_and_id(self):
        add("r-aaaaaa", study="s-1")
        add("r-bbbbbb", "r-cccccc", study="s-2")
        writes.advance("r-cccccc", {"queued"}, "starting")
        assert ids(store.jobs(study="s-2")) == ["r-cccccc", "r-bbbbbb"]
        assert ids(store.jobs(study="s-2", states={"queued"})) == ["r-bbbbbb"]
        assert ids(store.jobs(ids=["r-aaaaaa", "r-cccccc"])) == ["r-cccccc", "r-aaaaaa"]
        assert ids(store.jobs(kind="check")) == []
        assert ids(store.jobs(limit=1)) == ["r-cccccc"]
        assert ids(store.jobs(ids=[])) == []

    def test_print_as_the_command_line_promises(self):
        add("r-aaaaaa")
        writes.advance("r-aaaaaa", {"queued"}, "starting")
        writes.write_start("r-aaaaaa", START)
        writes.write_rows("r-aaaaaa", [epoch(1), epoch(2, val_loss=math.inf)], [])
        shown = json.loads(json.dumps(store.job("r-aaaaaa").as_json(), allow_nan=False))
        assert list(shown) == [
            *("id", "state", "spec", "recipe", "data", "seed", "params", "device", "epochs", "message"),
            *("test_loss", "test_error"),
        ]
        assert list(shown["epochs"][0]) == [
            *("epoch", "step", "train_loss", "train_error", "val_loss", "val_error"),
            *("learning_rate", "images_per_second", "seconds"),
        ]
        assert (shown["state"], shown["params"], shown["device"]) == ("running", 272474, "a processor")
        assert shown["epochs"][1]["val_loss"] is None

    def test_tell_how_far_they_are(self):
        add("r-aaaaaa")
        writes.advance("r-aaaaaa", {"queued"}, "starting")
        writes.write_start("r-aaaaaa", START)
        assert store.job("r-aaaaaa").seconds_left is None
        writes.write_rows("r-aaaaaa", [], [step(48, images_per_second=640.0)])
        job = store.job("r-aaaaaa")
        assert job.progress == pytest.approx(0.1)
        assert job.seconds_left == pytest.approx((480 - 48) * 64 / 640)
        assert job.notes == ("3 images were skipped",)
        writes.write_rows("r-aaaaaa", [epoch(1), epoch(2, seconds=10.0)], [])
        assert store.job("r-aaaaaa").seconds_left == pytest.approx(4 * 10.0)

    def test_are_unknown_after_they_were_deleted(self):
        add("r-aaaaaa")
        writes.write_rows("r-aaaaaa", [epoch(1)], [step(1)])
        with pytest.raises(RunError, match="r-aaaaaa is queued and cannot be deleted: stop it first"):
            writes.remove("r-aaaaaa")
        writes.request_stop("r-aaaaaa")
        writes.remove("r-aaaaaa")
        with pytest.raises(RunError, match="no run has the id 'r-aaaaaa'"):
            store.job("r-aaaaaa")
        assert store.epochs(["r-aaaaaa"]).items == store.steps(["r-aaaaaa"]).items == ()
        assert store.should_stop("r-aaaaaa")
        writes.write_rows("r-aaaaaa", [epoch(2)], [])
        assert store.epochs(["r-aaaaaa"]).items == ()


class TestStates:
    @pytest.mark.parametrize("ended", ["finished", "stopped", "failed", "diverged", "lost"])
    def test_an_ended_job_stays_as_it_ended(self, ended):
        add("r-aaaaaa")
        assert writes.advance("r-aaaaaa", {"queued"}, "starting")
        assert writes.advance("r-aaaaaa", writes.IN_WORK, ended, message="the first word")
        before = store.job("r-aaaaaa")
        assert not writes.advance("r-aaaaaa", writes.IN_WORK, "lost", message="too late")
        assert not writes.write_start("r-aaaaaa", START)
        assert store.should_stop("r-aaaaaa")
        assert writes.request_stop("r-aaaaaa") == ended
        assert store.job("r-aaaaaa") == before
        assert before.finished >= before.created

    def test_a_waiting_job_stops_at_once(self):
        add("r-aaaaaa")
        assert writes.request_stop("r-aaaaaa") == "stopped"
        assert store.job("r-aaaaaa").message == "stopped before it began"

    def test_a_job_has_one_worker(self):
        add("r-aaaaaa")
        assert not writes.claim("r-aaaaaa", 10, 1.0)
        writes.advance("r-aaaaaa", {"queued"}, "starting")
        assert writes.claim("r-aaaaaa", 11, 1.0)
        assert not writes.claim("r-aaaaaa", 12, 1.0)
        assert store.job("r-aaaaaa").pid == 11

    def test_the_supervisor_sees_active_jobs_in_their_order(self):
        add("r-cccccc", "r-aaaaaa", "r-bbbbbb")
        writes.request_stop("r-aaaaaa")
        assert [job.id for job in store.active()] == ["r-cccccc", "r-bbbbbb"]


class TestCursor:
    def test_gives_every_row_once_while_others_write(self):
        add("r-aaaaaa", "r-bbbbbb", "r-cccccc")
        seen, cursor = [], 0
        writers = [
            threading.Thread(target=write_many, args=(job_id,)) for job_id in ("r-aaaaaa", "r-bbbbbb", "r-cccccc")
        ]
        for writer in writers:
            writer.start()
        while True:
            last = not any(writer.is_alive() for writer in writers)
            rows = store.steps(["r-aaaaaa", "r-bbbbbb"], cursor)
            seen += [(job_id, row.step) for job_id, row in rows.items]
            assert rows.cursor >= cursor
            cursor = rows.cursor
            if last:
                break
        assert sorted(seen) == [(job_id, number) for job_id in ("r-aaaaaa", "r-bbbbbb") for number in range(1, 61)]
        assert len(store.steps(["r-cccccc"]).by_job()["r-cccccc"]) == 60

    def test_gives_an_epoch_again_only_if_it_was_written_again(self):
        add("r-aaaaaa")
        writes.write_rows("r-aaaaaa", [epoch(1), epoch(2)], [])
        rows = store.epochs(["r-aaaaaa"])
        assert store.epochs(["r-aaaaaa"], rows.cursor).items == ()
        writes.write_rows("r-aaaaaa", [epoch(2, train_loss=0.125)], [])
        assert store.epochs(["r-aaaaaa"], rows.cursor).items == (("r-aaaaaa", epoch(2, train_loss=0.125)),)
        assert [row.train_loss for row in store.job("r-aaaaaa").epochs] == [0.5, 0.125]

    def test_survives_the_deletion_of_the_newest_rows(self):
        add("r-aaaaaa", "r-bbbbbb")
        writes.write_rows("r-bbbbbb", [], [step(1), step(2), step(3)])
        cursor = store.steps(["r-aaaaaa", "r-bbbbbb"]).cursor
        writes.request_stop("r-bbbbbb")
        writes.remove("r-bbbbbb")
        writes.write_rows("r-aaaaaa", [], [step(1)])
        assert store.steps(["r-aaaaaa", "r-bbbbbb"], cursor).items == (("r-aaaaaa", step(1)),)

    def test_keeps_numbers_of_numpy_and_what_is_no_number(self):
        add("r-aaaaaa")
        written = step(np.int64(4), loss=np.float32(0.5), error=float("nan"))
        writes.write_rows("r-aaaaaa", [], [written])
        ((_, row),) = store.steps(["r-aaaaaa"]).items
        assert (row.step, row.loss) == (4, 0.5)
        assert math.isnan(row.error)


class TestOpening:
    def test_a_database_of_a_newer_version_is_left_untouched(self, home, monkeypatch):
        add("r-aaaaaa")
        newer = home.with_name("newer")
        newer.mkdir()
        with (
            closing(sqlite3.connect(home / "lab.sqlite")) as old,
            closing(sqlite3.connect(newer / "lab.sqlite")) as copy,
        ):
            old.backup(copy)
            copy.execute("UPDATE lab SET schema_version = 99")
            copy.commit()
        before = digest(newer / "lab.sqlite")
        monkeypatch.setenv("RESNET_LAB_HOME", str(newer))
        with pytest.raises(HomeError, match=r"comes from a newer ResNet Lab .schema 99, this one reads \d+.: update"):
            store.jobs()
        with pytest.raises(HomeError):
            add("r-bbbbbb")
        assert digest(newer / "lab.sqlite") == before

    def test_a_file_that_is_no_database_is_named(self, home):
        home.mkdir()
        (home / "lab.sqlite").write_text("a poem, " * 1000)
        with pytest.raises(StoreError, match="lab.sqlite is not a database: move it away") as caught:
            store.jobs()
        assert "\n" not in str(caught.value)
        assert (home / "lab.sqlite").read_text() == "a poem, " * 1000

    def test_a_database_of_another_program_is_not_taken_over(self, home):
        home.mkdir()
        with sqlite3.connect(home / "lab.sqlite") as connection:
            connection.execute("CREATE TABLE recipes (name TEXT)")
        connection.close()
        with pytest.raises(StoreError, match="a database of another program .tables recipes.: set RESNET_LAB_DB"):
            store.jobs()

    @pytest.mark.parametrize(
        ("url", "line"),
        [
            ("postgresql://ann:secret@db/lab", "names a postgresql database: only SQLite is supported"),
            ("lab.sqlite", "is not a database URL: only SQLite is supported"),
            ("sqlite://", "names no file, and runs are shared by processes"),
        ],
    )
    def test_another_database_is_refused(self, monkeypatch, url, line):
        monkeypatch.setenv("RESNET_LAB_DB", url)
        with pytest.raises(StoreError, match=line) as caught:
            store.jobs()
        assert "secret" not in str(caught.value)

    def test_the_url_chooses_the_file(self, monkeypatch, tmp_path, home):
        monkeypatch.setenv("RESNET_LAB_DB", f"sqlite:///{tmp_path}/elsewhere.sqlite")
        add("r-aaaaaa")
        assert (tmp_path / "elsewhere.sqlite").exists()
        assert not (home / "lab.sqlite").exists()
        monkeypatch.delenv("RESNET_LAB_DB")
        assert store.jobs() == []

    def test_a_removed_database_is_made_anew(self, home):
        add("r-aaaaaa")
        for path in home.glob("lab.sqlite*"):
            path.unlink()
        assert store.jobs() == []
        add("r-bbbbbb")
        assert ids(store.jobs()) == ["r-bbbbbb"]

    def test_many_processes_open_a_new_home_at_once(self, home):
        code = (
            "import sys\n"
            "from resnet_core.runs import store\n"
            "print('ready', flush=True)\n"
            "sys.stdin.readline()\n"
            "print(store.jobs())"
        )
        openers = [start_python(code) for _ in range(4)]
        assert [opener.stdout.readline() for opener in openers] == ["ready\n"] * 4
        assert [opener.communicate("go\n") for opener in openers] == [("[]\n", "")] * 4


class TestFailures:
    def test_a_full_disk_is_one_line_and_loses_nothing(self, home):
        add("r-aaaaaa")
        writes.write_rows("r-aaaaaa", [epoch(1)], [])
        # A limit on the size of files fails a write just as a full disk does.
        code = (
            "import resource\n"
            "from tests.test_runs_store import StoreError, epoch, store, writes\n"
            "store.jobs()\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
            "try:\n"
            "    writes.write_rows('r-aaaaaa', [epoch(n) for n in range(2, 400)], [])\n"
            "except StoreError as error:\n"
            "    print(error)\n"
        )
        out, err = start_python(code).communicate()
        assert err == ""
        assert out.count("\n") == 1
        assert "cannot be" in out
        assert store.job("r-aaaaaa").epochs == (epoch(1),)
        writes.write_rows("r-aaaaaa", [epoch(2)], [])
        assert len(store.job("r-aaaaaa").epochs) == 2

    def test_a_home_that_cannot_be_written_is_one_line(self, monkeypatch):
        monkeypatch.setenv("RESNET_LAB_HOME", "/proc/lab")
        with pytest.raises(
            LabError, match="the lab's folder /proc/lab cannot be written .*: set RESNET_LAB_HOME"
        ) as caught:
            store.jobs()
        assert "\n" not in str(caught.value)

    def test_a_database_that_another_program_holds_is_one_line(self, home, monkeypatch):
        add("r-aaaaaa")
        monkeypatch.setattr("resnet_core.runs.database.BUSY_SECONDS", 0.2)
        monkeypatch.setenv("RESNET_LAB_DB", f"sqlite:///{home}/lab.sqlite")  # a new engine, which waits less
        other = sqlite3.connect(home / "lab.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            assert ids(store.jobs()) == ["r-aaaaaa"], "readers do not wait for a writer"
            with pytest.raises(StoreError, match="is locked by another program: close what else has it open"):
                add("r-bbbbbb")
        finally:
            other.close()
        add("r-bbbbbb")


def add(*job_ids: str, study: str | None = None) -> None:
    spec, recipe = get_spec("resnet20").model_dump_json(), get_recipe("quick").model_dump_json()
    common = {"kind": "train", "state": "queued", "name": "resnet20", "spec": spec, "recipe": recipe, "data": "shapes"}
    writes.add([{**common, "id": job_id, "seed": 0, "study": study, "created": 1e9} for job_id in job_ids])


def epoch(number: int, **changes: float) -> Epoch:
    values = {"train_loss": 0.5, "train_error": 0.25, "val_loss": 0.75, "val_error": 0.5, "learning_rate": 0.1}
    return Epoch(number, 80 * number, **{**values, "images_per_second": 600.0, "seconds": 8.5, **changes})


def step(number: int, **changes: float) -> Step:
    values = {"loss": 0.5, "error": 0.25, "learning_rate": 0.1, "images_per_second": 600.0, "seconds": number * 0.2}
    return Step(number, 1, **{**values, **changes})


def write_many(job_id: str) -> None:
    for first in range(1, 61, 3):
        writes.write_rows(job_id, [], [step(first), step(first + 1), step(first + 2)])


def ids(jobs) -> list[str]:
    return [job.id for job in jobs]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def start_python(code: str, *arguments: str) -> subprocess.Popen:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ, stdin=-1, stdout=-1, stderr=-1, text=True)
