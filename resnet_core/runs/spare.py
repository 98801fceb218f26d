"""The warm spare: a worker that has imported Keras already and waits for its job, so that training starts at once.

Each job and its log reach it in one line through a pipe. The pipe closes when its supervisor is gone, however that
ended, and the spare leaves. `RESNET_LAB_SPARE=0` keeps none, for a machine that is short of memory.

On a CPU a worker whose job has ended waits for the next one: imports would take a tenth of a short run. On a GPU it
leaves, and the GPU's memory with it.
"""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from resnet_core.runs import processes

LOG_FILE = "spare.log"
# What it holds while it waits, and as much again that stays free for what trains.
MEMORY_BYTES = 700e6
# A worker that holds more after a job does not wait for another: each leaves some memory behind.
MOST_BYTES = 1.5 * MEMORY_BYTES
WAITS_AFTER = frozenset({"finished", "stopped", "diverged"})


def wanted() -> bool:
    """Say whether the reader lets a worker wait."""
    return os.environ.get("RESNET_LAB_SPARE") != "0"


def may_stay(slots: tuple[str, ...]) -> bool:
    """Say whether a worker that was given these slots waits for another job when its own has ended."""
    return wanted() and not any(slots) and not os.environ.get(processes.TIED)


class Spare:
    """Keeps one spare, and hands it a job; the spare's own end of the pipe is in `worker`."""

    def __init__(self, home: Path):
        self._log = home / LOG_FILE
        self._process: subprocess.Popen | None = None
        self._slots: tuple[str, ...] = ()
        self._has_worked = False

    def keep(self, module: str, slots: tuple[str, ...], environment: Callable[[], Mapping[str, str]]) -> None:
        """Start a spare for some slots, unless there is one, memory is short or the reader wants none.

        One that died by itself is not replaced before the next job: another would die as well, ten times a second.
        One that left after a job, which may have been the reason, is.

        Raises:
            OSError: it cannot be started.
        """
        if self._has_worked and self._process is not None and self._process.poll() is not None:
            self.dismiss()
        if self._process is not None or not wanted():
            return
        if psutil.virtual_memory().available < 2 * MEMORY_BYTES:
            return
        self._log.unlink(missing_ok=True)
        self._process = processes.launch(module, (), self._log, environment(), pipe=True)
        self._slots, self._has_worked = slots, False

    def take(self, job_id: str, slots: tuple[str, ...], log: Path) -> subprocess.Popen | None:
        """Hand the spare a job and return its process; None if there is no spare for these slots."""
        if self._process is None or slots != self._slots:
            return None
        process, self._process = self._process, None
        if process.poll() is not None:
            return None
        try:
            process.stdin.write(json.dumps({"job": job_id, "log": str(log)}).encode() + b"\n")
            process.stdin.flush()
            if not may_stay(slots):
                process.stdin.close()
        except BrokenPipeError:
            return None
        return process

    def take_back(self, process: subprocess.Popen, slots: tuple[str, ...]) -> None:
        """Let a worker wait whose job has ended; it leaves if another one waits or memory is short."""
        if self._process is not None or psutil.virtual_memory().available < MEMORY_BYTES:
            process.stdin.close()
            return
        self._process, self._slots, self._has_worked = process, slots, True

    def dismiss(self) -> None:
        """Let the spare go."""
        if self._process is not None:
            self._process.stdin.close()
            self._process = None
