"""Making sure that one supervisor works for a home, and knowing which."""

import json
import math
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from resnet_core.errors import LabError, RunError, StoreError
from resnet_core.home import lab_home
from resnet_core.runs import cluster, database, processes, spare
from resnet_core.runs.place import VARIABLE, database_place
from resnet_core.runs.shared_files import SharedFiles

MODULE = "resnet_core.runs.supervisor"
# In a home: what its supervisor says of itself, and what it prints.
CARD, LOG = "supervisor.json", "supervisor.log"
IDLE_VARIABLE = "RESNET_LAB_IDLE_SECONDS"
IDLE_SECONDS = 300.0
# A supervisor takes a second until it holds the lock; after this another is tried.
START_SECONDS = 30.0

_starting = threading.Lock()


@dataclass
class _Start:
    """A supervisor that this process started, and when."""

    process: subprocess.Popen
    began: float
    writing: threading.Lock = field(default_factory=threading.Lock)

    def lasts(self) -> bool:
        """Say whether it has yet to take the lock."""
        with self.writing:  # else it may end, and the number of its pipe be another file's, before the byte is written
            if self.process.stdin.closed or time.monotonic() - self.began > START_SECONDS:
                return False
            try:
                os.write(self.process.stdin.fileno(), b"\n")
            except BrokenPipeError:
                # It closed its end, in `arrived`, or is gone: whoever finds the lock free now finds one that leaves.
                return False
            return True

    def reap(self) -> None:
        """Wait for its end, or it stays behind as a zombie of a server that runs for weeks."""
        self.process.wait()
        with self.writing:
            self.process.stdin.close()


_on_its_way: dict[Path, _Start] = {}


def ensure() -> None:
    """Start a supervisor unless one works for this home already.

    Call it after a job was written: a supervisor looks for jobs once more after it gave its lock back.

    Raises:
        RunError: none runs and none can be started, or it could not work as the variables say; jobs that were
            submitted wait.
        HomeError, StoreError: the database is another home's, of a newer version, or out of reach; nothing was written.
    """
    home = lab_home()
    database.must_not_be_anothers()
    # A supervisor that cannot work ends at once, where nobody reads why.
    idle_seconds()
    if cluster.wanted():
        SharedFiles()
    try:
        with _starting:
            _start(home)
    except OSError as error:
        raise _not_started(error) from error


def _start(home: Path) -> None:
    # In this order: one that takes the lock after it was asked is found by the lock.
    if home in _on_its_way and _on_its_way[home].lasts():
        # The pages of a whole class ask within the second that it takes, and many at once would take a minute.
        return
    try:
        with _lock(home).acquire(timeout=0):
            pass
    except Timeout:
        # Without a living supervisor's card, it is held by one that was killed and whose last thread has yet to end.
        if _card(home):
            return
    process = processes.launch(MODULE, (), home / LOG, environment(home), pipe=True)
    start = _on_its_way[home] = _Start(process, time.monotonic())
    threading.Thread(target=start.reap, daemon=True, name="supervisor-reaper").start()


def idle_seconds() -> float:
    """Return how long a supervisor stays without work: RESNET_LAB_IDLE_SECONDS, or 300.

    Raises:
        RunError: the variable is no number of seconds.
    """
    chosen = os.environ.get(IDLE_VARIABLE, "").strip()
    try:
        stays = float(chosen or IDLE_SECONDS)
    except ValueError:
        stays = math.nan
    if not stays >= 0:
        raise RunError(f"{IDLE_VARIABLE} must be a number of seconds from 0 on, received {chosen[:40]!r}: correct it")
    return stays


def arrived() -> None:
    """Tell whoever started this process, by closing its standard input, that it holds the lock."""
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)


def prepare() -> None:
    """Have a supervisor with its warm spare ready, because someone may start a run soon; do nothing without a spare."""
    if spare.wanted():
        # Whoever starts a run is told what is wrong; whoever only looks has no need to know.
        with suppress(LabError):
            ensure()


def environment(home: Path) -> dict[str, str]:
    """Return the environment of supervisors and workers: the caller's, with this home and database by full path."""
    chosen = {"RESNET_LAB_HOME": str(home)}
    if os.environ.get(VARIABLE):
        chosen[VARIABLE] = database_place().as_setting()
    return os.environ | chosen


@contextmanager
def exclusive(home: Path, patience: float = 2.0) -> Iterator[None]:
    """Hold the lock that makes this process the home's only supervisor.

    Args:
        home: the lab's folder.
        patience: seconds to try for; `ensure` holds the lock for a moment when it looks.

    Raises:
        RunError: another supervisor holds it; the line says which process, and since when.
        HomeError: the database is another home's, or of a newer version; nothing was written.
    """
    with suppress(StoreError):  # a database that is out of reach just now is waited for
        database.claim()
    try:
        lock = _lock(home).acquire(timeout=patience, poll_interval=0.02)
    except Timeout:
        who = _holder(home)
        raise RunError(f"a supervisor already works for {home} ({who}): leave it running, or end it first") from None
    with lock:
        tell(home, since=time.time())
        try:
            yield
        finally:
            # One that stays behind tells of a supervisor that was killed.
            (home / CARD).unlink(missing_ok=True)


def tell(home: Path, *, since: float, trouble: str = "") -> None:
    """Write down that this process is the home's supervisor.

    Args:
        home: the lab's folder.
        since: when it began, in seconds since 1970.
        trouble: the line that says what keeps it from its work; pages show it to those who wait.

    Raises:
        OSError: the home cannot be written.
    """
    facts = {"pid": os.getpid(), "started": processes.own_start(), "since": since, "trouble": trouble}
    part = home / f"{CARD}.part"
    part.write_text(json.dumps(facts))
    part.replace(home / CARD)


def trouble() -> str:
    """Return what keeps the home's supervisor from its work, in one line; empty where nothing does."""
    return (_card(lab_home()) or {}).get("trouble", "")


def running_pid() -> int | None:
    """Return the process id of the home's supervisor, or None if none runs."""
    card = _card(lab_home())
    return card["pid"] if card else None


def _holder(home: Path) -> str:
    """Say who holds the lock, and since when."""
    card = _card(home)
    if card is None:
        return "another process"
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(card["since"]))
    return f"process {card['pid']}, since {since}"


def _card(home: Path) -> dict[str, Any] | None:
    """Return what the home's supervisor says of itself; None if it no longer runs."""
    try:
        card = json.loads((home / CARD).read_text())
    except (OSError, ValueError):
        return None
    # One of an earlier version did not say since when.
    return card if "since" in card and processes.alive(card["pid"], card["started"]) else None


def _lock(home: Path) -> FileLock:
    return FileLock(home / "supervisor.lock")


def _not_started(error: OSError) -> RunError:
    return RunError(
        f"the supervisor cannot be started ({error.strerror or error}), and jobs wait: "
        "run `python -m resnet_core worker`"
    )
