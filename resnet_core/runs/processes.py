"""Processes that outlive their parent: how they are started, recognized and ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

import resnet_core

# Set for a process that must not outlive its parent: a worker on a machine of a cluster, whose job goes on elsewhere.
TIED = "RESNET_LAB_TIED"
# Start times are told in ticks of 10 ms; a pid does not come round in a tenth of a second.
_SAME_SECONDS = 0.1


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
    """Return when this process started, as `started` tells it."""
    return started(os.getpid())


def started(pid: int) -> float:
    """Return when a process started by a clock that nobody sets: seconds since the boot on Linux, elsewhere since 1970.

    Linux keeps the ticks since the boot, and what it tells in seconds since 1970 moves when the clock is set.

    Raises:
        psutil.NoSuchProcess: it is gone.
    """
    if sys.platform != "linux":
        return psutil.Process(pid).create_time()
    try:
        # The name of the program stands in brackets and may hold anything; field 22 is the 20th after it.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError) as error:
        raise psutil.NoSuchProcess(pid) from error
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


def alive(pid: int, began: float | None, mark: str = "") -> bool:
    """Say whether a process still is the one that it was, and not another that was given its pid.

    Args:
        pid: its number.
        began: its start time as `own_start` gave it; None if that is not known.
        mark: a text that stands in its command line, such as a module's name.
    """
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            same_time = began is None or abs(started(pid) - began) < _SAME_SECONDS
            return same_time and any(mark in part for part in process.cmdline())
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def memory_bytes(pid: int) -> int:
    """Return the memory that a process and its children hold, as `top` shows it; 0 if it is gone."""
    total = 0
    try:
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += each.memory_info().rss
    except psutil.Error:
        return total
    return total


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
