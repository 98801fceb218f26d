"""Exported scripts: they build the network of the graph, train as `train` does, and read well."""

import ast
import io
import re
import subprocess
import sys
from pathlib import Path

import keras
import nbformat
import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image

from resnet_core import RECIPES, build_graph, count_costs, get_spec, make_spec
from resnet_core.code import Record, keras_code, network_code, notebook
from resnet_core.datasets import ImageData, load_data
from resnet_core.datasets.cats_vs_dogs import without_jfif
from resnet_core.datasets.folder import Folder
from resnet_core.datasets.images import resize_all
from resnet_core.datasets.shapes import CLASS_NAMES, draw_shapes
from resnet_core.errors import DataError
from resnet_core.models import build_model
from resnet_core.optimizers import build_optimizer
from resnet_core.recipes import make_recipe
from resnet_core.training import train
from tests.specs import any_spec

TINY = make_spec({"stages": (1,), "width": 4, "input_size": 8})
ROOMY = make_spec({"stages": (1, 1), "width": 16, "input_size": 16})
STEEP = make_recipe(
    {
        "epochs": 2,
        "train_size": 320,
        "validation_size": 100,
        "schedule": "step",
        "milestones": (4, 7),
        "warmup_steps": 2,
        "weight_decay": 1e-3,
        "augment": "crop_flip",
        "batch_size": 64,
    }
)
ROOT = Path(__file__).resolve().parents[1]


def namespace(code: str) -> dict:
    """Run a script as an import does."""
    values = {"__name__": "exported"}
    exec(compile(code, "exported.py", "exec"), values)
    return values


@pytest.mark.slow
def test_a_script_repeats_a_run_to_the_last_bit_in_a_process_of_its_own(tmp_path):
    # Large enough that oneDNN computes batches of a fixed size in another order: both must have the same shapes.
    ours = train(ROOMY, STEEP, "shapes", seed=3, folder=tmp_path)
    losses = tuple(epoch.train_loss for epoch in ours.epochs)
    versions = {"python": "3.11.7", "keras": keras.__version__}
    script = tmp_path / "train.py"
    script.write_text(
        keras_code(ROOMY, STEEP, seed=3, record=Record("r-7f3k2q", "a CPU", versions=versions, losses=losses))
    )
    # -P and an empty folder: nothing of this repository can be imported.
    done = subprocess.run([sys.executable, "-P", script], cwd=tmp_path, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"{ours.start.params:,} parameters, {ours.start.train_images:,} training images" in done.stdout
    lines = done.stdout.splitlines()[1:]
    assert lines[1::2] == ["  the same training loss as in the run, to the last bit"] * 2, lines
    pattern = r"epoch (\d)/2: training error ([\d.]+), loss ([\d.]+); validation error ([\d.]+), loss ([\d.]+)"
    theirs = [[float(value) for value in re.fullmatch(pattern, line).groups()] for line in lines[::2]]
    expected = [[e.epoch, e.train_error, e.train_loss, e.val_error, e.val_loss] for e in ours.epochs]
    np.testing.assert_allclose(theirs, expected, atol=6e-5)


def test_a_script_says_by_how_much_it_differs_from_its_run(capsys):
    compare = namespace(keras_code(TINY, STEEP, record=Record("r-7f3k2q", losses=(0.5, 0.25))))["compare"]
    for epoch, loss in ((1, 0.5), (2, 0.2500001), (3, 9.0)):
        compare(epoch, loss)
    assert capsys.readouterr().out.splitlines() == [
        "  the same training loss as in the run, to the last bit",
        "  training loss 0.2500001, in the run 0.25",
    ]


def test_a_script_of_a_run_names_where_it_came_from_and_the_versions_that_made_it():
    versions = {"python": "3.11.7", "keras": "3.15.1", "jax": "0.8.0", "numpy": "2.4.6"}
    code = keras_code(TINY, STEEP, record=Record("r-7f3k2q", "some CPU", "jax", versions, (0.5,)))
    assert "It repeats the run r-7f3k2q, which was trained on some CPU with Python 3.11.7." in code
    assert "Needs: pip install keras==3.15.1 jax==0.8.0 numpy==2.4.6\n" in code
    assert code.index('os.environ["KERAS_BACKEND"] = "jax"') < code.index("import keras")


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(any_spec(stages=2, blocks=2, width=5, size=33, channels=3, classes=5))
def test_the_network_of_any_spec_is_that_of_its_graph(spec):
    graph = build_graph(spec)
    build = namespace(network_code(spec))["build_model"]
    keras.utils.set_random_seed(7)
    model = build()
    for theirs, ours in zip(model.get_weights(), build_model(graph, seed=7).get_weights(), strict=True):
        np.testing.assert_array_equal(theirs, ours)
    assert sorted(layer.name for layer in model.layers) == sorted(node.name for node in graph.nodes)
    assert model.count_params() == count_costs(graph).total.params
    for node in graph.nodes:
        layer = model.get_layer(node.name)
        assert tuple(layer.output.shape[1:]) == node.output_shape, node.name
        assert type(layer).__name__ == node.kind, node.name
        if node.inputs:
            inputs = layer.input if isinstance(layer.input, list) else [layer.input]
            assert tuple(x._keras_history.operation.name for x in inputs) == node.inputs, node.name
        if node.kind == "BatchNormalization":
            assert (layer.momentum, layer.epsilon) == (spec.bn_momentum, spec.bn_epsilon)
            assert (
                layer.get_config()["gamma_initializer"]["class_name"]
                .lower()
                .startswith(node.attributes["gamma_initializer"])
            )


@pytest.mark.parametrize(
    "choices",
    [
        {"optimizer": "sgd"},
        {"optimizer": "momentum", "weight_decay": 0.1, "schedule": "step", "milestones": (2, 4)},
        {"optimizer": "nesterov", "weight_decay": 0.1, "schedule": "cosine"},
        {"optimizer": "adam", "weight_decay": 0.1, "warmup_steps": 2},
        {"optimizer": "adamw", "weight_decay": 0.1, "schedule": "cosine", "warmup_steps": 2},
        {"optimizer": "adamw"},
        {"optimizer": "nadam"},
        {"optimizer": "rmsprop"},
    ],
    ids=str,
)
def test_every_optimizer_and_schedule_steps_as_in_the_lab(choices):
    recipe = make_recipe({"steps": 6, "learning_rate": 0.05} | choices)
    theirs = namespace(keras_code(TINY, recipe))["make_optimizer"](6)
    ours = build_optimizer(recipe, 6)
    walks = []
    for optimizer in (theirs, ours):
        weight = keras.Variable([1.0, -2.0])
        optimizer.build([weight])
        walk = []
        for step in range(6):
            optimizer.apply([keras.ops.convert_to_tensor([0.3 * step, -0.1])])
            walk.append(keras.ops.convert_to_numpy(weight))
        walks.append(walk)
    np.testing.assert_allclose(walks[0], walks[1], rtol=1e-6)
    assert abs(walks[0][-1] - [1.0, -2.0]).max() > 0.01


@pytest.mark.parametrize(
    "choices",
    [
        {"optimizer": "adamw", "normalize": "none", "weight_decay": 0.1, "validation_size": None},
        {"precision": "mixed_bfloat16", "normalize": "scale", "steps": 5, "epochs": None, "train_size": None},
        {"optimizer": "nadam", "schedule": "cosine", "warmup_steps": 1, "augment": "crop_flip", "batch_size": 7},
    ],
    ids=str,
)
def test_every_choice_of_a_recipe_trains_as_in_the_lab(choices, capsys):
    defaults = {"epochs": 1, "batch_size": 8, "train_size": 30, "validation_size": 20, "learning_rate": 0.02}
    recipe = make_recipe(defaults | choices)
    images, labels = draw_shapes(120, 8, 0)
    data = ImageData("shapes", images[:80], labels[:80], images[80:], labels[80:], CLASS_NAMES, (), "few")
    ours = train(TINY, recipe, data)
    script = namespace(keras_code(TINY, recipe, record=Record("r-7f3k2q", losses=(ours.epochs[-1].train_loss,))))
    script["load_data"] = lambda: (data.x_train, data.y_train, data.x_test, data.y_test)
    policy = keras.config.dtype_policy()
    try:
        script["train"]()
    finally:
        keras.config.set_dtype_policy(policy)
    said, compared = capsys.readouterr().out.splitlines()[-2:]
    assert compared == "  the same training loss as in the run, to the last bit"
    assert f"validation error {ours.epochs[-1].val_error:.4f}, loss {ours.epochs[-1].val_loss:.4f}" in said


def test_a_script_reads_parquet_files_as_the_lab_does(tmp_path):
    for name, seed in (("train", 0), ("test", 1)):
        images, labels = draw_shapes(30, 8, seed)
        rows = [{"bytes": encode(image), "path": None} for image in images]
        rows[4] = {"bytes": b"no image", "path": None}
        labels = [None if place == 9 else int(label) for place, label in enumerate(labels)]
        table = pyarrow.table({"img": rows, "label": labels})
        pyarrow.parquet.write_table(table, tmp_path / f"{name}.parquet")
    check_same_images(f"parquet:{tmp_path}")


def test_a_script_reads_photographs_of_every_kind_as_the_lab_does(tmp_path):
    images, labels = draw_shapes(60, 41, 0)
    modes = ["RGB", "L", "P", "RGBA", "CMYK", "LA"]
    for place, (image, label) in enumerate(zip(images, labels, strict=True)):
        folder = tmp_path / ("Train" if place < 40 else "val") / CLASS_NAMES[label]
        folder.mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(image[: 30 + place % 9]).convert(modes[place % 6])
        turned = Image.Exif()
        turned[0x0112] = 1 + place % 8
        picture.save(folder / f"{place}.{'tif' if modes[place % 6] == 'CMYK' else 'png'}", exif=turned)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8 no image")
    (folder / ".hidden.png").write_bytes(b"")
    check_same_images(f"folder:{tmp_path}", size=16)
    check_same_images(f"folder:{tmp_path}", size=16, channels=1)


def test_a_script_sets_a_fifth_aside_where_there_are_no_test_images(tmp_path):
    images, labels = draw_shapes(40, 8, 0)
    rows = [encode(image, "JPEG") for image in images]
    names = [CLASS_NAMES[label] for label in labels]
    pyarrow.parquet.write_table(pyarrow.table({"image": rows, "label": names}), tmp_path / "all.parquet")
    check_same_images(f"parquet:{tmp_path / 'all.parquet'}", size=13)


def test_a_script_of_cats_and_dogs_skips_what_the_lab_skips(tmp_path, monkeypatch):
    images, _ = draw_shapes(40, 20, 0)
    for place, image in enumerate(images):
        folder = tmp_path / "PetImages" / ("Cat" if place % 2 else "Dog")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{place}.jpg").write_bytes(encode(image, "PNG" if place % 7 == 0 else "JPEG"))
    monkeypatch.setattr(keras.utils, "get_file", lambda **_: str(tmp_path))
    spec = make_spec({"stages": (1,), "input_size": 16, "classes": 2})
    theirs = namespace(keras_code(spec, RECIPES["quick"], "cats_vs_dogs"))["load_data"]()
    ours = Folder("cats_vs_dogs", tmp_path / "PetImages", refuse=without_jfif).load(16, 3, 0)
    assert len(ours.y_train) + len(ours.y_test) == 34
    check_equal(theirs, ours)


def check_same_images(source: str, size: int = 8, channels: int = 3) -> None:
    spec = make_spec({"stages": (1,), "input_size": size, "channels": channels})
    theirs = namespace(keras_code(spec, RECIPES["quick"], source))["load_data"]()
    check_equal(theirs, load_data(source, size=size, channels=channels))


def check_equal(theirs: tuple, data: ImageData) -> None:
    ours = (data.x_train, data.y_train, data.x_test, data.y_test)
    for a, b in zip(theirs, ours, strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.dtype == b.dtype


def encode(image: np.ndarray, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, kind)
    return stream.getvalue()


def test_cifar10_is_brought_to_the_size_and_channels_of_the_network_as_in_the_lab(monkeypatch):
    images, labels = draw_shapes(20, 32, 0)
    monkeypatch.setattr(
        keras.datasets.cifar10, "load_data", lambda: ((images, labels[:, None]), (images, labels[:, None]))
    )
    for size, channels in ((16, 1), (24, 3), (32, 3)):
        spec = make_spec({"stages": (1,), "input_size": size, "channels": channels})
        x_train, y_train, x_test, y_test = namespace(keras_code(spec, None, "cifar10"))["load_data"]()
        np.testing.assert_array_equal(x_train, resize_all(images, size, channels))
        np.testing.assert_array_equal(x_test, x_train)
        np.testing.assert_array_equal(y_train, labels)
        np.testing.assert_array_equal(y_test, labels)


def test_images_with_more_classes_than_the_network_end_in_one_line():
    script = namespace(keras_code(make_spec({"stages": (1,), "width": 2, "input_size": 8, "classes": 3}), None))
    images, labels = draw_shapes(6_000, 8, 0)
    script["load_data"] = lambda: (images, labels, images[:10], labels[:10])
    with pytest.raises(SystemExit, match="more than 3 classes: set CLASSES"):
        script["train"]()


SOURCES = ["shapes", "cifar10", "cats_vs_dogs", "folder:my photos", 'parquet:C:\\data\\"x".parquet']
CHOICES = {
    "quick": None,
    "paper": RECIPES["paper"],
    "nadam": RECIPES["nadam"],
    "all devices": make_recipe(
        {"epochs": 1, "devices": "all", "deterministic": True, "schedule": "cosine", "precision": "mixed_bfloat16"}
        | {"augment": "crop_flip", "weight_decay": 1e-4}
    ),
    "adamw": make_recipe({"epochs": 1, "optimizer": "adamw", "warmup_steps": 3, "normalize": "scale"}),
}
SPECS = ["resnet20", "plain18", "keras_resnet50", "study_resnet20_nadam", "resnet50_v1_5"]


def test_every_script_is_clean_formatted_and_needs_what_it_says(tmp_path):
    for name in SPECS:
        for recipe_name, recipe in CHOICES.items():
            for number, source in enumerate(SOURCES):
                record = Record("r-7f3k2q", losses=(0.5,) * number) if number % 2 else None
                code = keras_code(get_spec(name), recipe, source, record=record)
                (tmp_path / f"{name}-{recipe_name}-{number}.py").write_text(code)
                check_imports(code, source)
    (tmp_path / "network.py").write_text(network_code(get_spec("resnet20")))
    config = str(ROOT / "pyproject.toml")
    for command in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--config", config, "--no-cache", str(tmp_path)]
        done = subprocess.run(ruff, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def check_imports(code: str, source: str) -> None:
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module.partition(".")[0])
    found -= set(sys.stdlib_module_names)
    needs = re.search(r"Needs: pip install (.*)", code)[1].split()
    modules = {"pillow": "PIL"}
    assert found <= {modules.get(name, name) for name in needs}
    assert set(needs) <= {"keras", "tensorflow", "numpy", *(("pyarrow", "pillow") if source != "shapes" else ())}
    assert ("pyarrow" in needs) == source.startswith("parquet")


def test_a_script_is_short_and_has_no_branch_that_its_network_does_not_take():
    code = network_code(get_spec("resnet152"))
    assert len(code.splitlines()) < 90
    assert "PadShortcut" not in code and "ZeroPadding2D" not in code and "gamma" not in code
    plain = network_code(get_spec("plain20"))
    assert "shortcut" not in plain and "Add(" not in plain


@pytest.mark.parametrize("path", ['"""); import subprocess #', "a\nb", "\udcff\\", 'it\'s "both"'])
def test_a_path_stays_a_text_whatever_it_holds(path):
    tree = ast.parse(keras_code(TINY, None, f"folder:{path}"))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert path.strip() in texts
    assert not any(isinstance(node, ast.Import) and node.names[0].name == "subprocess" for node in ast.walk(tree))


@pytest.mark.parametrize(
    ("spec", "source", "line"),
    [
        (TINY, "mnist", "unknown data set 'mnist': choose shapes, cifar10, cats_vs_dogs, folder:PATH or"),
        (TINY, "folder:", "unknown data set 'folder:'"),
        (make_spec({"channels": 4}), "shapes", "the network reads 4: use --set channels=3"),
    ],
)
def test_data_that_cannot_be_exported_are_named(spec, source, line):
    with pytest.raises(DataError, match=re.escape(line)):
        keras_code(spec, None, source)


def test_a_notebook_is_valid_and_holds_the_same_code():
    book = notebook(TINY, STEEP, "shapes", seed=3)
    nbformat.validate(book)
    assert nbformat.reads(nbformat.writes(book), as_version=4) == book
    cells = [cell.source for cell in book.cells if cell.cell_type == "code"]
    script = keras_code(TINY, STEEP, "shapes", seed=3)
    assert all(cell in script for cell in cells[:4])
    assert cells[4:] == ["build_model().summary()", "model = train()"]
    model = namespace("\n".join(cells[:4]))["build_model"]()
    assert model.count_params() == count_costs(build_graph(TINY)).total.params
    assert nbformat.writes(notebook(TINY, STEEP, "shapes", seed=3)) == nbformat.writes(book)
