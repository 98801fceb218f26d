"""Networks of hundreds of layers, which Keras builds by recursion deeper than Python allows by itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from resnet_core import RECIPES, get_spec, make_spec
from resnet_core.code import keras_code
from resnet_core.costs import count_costs
from resnet_core.graph import build_graph

ROOT = Path(__file__).resolve().parents[1]
DEEP = ("--set", "stages=150", "--set", "width=1", "--set", "input_size=8")
SPEC = make_spec({**get_spec("resnet20").model_dump(), "stages": (150,), "width": 1, "input_size": 8})


def run(*words: str, folder: Path = ROOT, patience: int = 170) -> subprocess.CompletedProcess:
    """Run Python in a process of its own: what one network was allowed stays allowed for the next."""
    return subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, timeout=patience)


def test_keras_builds_a_deep_network_and_loads_it_again(fresh_home, tmp_path):
    file = tmp_path / "deep.keras"
    done = run("-m", "resnet_core", "export", "resnet20", *DEEP, "-o", str(file))
    assert done.returncode == 0, done.stderr[-2000:]
    (note,) = [line for line in done.stderr.splitlines() if "setrecursionlimit" in line]
    allow = note.split("`")[1]
    code = f"import sys, keras, resnet_core.models; {allow}; print(keras.models.load_model(r'{file}').count_params())"
    assert run("-c", code).stdout.strip() == str(count_costs(build_graph(SPEC)).total.params)


def test_its_script_builds_it_too(tmp_path):
    recipe = RECIPES["quick"].model_copy(update={"train_size": 32})
    (tmp_path / "deep.py").write_text(keras_code(SPEC, recipe), encoding="utf-8")
    done = run("-c", "import deep; print(deep.build_model().count_params())", folder=tmp_path)
    assert done.stdout.strip() == str(count_costs(build_graph(SPEC)).total.params), done.stderr[-2000:]


def test_a_script_of_a_shallow_network_says_nothing_of_it():
    assert "setrecursionlimit" not in keras_code(get_spec("resnet152"))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_deepest_preset_agrees_with_keras(fresh_home):
    done = run("-m", "resnet_core", "check", "resnet1202", patience=800)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("resnet1202 agrees with the graph: ")
