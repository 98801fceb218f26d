"""Logs stay short while their writers go on."""

import pytest

from resnet_core.home import lab_home
from resnet_core.runs import folders, logs
from resnet_core.runs.housekeeping import Housekeeper


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(logs, "MOST_BYTES", 1_000)


def test_a_log_and_two_older_files_are_kept_while_its_writer_goes_on(tmp_path):
    path = tmp_path / "log.txt"
    with path.open("ab", buffering=0) as writer:
        for number in range(100):
            writer.write(f"line {number:03d} {'x' * 90}\n".encode())
            logs.trim(path)
        writer.write(b"the last line\n")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["log.txt", "log.txt.1", "log.txt.2"]
    assert all(file.stat().st_size <= 1_200 for file in tmp_path.iterdir())
    assert path.read_text().endswith("the last line\n")
    text = logs.end_of(path, 2_000)
    assert len(text.encode()) == 2_000
    numbers = [int(line.split()[1]) for line in text.splitlines()[1:-1]]
    assert numbers == list(range(numbers[0], 100)) and len(numbers) > 15, "nothing is missing in between"


def test_one_that_grew_far_over_the_limit_keeps_its_end(tmp_path):
    path = tmp_path / "log.txt"
    path.write_bytes(b"a" * 50_000 + b"b" * 2_000)
    assert logs.trim(path)
    assert (path.read_bytes(), (tmp_path / "log.txt.1").read_bytes()) == (b"", b"b" * 2_000)
    assert not logs.trim(path)
    assert not logs.trim(tmp_path / "nothing")
    assert logs.end_of(tmp_path / "nothing", 10) == ""


def test_one_that_cannot_be_moved_stays_as_it_was(tmp_path):
    path = tmp_path / "log.txt"
    path.write_bytes(b"a" * 2_000)
    (tmp_path / "log.txt.part").mkdir()
    with pytest.raises(OSError, match="log.txt.part"):
        logs.trim(path)
    assert path.read_bytes() == b"a" * 2_000


def test_the_supervisor_trims_its_own_log_and_those_of_runs(fresh_home):
    home = lab_home()
    own = [home / "supervisor.log", folders.create("r-ended") / "log.txt", folders.create("r-inwork") / "log.txt"]
    for path in own:
        path.write_bytes(b"a" * 2_000)
    keeper = Housekeeper(home)
    keeper.look(["r-inwork"])
    assert [path.stat().st_size for path in own] == [0, 0, 0]
    own[2].write_bytes(b"Traceback (most recent call last):\n  File\nValueError: too deep\n" + b"b" * 2_000)
    keeper.look(["r-inwork"])
    assert own[2].stat().st_size > 2_000, "not at every tick"


def test_the_reason_of_a_failure_is_found_in_an_older_file(fresh_home):
    log = folders.create("r-failed") / "log.txt"
    log.write_bytes(b"x" * 960 + b"\nTraceback (most recent call last):\n  File\nValueError: too deep\n")
    logs.trim(log)
    assert folders.last_error("r-failed") == "ValueError: too deep"
