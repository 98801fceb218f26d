"""Submitting, stopping and deleting jobs, while no supervisor takes them away."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resnet_core import Recipe, ResNetSpec, get_recipe, get_spec
from resnet_core.errors import DataError, InputError, RunError
from resnet_core.home import lab_home
from resnet_core.runs import folders, queue, store, supervision, writes
from tests.processes import start_python

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.usefixtures("no_supervisor")

SPEC = ResNetSpec(stages=(1,), width=4, input_size=8)
RECIPE = Recipe(epochs=2, train_size=640, batch_size=64)


class TestSubmit:
    def test_leaves_a_job_that_describes_itself(self, fresh_home):
        job_id = queue.submit(SPEC, RECIPE, " Shapes ", seed=3, name="my first")
        job = store.job(job_id)
        assert (job.state, job.kind, job.name, job.data, job.seed) == ("queued", "train", "my first", "shapes", 3)
        assert ResNetSpec(**job.spec) == SPEC
        assert Recipe(**job.recipe) == RECIPE
        folder = fresh_home / "runs" / job_id
        assert json.loads((folder / "spec.json").read_text()) == job.spec
        assert json.loads((folder / "recipe.json").read_text()) == job.recipe
        assert folders.read_log(job_id) == ""
        assert folders.read_environment(job_id) == {}

    def test_knows_the_cost_of_the_network_before_it_runs(self):
        job = store.job(queue.submit(get_spec("resnet20"), get_recipe("quick"), "shapes"))
        # He et al.'s ResNet-20: 269,722 trained parameters and 1,376 moving statistics.
        assert (job.name, job.params, job.macs) == ("resnet20", 271_098, 40_551_040)

    def test_frees_paths_from_the_directory_they_were_given_in(self, tmp_path, monkeypatch):
        photo_folders(tmp_path / "photos")
        monkeypatch.chdir(tmp_path)
        job_id = queue.submit(SPEC.model_copy(update={"classes": 2}), RECIPE, "folder:photos")
        assert store.job(job_id).data == f"folder:{tmp_path}/photos"

    def test_puts_several_in_their_order_under_one_study(self):
        study = queue.new_study("pair")
        ids = queue.submit_many([queue.Request(SPEC, RECIPE, "shapes"), queue.Request(SPEC, kind="check")], study=study)
        assert [job.id for job in store.active()] == ids
        assert [job.kind for job in reversed(store.jobs(study=study))] == ["train", "check"]
        assert study.startswith("pair-")
        assert queue.new_study("pair") != study

    @pytest.mark.parametrize(
        ("request_", "error", "line"),
        [
            (queue.Request(SPEC, RECIPE, "folder:/nowhere"), DataError, "/nowhere"),
            (queue.Request(SPEC, RECIPE, "imagenet"), DataError, "unknown data set 'imagenet'"),
            (queue.Request(SPEC, RECIPE), RunError, "needs a recipe and data: give both"),
            (queue.Request(SPEC, None, "shapes"), RunError, "needs a recipe and data: give both"),
            (queue.Request(SPEC, kind="dream"), RunError, "a job is one of train, check, received 'dream'"),
            (queue.Request(SPEC, RECIPE, "shapes", 2**32), InputError, "from 0 to 4294967295, received 4294967296"),
            (queue.Request(SPEC, RECIPE, "shapes", -1), InputError, "from 0 to 4294967295, received -1"),
        ],
    )
    def test_refuses_all_if_one_cannot_be_done(self, fresh_home, request_, error, line):
        with pytest.raises(error, match=line):
            queue.submit_many([queue.Request(SPEC, RECIPE, "shapes"), request_])
        assert store.jobs() == []
        assert not (fresh_home / "runs").exists()

    def test_two_processes_at_once_lose_nothing(self):
        code = (
            "import sys\n"
            "from tests.test_runs_queue import RECIPE, SPEC, queue\n"
            "print('ready', flush=True)\n"
            "sys.stdin.readline()\n"
            "print(*(queue.submit(SPEC, RECIPE, 'shapes') for _ in range(25)))"
        )
        submitters = [start_python(code), start_python(code)]
        assert [submitter.stdout.readline() for submitter in submitters] == ["ready\n"] * 2
        for submitter in submitters:
            submitter.stdin.write("go\n")
            submitter.stdin.flush()
        answers = [submitter.communicate() for submitter in submitters]
        assert [err for _, err in answers] == ["", ""]
        ids = {job_id for out, _ in answers for job_id in out.split()}
        assert len(ids) == 50
        assert {job.id for job in store.jobs()} == ids
        assert all((folders.job_folder(job_id) / "spec.json").exists() for job_id in ids)

    def test_on_a_full_disk_leaves_neither_row_nor_folder(self, fresh_home):
        before = queue.submit(SPEC, RECIPE, "shapes")
        # A limit on the size of files fails a write just as a full disk does.
        code = (
            "import resource\n"
            "from resnet_core.errors import HomeError\n"
            "from tests.test_runs_queue import RECIPE, SPEC, queue\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
            "try:\n"
            "    queue.submit(SPEC, RECIPE, 'shapes')\n"
            "except HomeError as error:\n"
            "    print(error)\n"
        )
        out, err = start_python(code).communicate()
        assert (out.count("\n"), err) == (1, "")
        assert "cannot be written" in out
        assert "free some space" in out
        assert [job.id for job in store.jobs()] == [before]
        assert [path.name for path in (fresh_home / "runs").iterdir()] == [before]


class TestStopAndDelete:
    def test_a_waiting_job_ends_at_once_and_can_be_deleted(self, fresh_home):
        job_id = queue.submit(SPEC, RECIPE, "shapes")
        assert queue.stop(job_id) == "stopped"
        assert store.job(job_id).state == "stopped"
        queue.delete(job_id)
        assert store.jobs() == []
        assert list((fresh_home / "runs").iterdir()) == []

    def test_a_job_whose_folder_is_gone_can_be_deleted(self):
        job_id = queue.submit(SPEC, RECIPE, "shapes")
        queue.stop(job_id)
        folders.remove(job_id)
        queue.delete(job_id)
        assert store.jobs() == []

    @pytest.mark.parametrize("job_id", ["r-nosuch", "", "../..", "/"])
    def test_an_unknown_job_is_named_and_nothing_is_removed(self, fresh_home, job_id):
        kept = queue.submit(SPEC, RECIPE, "shapes")
        for action in (queue.stop, queue.delete, store.job, known_log):
            with pytest.raises(RunError, match="no run has the id"):
                action(job_id)
        assert (fresh_home / "runs" / kept / "spec.json").exists()

    def test_an_ended_job_is_not_stopped_again(self):
        job_id = queue.submit(SPEC, RECIPE, "shapes")
        writes.advance(job_id, {"queued"}, "starting")
        writes.advance(job_id, {"starting"}, "finished", message="done")
        assert queue.stop(job_id) == "finished"
        assert store.job(job_id).stop_requested is None


class TestSupervision:
    def test_a_second_supervisor_says_who_is_there_already(self):
        second = subprocess.run(
            [sys.executable, "-m", supervision.MODULE], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert second.returncode == 1
        assert second.stderr.count("\n") == 1
        card = json.loads((lab_home() / "supervisor.json").read_text())
        since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(card["since"]))
        assert abs(card["since"] - time.time()) < 60
        assert f"(process {os.getpid()}, since {since}): leave it running, or end it first" in second.stderr

    def test_the_process_that_supervises_is_known(self):
        assert supervision.running_pid() == os.getpid()

    def test_a_home_that_does_not_exist_yet_has_no_supervisor(self, monkeypatch, tmp_path):
        monkeypatch.setenv("RESNET_LAB_HOME", str(tmp_path / "another"))
        assert supervision.running_pid() is None


def known_log(job_id: str) -> str:
    """Read a log as a page does that has the id from its URL."""
    return folders.read_log(job_id) or store.job(job_id).message


def photo_folders(path: Path) -> None:
    for part in ("train", "test"):
        for name, shade in (("dark", 20), ("light", 230)):
            (path / part / name).mkdir(parents=True)
            for number in range(8):
                image = Image.fromarray(np.full((8, 8, 3), shade + number, dtype="uint8"))
                image.save(path / part / name / f"{number}.png")
