"""Writing the runs' one truth.

A job's state changes only from the states that a writer names, so that an ended job stays as it ended.
"""

import json
import time
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, delete, insert, or_, select, update

from resnet_core.errors import RunError
from resnet_core.results import ACTIVE, Epoch, Start, State, Step
from resnet_core.runs import schema
from resnet_core.runs.database import writing
from resnet_core.runs.records import plain
from resnet_core.runs.store import KEPT, unknown

IN_WORK: frozenset[str] = frozenset({"starting", "running"})
# What a job has from one start to its end, and not from the next.
_OF_A_START = ("started", "running_since", "finished", "heartbeat", "clock", "slots", "pid", "pid_started")
_OF_A_START += ("stop_requested",)


def add(rows: Sequence[dict[str, Any]]) -> None:
    """Insert new jobs, all or none; keys are the columns of `schema.jobs`."""
    with writing() as connection:
        connection.execute(insert(schema.jobs), list(rows))


def advance(
    job_id: str, from_states: Collection[State], to_state: State, *, by: int | None = None, **columns: Any
) -> bool:
    """Move a job to a state if it is in one of the states named.

    Args:
        job_id: the job.
        from_states: where it must be; the check and the change are one operation.
        to_state: where it goes; a state that ends it sets `finished` too.
        by: the process that must be the job's worker; None allows everyone.
        columns: other columns to set with it, such as message.

    Returns: whether it was moved.
    """
    if to_state not in ACTIVE:
        columns.setdefault("finished", time.time())
    theirs = () if by is None else (schema.jobs.c.pid == by,)
    with writing() as connection:
        return _move(connection, job_id, from_states, *theirs, state=to_state, **columns)


def put_back(job_id: str, from_states: Collection[State], message: str = "", **columns: Any) -> bool:
    """Let a job wait for a worker as if it had had none; its epochs and steps stay, other columns are set as given.

    Returns: whether it was in one of the states named.
    """
    return advance(job_id, from_states, "queued", message=message, **columns, **dict.fromkeys(_OF_A_START))


def request_stop(job_id: str) -> State:
    """End a job that waits, or mark one that runs to be stopped; an ended job stays as it is.

    Returns: the state it is in now.

    Raises:
        RunError: no job has that id.
    """
    table = schema.jobs
    this, now = and_(KEPT, table.c.id == job_id), time.time()
    with writing() as connection:
        connection.execute(
            update(table)
            .where(this, table.c.state == "queued")
            .values(state="stopped", stop_requested=now, finished=now, message="stopped before it began")
        )
        connection.execute(
            update(table)
            .where(this, table.c.state.in_(list(IN_WORK)), table.c.stop_requested.is_(None))
            .values(stop_requested=now)
        )
        state = connection.scalar(select(table.c.state).where(this))
    if state is None:
        raise unknown(job_id)
    return state


def claim(job_id: str, pid: int, pid_started: float) -> bool:
    """Give a starting job to one worker; a second worker is refused."""
    table = schema.jobs
    free = and_(table.c.id == job_id, table.c.state == "starting", table.c.pid.is_(None))
    change = update(table).where(free).values(pid=pid, pid_started=pid_started, heartbeat=time.time())
    with writing() as connection:
        return connection.execute(change).rowcount == 1


def write_start(job_id: str, start: Start) -> bool:
    """Mark a job in work as running and keep what is known at its start.

    Where it goes on, its rows are those of the epochs that it goes on from, neither more nor less.

    Returns: whether it still was in work.
    """
    values = {
        "params": int(start.params),
        "device": start.device,
        "train_images": int(start.train_images),
        "val_images": int(start.val_images),
        "steps_per_epoch": int(start.steps_per_epoch),
        "total_steps": int(start.total_steps),
        "total_epochs": int(start.total_epochs),
        "notes": json.dumps(list(start.notes)),
    }
    now = time.time()
    with writing() as connection:
        values |= {"state": "running", "running_since": now, "heartbeat": now, "message": ""}
        if not _move(connection, job_id, IN_WORK, **values):
            return False
        _keep_only(connection, job_id, start.epochs)
    return True


def beat(job_id: str) -> None:
    """Show that a job's worker lives."""
    write_columns(job_id, heartbeat=time.time())


def tell(job_id: str, message: str, *, by: int) -> None:
    """Say what a job's worker does, which lives; one that has ended, or is another process's, keeps its own message."""
    pid = schema.jobs.c.pid
    with writing() as connection:
        _move(connection, job_id, IN_WORK, or_(pid.is_(None), pid == by), message=message, heartbeat=time.time())


def write_rows(job_id: str, new_epochs: Iterable[Epoch], new_steps: Iterable[Step], *, by: int | None = None) -> None:
    """Keep epochs and sampled steps, all or none; one that was written before is replaced.

    A job that was deleted takes no rows, nor does one that another process than `by` works on.
    """
    table = schema.jobs.c
    theirs = () if by is None else (or_(table.pid.is_(None), table.pid == by),)
    heard = update(schema.jobs).where(KEPT, table.id == job_id, *theirs).values(heartbeat=time.time())
    with writing() as connection:
        if connection.execute(heard).rowcount == 0:
            return
        _replace(connection, schema.epochs, schema.epochs.c.epoch, job_id, new_epochs)
        _replace(connection, schema.steps, schema.steps.c.step, job_id, new_steps)


def write_columns(job_id: str, **columns: Any) -> None:
    """Set columns of a job that do not decide its state."""
    with writing() as connection:
        connection.execute(update(schema.jobs).where(schema.jobs.c.id == job_id).values(**columns))


def discard(job_id: str) -> None:
    """Put an ended job into the trash: nobody finds it among the runs, and its epochs and steps stay.

    Raises:
        RunError: no job has that id, or it still waits or runs.
    """
    table = schema.jobs
    with writing() as connection:
        state = connection.scalar(select(table.c.state).where(KEPT, table.c.id == job_id))
        if state is None:
            raise unknown(job_id)
        if state in ACTIVE:
            raise RunError(f"{job_id} is {state} and cannot be deleted: stop it first")
        connection.execute(update(table).where(table.c.id == job_id).values(trashed=time.time()))


def restore(job_id: str) -> None:
    """Take a job out of the trash; one that is not there stays as it is."""
    write_columns(job_id, trashed=None)


def erase(job_id: str) -> bool:
    """Remove a job in the trash for good, with its epochs and steps; one that is not there stays as it is.

    Returns: whether it was there.
    """
    with writing() as connection:
        return connection.execute(delete(schema.jobs).where(schema.jobs.c.id == job_id, ~KEPT)).rowcount == 1


def _move(connection: Connection, job_id: str, from_states: Collection[State], *conditions: Any, **values: Any) -> bool:
    table = schema.jobs
    this = (KEPT, table.c.id == job_id, table.c.state.in_(list(from_states)), *conditions)
    return connection.execute(update(table).where(*this).values(**values)).rowcount == 1


def _keep_only(connection: Connection, job_id: str, kept: Sequence[Epoch]) -> None:
    """Take away what was reported after these epochs, and add those of them that were not reported."""
    last_epoch, last_step = (kept[-1].epoch, kept[-1].step) if kept else (0, 0)
    epochs, steps = schema.epochs, schema.steps
    connection.execute(delete(epochs).where(epochs.c.job == job_id, epochs.c.epoch > last_epoch))
    connection.execute(delete(steps).where(steps.c.job == job_id, steps.c.step > last_step))
    known = set(connection.scalars(select(epochs.c.epoch).where(epochs.c.job == job_id)))
    _replace(connection, epochs, epochs.c.epoch, job_id, [row for row in kept if row.epoch not in known])


def _replace(
    connection: Connection, table: Table, number: Column, job_id: str, rows: Iterable[Epoch] | Iterable[Step]
) -> None:
    """Write rows under new serials in place of those of the same number, so that readers see the change."""
    values = {row[number.name]: {"job": job_id, **row} for row in map(plain, rows)}
    if values:
        connection.execute(delete(table).where(table.c.job == job_id, number.in_(list(values))))
        connection.execute(insert(table), list(values.values()))
