"""One job on one machine of a Ray cluster: its worker is looked after here as a supervisor does for its home."""

import os
import sys
import time
from collections.abc import Mapping

from resnet_core.home import lab_home
from resnet_core.runs import folders, logs, processes, store, writes
from resnet_core.runs.patience import persistently
from resnet_core.runs.records import Job
from resnet_core.runs.shared_files import SharedFiles
from resnet_core.runs.workers import Workers

LOOK_SECONDS = 0.1
# What a run goes on from is sent at each look, its log less often: a network that talks much would be sent for ever.
LOG_SECONDS = 1.0
PAUSE_SECONDS = 1.0


class LostError(Exception):
    """Report that a job's worker died: the supervisor lets it go on, here or elsewhere."""


def work(job_id: str, settings: Mapping[str, str]) -> None:
    """Fetch a job's files, look after its worker until that has ended, and send back what it leaves.

    Args:
        job_id: a job that is marked as starting.
        settings: variables of the environment that lead to the database and to the place of files.

    Raises:
        LostError: its worker died, and nobody asked for that.
        LabError, OSError: the database or the place of files cannot be used.
    """
    # A home of its own inside the machine's: the machine may be one whose pages people look at.
    os.environ.update(settings, RESNET_LAB_HOME=str(lab_home() / "node"))
    os.environ[processes.TIED] = "1"
    job = store.job(job_id)
    folders.remove(job_id)
    copy = SharedFiles().fetch(job_id)
    # Limits count by the clock of the machine that trains.
    writes.write_columns(job_id, clock=time.monotonic())
    worker = _OneWorker(lab_home())
    if job.state == "starting" and worker.launch(job_id, ("",)):
        next_log = 0.0
        while worker:
            time.sleep(LOOK_SECONDS)
            try:
                worker.look_after(row for row in store.active() if row.id == job_id and row.state in writes.IN_WORK)
                if time.monotonic() >= next_log:
                    next_log = time.monotonic() + LOG_SECONDS
                    logs.trim(folders.job_folder(job_id) / folders.LOG_FILE)
                    copy.send()
                else:
                    copy.send(besides=folders.LOG_FILE)
            except Exception as error:  # the database or the place of files is gone for a while
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
                time.sleep(PAUSE_SECONDS)
    # For a place of files that is gone for a while it waits.
    persistently(copy.send, Exception)
    folders.remove(job_id)
    if worker.lost:
        raise LostError(worker.lost)


class _OneWorker(Workers):
    """Leaves it to the supervisor what becomes of a job whose worker died."""

    lost = ""

    def lose(self, job: Job, how: str) -> None:
        self.lost = how
