"""Tables of a comparison: their numbers are the store's, and a reader can compute with what is saved."""

import io

import pandas as pd
import pytest

from app.run import Run
from app.runs_table import epoch_rows, final_numbers
from app.tables import csv
from resnet_core import get_spec
from resnet_core.results import Epoch
from resnet_core.runs import store
from tests.stored_runs import store_run


@pytest.fixture
def runs(fresh_home) -> list[Run]:
    """Return a finished run and one that waits, read back from the store."""
    store_run("r-one", get_spec("pocket_resnet20"), [(0.5, 0.4), (0.25, 0.1), (0.125, 0.3)], seed=7)
    store_run("r-two", get_spec("pocket_plain20"), state="queued", device=None)
    jobs = store.jobs(with_epochs=True)[::-1]
    return [Run(job, job.name, job.epochs) for job in jobs]


def words(recipe) -> str:
    return f"{recipe.epochs} epochs"


def test_final_best_and_totals_of_each_run(runs):
    table = final_numbers(runs, words).set_index("run")
    one = table.loc["r-one"]
    assert (one.final_train_error, one.final_val_error) == (0.125, 0.3)
    assert (one.best_train_error, one.best_val_error, one.best_val_epoch) == (0.125, 0.1, 2)
    assert (one.epochs, one.planned_epochs, one.seconds, one.images_per_second) == (3, 6, 6.0, 500.0)
    assert (one.params, one.macs) == (271_098, 10_138_240)
    assert (one.recipe, one.seed, one.device, one.state) == ("6 epochs", 7, "Test CPU", "finished")


def test_a_run_without_epochs_has_empty_cells(runs):
    two = final_numbers(runs, words).set_index("run").loc["r-two"]
    assert two.epochs == 0
    assert two[["final_val_error", "best_val_error", "best_val_epoch", "seconds", "device"]].isna().all()


def test_the_epochs_that_are_saved_are_the_stores(runs):
    saved = pd.read_csv(io.BytesIO(csv(epoch_rows(runs))))
    assert list(saved.columns) == ["run", "network", "data", "seed", *Epoch.__dataclass_fields__]
    assert set(saved["run"]) == {"r-one"} and set(saved["seed"]) == {7}
    kept = [Epoch(*row) for row in saved[list(Epoch.__dataclass_fields__)].itertuples(index=False)]
    assert kept == list(store.job("r-one").epochs)


def test_the_table_that_is_saved_reads_back_the_same(runs):
    table = final_numbers(runs, words)
    saved = pd.read_csv(io.BytesIO(csv(table)))
    assert list(saved.columns) == list(table.columns)
    assert saved["final_val_error"].tolist()[0] == 0.3 and saved["final_val_error"].isna().tolist() == [False, True]


def test_speed_is_images_over_time(fresh_home):
    slow, fast = (Epoch(n, n * 10, 1, 0.5, 1, 0.5, 0.1, speed, 1.0) for n, speed in ((1, 100.0), (2, 300.0)))
    store_run("r-one", get_spec("pocket_resnet20"))
    run = Run(store.job("r-one"), "r", (slow, fast))
    # As many images at 100 and at 300 a second: 600 at each take 6 s and 2 s, and 1,200 in 8 s are 150 a second.
    assert run.images_per_second == pytest.approx(150)


def test_no_runs_are_an_empty_table():
    assert final_numbers([], words).empty and epoch_rows([]).empty
