"""Reading the runs' one truth: jobs, epochs and steps.

Answers are frozen values, and can be asked for from any thread and process. Writing is in `writes`.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, func, or_, select

from resnet_core.errors import RunError
from resnet_core.results import ACTIVE, Epoch, State, Step
from resnet_core.runs import schema
from resnet_core.runs.database import reading
from resnet_core.runs.records import Active, Job, Row, Rows, revive


def job(job_id: str) -> Job:
    """Return one job with all its epochs.

    Raises:
        RunError: no job has that id.
        StoreError: the database cannot be read.
    """
    with reading() as connection:
        found = _jobs(connection, KEPT, schema.jobs.c.id == job_id, with_epochs=True)
    if not found:
        raise unknown(job_id)
    return found[0]


def jobs(
    *,
    ids: Collection[str] | None = None,
    states: Collection[State] | None = None,
    kind: str | None = None,
    study: str | None = None,
    limit: int | None = None,
    with_epochs: bool = False,
) -> list[Job]:
    """Return jobs, the newest first, each with its last epoch and its last step.

    Args:
        ids, states, kind, study: keep only jobs that match; None keeps all.
        limit: at most that many.
        with_epochs: load all epochs too.

    Raises:
        StoreError: the database cannot be read.
    """
    table = schema.jobs.c
    conditions = [KEPT]
    for column, allowed in ((table.id, ids), (table.state, states)):
        if allowed is not None:
            conditions.append(column.in_(list(allowed)))
    for column, value in ((table.kind, kind), (table.study, study)):
        if value is not None:
            conditions.append(column == value)
    with reading() as connection:
        return _jobs(connection, *conditions, limit=limit, with_epochs=with_epochs)


def trashed() -> list[Job]:
    """Return the jobs in the trash, those deleted last first.

    Raises:
        StoreError: the database cannot be read.
    """
    with reading() as connection:
        found = _jobs(connection, ~KEPT, with_epochs=False)
    return sorted(found, key=lambda job: job.trashed, reverse=True)


def active() -> list[Active]:
    """Return the jobs that wait or run, in the order of their submission."""
    with reading() as connection:
        rows = connection.execute(_ACTIVE).all()
    return [Active(*row) for row in rows]


def newest_study(name: str) -> str | None:
    """Return the id of the study of this name that was started last; None if none was."""
    table = schema.jobs.c
    named = table.study.startswith(f"{name}-", autoescape=True)
    with reading() as connection:
        return connection.scalar(select(table.study).where(KEPT, named).order_by(table.serial.desc()).limit(1))


def epochs(job_ids: Collection[str], after: int = 0) -> Rows[Epoch]:
    """Return the epochs of some jobs that were written since a cursor.

    Args:
        job_ids: ask with the same jobs as long as a cursor is kept; a job that joins later needs a cursor of 0.
        after: the cursor of the previous answer; 0 gives everything.
    """
    return _since(schema.epochs, Epoch, _EPOCH_COLUMNS, job_ids, after)


def steps(job_ids: Collection[str], after: int = 0) -> Rows[Step]:
    """Return the sampled steps of some jobs that were written since a cursor; as `epochs`."""
    return _since(schema.steps, Step, _STEP_COLUMNS, job_ids, after)


def should_stop(job_id: str, pid: int | None = None) -> bool:
    """Say whether a worker should leave its job: someone asked for it, or the job has ended, is deleted or another's.

    Args:
        job_id: the job.
        pid: the worker's process.
    """
    table = schema.jobs.c
    goes_on = (table.id == job_id, table.state.in_(sorted(ACTIVE)), table.stop_requested.is_(None))
    if pid is not None:
        goes_on += (or_(table.pid.is_(None), table.pid == pid),)
    with reading() as connection:
        return connection.execute(select(table.id).where(*goes_on)).first() is None


def unknown(job_id: str) -> RunError:
    """Return the error for an id that no job has."""
    return RunError(f"no run has the id {job_id!r}: `python -m resnet_core jobs list` shows those that exist")


def not_in_trash(job_id: str) -> RunError:
    """Return the error for an id that no job in the trash has."""
    return RunError(f"the trash holds no run {job_id!r}: `python -m resnet_core jobs trash` shows what it holds")


# A run in the trash is none to whoever asks for runs.
KEPT = schema.jobs.c.trashed.is_(None)

_JOB_COLUMNS = [
    schema.jobs.c[name.removesuffix("_json")].label(name)
    for name in Job.__dataclass_fields__
    if name not in ("last_epoch", "last_step", "epochs")
]
_EPOCH_COLUMNS = [schema.epochs.c[name] for name in Epoch.__dataclass_fields__]
_STEP_COLUMNS = [schema.steps.c[name] for name in Step.__dataclass_fields__]


def _last(table: Table, number: str) -> Any:
    """Return the condition that joins a job with its row of the highest number, found in the unique index."""
    inner = table.alias()
    highest = select(func.max(inner.c[number])).where(inner.c.job == schema.jobs.c.id).scalar_subquery()
    return and_(table.c.job == schema.jobs.c.id, table.c[number] == highest)


_LIST = (
    select(*_JOB_COLUMNS, *_EPOCH_COLUMNS, *_STEP_COLUMNS)
    .select_from(schema.jobs)
    .outerjoin(schema.epochs, _last(schema.epochs, "epoch"))
    .outerjoin(schema.steps, _last(schema.steps, "step"))
    .order_by(schema.jobs.c.serial.desc())
)
_ACTIVE = (
    select(*(schema.jobs.c[name] for name in Active.__dataclass_fields__))
    .where(schema.jobs.c.state.in_(sorted(ACTIVE)))
    .order_by(schema.jobs.c.serial)
)


def _jobs(connection: Connection, *conditions: Any, limit: int | None = None, with_epochs: bool) -> list[Job]:
    found = [_as_job(tuple(row)) for row in connection.execute(_LIST.where(*conditions).limit(limit))]
    if not with_epochs:
        return found
    groups: dict[str, list[Epoch]] = {job.id: [] for job in found}
    table = schema.epochs
    query = (
        select(table.c.job, *_EPOCH_COLUMNS).where(table.c.job.in_(list(groups))).order_by(table.c.job, table.c.epoch)
    )
    for job_id, *values in connection.execute(query):
        groups[job_id].append(revive(Epoch, values))
    return [replace(job, epochs=tuple(groups[job.id])) for job in found]


def _as_job(row: tuple) -> Job:
    jobs_end, epochs_end = len(_JOB_COLUMNS), len(_JOB_COLUMNS) + len(_EPOCH_COLUMNS)
    epoch, step = row[jobs_end:epochs_end], row[epochs_end:]
    return Job(
        *row[:jobs_end],
        last_epoch=None if epoch[0] is None else revive(Epoch, epoch),
        last_step=None if step[0] is None else revive(Step, step),
    )


def _since(table: Table, kind: type[Row], columns: list[Column], job_ids: Collection[str], after: int) -> Rows[Row]:
    kept = select(schema.jobs.c.id).where(KEPT, schema.jobs.c.id.in_(list(job_ids)))
    query = (
        select(table.c.serial, table.c.job, *columns)
        .where(table.c.job.in_(kept), table.c.serial > after)
        .order_by(table.c.serial)
    )
    with reading() as connection:
        rows = connection.execute(query).all()
    items = tuple((row[1], revive(kind, row[2:])) for row in rows)
    return Rows(items, rows[-1].serial if rows else after)
