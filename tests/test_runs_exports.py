"""What a run is taken home as: read back by those it is made for."""

import csv
import io
import json
import math
import shlex
import subprocess
import sys
from dataclasses import asdict, astuple
from pathlib import PurePath

import keras
import nbformat
import numpy as np
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from resnet_core import PRESETS, RECIPES, build_graph, get_spec, make_spec
from resnet_core.cli.arguments import read_run
from resnet_core.errors import InputError, RunError
from resnet_core.models import build_model
from resnet_core.recipes import Augment, Devices, Normalize, Optimizer, Precision, Recipe, Schedule, make_recipe
from resnet_core.results import Step
from resnet_core.runs import exports, folders, store, writes
from resnet_core.runs.commands import export_command, install_command, train_command
from resnet_core.training import train
from tests.specs import any_spec
from tests.stored_runs import store_run

SMALL = make_spec({"stages": (1, 1), "width": 4, "input_size": 8})
SHORT = make_recipe({"epochs": 1, "train_size": 320, "batch_size": 64})
STEPS = [Step(4, 1, 2.5, 0.75, 0.1, 640.0, 0.5), Step(8, 1, math.nan, 0.5, 0.05, 650.0, 1.0)]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Train a network with option A's shortcut and store its run as a worker does."""
    home = tmp_path_factory.mktemp("exports-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESNET_LAB_HOME", str(home))
        folder = folders.create("r-aaaaaa", spec=SMALL.model_dump_json())
        result = train(SMALL, SHORT, "shapes", seed=5, folder=folder)
        versions = json.dumps({"python": "3.11.7", "keras": keras.__version__, "numpy": np.__version__})
        store_run("r-aaaaaa", SMALL, recipe=SHORT, seed=5, versions=versions, steps=STEPS)
        writes.write_rows("r-aaaaaa", list(result.epochs), [])
        yield store.job("r-aaaaaa")


class TestNumbers:
    def test_csv_holds_every_digit_and_empty_cells_for_what_is_no_number(self, trained):
        rows = list(csv.DictReader(io.StringIO(exports.export(trained.id, "epochs.csv").decode())))
        assert [{name: float(cell) for name, cell in row.items()} for row in rows] == [
            asdict(epoch) for epoch in trained.epochs
        ]
        rows = list(csv.DictReader(io.StringIO(exports.export(trained.id, "steps.csv").decode())))
        assert [row["step"] for row in rows] == ["4", "8"]
        assert [row["loss"] for row in rows] == ["2.5", ""]

    def test_parquet_is_typed_and_knows_its_run(self, trained):
        table = pyarrow.parquet.read_table(io.BytesIO(exports.export(trained.id, "epochs.parquet")))
        assert [tuple(row.values()) for row in table.to_pylist()] == [astuple(epoch) for epoch in trained.epochs]
        assert (str(table.schema.field("epoch").type), str(table.schema.field("val_error").type)) == ("int64", "double")
        known = json.loads(table.schema.metadata[b"resnet_lab"])
        assert (make_spec(known["spec"]), make_recipe(known["recipe"]), known["seed"]) == (SMALL, SHORT, 5)
        steps = pyarrow.parquet.read_table(io.BytesIO(exports.export(trained.id, "steps.parquet"))).to_pylist()
        assert [row["loss"] for row in steps] == [2.5, None]

    def test_a_run_without_epochs_gives_a_table_with_heads_alone(self, fresh_home):
        store_run("r-empty2", SMALL)
        assert exports.export("r-empty2", "epochs.csv").startswith(b"epoch,step,train_loss")
        assert pyarrow.parquet.read_table(io.BytesIO(exports.export("r-empty2", "steps.parquet"))).num_rows == 0


class TestNetwork:
    @pytest.mark.slow
    def test_keras_opens_the_network_without_this_package_and_it_reads_bytes(self, trained, tmp_path):
        for name in ("net.keras", "weights.weights.h5"):
            (tmp_path / name).write_bytes(exports.export(trained.id, name))
        images = np.random.default_rng(0).integers(0, 256, (6, 8, 8, 3), dtype=np.uint8)
        np.save(tmp_path / "images.npy", images)
        code = (
            "import keras, numpy as np, sys\n"
            "net = keras.saving.load_model('net.keras')\n"
            "np.save('logits.npy', net.predict(np.load('images.npy'), verbose=0))\n"
            "assert 'resnet_core' not in sys.modules\n"
        )
        done = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        network = build_model(build_graph(SMALL))
        network.load_weights(tmp_path / "weights.weights.h5")
        kept = np.load(tmp_path / "logits.npy")
        # The mean image is that of the very images it was trained on: another would shift the logits.
        script = {"__name__": "exported"}
        exec(exports.export(trained.id, "train.py"), script)
        x_train = script["split"](*script["load_data"]())[0]
        logits = network.predict((images / np.float32(255)) - x_train.mean(axis=0) / np.float32(255), verbose=0)
        np.testing.assert_allclose(kept, logits, rtol=1e-4, atol=1e-5)

    def test_what_a_run_kept_is_offered_and_what_it_did_not_keep_is_said(self, trained, fresh_home):
        store_run("r-gone22", SMALL, [(0.5, 0.5)])
        store_run("r-empty2", SMALL, state="failed")
        offered = {
            name: [kind.name for kind in exports.available(store.job(name))] for name in ("r-gone22", "r-empty2")
        }
        assert "epochs.csv" in offered["r-gone22"] and "net.keras" not in offered["r-gone22"]
        assert offered["r-empty2"] == ["train.py", "run.ipynb", "spec.json", "recipe.json", "run.json"]
        with pytest.raises(RunError, match="r-gone22 kept no weights: its folder no longer holds weights.weights.h5"):
            exports.export("r-gone22", "net.keras")
        with pytest.raises(RunError, match="r-empty2 kept no weights: it has finished no epoch"):
            exports.export("r-empty2", "weights.weights.h5")

    def test_a_check_has_documents_alone(self, fresh_home):
        store_run("c-aaaaaa", SMALL, kind="check", data=None)
        assert [kind.name for kind in exports.available(store.job("c-aaaaaa"))] == ["spec.json", "run.json"]
        with pytest.raises(RunError, match="c-aaaaaa is a check and trained nothing"):
            exports.export("c-aaaaaa", "train.py")


class TestScript:
    def test_a_notebook_is_valid_and_its_cells_repeat_the_run(self, trained, capsys):
        book = nbformat.reads(exports.export(trained.id, "run.ipynb").decode(), as_version=4)
        nbformat.validate(book)
        values = {"__name__": "notebook"}
        for cell in book.cells:
            if cell.cell_type == "code":
                exec(cell.source, values)
        assert "the same training loss as in the run, to the last bit" in capsys.readouterr().out
        assert f"`pip install keras=={keras.__version__} tensorflow numpy=={np.__version__}`" in book.cells[0].source

    def test_documents_are_those_the_run_was_asked_for_with(self, trained):
        assert make_spec(json.loads(exports.export(trained.id, "spec.json"))) == SMALL
        assert make_recipe(json.loads(exports.export(trained.id, "recipe.json"))) == SHORT
        assert json.loads(exports.export(trained.id, "run.json")) == trained.as_json()


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("train.py", "train.py"),
        ("anything.PY", "train.py"),
        ("book.ipynb", "run.ipynb"),
        ("x.keras", "net.keras"),
        ("weights.h5", "weights.weights.h5"),
        ("my-epochs.csv", "epochs.csv"),
        ("r-aaaaaa-steps.parquet", "steps.parquet"),
        ("recipe.json", "recipe.json"),
    ],
)
def test_a_files_name_says_what_is_written(file, kind):
    assert exports.kind_of(PurePath(file)) == kind


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("x.csv", "x.csv does not say what to write: choose a name that holds that of epochs.csv or steps.csv"),
        ("epochs-steps.csv", "does not say what to write"),
        ("x.pt", "x.pt ends in .pt: choose one of net.keras, weights.weights.h5, train.py"),
        ("train", "train ends in nothing"),
    ],
)
def test_a_name_that_says_too_little_is_refused(file, line):
    with pytest.raises(InputError, match=line):
        exports.kind_of(PurePath(file))


recipes = some.builds(
    lambda budget, schedule, **values: Recipe(**values, **{budget[0]: budget[1]}, **schedule),
    budget=some.tuples(some.sampled_from(["epochs", "steps"]), some.integers(1, 900)),
    schedule=some.sampled_from(
        [{}, {"schedule": Schedule.COSINE}, {"schedule": Schedule.STEP, "milestones": (4, 700)}, {"milestones": (9,)}]
    ),
    optimizer=some.sampled_from(Optimizer),
    learning_rate=some.floats(0, 10, exclude_min=True),
    warmup_steps=some.integers(0, 9),
    weight_decay=some.floats(0, 1),
    batch_size=some.integers(1, 4096),
    augment=some.sampled_from(Augment),
    precision=some.sampled_from(Precision),
    normalize=some.sampled_from(Normalize),
    devices=some.sampled_from(Devices),
    train_size=some.none() | some.integers(1, 9_000),
    validation_size=some.none() | some.integers(1, 9_000),
    deterministic=some.booleans(),
)


class TestCommands:
    @settings(max_examples=60)
    @given(spec=any_spec(stages=3, blocks=3), recipe=recipes | some.sampled_from(list(RECIPES.values())))
    def test_the_line_that_repeats_a_run_says_exactly_its_network_recipe_data_and_seed(self, spec, recipe):
        check_line(job_like(spec, recipe, data="folder:/tmp/my 'own' photos", seed=7), spec, recipe)

    def test_only_what_differs_from_a_name_is_said(self):
        job = job_like(get_spec("resnet56"), RECIPES["paper"].model_copy(update={"steps": None, "epochs": 9}))
        check_line(job, get_spec("resnet56"), make_recipe(job.recipe))
        assert train_command(job) == (
            "python -m resnet_core train resnet56 --data shapes --recipe paper --set epochs=9 --seed 0"
        )
        assert export_command(job) == "python -m resnet_core jobs export r-aaaaaa -o train.py"

    def test_another_backend_and_the_versions_are_said(self, fresh_home):
        job = job_like(
            SMALL, SHORT, versions={"keras": "3.15.1", "jax": "0.8.0", "tensorflow": "2.21.0", "numpy": "2.4"}
        )
        folders.create("r-aaaaaa", environment='{"backend": "jax"}')
        assert train_command(job).startswith("KERAS_BACKEND=jax python -m resnet_core train ")
        assert install_command(job) == "pip install keras==3.15.1 jax==0.8.0 numpy==2.4"

    def test_every_preset_is_its_own_nearest(self):
        for name, preset in PRESETS.items():
            check_line(job_like(preset.spec, RECIPES["quick"]), preset.spec, RECIPES["quick"])
            words = shlex.split(train_command(job_like(preset.spec, RECIPES["quick"])))
            assert PRESETS[words[4]].spec == preset.spec and "--set" not in words, name


def job_like(spec, recipe, *, data="shapes", seed=0, versions=None):
    """Return a job as the store would, without a database."""
    from resnet_core.runs.records import Job

    values = dict.fromkeys(Job.__dataclass_fields__)
    values |= {"id": "r-aaaaaa", "kind": "train", "state": "finished", "data": data, "seed": seed}
    values |= {"spec_json": spec.model_dump_json(), "recipe_json": recipe.model_dump_json()}
    return Job(**values | {"versions_json": json.dumps(versions or {})})


def check_line(job, spec, recipe) -> None:
    words = shlex.split(train_command(job))
    assert words[:4] == ["python", "-m", "resnet_core", "train"]
    options = list(zip(words[5::2], words[6::2], strict=True))
    changes = [value for option, value in options if option == "--set"]
    given_ = {option: value for option, value in options if option != "--set"}
    assert read_run(words[4], given_["--recipe"], changes) == (spec, recipe)
    assert (given_["--data"], int(given_["--seed"])) == (job.data, job.seed)
