"""What can be out of order in a lab's home after a crash, and how each is put right without losing anything."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from resnet_core import checkpoints
from resnet_core.errors import InputError
from resnet_core.home import lab_home
from resnet_core.recipes import make_recipe
from resnet_core.runs import database, folders, queue, store, supervision, writes
from resnet_core.runs.records import Job
from resnet_core.spec import make_spec

# What is younger may be in the making: a submission writes the folder first and then the row.
GRACE_SECONDS = 60.0


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it should be.

    Attributes:
        what: what was found.
        remedy: what `mend` does, in the past tense.
        mend: puts it right; raises a LabError or OSError if it cannot.
    """

    what: str
    remedy: str
    mend: Callable[[], object]


def faults() -> list[Fault]:
    """Look for runs without a folder, folders without a run, documents that are half written, and stale marks.

    Raises:
        HomeError, StoreError: the home or the database cannot be read, or the database is another home's.
    """
    home = lab_home()
    database.must_not_be_anothers()
    kept, trashed = store.jobs(), store.trashed()
    found = [*_of_rows(kept), *_of_trash(trashed, home), *_of_folders({job.id for job in (*kept, *trashed)}, home)]
    return [*found, *_left_over(kept, home), *_stale(home)]


def _of_rows(jobs: list[Job]) -> Iterator[Fault]:
    for job in jobs:
        if time.time() - job.created < GRACE_SECONDS:
            continue
        folder = folders.job_folder(job.id)
        if folder.is_dir():
            wrong = [name for name, text in folders.written(job).items() if text and not _is_json(folder, name)]
            if wrong:
                what = f"the folder of {job.id} has no whole {' and '.join(f'{name}.json' for name in wrong)}"
                yield Fault(what, "written again from the database", partial(folders.write_again, job))
        elif folders.trash_folder(job.id).is_dir():
            what = f"the folder of {job.id} is in the trash, the run is not"
            yield Fault(what, "moved back", partial(folders.move_from_trash, job.id))
        else:
            what = f"{job.id} has no folder: its log and weights are gone"
            yield Fault(what, "made anew from the database, which has its numbers", partial(folders.create_for, job))


def _of_trash(jobs: list[Job], home: Path) -> Iterator[Fault]:
    for job in jobs:
        if (home / "runs" / job.id).is_dir():
            what = f"{job.id} is in the trash, its folder is not"
            yield Fault(what, "moved there", partial(folders.move_to_trash, job.id))


def _of_folders(known: set[str], home: Path) -> Iterator[Fault]:
    for folder in sorted((home / "runs").glob("*")):
        if folder.name in known or not folder.is_dir() or _age(folder) < GRACE_SECONDS:
            continue
        row = _row(folder)
        if row:
            what = f"the folder of {folder.name} belongs to no run of the database"
            yield Fault(what, "listed again, as lost: its epochs are not known", partial(writes.add, [row]))
        else:
            what = f"the folder {folder} is half written and belongs to no run"
            yield Fault(what, "moved to the trash", partial(folders.put_aside, folder))


def _left_over(jobs: list[Job], home: Path) -> Iterator[Fault]:
    """Find files that a process had not finished when it was killed."""
    at_work = {job.id for job in jobs if job.active}
    halves = [path for form in ("*/*.part", f"*/{checkpoints.HALF}*") for path in (home / "runs").glob(form)]
    parts = [path for path in halves if path.parent.name not in at_work]
    for path in sorted([*parts, *home.glob("*.part"), *home.glob(".write-*")]):
        if _age(path) >= GRACE_SECONDS:
            yield Fault(f"{path} is half of a file that nobody finishes", "removed", path.unlink)


def _stale(home: Path) -> Iterator[Fault]:
    if supervision.running_pid() is not None:
        return
    card = home / supervision.CARD
    if card.exists():
        yield Fault(f"{card} names a supervisor that no longer runs", "removed", partial(card.unlink, missing_ok=True))
    active = store.active()
    if active:
        what = f"{len(active):,} runs wait or seem to run, and no supervisor looks after them"
        yield Fault(what, "a supervisor was started, which goes on with them", supervision.ensure)


def _row(folder: Path) -> dict | None:
    """Return the row of a job whose folder describes it; None if it does not."""
    try:
        texts = {name: (folder / f"{name}.json").read_text() for name in ("run", "spec")}
        run = {name: json.loads(texts["run"])[name] for name in folders.IN_RUN}
        spec = make_spec(json.loads(texts["spec"]))
        recipe = None
        if run["kind"] == "train":
            recipe = make_recipe(json.loads((folder / "recipe.json").read_text()))
    except (OSError, ValueError, KeyError, TypeError, InputError, ValidationError):
        return None
    if run["id"] != folder.name:
        return None
    when = (folder / "run.json").stat().st_mtime
    return run | {
        "state": "lost",
        **queue.described(spec, recipe),
        "created": when,
        "finished": when,
        "message": "its folder was found without its numbers: what it had reached is not known",
    }


def _is_json(folder: Path, name: str) -> bool:
    try:
        json.loads((folder / f"{name}.json").read_text())
    except (OSError, ValueError):
        return False
    return True


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
