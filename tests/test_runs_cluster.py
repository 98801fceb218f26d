"""Settings of a cluster that cannot work are one line each; a job's files travel whole. `test_runs_ray` runs jobs."""

import hashlib
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from resnet_core import make_spec
from resnet_core.errors import RunError
from resnet_core.runs import cluster, folders, queue, store, supervision
from resnet_core.runs.shared_files import VARIABLE, Copy, SharedFiles

SPEC = make_spec({"stages": [1], "width": 8, "input_size": 8})


@pytest.fixture
def shared(fresh_home, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, (tmp_path / "shared").as_uri())
    return SharedFiles()


def test_machines_share_no_sqlite_file(fresh_home, monkeypatch):
    monkeypatch.setenv(cluster.VARIABLE, "127.0.0.1:6379")
    with pytest.raises(RunError, match=r"share no SQLite file: set RESNET_LAB_DB to a PostgreSQL database"):
        queue.submit(SPEC, kind="check")
    assert [job.state for job in store.jobs()] == ["queued"], "it waits until this is put right"


def test_a_cluster_needs_a_place_of_files_before_a_supervisor_is_started(postgresql, fresh_home, monkeypatch):
    monkeypatch.setenv(cluster.VARIABLE, "127.0.0.1:6379")
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(RunError, match=r"set RESNET_LAB_FILES, as file:///mnt/lab"):
        queue.submit(SPEC, kind="check")
    assert [job.state for job in store.jobs()] == ["queued"], "it waits until this is put right"
    assert not (fresh_home / supervision.LOG).exists(), "none was started, to end at once"


@pytest.mark.parametrize(
    ("chosen", "line"),
    [
        (None, "set RESNET_LAB_FILES, as file:///mnt/lab or s3://bucket/lab"),
        ("nowhere://lab", "RESNET_LAB_FILES cannot be used, received 'nowhere://lab'"),
    ],
)
def test_a_place_of_files_that_cannot_be_used(monkeypatch, chosen, line):
    monkeypatch.delenv(VARIABLE, raising=False)
    if chosen:
        monkeypatch.setenv(VARIABLE, chosen)
    with pytest.raises(RunError, match=line) as raised:
        SharedFiles()
    assert "\n" not in str(raised.value)


def test_a_cluster_that_does_not_answer_is_said_in_seconds(monkeypatch):
    monkeypatch.setenv(cluster.VARIABLE, "127.0.0.1:9")
    with pytest.raises(RunError, match=r"the Ray cluster 127.0.0.1:9 does not answer .* jobs wait: start it with"):
        cluster.must_answer()


def test_a_folder_comes_back_as_it_was_sent(shared):
    folder = folders.create("r-aaaaaa", run="{}", spec=SPEC.model_dump_json())
    (folder / "events").mkdir()
    (folder / "events" / "one.tfevents").write_bytes(b"1")
    (folder / "half-checkpoint").write_bytes(b"not whole yet")
    copy = Copy(shared, "r-aaaaaa")
    copy.send()
    (folder / "spec.json").unlink()
    (folder / "log.txt").write_text("begun")
    copy.send()
    sent = {"run.json": (folder / "run.json").read_bytes(), "events/one.tfevents": b"1", "log.txt": b"begun"}

    (folder / "left-over").write_text("of an earlier try")
    again = shared.fetch("r-aaaaaa")
    assert contents(folder) == sent
    (folder / "log.txt").unlink()
    again.send()
    shared.fetch("r-aaaaaa")
    assert contents(folder) == {name: data for name, data in sent.items() if name != "log.txt"}
    assert shared.jobs() == ["r-aaaaaa"] and shared.has("r-aaaaaa")
    shared.remove("r-aaaaaa")
    assert shared.jobs() == [] and not shared.has("r-aaaaaa")
    assert contents(folder), "what is here stays"


def test_a_folder_that_could_not_be_sent_to_its_end_is_none(shared, tmp_path):
    folder = folders.create("r-aaaaaa", run="{}", spec=SPEC.model_dump_json())
    (folder / "checkpoint.npz").write_bytes(b"1")
    in_the_way = tmp_path / "shared" / "runs" / "r-aaaaaa" / "spec.json"
    in_the_way.mkdir(parents=True)
    with pytest.raises(OSError, match=r"spec\.json"):
        Copy(shared, "r-aaaaaa").send()
    assert not shared.has("r-aaaaaa") and shared.jobs() == ["r-aaaaaa"]
    shared.remove("r-aaaaaa")
    assert shared.jobs() == [] and contents(folder)
    (tmp_path / "shared" / "runs" / ".snapshot").mkdir()
    assert shared.jobs() == [], "what a disk keeps there for itself is no job's"


def test_only_what_changed_is_sent_again(shared, tmp_path):
    folder = folders.create("r-aaaaaa", run="{}")
    copy = Copy(shared, "r-aaaaaa")
    copy.send()
    there = tmp_path / "shared" / "runs" / "r-aaaaaa" / "run.json"
    there.write_text("changed there")
    (folder / "log.txt").write_text("1")
    copy.send()
    assert there.read_text() == "changed there"
    (folder / "run.json").write_text("changed here")
    copy.send()
    assert there.read_text() == "changed here"


def test_a_file_there_is_whole_at_any_moment(shared, tmp_path, monkeypatch):
    # What puts a file together in the folder for temporary ones may find that on another disk.
    if Path("/dev/shm").is_dir():
        monkeypatch.setattr(tempfile, "tempdir", "/dev/shm")
    here = folders.create("r-aaaaaa") / "checkpoint.npz"
    there = tmp_path / "shared" / "runs" / "r-aaaaaa" / "checkpoint.npz"
    found: set[bytes] = set()
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            with suppress(FileNotFoundError):
                found.add(hashlib.sha256(there.read_bytes()).digest())

    versions = [bytes([number]) * 20_000_000 for number in range(8)]
    reader = threading.Thread(target=read)
    reader.start()
    try:
        for version in versions:
            here.write_bytes(version)
            shared.send_file("r-aaaaaa", "checkpoint.npz")
    finally:
        ended.set()
        reader.join()
    assert found and found <= {hashlib.sha256(version).digest() for version in versions}
    assert [path.name for path in there.parent.iterdir()] == ["checkpoint.npz"]


def test_what_a_machine_left_half_sent_is_no_file(shared, tmp_path):
    folder = folders.create("r-aaaaaa", run="{}")
    Copy(shared, "r-aaaaaa").send()
    (tmp_path / "shared" / "runs" / "r-aaaaaa" / "half-checkpoint.npz").write_bytes(b"it died")
    shared.fetch("r-aaaaaa")
    assert list(contents(folder)) == ["run.json"]


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
