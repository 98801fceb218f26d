"""Find and end the processes that tests start: Streamlit servers, supervisors and workers.

Every process that descends from a test run, however far detached, carries SESSION_VARIABLE in its environment, so a run
sees its own and never another run's on the same machine.
"""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[1]
SESSION_VARIABLE = "RESNET_LAB_TEST_SESSION"
HOME_VARIABLE = "RESNET_LAB_HOME"


def mark_session() -> None:
    """Give this test run, and all processes that it will start, a name of their own."""
    os.environ[SESSION_VARIABLE] = uuid.uuid4().hex


def lab_processes(home: Path | None = None) -> list[psutil.Process]:
    """List the lab's processes that this test run started and that still run, other than this one.

    Args:
        home: only those that work in this lab home; None lists those of every home.
    """
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            environment = process.environ()
            command = " ".join(process.cmdline())
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        ours = environment.get(SESSION_VARIABLE) == os.environ[SESSION_VARIABLE]
        asked = home is None or environment.get(HOME_VARIABLE) == str(home)
        if ours and asked and ("resnet_core" in command or "streamlit" in command):
            found.append(process)
    return found


def describe(processes: list[psutil.Process]) -> str:
    """Name processes on one line: pid and command."""
    lines = []
    for process in processes:
        try:
            lines.append(f"{process.pid} ({' '.join(process.cmdline())})")
        except psutil.NoSuchProcess:
            lines.append(f"{process.pid} (just ended)")
    return ", ".join(lines)


def end(processes: list[psutil.Process], patience: float = 10.0) -> None:
    """Ask processes to end, and kill those that still run after `patience` seconds."""
    for process in processes:
        try:
            process.terminate()
        except psutil.NoSuchProcess:
            continue
    _, alive = psutil.wait_procs(processes, timeout=patience)
    for process in alive:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(alive, timeout=patience)


def end_lab(home: Path) -> None:
    """End what works in a lab home: its supervisor first, so that it starts no new worker, then the rest."""
    supervisors = [process for process in lab_processes(home) if "supervisor" in " ".join(process.cmdline())]
    end(supervisors)
    end(lab_processes(home))


@contextmanager
def shared_home(home: Path, **variables: str) -> Iterator[Path]:
    """Lend a lab home and its supervisor to all tests of a file; nothing of it may be left running.

    Args:
        variables: of the environment, besides the one that names the home.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ({HOME_VARIABLE: str(home)} | variables).items():
            patch.setenv(name, value)
        yield home
        end_lab(home)
        assert lab_processes(home) == []


def start_python(code: str, *arguments: str) -> subprocess.Popen:
    """Start another Python process with this run's environment; it says and hears text."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ, stdin=-1, stdout=-1, stderr=-1, text=True)
