"""A database belongs to one home: another one may read its runs, and is refused in one line when it writes."""

import shutil
from pathlib import Path

import pytest

from resnet_core import Recipe, ResNetSpec
from resnet_core.cli import main
from resnet_core.errors import HomeError
from resnet_core.runs import database, mending, queue, store, supervision
from tests import processes
from tests.stored_rows import add, ids

SPEC = ResNetSpec(stages=(1,), width=4, input_size=8)
RECIPE = Recipe(epochs=2)
CLAIM = """
import sys
from resnet_core.errors import HomeError
from tests.stored_rows import add
print("ready", flush=True)
sys.stdin.readline()
try:
    add(sys.argv[1])
except HomeError:
    print("refused")
else:
    print("first")
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request, fresh_home, tmp_path, monkeypatch) -> Path:
    """Let all homes use one database; return the home that this test begins with."""
    if request.param == "postgresql":
        request.getfixturevalue("postgresql")
    else:
        monkeypatch.setenv("RESNET_LAB_DB", f"sqlite:///{tmp_path}/shared.sqlite")
    return fresh_home


@pytest.fixture
def elsewhere(shared, tmp_path, monkeypatch) -> Path:
    """Give the database to a first home, with one run; return another home, which is used from here on."""
    add("r-aaaaaa")
    home = tmp_path / "elsewhere"
    monkeypatch.setenv(processes.HOME_VARIABLE, str(home))
    return home


def test_another_home_reads_and_is_told_where_the_runs_belong(shared, elsewhere):
    assert ids(store.jobs()) == ["r-aaaaaa"]
    for ask in (lambda: add("r-bbbbbb"), lambda: queue.submit(SPEC, RECIPE, "shapes"), lambda: queue.stop("r-aaaaaa")):
        with pytest.raises(HomeError, match=f"belongs to the lab's folder {shared} on .*: set RESNET_LAB_HOME") as told:
            ask()
        assert "\n" not in str(told.value)
    assert [(job.id, job.state) for job in store.jobs()] == [("r-aaaaaa", "queued")]
    assert list((elsewhere / "runs").iterdir()) == [], "nothing is left of what was not submitted"


def test_no_supervisor_of_another_home_takes_its_runs(shared, elsewhere, capsys):
    for ask in (supervision.ensure, lambda: supervision.exclusive(elsewhere).__enter__(), mending.faults):
        with pytest.raises(HomeError, match=f"belongs to the lab's folder {shared} "):
            ask()
    assert main(["worker"]) == 1
    assert capsys.readouterr().err.startswith("error: the database of runs ")
    assert processes.lab_processes(elsewhere) == []
    assert not list(elsewhere.glob("supervisor*"))


def test_the_command_line_reads_from_everywhere(elsewhere, capsys):
    for command in (["jobs", "list"], ["jobs", "show", "r-aaaaaa"]):
        assert main(command) == 0
        assert "r-aaaaaa" in capsys.readouterr().out
    assert main(["jobs", "note", "r-aaaaaa", "mine"]) == 1
    assert "belongs to the lab's folder" in capsys.readouterr().err
    assert list(elsewhere.iterdir()) == []


def test_a_machine_of_a_cluster_writes_for_the_home_that_leads(shared, elsewhere, monkeypatch):
    monkeypatch.setenv("RESNET_LAB_TIED", "1")
    add("r-bbbbbb")
    monkeypatch.delenv("RESNET_LAB_TIED")
    monkeypatch.setenv(processes.HOME_VARIABLE, str(shared))
    add("r-cccccc")
    assert len(store.jobs()) == 3


def test_a_home_that_was_moved_is_the_same(shared, monkeypatch):
    add("r-aaaaaa")
    database.close()
    moved = shared.rename(shared.with_name("moved"))
    monkeypatch.setenv(processes.HOME_VARIABLE, str(moved))
    add("r-bbbbbb")
    monkeypatch.setenv(processes.HOME_VARIABLE, str(shared))
    with pytest.raises(HomeError, match=f"belongs to the lab's folder {moved} on "):
        add("r-cccccc")


def test_of_homes_that_begin_at_once_one_is_first(shared, monkeypatch):
    starters = []
    for number in range(4):
        monkeypatch.setenv(processes.HOME_VARIABLE, str(shared.with_name(f"home{number}")))
        starters.append(processes.start_python(CLAIM, f"r-home{number}"))
    assert [starter.stdout.readline() for starter in starters] == ["ready\n"] * 4
    for starter in starters:
        starter.stdin.write("go\n")
        starter.stdin.flush()
    told = [starter.communicate() for starter in starters]
    assert sorted(told) == [("first\n", "")] + [("refused\n", "")] * 3
    (job,) = store.jobs()
    assert told[int(job.id[-1])] == ("first\n", "")


def test_a_file_that_was_copied_into_a_home_is_this_homes(fresh_home, monkeypatch):
    add("r-aaaaaa")
    database.close()
    copy = fresh_home.with_name("copy")
    copy.mkdir()
    shutil.copy(fresh_home / "lab.sqlite", copy)
    monkeypatch.setenv(processes.HOME_VARIABLE, str(copy))
    add("r-bbbbbb")
    assert ids(store.jobs()) == ["r-bbbbbb", "r-aaaaaa"]
