"""The same jobs on a Ray cluster: the supervisor's hands where several machines train.

Each job is a Ray task on one machine of the cluster, with a GPU there or all of its CPU. The task looks after the job's
worker as a supervisor does (`ray_node`). When the machine dies, the job waits again, and goes on, on another one, from
the last epoch whose state had reached the place of files. The database is the truth, and has to be one that all
machines reach; so has the place of files.

Ray ends the tasks of a supervisor that is gone: their jobs go on as after the death of a machine.
"""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import resnet_core
from resnet_core import checkpoints
from resnet_core.errors import RunError, one_line
from resnet_core.runs import cluster, folders, place, shared_files, store, trash, writes
from resnet_core.runs.ray_node import LostError, work
from resnet_core.runs.records import Active
from resnet_core.runs.shared_files import Copy, SharedFiles

NODES_SECONDS = 1.0
LOG_SECONDS = 2.0
TIDY_SECONDS = 600.0
# The machine of a job sees a stop within a tenth of a second and ends its worker within a second.
STOP_SECONDS = 2.0
# A job that takes its machine down with it must not take down one after the other.
MOST_DEATHS = 3
# Ray needs some seconds to see that a machine is gone; one where only a process died is tried again after that.
REST_SECONDS = 30.0


@dataclass(frozen=True)
class _Slot:
    """What one job is given: a GPU of a machine, or a machine without one."""

    node: str
    address: str
    cpus: float
    gpus: float


@dataclass
class _Task:
    """A job on the cluster: what Ray answers when it has ended."""

    answer: Any
    slots: tuple[str, ...]
    node: str
    address: str
    next_log: float = 0.0
    stop_seen: float | None = None
    ended: bool = False


class RayWorkers:
    """All jobs of a lab on a Ray cluster; what the supervisor asks of `Workers`.

    Attributes:
        home: the lab's folder on this machine, where pages find the jobs' files.

    Raises:
        RunError: the place of files is missing or unknown.
    """

    ending = False

    def __init__(self, home: Path):
        import ray

        self.home = home
        self._ray = ray
        self._files = SharedFiles()
        self._slots: dict[str, _Slot] = {}
        self._tasks: dict[str, _Task] = {}
        self._deaths: dict[str, tuple[int, int]] = {}
        self._resting: dict[str, float] = {}
        self._next_nodes = 0.0
        self._next_tidy = 0.0

    def __bool__(self) -> bool:
        return bool(self._tasks)

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._tasks

    def room(self, *, all_devices: bool) -> tuple[str, ...]:
        """Return the free slots that a job can have now; all devices are those of one machine."""
        now = time.monotonic()
        taken = {slot for task in self._tasks.values() for slot in task.slots}
        taken |= {name for name, slot in self._slots.items() if now < self._resting.get(slot.node, 0.0)}
        if not all_devices:
            return next(((name,) for name in self._slots if name not in taken), ())
        machines: dict[str, list[str]] = {}
        for name, slot in self._slots.items():
            machines.setdefault(slot.node, []).append(name)
        largest = max(map(len, machines.values()), default=0)
        free = (names for names in machines.values() if len(names) == largest and taken.isdisjoint(names))
        return tuple(next(free, ()))

    def start(self, job_id: str, slots: tuple[str, ...]) -> bool:
        """Give a waiting job to the cluster, unless it was stopped in the meantime; say whether it was given."""
        begins = {"started": time.time(), "clock": None, "slots": ",".join(slots), "message": ""}
        if not writes.advance(job_id, {"queued"}, "starting", **begins):
            return False
        try:
            self._bring_back(job_id)
            Copy(self._files, job_id).send()
            folders.mark_away(job_id)
        except OSError as error:
            message = f"its files cannot be sent to {shared_files.VARIABLE} ({one_line(error)}): see that it is there"
            writes.advance(job_id, {"starting"}, "failed", message=message)
            return False
        given = [self._slots[name] for name in slots]
        # After one job the process leaves: Keras and the GPU's memory with it.
        task = self._ray.remote(max_retries=0, max_calls=1)(work).options(
            name=f"resnet-lab {job_id}",
            num_cpus=sum(slot.cpus for slot in given),
            num_gpus=sum(slot.gpus for slot in given),
            scheduling_strategy=_only_on(given[0].node),
        )
        self._tasks[job_id] = _Task(task.remote(job_id, _settings()), slots, given[0].node, given[0].address)
        return True

    def keep_spare(self) -> None:
        """Keep none: Ray starts processes where a job needs one."""

    def dismiss_spare(self) -> None:
        """Do nothing: there is none."""

    def look_after(self, in_work: Iterable[Active]) -> None:
        """Follow the cluster's machines, take back the files of jobs that have ended, and put back what died."""
        self._connect()
        now = time.monotonic()
        if now >= self._next_nodes:
            self._next_nodes = now + NODES_SECONDS
            self._slots = _slots_of(self._ray.nodes())
        rows = {job.id: job for job in in_work}
        for job_id, row in rows.items():
            if job_id not in self._tasks:
                self._bring_back(job_id)
                self._put_back(row, "the supervisor that started it is gone")
        for job_id, task in list(self._tasks.items()):
            self._follow(job_id, task, rows.get(job_id))
        if now >= self._next_tidy:
            self._next_tidy = now + TIDY_SECONDS
            self._tidy()

    def end_all(self) -> None:
        """End all tasks: the lab's home is gone."""
        for task in self._tasks.values():
            self._cancel(task)

    def _connect(self) -> None:
        if self._ray.is_initialized():
            return
        cluster.must_answer()
        package = str(Path(resnet_core.__file__).parent)
        try:
            self._ray.init(
                address=cluster.address(),
                namespace="resnet-lab",
                runtime_env={"py_modules": [package]},
                log_to_driver=False,
                logging_level="ERROR",
            )
        except (OSError, RuntimeError, ValueError) as error:
            raise cluster.unreachable(error) from error

    def _follow(self, job_id: str, task: _Task, row: Active | None) -> None:
        now = time.monotonic()
        if not task.ended:
            task.ended = bool(self._ray.wait([task.answer], timeout=0)[0])
        if not task.ended:
            if row is not None and row.stop_requested is not None:
                self._press(job_id, task, row)
            elif now >= task.next_log:
                task.next_log = now + LOG_SECONDS
                with suppress(OSError):
                    self._files.fetch_file(job_id, folders.LOG_FILE)
            return
        # What cannot be fetched now is fetched at a later look; until then the job keeps its place here.
        self._bring_back(job_id)
        del self._tasks[job_id]
        try:
            self._ray.get(task.answer)
        except self._ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, LostError) and row is not None:
                self._resting[task.node] = now + REST_SECONDS
                self._put_back(row, f"{one_line(error.cause)} on {task.address}")
            else:
                writes.advance(job_id, writes.IN_WORK, "failed", message=f"{task.address}: {one_line(error.cause)}")
        except self._ray.exceptions.RayError:
            self._resting[task.node] = now + REST_SECONDS
            if row is not None:
                self._put_back(row, f"its machine {task.address} is gone")

    def _press(self, job_id: str, task: _Task, row: Active) -> None:
        """Let the job's machine end its worker; end the task where that has not begun, or takes too long."""
        now = time.monotonic()
        if task.stop_seen is None:
            task.stop_seen = now
        if row.pid is None or now - task.stop_seen > STOP_SECONDS:
            self._cancel(task)

    def _cancel(self, task: _Task) -> None:
        self._ray.cancel(task.answer, force=True)

    def _put_back(self, row: Active, why: str) -> None:
        """Let a job wait for another machine, unless it was to stop, or no machine seems to stand it."""
        try:
            # Its machine may have told of more than it could still send.
            done = len(checkpoints.finished_epochs(folders.job_folder(row.id)))
        except RunError as error:
            writes.advance(row.id, writes.IN_WORK, "lost", message=f"{why}, and {one_line(error)}")
            return
        epochs, deaths = self._deaths.get(row.id, (done, 0))
        deaths = deaths + 1 if epochs == done else 1
        self._deaths[row.id] = done, deaths
        kept = f"after epoch {done:,}" if done else "from its beginning"
        if row.stop_requested is not None:
            writes.advance(row.id, writes.IN_WORK, "stopped", message=f"stopped {kept}")
        elif deaths >= MOST_DEATHS:
            message = f"{why}, as were those of its {MOST_DEATHS - 1} tries before: it is not tried again by itself"
            writes.advance(row.id, writes.IN_WORK, "lost", message=message)
        else:
            writes.put_back(row.id, writes.IN_WORK, f"{why}; waits to go on {kept}")

    def _bring_back(self, job_id: str) -> None:
        """Take a job's files from where all machines reach them; of one that was deleted meanwhile, into the trash."""
        if folders.is_away(job_id) and self._files.has(job_id):
            self._files.fetch(job_id)
            trash.follow(job_id)
            folders.mark_back(job_id)
        self._files.remove(job_id)

    def _tidy(self) -> None:
        """Bring back what a supervisor before this one left there, and remove what nobody needs any more."""
        needed = {job.id for job in store.active()} | self._tasks.keys()
        for job_id in self._files.jobs():
            if job_id not in needed:
                self._bring_back(job_id)


def _slots_of(nodes: Iterable[dict[str, Any]]) -> dict[str, _Slot]:
    """Return the slots of the machines that live, by name: one for each GPU, and for a machine without one its CPU."""
    found = {}
    for node in nodes:
        cpus, gpus = (node["Resources"].get(kind, 0.0) for kind in ("CPU", "GPU"))
        if not node["Alive"] or cpus < 1:
            # With no CPU to give, it only leads, as `ray start --head --num-cpus=0` says.
            continue
        count = int(gpus) or 1
        for number in range(count):
            name = f"{node['NodeManagerAddress']}/{node['NodeID'][:6]}/{number}"
            found[name] = _Slot(node["NodeID"], node["NodeManagerAddress"], max(cpus // count, 1), float(gpus > 0))
    return found


def _only_on(node: str) -> Any:
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    return NodeAffinitySchedulingStrategy(node, soft=False)


def _settings() -> dict[str, str]:
    """Return what a machine of the cluster has to know: the database, with its password, and the place of files."""
    return {
        place.VARIABLE: place.database_place().as_setting(),
        shared_files.VARIABLE: os.environ[shared_files.VARIABLE],
    }
