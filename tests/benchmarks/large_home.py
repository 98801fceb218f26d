"""A lab home with 1,000 runs, 10,000 epochs and 1,000,000 sampled steps, as years of use would leave it."""

import os
import tempfile
from contextlib import contextmanager

from resnet_core import RECIPES, get_spec
from resnet_core.results import Epoch, Step
from resnet_core.runs import database, writes
from tests import processes

JOBS, EPOCHS, STEPS = 1_000, 10, 1_000
SPECS = [get_spec(f"pocket_{kind}{depth}") for depth in (20, 32, 44, 56) for kind in ("resnet", "plain")]


@contextmanager
def home_of_its_own():
    """Use an empty home, and the one before again when done."""
    before = os.environ[processes.HOME_VARIABLE]
    with tempfile.TemporaryDirectory(prefix="resnet-lab-store-") as home:
        os.environ[processes.HOME_VARIABLE] = home
        try:
            yield
        finally:
            os.environ[processes.HOME_VARIABLE] = before


def fill() -> list[str]:
    """Fill the present home and return the ids of its runs; they belong to studies of 20, and the last 4 go on."""
    ids = [f"r-{number:06}" for number in range(JOBS)]
    writes.add([_row(number, job_id) for number, job_id in enumerate(ids)])
    # Workers write in turn, so the rows of a job lie scattered over the file.
    _insert("epochs", ((job_id, *vars(epoch(n)).values()) for n in range(1, EPOCHS + 1) for job_id in ids))
    _insert("steps", ((job_id, *vars(step(n)).values()) for n in range(STEPS) for job_id in ids))
    return ids


def _row(number: int, job_id: str) -> dict:
    spec = SPECS[number % len(SPECS)]
    return {
        "id": job_id,
        "kind": "train",
        "state": "finished" if number < JOBS - 4 else "running",
        "name": spec.name,
        "spec": spec.model_dump_json(),
        "recipe": RECIPES["quick"].model_dump_json(),
        "data": "shapes",
        "seed": number // len(SPECS) % 5,
        "study": f"set-{number // 20:06}",
        "params": 300_000,
        "macs": 10_000_000,
        "steps_per_epoch": 100,
        "created": float(number),
    }


def _insert(table: str, rows) -> None:
    columns = ("job", *(Epoch if table == "epochs" else Step).__dataclass_fields__)
    places = ", ".join("?" * len(columns))
    with database.writing() as connection:
        connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", list(rows))


def step(number: int) -> Step:
    """Return a sampled step."""
    return Step(number, number // 100 + 1, 2.0 / (number + 1), 0.5, 0.1, 600.0, number * 0.2)


def epoch(number: int) -> Epoch:
    """Return a finished epoch."""
    return Epoch(number, number * 100, 1.0 / number, 0.5, 1.0 / number, 0.5, 0.1, 600.0, 20.0)
