"""One process per home: gives waiting jobs a slot, ends those that should stop, and notices when a worker is gone.

The database is the truth. A supervisor that is killed takes nothing with it: workers go on in sessions of their own,
and the next supervisor finds them by their process.
"""

import math
import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from resnet_core.errors import LabError, one_line
from resnet_core.home import lab_home
from resnet_core.runs import cluster, store, supervision
from resnet_core.runs.housekeeping import Housekeeper
from resnet_core.runs.ray_backend import RayWorkers
from resnet_core.runs.records import Active
from resnet_core.runs.turns import Turns
from resnet_core.runs.workers import Workers

TICK_SECONDS = 0.1
HEAD_START_SECONDS = 15.0
"""How long a job has the processor to itself before the next spare imports Keras: its first curve is waited for."""


def run_forever() -> None:
    """Work as the home's supervisor until SIGTERM or Ctrl-C; workers that run go on without it.

    Raises:
        RunError: another supervisor works for this home.
    """
    _run(idle_seconds=float("inf"))


def main() -> int:
    """Work as the home's supervisor until nothing was to do for a while (RESNET_LAB_IDLE_SECONDS, 300)."""
    try:
        _run(supervision.idle_seconds())
    except LabError as error:
        print(one_line(error), file=sys.stderr)
        return error.exit_code
    return 0


def _run(idle_seconds: float) -> None:
    home = lab_home()
    leaving = _Leaving()
    working = True
    while working:
        with supervision.exclusive(home):
            supervision.arrived()
            _say(f"supervisor {os.getpid()} works for {home}")
            supervisor = Supervisor(home)
            try:
                supervisor.work(leaving, idle_seconds)
            finally:
                supervisor.workers.dismiss_spare()
        # A job that was submitted while the lock was still held found no reason to start another supervisor.
        working = not leaving and home.is_dir() and bool(store.active())
    _say(f"supervisor {os.getpid()} leaves")


class Supervisor:
    """Keeps the jobs of a home moving, a tick at a time."""

    def __init__(self, home: Path):
        self.home = home
        self.workers = RayWorkers(home) if cluster.wanted() else Workers(home)
        self._turns = Turns()
        self._housekeeper = Housekeeper(home)
        self._since = time.time()
        self._started = -math.inf  # when the last job was, by the monotonic clock
        self._complaint = ""
        self._identity = _identity(home)

    def work(self, leaving: "_Leaving", idle_seconds: float) -> None:
        """Tick until told to leave, until the home is gone, or until nothing was to do for some seconds."""
        busy = time.monotonic()
        while not leaving:
            if _identity(self.home) != self._identity:
                self.workers.end_all()
                return
            try:
                something = self.tick()
                self._complain("")
            except (LabError, OSError) as error:
                self._complain(one_line(error))
                something = True
                time.sleep(1.0)
            if something:
                busy = time.monotonic()
            elif time.monotonic() - busy > idle_seconds:
                return
            time.sleep(TICK_SECONDS / 4 if self.workers.ending else TICK_SECONDS)

    def tick(self) -> bool:
        """Look at every job once. Returns: whether there is anything to look after."""
        jobs = store.active()
        in_work = [job for job in jobs if job.state != "queued"]
        self.workers.look_after(in_work)
        self._fill(self._turns.order([job for job in jobs if job.state == "queued"], in_work))
        if not self.workers or time.monotonic() - self._started > HEAD_START_SECONDS:
            self.workers.keep_spare()
        self._housekeeper.look(job.id for job in in_work)
        return bool(jobs or self.workers)

    def _fill(self, waiting: Iterable[Active]) -> None:
        """Start waiting jobs in their order; one that needs several slots holds the later ones back."""
        for job in waiting:
            if job.id in self.workers:
                # It was resumed while its last worker is not quite gone.
                continue
            slots = self.workers.room(all_devices=job.all_devices)
            if not slots:
                return
            if self.workers.start(job.id, slots):
                self._turns.serve(job.owner)
                self._started = time.monotonic()

    def _complain(self, line: str) -> None:
        """Say a lasting trouble once, not ten times a second; an empty line says that it is over."""
        if line == self._complaint:
            return
        self._complaint = line
        if line:
            _say(line)
        with suppress(OSError):
            supervision.tell(self.home, since=self._since, trouble=line)


class _Leaving:
    """Becomes true with SIGTERM or SIGINT."""

    def __init__(self) -> None:
        self._told = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._hear)

    def __bool__(self) -> bool:
        return self._told

    def _hear(self, _signal: int, _frame: object) -> None:
        self._told = True


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another of the same name; None if it is gone."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _say(line: str) -> None:
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
