"""Processes that outlive their parent: how they are started, recognized and ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

import resnet_core

# A clock that is corrected moves the start times that the system reports; a pid does not come round in a minute.
_CLOCK_SECONDS = 60.0


def launch(
    module: str, arguments: Sequence[str], log: Path, environment: Mapping[str, str], *, pipe: bool = False
) -> subprocess.Popen:
    """Start `python -m module` in a session of its own, its output appended to a log.

    A signal to the parent's process group, as from a terminal or a server that is killed, does not reach it.

    Args:
        module: what runs.
        arguments: its command line.
        log: the file.
        environment: its variables.
        pipe: whether the parent can write to its standard input.

    Raises:
        OSError: the log cannot be written, or the system has no room for another process.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE if pipe else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=Path(resnet_core.__file__).parents[1],
            env=dict(environment),
            start_new_session=True,
        )


def own_start() -> float:
    """Return when this process started, in seconds since 1970."""
    return psutil.Process().create_time()


def alive(pid: int, started: float | None, mark: str = "") -> bool:
    """Say whether a process still is the one that it was, and not another that was given its pid.

    Args:
        pid: its number.
        started: its start time as `own_start` gave it.
        mark: a text that stands in its command line, such as a module's name.
    """
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            same_time = started is None or abs(process.create_time() - started) < _CLOCK_SECONDS
            return same_time and any(mark in part for part in process.cmdline())
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def end(pid: int, *, force: bool) -> None:
    """Ask a process that `launch` started to end, or kill it with all its children.

    Args:
        pid: of a process that is known to be the right one.
        force: False asks with SIGTERM, True kills with SIGKILL.
    """
    try:
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL if force else signal.SIGTERM)
            return
        process = psutil.Process(pid)
        for each in (*process.children(recursive=True), process):
            each.kill()
    except (ProcessLookupError, psutil.NoSuchProcess):
        return
