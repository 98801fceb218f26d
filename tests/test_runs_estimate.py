"""Time and memory of a run before it starts, held against measured ones."""

import math

import pytest

from resnet_core import Recipe, get_spec
from resnet_core.results import Epoch, Start
from resnet_core.runs import devices, writes
from resnet_core.runs.estimate import _Work, estimate

SMALL, DEEP = get_spec("pocket_resnet20"), get_spec("pocket_resnet56")
RECIPE = Recipe(batch_size=64, epochs=8)


@pytest.fixture(autouse=True)
def cpu_only(fresh_home, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")


@pytest.mark.parametrize(
    ("name", "batch", "images_per_second"),
    # Measured on 2 cores whose NumPy reached 83e9 multiply-accumulates per second.
    [("pocket_resnet20", 64, 2200), ("pocket_resnet56", 64, 800), ("resnet20", 128, 625)],
)
def test_the_model_gives_speeds_that_were_measured(name, batch, images_per_second):
    work = _Work.of(get_spec(name), Recipe(batch_size=batch, epochs=1), 12_800, 0)
    assert 12_800 / work.epoch_seconds(0.95 * 83e9) == pytest.approx(images_per_second, rel=0.1)


@pytest.mark.parametrize(("size", "validation_steps"), [(32, 4), (256, 16), (512, 32)])
def test_large_images_are_validated_in_more_steps(size, validation_steps):
    spec = SMALL.model_copy(update={"input_size": size})
    without, with_them = (_Work.of(spec, RECIPE, 64, images).epoch_seconds(math.inf) for images in (0, 1024))
    assert with_them / without == pytest.approx(1 + validation_steps), "an epoch here is one step of training"


def test_without_a_run_it_says_where_it_comes_from_and_grows_with_the_work():
    first = estimate(SMALL, RECIPE, 5120, 2000)
    assert first.basis == "no run on this device yet: from a NumPy matrix product measured just now"
    longer = estimate(SMALL, RECIPE.model_copy(update={"epochs": 16}), 5120, 2000)
    deeper = estimate(DEEP, RECIPE, 5120, 2000)
    assert first.seconds < longer.seconds < 2 * first.seconds
    assert deeper.seconds > 1.5 * first.seconds
    assert deeper.memory_bytes > first.memory_bytes > 500e6


def test_a_run_that_was_done_before_takes_as_long_again():
    add_run("r-aaaaaa", SMALL, start=5.0, first=21.0, later=9.0)
    found = estimate(SMALL, RECIPE, 5120, 2000)
    assert found.basis == "measured on 1 earlier run on this device"
    assert found.seconds == pytest.approx(5.0 + (21.0 - 9.0) + 8 * 9.0)
    by_steps = Recipe(batch_size=64, steps=8 * 80)
    assert estimate(SMALL, by_steps, 5120, 2000).seconds == pytest.approx(found.seconds)
    half = estimate(SMALL, RECIPE, 2560, 1000)
    assert half.seconds == pytest.approx(5.0 + 12.0 + 8 * 4.5, rel=0.02)


def test_the_nearest_networks_count():
    for number in range(5):
        add_run(f"r-sma{number:03}", SMALL, start=5.0, first=21.0, later=9.0)
        add_run(f"r-dee{number:03}", DEEP, start=5.0, first=130.0, later=100.0)
    assert estimate(DEEP, RECIPE, 5120, 2000).seconds == pytest.approx(5.0 + 30.0 + 8 * 100.0)
    found = estimate(SMALL, RECIPE, 5120, 2000)
    assert found.seconds == pytest.approx(5.0 + 12.0 + 8 * 9.0)
    assert found.basis == "measured on 5 earlier runs on this device"


def test_runs_that_tell_nothing_are_left_out():
    add_run("r-other1", SMALL, start=5.0, first=21.0, later=9.0, device="another processor")
    add_run("r-short1", SMALL, start=5.0, first=21.0, later=9.0, epochs=1)
    add_run("r-lost01", SMALL, start=5.0, first=21.0, later=9.0, state="lost")
    assert estimate(SMALL, RECIPE, 5120, 2000).basis.startswith("no run on this device yet")


def test_memory_counts_what_a_recipe_adds():
    plain = estimate(DEEP, RECIPE, 5120, 2000).memory_bytes
    adam = estimate(
        DEEP, RECIPE.model_copy(update={"optimizer": Recipe(optimizer="adam", epochs=1).optimizer}), 5120, 2000
    )
    assert adam.memory_bytes - plain == 4 * 857_082, "Adam keeps one number more for each parameter than momentum"
    large = estimate(DEEP, RECIPE.model_copy(update={"batch_size": 128}), 5120, 2000)
    assert large.memory_bytes > plain + 64 * 4 * 400_000, "64 more images keep all their activations"


def add_run(job_id, spec, *, start, first, later, device=None, epochs=4, state="finished"):
    recipe = RECIPE.model_copy(update={"epochs": epochs})
    row = {"id": job_id, "kind": "train", "state": "queued", "name": spec.name, "data": "shapes", "seed": 0}
    row |= {"spec": spec.model_dump_json(), "recipe": recipe.model_dump_json(), "created": 1e9}
    writes.add([row])
    writes.advance(job_id, {"queued"}, "starting")
    device = device or devices.local_device().name
    writes.write_start(job_id, Start(1, device, 5120, 2000, 80, 80 * epochs, epochs))
    seconds = [first, *[later] * (epochs - 1)]
    rows = [Epoch(n, 80 * n, 1.0, 0.5, 1.0, 0.5, 0.1, 600.0, s) for n, s in enumerate(seconds, start=1)]
    writes.write_rows(job_id, rows, [])
    writes.advance(job_id, {"running"}, state)
    writes.write_columns(job_id, started=1000.0, running_since=1000.0 + start)


def test_images_that_stay_on_disk_do_not_count_as_memory():
    spec = get_spec("resnet18").model_copy(update={"classes": 2})
    few, many = (estimate(spec, RECIPE, images, 1_000).memory_bytes for images in (4_000, 400_000))
    assert many < few
