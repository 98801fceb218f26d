"""The database of runs with 1,000 jobs and 1,000,000 steps: what pages, workers and the supervisor ask of it."""

from collections.abc import Callable

from resnet_core.runs import store, writes
from tests.benchmarks import Row
from tests.benchmarks.large_home import STEPS, fill, home_of_its_own, step
from tests.benchmarks.timing import best_of


def run() -> list[Row]:
    with home_of_its_own():
        ids = fill()
        watched = ids[-4:]
        cursor = store.steps(watched).cursor
        numbers = iter(range(STEPS, 2 * STEPS))
        return [
            _row("Store: list 1,000 jobs with last epoch and step", store.jobs, 200),
            _row("Store: list the newest 50 jobs", lambda: store.jobs(limit=50), 20),
            _row("Store: one job with its epochs", lambda: store.job(ids[500]), 10),
            _row("Store: all 4,000 steps of 4 jobs", lambda: store.steps(watched), 200),
            _row("Store: poll 4 jobs, nothing new", lambda: store.steps(watched, cursor), 5),
            _row("Store: write a sampled step", lambda: writes.write_rows(ids[-1], [], [step(next(numbers))]), 10),
            _row("Store: poll 4 jobs, some new steps", lambda: store.steps(watched, cursor), 10),
            _row("Store: the supervisor's look at active jobs", store.active, 5),
            _row("Store: a worker's look at its stop flag", lambda: store.should_stop(ids[-1]), 5),
        ]


def _row(name: str, call: Callable[[], object], most: float) -> Row:
    milliseconds = best_of(call, repeats=15) * 1e3
    return Row(name, milliseconds, "ms", f"under {most} ms", milliseconds < most)
