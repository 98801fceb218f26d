"""What the store gives back: one Job, and the rows that a poll found."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Generic, TypeVar

from resnet_core.results import ACTIVE, RESUMABLE, Epoch, Report, State, Step

Row = TypeVar("Row", Epoch, Step)


@dataclass(frozen=True)
class Job:
    """A training run or a check, as the database knew it at one moment.

    Attributes:
        id: short, as `r-7f3k2q`.
        kind: train or check.
        study: the group it was submitted with, if any.
        params, macs: of the network; macs for one image and one forward pass.
        device: the processor it trains on; None before it runs.
        created, started, running_since, finished: times in seconds since 1970: submitted, worker launched,
            first step about to be taken, ended.
        heartbeat: the last time its worker wrote anything.
        slots: the GPUs it was given, as `0` or `0,1`; empty on a CPU.
        pid, pid_started: its worker's process.
        stop_requested: when someone asked it to stop; None if nobody did.
        message: one line that says how it ended, or how far it is.
        test_loss, test_error: on the test images after the last epoch; None where they were the validation images.
        note: what a reader wrote about it.
        trashed: when it was deleted; None unless it is in the trash.
        owner: whose it is: owners take turns.
        limit_seconds, limit_bytes: how long it may run each time it is started, and the memory it may take.
        last_epoch, last_step: the newest of each.
        epochs: all of them, from `store.job`; None from `store.jobs`, which loads the last one only.
    """

    id: str
    kind: str
    state: State
    name: str
    data: str | None
    seed: int
    study: str | None
    params: int | None
    macs: int | None
    device: str | None
    train_images: int | None
    val_images: int | None
    steps_per_epoch: int | None
    total_steps: int | None
    total_epochs: int | None
    created: float
    started: float | None
    running_since: float | None
    finished: float | None
    heartbeat: float | None
    slots: str | None
    pid: int | None
    pid_started: float | None
    stop_requested: float | None
    message: str
    data_fingerprint: str | None
    spec_json: str
    recipe_json: str | None
    notes_json: str | None
    result_json: str | None
    versions_json: str | None
    test_loss: float | None
    test_error: float | None
    note: str
    tags_json: str
    trashed: float | None
    owner: str
    limit_seconds: float | None
    limit_bytes: int | None
    last_epoch: Epoch | None = None
    last_step: Step | None = None
    epochs: tuple[Epoch, ...] | None = None

    @cached_property
    def spec(self) -> dict[str, Any]:
        """The network's fields."""
        return json.loads(self.spec_json)

    @cached_property
    def recipe(self) -> dict[str, Any] | None:
        """The recipe's fields; None for a check."""
        return _parsed(self.recipe_json)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know, such as images that were skipped."""
        return tuple(_parsed(self.notes_json) or ())

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """Words that a reader gave it, to find it by."""
        return tuple(json.loads(self.tags_json))

    @cached_property
    def result(self) -> dict[str, Any] | None:
        """What a check found."""
        return _parsed(self.result_json)

    @cached_property
    def versions(self) -> dict[str, Any]:
        """Versions of Python and of the libraries that ran it."""
        return _parsed(self.versions_json) or {}

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ACTIVE

    @property
    def resumable(self) -> bool:
        """Whether it ended before its time and can go on, as far as the database knows."""
        return self.kind == "train" and self.state in RESUMABLE

    @property
    def step(self) -> int:
        """Training steps that are known to be done."""
        return max((row.step for row in (self.last_step, self.last_epoch) if row), default=0)

    @property
    def progress(self) -> float:
        """The part of its steps that is done, 0..1."""
        return min(self.step / self.total_steps, 1.0) if self.total_steps else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until a running job is done at its present speed; None while that is unknown."""
        if self.state != "running" or not self.total_steps or not self.steps_per_epoch:
            return None
        left = max(self.total_steps - self.step, 0)
        if self.last_epoch and math.isfinite(self.last_epoch.seconds) and self.last_epoch.epoch > 1:
            return left / self.steps_per_epoch * self.last_epoch.seconds
        if self.last_step and self.last_step.images_per_second > 0:
            batch = min(self.recipe["batch_size"], self.train_images or math.inf)
            return left * batch / self.last_step.images_per_second
        return None

    def as_json(self) -> dict[str, Any]:
        """Return the object that `jobs show --json` prints.

        A job of a list has no `epochs`; a check has its `result` besides. Numbers that are not finite become null.
        """
        shown = Report(**{field.name: getattr(self, field.name) for field in fields(Report)}).as_json()
        if self.kind == "check":
            shown["result"] = self.result
        return shown


@dataclass(frozen=True)
class Rows(Generic[Row]):
    """Rows that were written since a cursor, oldest first, and the cursor to ask with next.

    A row that was written again comes again: the later one holds.
    """

    items: tuple[tuple[str, Row], ...]
    cursor: int

    def by_job(self) -> dict[str, list[Row]]:
        """Return the rows under their job's id."""
        groups: dict[str, list[Row]] = {}
        for job, row in self.items:
            groups.setdefault(job, []).append(row)
        return groups


@dataclass(frozen=True)
class Active:
    """What the supervisor needs to know about a job that waits or runs, and no more.

    Attributes:
        clock: when it was given a worker, by the monotonic clock of this computer.
        heartbeat: changes with everything that its worker writes.
    """

    id: str
    state: State
    owner: str
    clock: float | None
    heartbeat: float | None
    limit_seconds: float | None
    limit_bytes: int | None
    slots: str | None
    pid: int | None
    pid_started: float | None
    stop_requested: float | None
    all_devices: bool


def plain(row: Epoch | Step) -> dict[str, int | float]:
    """Return a row's values as Python's own numbers; a NumPy float would be stored as bytes."""
    return {field.name: field.type(getattr(row, field.name)) for field in fields(row)}


def revive(kind: type[Row], values: Iterable[int | float | None]) -> Row:
    """Build a row from stored values in the order of its fields; NULL was a NaN."""
    values = tuple(values)
    # Nearly all rows are whole, and a page may read 40,000 of them.
    return kind(*(math.nan if value is None else value for value in values)) if None in values else kind(*values)


def _parsed(text: str | None) -> Any:
    return None if text is None else json.loads(text)
