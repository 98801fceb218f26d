"""The database of runs with 1,000 jobs and 1,000,000 steps: what pages, workers and the supervisor ask of it."""

import os
import tempfile
from collections.abc import Callable
from contextlib import contextmanager

from resnet_core import RECIPES, get_spec
from resnet_core.results import Epoch, Step
from resnet_core.runs import database, store, writes
from tests import processes
from tests.benchmarks import Row
from tests.benchmarks.timing import best_of

JOBS, EPOCHS, STEPS = 1_000, 10, 1_000


def run() -> list[Row]:
    with _home_of_its_own():
        ids = _fill()
        watched = ids[-4:]
        cursor = store.steps(watched).cursor
        numbers = iter(range(STEPS, 2 * STEPS))
        return [
            _row("Store: list 1,000 jobs with last epoch and step", store.jobs, 200),
            _row("Store: list the newest 50 jobs", lambda: store.jobs(limit=50), 20),
            _row("Store: one job with its epochs", lambda: store.job(ids[500]), 10),
            _row("Store: all 4,000 steps of 4 jobs", lambda: store.steps(watched), 200),
            _row("Store: poll 4 jobs, nothing new", lambda: store.steps(watched, cursor), 5),
            _row("Store: write a sampled step", lambda: writes.write_rows(ids[-1], [], [_step(next(numbers))]), 10),
            _row("Store: poll 4 jobs, some new steps", lambda: store.steps(watched, cursor), 10),
            _row("Store: the supervisor's look at active jobs", store.active, 5),
            _row("Store: a worker's look at its stop flag", lambda: store.should_stop(ids[-1]), 5),
        ]


@contextmanager
def _home_of_its_own():
    before = os.environ[processes.HOME_VARIABLE]
    with tempfile.TemporaryDirectory(prefix="resnet-lab-store-") as home:
        os.environ[processes.HOME_VARIABLE] = home
        try:
            yield
        finally:
            os.environ[processes.HOME_VARIABLE] = before


def _fill() -> list[str]:
    spec, recipe = get_spec("resnet20").model_dump_json(), RECIPES["quick"].model_dump_json()
    ids = [f"r-{number:06}" for number in range(JOBS)]
    common = {"kind": "train", "name": "resnet20", "spec": spec, "recipe": recipe, "data": "shapes", "seed": 0}
    writes.add(
        [
            {**common, "id": job_id, "state": "finished" if number < JOBS - 4 else "running", "created": float(number)}
            for number, job_id in enumerate(ids)
        ]
    )
    # Workers write in turn, so the rows of a job lie scattered over the file.
    _insert("epochs", ((job_id, *vars(_epoch(n)).values()) for n in range(1, EPOCHS + 1) for job_id in ids))
    _insert("steps", ((job_id, *vars(_step(n)).values()) for n in range(STEPS) for job_id in ids))
    return ids


def _insert(table: str, rows) -> None:
    columns = ("job", *(Epoch if table == "epochs" else Step).__dataclass_fields__)
    places = ", ".join("?" * len(columns))
    with database.writing() as connection:
        connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", list(rows))


def _step(number: int) -> Step:
    return Step(number, number // 100 + 1, 2.0 / (number + 1), 0.5, 0.1, 600.0, number * 0.2)


def _epoch(number: int) -> Epoch:
    return Epoch(number, number * 100, 1.0 / number, 0.5, 1.0 / number, 0.5, 0.1, 600.0, 20.0)


def _row(name: str, call: Callable[[], object], most: float) -> Row:
    milliseconds = best_of(call, repeats=15) * 1e3
    return Row(name, milliseconds, "ms", f"under {most} ms", milliseconds < most)
