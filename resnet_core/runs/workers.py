"""The supervisor's hands: starts workers, ends them, and writes down the end of those that could not do it."""

import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from resnet_core.errors import RunError
from resnet_core.runs import devices, endings, folders, limits, processes, store, supervision, writes
from resnet_core.runs.records import Active, Job
from resnet_core.runs.spare import WAITS_AFTER, Spare, may_stay

MODULE = "resnet_core.runs.worker"

# From the moment a stop is seen, a tenth of a second after the click: together they stay under a second.
TERM_SECONDS, KILL_SECONDS = 0.3, 0.5
# A worker whose job has ended has nothing left to do, unless it waits for another.
LINGER_SECONDS = 2.0
# A worker names itself in the database within a second or two, long before it imports Keras.
UNCLAIMED_SECONDS = 30.0
# A worker is heard with every batch. The first one of a very deep network takes minutes, as does a large download.
SILENT_SECONDS = 1800.0
# Silence counts while someone listens: a database that is gone for longer hides what workers do.
LISTENED_SECONDS = 60.0
MEASURE_SECONDS = 1.0


@dataclass
class _Worker:
    """A process that works on a job; adopted from an earlier supervisor if it has no handle."""

    job: str
    pid: int
    pid_started: float | None
    slots: tuple[str, ...]
    handle: subprocess.Popen | None = None
    was_spare: bool = False
    ending_since: float | None = None
    asked: bool = False
    heartbeat: float | None = None
    heard: float = field(default_factory=time.monotonic)
    listened: float = field(default_factory=time.monotonic)
    measured: float = 0.0
    given: float = field(default_factory=time.monotonic)

    @property
    def stays(self) -> bool:
        """Whether it waits for another job when it has ended its own: it still listens, and was not told to go."""
        pipe = self.handle.stdin if self.handle else None
        return pipe is not None and not pipe.closed and not self.asked

    def let_go(self) -> None:
        """Have it leave when its job has ended."""
        if self.handle and self.handle.stdin:
            self.handle.stdin.close()

    def silent_seconds(self, heartbeat: float | None) -> float:
        """Return for how long it was silent while someone listened; clocks that are set do not matter."""
        now = time.monotonic()
        if heartbeat != self.heartbeat or now - self.listened > LISTENED_SECONDS:
            self.heartbeat, self.heard = heartbeat, now
        self.listened = now
        return now - self.heard

    def ended(self) -> bool:
        if self.handle is not None:
            return self.handle.poll() is not None
        return not processes.alive(self.pid, self.pid_started, MODULE)

    @property
    def code(self) -> int | None:
        return self.handle.returncode if self.handle else None


class Workers:
    """All workers of a home, its own and adopted ones.

    Attributes:
        home: the lab's folder.
        slots: what jobs are given: this machine's GPUs, or one slot without a name for its CPU.
    """

    def __init__(self, home: Path):
        self.home = home
        self.slots = devices.gpu_identifiers() or ("",)
        self._workers: dict[str, _Worker] = {}
        self._in_work: list[Active] = []
        self._spare = Spare(home)

    def __bool__(self) -> bool:
        return bool(self._workers)

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._workers

    @property
    def ending(self) -> bool:
        """Whether a worker is about to be ended, so that a closer look pays."""
        return any(worker.ending_since for worker in self._workers.values())

    def room(self, *, all_devices: bool) -> tuple[str, ...]:
        """Return the free slots that a job can have now, which is none while those it needs are taken."""
        free = self._free()
        needed = len(self.slots) if all_devices else 1
        return free[:needed] if len(free) >= needed else ()

    def start(self, job_id: str, slots: tuple[str, ...]) -> bool:
        """Start a worker for a waiting job, unless the job was stopped in the meantime; say whether it was started."""
        begins = {"started": time.time(), "clock": time.monotonic(), "slots": ",".join(slots), "message": ""}
        return writes.advance(job_id, {"queued"}, "starting", **begins) and self.launch(job_id, slots)

    def launch(self, job_id: str, slots: tuple[str, ...]) -> bool:
        """Start a worker for a job that is marked as starting; one that cannot be started fails. Returns: whether."""
        log = folders.job_folder(job_id) / folders.LOG_FILE
        try:
            log.open("ab").close()  # a folder that is gone ends the job here, not each spare that takes it
            spare = self._spare.take(job_id, slots, log)
            stays = may_stay(slots)
            handle = spare or processes.launch(MODULE, (job_id,), log, self._environment(slots), pipe=stays)
        except OSError as error:
            message = (
                f"its worker could not be started ({error.strerror or error}): free memory or disk space, try again"
            )
            writes.advance(job_id, {"starting"}, "failed", message=message)
            return False
        self._workers[job_id] = _Worker(job_id, handle.pid, None, slots, handle, was_spare=spare is not None)
        return True

    def keep_spare(self) -> None:
        """Have a worker ready for the slot that the next job will get; without one a job only starts later."""
        if any(worker.stays for worker in self._workers.values()):
            return
        slots = (self._free() or self.slots)[:1]
        with suppress(OSError):
            self._spare.keep(MODULE, slots, lambda: self._environment(slots))

    def dismiss_spare(self) -> None:
        """Let the worker go that waits for a job."""
        self._spare.dismiss()

    def look_after(self, in_work: Iterable[Active]) -> None:
        """Adopt workers of an earlier supervisor, end those that should stop, bury those that are gone."""
        self._in_work = list(in_work)
        for job in self._in_work:
            if job.id not in self._workers:
                self._find(job)
        rows = {job.id: job for job in self._in_work}
        for worker in list(self._workers.values()):
            row = rows.get(worker.job)
            if worker.ended():
                worker.let_go()
                del self._workers[worker.job]
                if row is not None:
                    self._bury(worker.job, worker.pid, worker.code, was_spare=worker.was_spare)
            elif row is None:
                if not self._returned(worker):
                    self._press(worker, LINGER_SECONDS)
            elif row.stop_requested is not None:
                # Before its first step a worker imports and builds: it hears nothing and has nothing to save.
                self._press(worker, 0.0 if row.state == "running" else -KILL_SECONDS)
            elif worker.was_spare and row.pid is None and time.monotonic() - worker.given > UNCLAIMED_SECONDS:
                # It hangs, and the job goes to another.
                processes.end(worker.pid, force=True)
            else:
                self._hold_to_limits(worker, row)

    def _returned(self, worker: _Worker) -> bool:
        """Let a worker wait for another job if it ended its own; say whether it does."""
        if not worker.stays:
            return False
        try:
            if store.job(worker.job).state not in WAITS_AFTER:
                return False
        except RunError:
            return False
        del self._workers[worker.job]
        self._spare.take_back(worker.handle, worker.slots)
        return True

    def end_all(self) -> None:
        """Kill all workers: their home is gone, and what they would write could not be found again."""
        for worker in self._workers.values():
            if not worker.ended():
                processes.end(worker.pid, force=True)

    def _free(self) -> tuple[str, ...]:
        """Return the slots of no job in work, and of no worker that is not quite gone."""
        taken = {slot for worker in self._workers.values() for slot in worker.slots}
        taken |= {slot for job in self._in_work for slot in _slots(job)}
        return tuple(slot for slot in self.slots if slot not in taken)

    def lose(self, job: Job, how: str) -> None:
        """Write down that a job's worker is gone, and nobody asked for that."""
        writes.advance(job.id, writes.IN_WORK, "lost", message=f"{how}; {endings.kept(job)}")

    def _environment(self, slots: tuple[str, ...]) -> dict[str, str]:
        environment = supervision.environment(self.home) | {
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "TF_FORCE_GPU_ALLOW_GROWTH": "true",
            "XLA_PYTHON_CLIENT_PREALLOCATE": "false",  # the same for JAX
            "PYTHONUNBUFFERED": "1",
            "PYTHONFAULTHANDLER": "1",
        }
        if any(slots):
            # The driver numbers GPUs by their place on the bus; CUDA would number them by speed.
            environment |= {"CUDA_VISIBLE_DEVICES": ",".join(slots), "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
        return environment

    def _find(self, job: Active) -> None:
        if job.pid is not None:
            if processes.alive(job.pid, job.pid_started, MODULE):
                self._workers[job.id] = _Worker(job.id, job.pid, job.pid_started, _slots(job))
            else:
                self._bury(job.id, job.pid, None)
        elif job.stop_requested is not None:
            writes.advance(job.id, {"starting"}, "stopped", message="stopped before it began")
        elif not 0 <= time.monotonic() - (job.clock or 0.0) <= UNCLAIMED_SECONDS:
            # The supervisor before this one was killed between its note and the start of the worker.
            writes.put_back(job.id, {"starting"})

    def _hold_to_limits(self, worker: _Worker, row: Active) -> None:
        """Write down the end of a job that is over a limit, or gives no sign any more; its worker then has to leave."""
        ends: tuple[str, str] | None = None
        now = time.monotonic()
        if row.limit_seconds is not None and now - (row.clock or now) > row.limit_seconds:
            ends = "stopped", limits.too_long(row.limit_seconds, endings.after(store.job(row.id)))
        elif row.limit_bytes is not None and now - worker.measured >= MEASURE_SECONDS:
            worker.measured = now
            taken = processes.memory_bytes(worker.pid)
            if taken > row.limit_bytes:
                ends = "failed", limits.too_large(taken, row.limit_bytes, endings.after(store.job(row.id)))
        if worker.silent_seconds(row.heartbeat) > SILENT_SECONDS:
            # First of all: where it hangs in the midst of a transaction, nobody else can write.
            processes.end(worker.pid, force=True)
            kept = endings.kept(store.job(row.id))
            ends = "lost", f"the worker gave no sign for {SILENT_SECONDS / 60:.0f} minutes and was ended; {kept}"
        if ends:
            worker.let_go()
            writes.advance(row.id, writes.IN_WORK, ends[0], message=ends[1])

    def _press(self, worker: _Worker, patience: float) -> None:
        """End a worker: it saw the flag in the database itself; then a signal, then the kill of its whole group."""
        now = time.monotonic()
        if worker.ending_since is None:
            worker.ending_since = now + patience
        waited = now - worker.ending_since
        if waited >= KILL_SECONDS:
            processes.end(worker.pid, force=True)
        elif waited >= TERM_SECONDS and not worker.asked:
            processes.end(worker.pid, force=False)
            worker.asked = True

    def _bury(self, job_id: str, pid: int, code: int | None, *, was_spare: bool = False) -> None:
        """Write down the end of a job whose worker is gone and did not do so itself."""
        try:
            job = store.job(job_id)
        except RunError:
            return
        if not job.active:
            return
        if job.pid not in (None, pid) and processes.alive(job.pid, job.pid_started, MODULE):
            return
        if job.stop_requested is not None:
            writes.advance(job_id, writes.IN_WORK, "stopped", message=f"stopped {endings.after(job)}")
        elif was_spare and job.pid is None:
            # It died while it waited, just before it could hear of the job.
            writes.put_back(job_id, {"starting"})
        elif code is None or code < 0:
            self.lose(job, f"the worker {endings.death(code)}")
        else:
            reason = folders.last_error(job_id) or f"the worker ended early with exit code {code}"
            writes.advance(job_id, writes.IN_WORK, "failed", message=f"{reason} (more in the run's log)")


def _slots(job: Active) -> tuple[str, ...]:
    return tuple((job.slots or "").split(","))
