"""Runs as a list to choose from: the newest first, those that were launched together in one group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app import theme
from app.language import _
from resnet_core.runs.records import Job
from resnet_core.studies import STUDIES


@dataclass(frozen=True)
class Row:
    """One run in the list.

    Attributes:
        id: of the run.
        name: of its network.
        residual: or plain.
        state: as the store knows it.
        about: data, seed and tags.
        validation, training: last errors in percent, as text; empty where there are none, and while the run is in
            work: they would be old as soon as they are read.
        created: seconds since 1970.
    """

    id: str
    name: str
    residual: bool
    state: str
    about: str
    validation: str
    training: str
    created: float


@dataclass(frozen=True)
class RunGroup:
    """Runs that were launched together, in the order of their launch; or one run on its own.

    Attributes:
        id: of the study; of the run where it stands on its own.
        title: a heading; empty for a run on its own.
        created: when the newest of them was launched, in seconds since 1970.
        rows: the runs.
    """

    id: str
    title: str
    created: float
    rows: tuple[Row, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what the picker's script reads: rows are lists of the fields of `Row`, in their order."""
        rows = [list(vars(row).values()) for row in self.rows]
        return {"id": self.id, "title": self.title, "created": self.created, "rows": rows}


def group_runs(jobs: Sequence[Job]) -> list[RunGroup]:
    """Group runs by study.

    Args:
        jobs: training runs, the newest first; groups keep that order by their newest run.
    """
    members: dict[str, list[Job]] = {}
    for job in jobs:
        members.setdefault(job.study or job.id, []).append(job)
    return [
        RunGroup(name, _title(name, group), group[0].created, tuple(_row(job) for job in reversed(group)))
        for name, group in members.items()
    ]


def data_name(job: Job) -> str:
    """Return a run's data in a few words: the kind, and the last part of a path."""
    kind, path = (job.data or "").partition(":")[::2]
    return f"{kind} {path.rstrip('/').rpartition('/')[2]}".strip()


def _title(name: str, group: list[Job]) -> str:
    if group[0].study is None:
        return ""
    study = STUDIES.get(name.rpartition("-")[0])
    if study:
        return _(study.title)
    if len(group) == 1:
        return ""
    return _("{count} runs launched together").format(count=len(group))


def _row(job: Job) -> Row:
    last = None if job.active else job.last_epoch
    return Row(
        id=job.id,
        name=job.name,
        residual=bool(job.spec["residual"]),
        state=job.state,
        about=" · ".join([data_name(job), _("seed {seed}").format(seed=job.seed), *job.tags]),
        validation=theme.percent(last.val_error) if last else "",
        training=theme.percent(last.train_error) if last else "",
        created=job.created,
    )
