"""One job after another in one process: `python -m resnet_core.runs.worker ID`, or without an ID the spare.

The only file of `runs` whose work needs Keras.
"""

import errno
import gc
import json
import os
import platform
import signal
import sys
import threading
import time
import traceback
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

from resnet_core import checkpoints, convolutions
from resnet_core.errors import LabError, one_line
from resnet_core.home import lab_home
from resnet_core.recipes import Devices, make_recipe
from resnet_core.results import RESUMABLE, Result
from resnet_core.runs import devices, folders, processes, spare, store, writes
from resnet_core.runs.patience import persistently
from resnet_core.runs.records import Job
from resnet_core.runs.reporter import Reporter
from resnet_core.spec import make_spec

NICENESS = 10
TIED_SECONDS = 0.5
UNUSED = ("jax", "pandas")
"""What TensorFlow and Keras import where it is installed, and what no training on TensorFlow uses: of a worker's start
and of the memory of one that waits, up to a quarter."""
LIBRARIES = ("resnet-lab", "keras", "tensorflow", "jax", "torch", "numpy")


def main(arguments: list[str]) -> int:
    """Work on a job that the supervisor has marked as starting, write down how it ended, and see to the next one."""
    _step_back()
    if os.environ.get(processes.TIED):
        threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    if os.environ.setdefault("KERAS_BACKEND", "tensorflow") == "tensorflow":
        sys.modules.update(dict.fromkeys(UNUSED))
    job_id = arguments[0] if arguments else _receive()
    while job_id is not None:
        code, stays = _serve(job_id)
        if not stays:
            return code
        _log_to(lab_home() / spare.LOG_FILE)
        job_id = _receive()
    return 0


def _serve(job_id: str) -> tuple[int, bool]:
    """Work on one job. Returns: the exit code, and whether this process is fit for another job."""
    reporter = Reporter(job_id)
    if not os.environ.get(processes.TIED):
        # On a cluster this signal says that the machine goes down: the job is not to stop, but to go on elsewhere.
        signal.signal(signal.SIGTERM, lambda *_: reporter.ask_to_stop())
    try:
        job = store.job(job_id)
        if _must_repeat(job) and not convolutions.repeat():
            convolutions.prefer_repeats()
            if "tensorflow" in sys.modules:
                # It chose its convolutions when it was imported, which the spare has done.
                os.execv(sys.executable, [sys.executable, "-m", "resnet_core.runs.worker", job_id])
        if not persistently(lambda: writes.claim(job_id, os.getpid(), processes.own_start())):
            print(f"{job_id} is not waiting for a worker", file=sys.stderr)
            return 0, False
        return _work(job, reporter)
    except LabError as error:
        print(f"{folders.ERROR_MARK}{one_line(error)}", file=sys.stderr)
        return error.exit_code, False


def _must_repeat(job: Job) -> bool:
    return job.recipe is not None and make_recipe(job.recipe).deterministic


def _receive() -> str | None:
    """Get ready as the spare, then wait for a job; what is said from then on goes into the job's log.

    Returns: the job's id; None if the supervisor is gone, or has no use for a spare.
    """
    # A GPU is left alone until there is work for it: imports take none of its memory.
    _import_training()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    line = sys.stdin.readline()
    if not line:
        return None
    order = json.loads(line)
    _log_to(order["log"])
    return order["job"]


def _log_to(path: str | Path) -> None:
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.dup2(log, stream.fileno())
    os.close(log)


def _work(job: Job, reporter: Reporter) -> tuple[int, bool]:
    try:
        _write_environment(job)
        if job.kind == "check":
            state, columns = _check(job)
        else:
            result = _train(job, reporter)
            columns = {"message": result.message, "test_loss": result.test_loss, "test_error": result.test_error}
            state = result.state
    except LabError as error:
        state, columns = "failed", {"message": one_line(error)}
    except Exception as error:
        traceback.print_exc()
        state, columns = "failed", {"message": f"{_explained(error)} (more in the run's log)"}
    if not reporter.folder.is_dir():
        # The lab's home was removed meanwhile: writing to the database would bring it back.
        return 1, False
    if state == "failed":
        print(f"{folders.ERROR_MARK}{columns['message']}", file=sys.stderr)
    reporter.flush()
    persistently(lambda: writes.advance(job.id, writes.IN_WORK, state, by=os.getpid(), **columns))
    if state not in RESUMABLE:
        # Nobody goes on from it, and it is up to three times as large as the weights.
        with suppress(OSError):
            checkpoints.remove(reporter.folder)
    return 0, state in spare.WAITS_AFTER and _is_as_new(job)


def _is_as_new(job: Job) -> bool:
    """Forget a job's network, and say whether another one trains here as it would in a process of its own."""
    if _must_repeat(job) or (job.recipe and make_recipe(job.recipe).devices is Devices.ALL):
        return False  # either lasts as long as the process
    if job.limit_bytes is not None:
        return False  # what an earlier job leaves behind would count
    import keras

    keras.backend.clear_session()
    gc.collect()
    return psutil.Process().memory_info().rss < spare.MOST_BYTES


def _train(job: Job, reporter: Reporter) -> Result:
    from resnet_core.datasets import load_data

    spec, recipe = make_spec(job.spec), make_recipe(job.recipe)
    # Before Keras is imported: a data set that went missing is known in a moment.
    data = load_data(job.data, size=spec.input_size, channels=spec.channels, tell=reporter.on_data)
    if not checkpoints.finished_epochs(reporter.folder):
        # Of the first start: what goes on after some epochs has to go on with the same images.
        persistently(lambda: writes.write_columns(job.id, data_fingerprint=data.fingerprint))

    _import_training()
    from resnet_core.training import train

    # A job that never began has no checkpoint, and begins.
    return train(spec, recipe, data, seed=job.seed, listener=reporter, folder=reporter.folder, resume=True)


def _import_training() -> None:
    """Import Keras and its backend; to look for garbage meanwhile takes a seventh of the time."""
    gc.disable()
    import resnet_core.training  # noqa: F401

    gc.freeze()  # what was imported stays
    gc.enable()


def _check(job: Job) -> tuple[str, dict[str, Any]]:
    now = time.time()
    writes.advance(job.id, {"starting"}, "running", running_since=now, heartbeat=now, device=devices.cpu().name)
    from resnet_core.models import check_model

    found = check_model(make_spec(job.spec))
    layers, differences = len(found["layers"]), len(found["differences"])
    if found["ok"]:
        message = f"Keras builds the same {layers:,} layers and {found['params']:,} parameters"
    else:
        message = f"Keras differs from the graph in {differences:,} places; the first: {found['differences'][0]}"
    return "finished", {"result": json.dumps(found), "message": message}


def _write_environment(job: Job) -> None:
    device = devices.local_device()
    versions = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    environment = {
        "versions": versions,
        "backend": os.environ["KERAS_BACKEND"],
        "platform": platform.platform(),
        "device": device.name,
        "cores": devices.cpu().cores,
        "memory_bytes": psutil.virtual_memory().total,
    }
    folders.write_environment(job.id, environment)
    persistently(lambda: writes.write_columns(job.id, versions=json.dumps(versions)))


def _explained(error: Exception) -> str:
    text = f"{type(error).__name__}: {one_line(error)}"
    if (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)) or "No space left" in text:
        return f"the disk is full: free some space, then resume it; {text}"
    if isinstance(error, MemoryError) or "ResourceExhausted" in text:
        return f"too little memory for this network: use a smaller batch size, width or image; {text}"
    return text


def _leave_with(parent: int) -> None:
    """End this process when its parent has ended: nobody looks after it any more, and its job goes on elsewhere."""
    while os.getppid() == parent:
        time.sleep(TIED_SECONDS)
    os._exit(1)


def _step_back() -> None:
    """Leave the processor to pages and other programs first."""
    process = psutil.Process()
    process.nice(NICENESS if hasattr(os, "nice") else psutil.BELOW_NORMAL_PRIORITY_CLASS)


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # All is written: the libraries' own teardown would take half a second more, while someone waits for the stop.
    os._exit(code)
