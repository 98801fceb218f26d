"""Jobs on a real Ray cluster of two machines, both started here; one is killed, and so is the supervisor."""

import time
from collections.abc import Callable

import psutil
import pytest

from resnet_core import checkpoints, make_spec
from resnet_core.recipes import Recipe
from resnet_core.results import MODEL_FILE, WEIGHTS_FILE
from resnet_core.runs import cluster, folders, queue, store, supervision, trash
from resnet_core.runs.records import Job
from resnet_core.runs.shared_files import SharedFiles
from tests.exactness import measured, weights
from tests.processes import HOME_VARIABLE, end_lab, lab_processes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SPEC = make_spec({"stages": [1, 1], "width": 8, "input_size": 8, "shortcut": "B"})


def recipe(epochs: int) -> Recipe:
    return Recipe(epochs=epochs, train_size=2_000, validation_size=200, augment="crop_flip", deterministic=True)


def wait(until: Callable[[], object], seconds: float = 180.0) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, [(job.state, job.message) for job in store.jobs()]
        time.sleep(0.1)


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    """Start a cluster: a machine that leads, and two that train."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        # What the machines call their own; the supervisor has another one.
        patch.setenv(HOME_VARIABLE, str(tmp_path_factory.mktemp("machines")))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        started = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
        for _ in range(2):
            started.add_node(num_cpus=1)
        yield started
        started.shutdown()


@pytest.fixture
def lab(machines, postgresql, tmp_path, fresh_home, monkeypatch):
    """Return a lab whose jobs go to the cluster."""
    monkeypatch.setenv(cluster.VARIABLE, machines.address)
    monkeypatch.setenv("RESNET_LAB_FILES", (tmp_path / "shared").as_uri())
    yield fresh_home
    end_lab(fresh_home)
    assert lab_processes(fresh_home) == []


def machine(machines, job: Job):
    """Return the machine of a job that is in work."""
    (found,) = [node for node in machines.worker_nodes if f"/{node.node_id[:6]}/" in job.slots]
    return found


def test_a_job_whose_machine_dies_goes_on_on_another_to_the_last_bit(machines, lab, tmp_path):
    other_id = queue.submit(SPEC, recipe(5_000), "shapes")
    wait(lambda: store.job(other_id).state == "running")
    job_id = queue.submit(SPEC, recipe(20), "shapes", seed=5)
    there = tmp_path / "shared" / "runs" / job_id
    wait(lambda: len(checkpoints.finished_epochs(there)) >= 2 and len(store.job(job_id).epochs) >= 3)
    before = store.job(job_id)
    machines.remove_node(machine(machines, before), allow_graceful=False)
    wait(lambda: store.job(job_id).state == "queued")
    kept = checkpoints.finished_epochs(folders.job_folder(job_id))
    assert store.job(job_id).message.endswith(f" is gone; waits to go on after epoch {len(kept)}")
    queue.stop(other_id)
    wait(lambda: not store.job(job_id).active)
    machines.add_node(num_cpus=1)
    job = store.job(job_id)
    assert (job.state, [epoch.epoch for epoch in job.epochs]) == ("finished", list(range(1, 21)))
    assert job.slots != before.slots
    assert job.epochs[:2] == before.epochs[:2], "what was finished on the machine that died was not done again"
    assert len(kept) >= 2 and job.epochs[: len(kept)] == kept

    calm_id = queue.submit(SPEC, recipe(20), "shapes", seed=5)
    wait(lambda: len(store.job(calm_id).epochs) >= 15)
    # The place of files is gone for a while: what is kept of the run is that of its end all the same.
    (tmp_path / "shared").rename(tmp_path / "aside")
    (tmp_path / "shared").write_text("in the way")
    wait(lambda: not store.job(calm_id).active)
    time.sleep(1.0)
    (tmp_path / "shared").unlink()
    (tmp_path / "aside").rename(tmp_path / "shared")
    calm = store.job(calm_id)
    assert measured(calm.epochs) == measured(job.epochs)
    wait(lambda: not any(map(folders.is_away, (job_id, calm_id))), 20)
    assert weights(folders.job_folder(job_id)) == weights(folders.job_folder(calm_id))
    wait(lambda: SharedFiles().jobs() == [], 20)


def test_a_stop_ends_it_and_its_files_are_here(lab):
    job_id = queue.submit(SPEC, recipe(500), "shapes")
    wait(lambda: len(store.job(job_id).epochs) >= 1)
    clicked = time.monotonic()
    queue.stop(job_id)
    wait(lambda: not store.job(job_id).active)
    assert time.monotonic() - clicked < 2.5
    job = store.job(job_id)
    assert job.state == "stopped" and job.message.startswith(("stopped after ", "stopped while epoch "))
    assert queue.resume(job_id) == len(job.epochs) >= 1, "it waits until its files are back"
    wait(lambda: store.job(job_id).state == "running")
    queue.delete(job_id)
    wait(lambda: not folders.is_away(job_id), 20)
    assert {"checkpoint.npz", WEIGHTS_FILE} <= {path.name for path in folders.trash_folder(job_id).iterdir()}
    wait(lambda: SharedFiles().jobs() == [], 20)
    trash.restore(job_id)
    assert queue.resume(job_id) >= len(job.epochs)
    wait(lambda: store.job(job_id).state == "running")
    queue.stop(job_id)
    wait(lambda: not store.job(job_id).active)


def test_what_ended_while_its_supervisor_could_not_look_is_brought_back_by_the_next(lab, tmp_path):
    job_id = queue.submit(SPEC, recipe(8), "shapes")
    wait(lambda: store.job(job_id).epochs)
    hung = psutil.Process(supervision.running_pid())
    hung.suspend()
    wait(lambda: not store.job(job_id).active)
    there = tmp_path / "shared" / "runs" / job_id
    wait(lambda: not (there / checkpoints.FILE).exists(), 20)
    hung.kill()
    psutil.wait_procs([hung], timeout=10)
    assert folders.is_away(job_id)
    supervision.ensure()
    wait(lambda: not folders.is_away(job_id), 60)
    assert {MODEL_FILE, WEIGHTS_FILE} <= {path.name for path in folders.job_folder(job_id).iterdir()}
    assert not (folders.job_folder(job_id) / checkpoints.FILE).exists(), "a finished run needs none"


def test_jobs_run_side_by_side_and_go_on_after_their_supervisor_was_killed(lab):
    both = [queue.submit(SPEC, recipe(6), "shapes", seed=seed) for seed in (1, 2)]
    wait(lambda: all(len(store.job(job_id).epochs) >= 2 for job_id in both))
    one, other = map(store.job, both)
    assert one.slots != other.slots
    killed = psutil.Process(supervision.running_pid())
    killed.kill()
    psutil.wait_procs([killed], timeout=10)
    supervision.ensure()
    wait(lambda: not any(store.job(job_id).active for job_id in both))
    for job_id in both:
        job = store.job(job_id)
        assert (job.state, [epoch.epoch for epoch in job.epochs]) == ("finished", list(range(1, 7)))


def test_jobs_wait_for_a_cluster_that_does_not_answer(lab, monkeypatch):
    monkeypatch.setenv(cluster.VARIABLE, "127.0.0.1:9")
    job_id = queue.submit(SPEC, recipe(1), "shapes")
    log = lab / supervision.LOG
    wait(lambda: log.is_file() and "the Ray cluster 127.0.0.1:9 does not answer" in log.read_text(), 20)
    assert store.job(job_id).state == "queued"
    queue.stop(job_id)
