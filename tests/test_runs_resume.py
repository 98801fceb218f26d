"""Real workers that are killed or stopped in the midst of their work, and go on as if nothing had been."""

import os
import signal
import time

import psutil
import pytest

from resnet_core import Recipe, ResNetSpec, checkpoints, convolutions
from resnet_core.runs import folders, queue, store, supervision
from tests import processes
from tests.exactness import measured, weights
from tests.test_runs_jobs import wait_for, wait_until
from tests.test_runs_queue import photo_folders

pytestmark = pytest.mark.slow

TINY = ResNetSpec(stages=(1, 1), width=8, input_size=8)
# Nadam keeps a product over all steps besides its averages, and augmentation a state of its random seed.
EXACT = Recipe(
    optimizer="nadam",
    learning_rate=0.005,
    schedule="cosine",
    warmup_steps=7,
    augment="crop_flip",
    batch_size=64,
    epochs=40,  # long enough that none has finished when it is killed
    train_size=1280,
    validation_size=320,
    deterministic=True,
)
LONG = EXACT.model_copy(update={"epochs": 10_000})


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory):
    """Share one lab home and its supervisor, with a spare to save time; nothing of it may be left running."""
    path, stays = tmp_path_factory.mktemp("resume-home"), "30"
    # The spare computes as these runs have to; one that does not would import Keras a second time for each of them.
    alike = {convolutions.VARIABLE: "0"}
    with processes.shared_home(path, RESNET_LAB_SPARE="1", RESNET_LAB_IDLE_SECONDS=stays, **alike):
        yield path


@pytest.mark.timeout(400)  # four starts of a worker, on two cores that other tests share
def test_a_worker_that_is_killed_in_mid_epoch_goes_on_to_the_last_bit(home):
    calm = queue.submit(TINY, EXACT, "shapes", seed=5)
    calm = wait_for(calm, lambda job: not job.active, 90)
    job_id = queue.submit(TINY, EXACT, "shapes", seed=5)
    for reached in (1, 5):
        job = wait_for(job_id, lambda job, reached=reached: len(job.epochs) >= reached, 60)
        os.kill(job.pid, signal.SIGKILL)
        job = wait_for(job_id, lambda job: not job.active, 10)
        assert (job.state, job.resumable) == ("lost", True)
        kept = queue.resume(job_id)
        assert len(job.epochs) <= kept < EXACT.epochs, "it was killed before its end"
    job = wait_for(job_id, lambda job: not job.active, 60)
    assert (job.state, job.message) == ("finished", calm.message)
    assert measured(job.epochs) == measured(calm.epochs)
    assert job.test_error == calm.test_error
    assert weights(folders.job_folder(job_id)) == weights(folders.job_folder(calm.id))
    steps = [row.step for _, row in store.steps([job_id]).items]
    assert sorted(set(steps)) == steps and steps[-1] == job.total_steps
    left = [sorted(path.name for path in folders.job_folder(each).glob("*")) for each in (calm.id, job_id)]
    assert not [name for names in left for name in names if name.startswith(("half-", checkpoints.FILE))]


@pytest.mark.timeout(400)
def test_a_stopped_run_goes_on_and_can_be_stopped_again():
    job_id = queue.submit(TINY, LONG, "shapes")
    reached = 0
    for _ in range(2):
        job = wait_for(job_id, lambda job, reached=reached: len(job.epochs) > reached + 1, 60)
        began = time.monotonic()
        queue.stop(job_id)
        wait_until(lambda: store.job(job_id).state == "stopped", 10, "it has stopped")
        assert time.monotonic() - began < 1.0
        reached = len(store.job(job_id).epochs)
        assert queue.resume(job_id) == reached
    job = wait_for(job_id, lambda job, reached=reached: len(job.epochs) > reached, 60)
    assert [row.epoch for row in job.epochs] == list(range(1, len(job.epochs) + 1))
    assert job.last_step.seconds >= sum(row.seconds for row in job.epochs[:-1]), "its time goes on"
    worker = job.pid
    queue.delete(job_id)
    assert not [job.id for job in store.jobs() if job.id == job_id]
    assert not folders.job_folder(job_id).exists()
    wait_until(lambda: not psutil.pid_exists(worker), 5, "its worker has left")


def test_a_run_whose_data_change_while_it_waits_is_refused_by_its_worker(tmp_path):
    photo_folders(tmp_path / "photos")
    how = Recipe(epochs=10_000, batch_size=4)
    job_id = queue.submit(TINY.model_copy(update={"classes": 2}), how, f"folder:{tmp_path}/photos")
    wait_for(job_id, lambda job: job.last_epoch, 60)
    queue.stop(job_id)
    job = wait_for(job_id, lambda job: job.state == "stopped", 10)
    # Somebody else's run holds the only slot, so that there is time to change them.
    other = queue.submit(TINY, LONG, "shapes")
    wait_for(other, lambda job: job.state == "running", 60)
    queue.resume(job_id)
    os.utime(tmp_path / "photos" / "train" / "dark" / "3.png")
    queue.stop(other)
    refused = wait_for(job_id, lambda job: not job.active, 60)
    assert refused.state == "failed"
    assert refused.message.startswith(
        f"the images have changed since the run began (fingerprint {job.data_fingerprint}, now "
    )
    assert refused.epochs == job.epochs
    assert supervision.running_pid()
