"""A run's event file, read back by TensorBoard's own reader."""

import subprocess
import sys
import time

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from resnet_core import RECIPES
from resnet_core.results import Epoch, Step
from resnet_core.runs import folders
from resnet_core.runs.events import EventFile
from resnet_core.runs.reporter import Reporter
from tests.processes import start_python
from tests.test_runs_store import START, add, epoch, step


def read(folder) -> EventAccumulator:
    """Read all events of a folder; one that is damaged ends the reading."""
    return EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0}).Reload()


def test_tensorboard_reads_every_scalar_with_its_step_and_its_time(tmp_path):
    began = time.time()
    events = EventFile(tmp_path)
    events.text(spec="    {}")
    events.step(Step(4, 1, 2.5, 0.75, 0.1, 640.0, 0.5))
    between = time.time()
    events.step(Step(8, 1, 1.5, 0.5, 0.05, 650.0, 1.0))
    events.epoch(Epoch(1, 10, 1.25, 0.5, 2.0, 0.625, 0.05, 645.0, 3.0))
    ended = time.time()
    found = read(tmp_path)
    scalars = {tag: [(event.step, event.value) for event in found.Scalars(tag)] for tag in found.Tags()["scalars"]}
    assert scalars == {
        "step/loss": [(4, 2.5), (8, 1.5)],
        "step/error": [(4, 0.75), (8, 0.5)],
        "learning_rate": [(4, pytest.approx(0.1)), (8, pytest.approx(0.05))],
        "images_per_second": [(4, 640.0), (8, 650.0)],
        "epoch/train_loss": [(1, 1.25)],
        "epoch/train_error": [(1, 0.5)],
        "epoch/val_loss": [(1, 2.0)],
        "epoch/val_error": [(1, 0.625)],
        "epoch/seconds": [(1, 3.0)],
    }
    first, second = (event.wall_time for event in found.Scalars("step/loss"))
    assert began <= found.FirstEventTimestamp() <= first <= between <= second <= ended
    assert found.SummaryMetadata("spec").plugin_data.plugin_name == "text"
    assert found.Tensors("spec")[0].tensor_proto.string_val[0] == b"    {}"


def test_a_worker_tells_tensorboard_what_it_trains_and_how_it_goes(fresh_home):
    folder = folders.create(
        "r-aaaaaa", run='{"seed": 3}', spec='{"width": 16}', recipe=RECIPES["quick"].model_dump_json()
    )
    add("r-aaaaaa")
    reporter = Reporter("r-aaaaaa")
    reporter.on_start(START)
    reporter.on_step(step(4))
    reporter.on_epoch(epoch(1))
    found = read(folder)
    texts = {tag: found.Tensors(tag)[0].tensor_proto.string_val[0].decode() for tag in found.Tags()["tensors"]}
    assert texts.keys() == {"run", "spec", "recipe"}
    assert texts["run"] == '    {\n      "seed": 3\n    }'
    assert '"learning_rate": 0.02' in texts["recipe"]
    assert [event.step for event in found.Scalars("step/loss")] == [4]
    assert [event.value for event in found.Scalars("epoch/val_error")] == [pytest.approx(epoch(1).val_error)]


def test_a_full_disk_loses_no_event_and_leaves_no_half_record(tmp_path):
    code = (
        "import resource, pathlib\n"
        "from tests.test_runs_events import EventFile, step\n"
        f"events = EventFile(pathlib.Path({str(tmp_path)!r}))\n"
        "soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))\n"
        "failed = 0\n"
        "for number in range(1, 50):\n"
        "    try:\n"
        "        events.step(step(number))\n"
        "    except OSError:\n"
        "        failed += 1\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))\n"
        "print(failed)\n"
        "events.flush()\n"
    )
    out, err = start_python(code).communicate()
    assert (int(out) > 30, err) == (True, "")
    assert [event.step for event in read(tmp_path).Scalars("step/loss")] == list(range(1, 50))


def test_a_folder_that_is_gone_is_said_once_and_ends_no_run(fresh_home, capsys):
    add("r-aaaaaa")
    reporter = Reporter("r-aaaaaa")
    for number in range(1, 4):
        reporter.on_step(step(number))
    reporter.flush()
    assert capsys.readouterr().err.splitlines() == [
        "the events for TensorBoard cannot be written now (No such file or directory)"
    ]


def test_no_backend_is_imported_to_write_events():
    code = "import sys, resnet_core.runs.reporter\nprint(*{'tensorflow', 'jax', 'torch', 'keras'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_what_a_run_told_of_steps_that_it_trains_again_is_void(tmp_path):
    first = EventFile(tmp_path)
    for number in (40, 80, 120, 160):
        first.step(Step(number, 1, 1.0, 0.75, 0.1, 640.0, 0.5))
    second = EventFile(tmp_path)
    second.go_on(80)
    second.step(Step(130, 2, 0.5, 0.75, 0.1, 640.0, 0.5))
    assert first.path != second.path
    assert [(event.step, event.value) for event in read(tmp_path).Scalars("step/loss")] == [
        (40, 1.0),
        (80, 1.0),
        (130, 0.5),
    ]
