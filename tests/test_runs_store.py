"""The store in a file of SQLite and on a PostgreSQL server: every row once, and ended jobs stay ended."""

import json
import math
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, insert, select

from resnet_core import get_spec
from resnet_core.errors import RunError
from resnet_core.results import Start
from resnet_core.runs import schema, store, writes
from resnet_core.runs.database import reading, writing
from resnet_core.runs.records import plain
from tests.processes import start_python
from tests.stored_rows import add, epoch, ids, step

ROOT = Path(__file__).resolve().parents[1]
START = Start(272474, "a processor", 5120, 2000, 80, 480, 6, ("3 images were skipped",))


@pytest.fixture(autouse=True)
def database(each_database):
    return each_database


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

    def test_with_fewer_images_than_a_batch_take_as_long_as_these_images(self):
        add("r-aaaaaa")
        writes.advance("r-aaaaaa", {"queued"}, "starting")
        writes.write_start("r-aaaaaa", replace(START, train_images=40, steps_per_epoch=1, total_steps=6))
        writes.write_rows("r-aaaaaa", [], [step(1, images_per_second=20.0)])
        assert store.job("r-aaaaaa").seconds_left == pytest.approx(5 * 40 / 20)

    def test_are_unknown_after_they_were_deleted(self):
        add("r-aaaaaa")
        writes.write_rows("r-aaaaaa", [epoch(1)], [step(1)])
        with pytest.raises(RunError, match="r-aaaaaa is queued and cannot be deleted: stop it first"):
            writes.discard("r-aaaaaa")
        writes.request_stop("r-aaaaaa")
        writes.discard("r-aaaaaa")
        with pytest.raises(RunError, match="no run has the id 'r-aaaaaa'"):
            store.job("r-aaaaaa")
        assert store.epochs(["r-aaaaaa"]).items == store.steps(["r-aaaaaa"]).items == ()
        assert store.should_stop("r-aaaaaa")
        writes.write_rows("r-aaaaaa", [epoch(2)], [])
        assert store.epochs(["r-aaaaaa"]).items == ()
        writes.restore("r-aaaaaa")
        assert store.job("r-aaaaaa").epochs == (epoch(1),), "it took none while it was deleted"

    def test_keep_numbers_beyond_four_bytes_and_any_words(self):
        add("r-aaaaaa")
        writes.write_columns("r-aaaaaa", macs=11_513_626_624, params=60_344_232, total_steps=2**40)
        writes.write_columns("r-aaaaaa", message="cut \0 off, half a sign \udce4, größe_2 🙂")
        job = store.job("r-aaaaaa")
        assert (job.macs, job.params, job.total_steps) == (11_513_626_624, 60_344_232, 2**40)
        assert job.message == "cut  off, half a sign ?, größe_2 🙂"

    def test_keep_their_order_when_the_clock_is_set_back(self):
        add("r-aaaaaa", study="pair-1", created=2e9)
        add("r-bbbbbb", study="pair-2", created=1e9)
        assert ids(store.jobs()) == ["r-bbbbbb", "r-aaaaaa"]
        assert [job.id for job in store.active()] == ["r-aaaaaa", "r-bbbbbb"]
        assert store.newest_study("pair") == "pair-2"

    def test_of_a_study_are_found_by_its_name_alone(self):
        add("r-aaaaaa", study="depth-1")
        add("r-bbbbbb", study="depthXYZ-2")
        add("r-cccccc", study="d%pth-3")
        assert store.newest_study("depth") == "depth-1"
        assert store.newest_study("d%pth") == "d%pth-3"
        assert store.newest_study("width") is None


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

    def test_misses_nothing_of_a_writer_that_takes_its_time(self):
        add("r-aaaaaa", "r-bbbbbb")
        quick = threading.Thread(target=writes.write_rows, args=("r-bbbbbb", [], [step(1)]))
        with writing() as connection:
            connection.execute(insert(schema.steps), {"job": "r-aaaaaa", **plain(step(1))})
            quick.start()
            quick.join(0.3)
            assert quick.is_alive(), "a second writer waits for the first"
            rows = store.steps(["r-aaaaaa", "r-bbbbbb"])
            assert rows.items == (), "a reader sees nothing of either"
        quick.join(10)
        assert [job_id for job_id, _ in store.steps(["r-aaaaaa", "r-bbbbbb"], rows.cursor).items] == [
            "r-aaaaaa",
            "r-bbbbbb",
        ]

    def test_a_reader_sees_one_moment(self):
        add("r-aaaaaa")
        count = select(func.count()).select_from(schema.jobs)
        with reading() as connection:
            assert connection.scalar(count) == 1
            add("r-bbbbbb")
            assert connection.scalar(count) == 1
        with reading() as connection:
            assert connection.scalar(count) == 2

    def test_processes_that_write_at_once_lose_and_double_nothing(self):
        add("r-aaaaaa", "r-bbbbbb")
        code = (
            "import sys\n"
            "from tests.test_runs_store import store, write_many, writes\n"
            "store.jobs()\n"
            "print('ready', flush=True)\n"
            "job_id = sys.stdin.readline().strip()\n"
            "write_many(job_id)\n"
            "for attempt in range(20):\n"
            "    print(writes.advance('r-bbbbbb', {'queued'}, 'starting', message=job_id))\n"
            "    writes.advance('r-bbbbbb', {'starting'}, 'queued')"
        )
        writers = [start_python(code) for _ in range(2)]
        assert [writer.stdout.readline() for writer in writers] == ["ready\n"] * 2
        for writer in writers:
            writer.stdin.write("r-aaaaaa\n")
            writer.stdin.flush()
        answers = [writer.communicate(timeout=60) for writer in writers]
        assert [err for _, err in answers] == ["", ""]
        rows = [row.step for _, row in store.steps(["r-aaaaaa"]).items]
        assert sorted(rows) == list(range(1, 61)), "both wrote all of them"
        assert store.job("r-bbbbbb").state == "queued"

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
        writes.discard("r-bbbbbb")
        assert writes.erase("r-bbbbbb")
        writes.write_rows("r-aaaaaa", [], [step(1)])
        assert store.steps(["r-aaaaaa", "r-bbbbbb"], cursor).items == (("r-aaaaaa", step(1)),)

    def test_takes_the_last_of_two_rows_of_one_number(self):
        add("r-aaaaaa")
        writes.write_rows("r-aaaaaa", [], [step(1, loss=0.5), step(1, loss=0.25)])
        assert store.steps(["r-aaaaaa"]).items == (("r-aaaaaa", step(1, loss=0.25)),)

    def test_keeps_numbers_of_numpy_and_what_is_no_number(self):
        add("r-aaaaaa")
        written = step(np.int64(4), loss=np.float32(0.5), error=float("nan"))
        writes.write_rows("r-aaaaaa", [], [written])
        ((_, row),) = store.steps(["r-aaaaaa"]).items
        assert (row.step, row.loss) == (4, 0.5)
        assert math.isnan(row.error)


def write_many(job_id: str) -> None:
    for first in range(1, 61, 3):
        writes.write_rows(job_id, [], [step(first), step(first + 1), step(first + 2)])
