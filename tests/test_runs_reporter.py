"""What a worker writes while it trains: nothing is lost while the database cannot be written."""

import os

import pytest

from resnet_core.runs import store, writes
from resnet_core.runs.reporter import Reporter
from tests.processes import start_python
from tests.test_runs_store import START, add, epoch, step


@pytest.fixture(autouse=True)
def job(fresh_home):
    add("r-aaaaaa")
    (fresh_home / "runs" / "r-aaaaaa").mkdir(parents=True)
    writes.advance("r-aaaaaa", {"queued"}, "starting")


def test_the_start_steps_and_epochs_are_on_the_page_at_once():
    reporter = Reporter("r-aaaaaa")
    reporter.on_start(START)
    assert store.job("r-aaaaaa").state == "running"
    reporter.on_step(step(4))
    assert store.job("r-aaaaaa").last_step == step(4)
    reporter.on_epoch(epoch(1))
    assert store.job("r-aaaaaa").epochs == (epoch(1),)
    assert not reporter.should_stop()


def test_reading_images_is_told_while_the_run_has_not_begun(capsys):
    reporter = Reporter("r-aaaaaa")
    reporter.on_data(400, 20_000)
    assert store.job("r-aaaaaa").message == "reading images: 400 of 20,000"
    reporter.on_data(800, 20_000)
    assert capsys.readouterr().err.splitlines() == ["reading images: 400 of 20,000"], "once a second at most"
    reporter.on_data(20_000, 20_000)
    assert store.job("r-aaaaaa").message == ""


def test_a_job_that_was_ended_while_its_images_were_read_keeps_the_reason():
    over = "ended before its first step, at its limit of 1 minute"
    writes.advance("r-aaaaaa", writes.IN_WORK, "stopped", message=over)
    Reporter("r-aaaaaa").on_data(1_200, 25_000)
    assert store.job("r-aaaaaa").message == over
    # It goes on in another process, which the first one has not heard of.
    writes.put_back("r-aaaaaa", {"stopped"}, "waits to go on after epoch 3")
    Reporter("r-aaaaaa").on_data(25_000, 25_000)
    assert store.job("r-aaaaaa").message == "waits to go on after epoch 3"
    writes.advance("r-aaaaaa", {"queued"}, "running", pid=os.getpid() + 1)
    Reporter("r-aaaaaa").on_data(400, 25_000)
    assert store.job("r-aaaaaa").message == "waits to go on after epoch 3"


def test_rows_wait_while_the_disk_is_full():
    code = (
        "import resource\n"
        "from tests.test_runs_reporter import START, Reporter, epoch, step\n"
        "reporter = Reporter('r-aaaaaa')\n"
        "reporter.on_start(START)\n"
        "soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        # A limit on the size of files fails a write just as a full disk does.
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))\n"
        "for number in range(1, 200):\n"
        "    reporter.on_step(step(number))\n"
        "reporter.on_epoch(epoch(1))\n"
        "assert not reporter.should_stop()\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))\n"
        "reporter.flush()\n"
    )
    out, err = start_python(code).communicate()
    assert out == ""
    said = sorted(line.partition(" cannot")[0] for line in err.splitlines())
    assert len(said) == 2, "the trouble is said once, not at every step"
    assert said[0].startswith("the database of runs ") and said[1] == "the events for TensorBoard"
    assert [row.step for _, row in store.steps(["r-aaaaaa"]).items] == list(range(1, 200))
    assert store.job("r-aaaaaa").epochs == (epoch(1),)


def test_a_stop_is_heard_from_the_database_and_from_a_signal():
    reporter = Reporter("r-aaaaaa")
    writes.request_stop("r-aaaaaa")
    assert reporter.should_stop()
    other = Reporter("r-aaaaaa")
    other.ask_to_stop()
    assert other.should_stop()


@pytest.mark.parametrize("ended", ["lost", "failed"])
def test_a_job_that_was_ended_meanwhile_is_not_trained(ended):
    writes.advance("r-aaaaaa", writes.IN_WORK, ended)
    reporter = Reporter("r-aaaaaa")
    reporter.on_start(START)
    assert reporter.should_stop()
    assert store.job("r-aaaaaa").state == ended
