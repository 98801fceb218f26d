"""A run's details on the page and `jobs export`: how it is repeated, what can be taken home, what is kept."""

import json
import shlex
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from resnet_core import RECIPES, get_spec
from resnet_core.cli import main
from resnet_core.cli.arguments import read_run
from resnet_core.results import MODEL_FILE, WEIGHTS_FILE
from resnet_core.runs import folders
from tests.stored_runs import store_run
from tests.test_page_compare import open_compare

HOME = Path(__file__).parents[1] / "app" / "Home.py"
SPEC = get_spec("pocket_plain56")
RECIPE = RECIPES["quick"].model_copy(update={"learning_rate": 0.05})


@pytest.fixture
def run_id(fresh_home):
    """Store a run as a worker leaves it, its weights standing for real ones."""
    folder = folders.create("r-aaaaaa", spec=SPEC.model_dump_json(), environment='{"backend": "tensorflow"}')
    for name, size in ((WEIGHTS_FILE, 2_500_000), (MODEL_FILE, 900), ("log.txt", 10), ("events.out.tfevents.1.2", 70)):
        (folder / name).write_bytes(b"x" * size)
    versions = {"python": "3.11.7", "keras": "3.15.1", "tensorflow": "2.21.0", "jax": "0.10.2", "numpy": "2.4.6"}
    columns = {"versions": json.dumps(versions), "data_fingerprint": "8880bf62c4bd4196", "seed": 4}
    return store_run("r-aaaaaa", SPEC, [(0.5, 0.6)], recipe=RECIPE, **columns)


@pytest.fixture
def page(run_id):
    page = open_compare(AppTest.from_file(HOME, default_timeout=60), runs=run_id)
    page.button_group(key="compare:details:run").set_value(run_id).run()
    assert not page.exception
    return page


class TestPage:
    def test_the_lines_on_it_repeat_the_run(self, page):
        lines = [code.value for code in page.code]
        assert "python -m resnet_core jobs export r-aaaaaa -o train.py" in lines
        assert "pip install keras==3.15.1 tensorflow==2.21.0 numpy==2.4.6" in lines
        words = shlex.split(next(line for line in lines if "resnet_core train" in line))
        assert words[4:] == [
            *("pocket_plain56", "--data", "shapes", "--recipe", "quick"),
            *("--set", "learning_rate=0.05", "--seed", "4"),
        ]
        assert read_run("pocket_plain56", "quick", ["learning_rate=0.05"]) == (SPEC, RECIPE)

    def test_what_a_deep_network_s_file_needs_is_said(self, page, fresh_home):
        assert not [text for text in page.caption if "setrecursionlimit" in text.value]
        spec = get_spec("resnet1202")
        folder = folders.create("r-deepdd", spec=spec.model_dump_json())
        for name in (WEIGHTS_FILE, MODEL_FILE):
            (folder / name).write_bytes(b"{}")
        store_run("r-deepdd", spec, [(0.5, 0.6)], recipe=RECIPE)
        page = open_compare(AppTest.from_file(HOME, default_timeout=60), runs="r-deepdd")
        page.button_group(key="compare:details:run").set_value("r-deepdd").run()
        (said,) = [text.value for text in page.caption if "setrecursionlimit" in text.value]
        assert "`sys.setrecursionlimit(7010)`" in said

    def test_what_it_ran_on_is_exact(self, page):
        text = "\n".join(item.value for item in page.markdown).replace("\\", "")
        for fact in ("Device: Test CPU", "keras: 3.15.1", "tensorflow: 2.21.0", "Data fingerprint: 8880bf62c4bd4196"):
            assert fact in text
        assert "Seed: 4" in text and "jax" not in text

    def test_what_is_kept_is_named_within_the_labs_home(self, page, fresh_home):
        (kept,) = [item.value for item in page.caption if item.value.startswith("Kept in")]
        assert "`runs/r-aaaaaa`" in kept and str(fresh_home) not in kept
        assert "weights of its last good epoch (2.50 MB)" in kept and "events for TensorBoard (70 B)" in kept

    def test_every_file_it_has_can_be_downloaded(self, page):
        labels = [button.proto.label for button in page.get("download_button")]
        for name in ("train.py", "run.ipynb", "net.keras", WEIGHTS_FILE, "epochs.csv", "steps.parquet", "run.json"):
            assert any(label.startswith(f"{name}: ") for label in labels), labels


def test_a_run_whose_folder_is_gone_says_so_and_offers_no_weights(fresh_home):
    store_run("r-aaaaaa", SPEC, [(0.5, 0.6)])
    page = open_compare(AppTest.from_file(HOME, default_timeout=60), runs="r-aaaaaa")
    page.button_group(key="compare:details:run").set_value("r-aaaaaa").run()
    assert not page.exception
    assert any("keeps neither weights nor a log" in item.value for item in page.caption)
    labels = [button.proto.label for button in page.get("download_button")]
    assert any(label.startswith("train.py") for label in labels) and not any("weights" in label for label in labels)


class TestCommandLine:
    @pytest.fixture
    def export(self, run_id, tmp_path, capsys):
        """Run `jobs export` and return its exit code and what it said."""

        def run(name: str, job_id: str = run_id) -> tuple[int, str]:
            code = main(["jobs", "export", job_id, "-o", str(tmp_path / name)])
            return code, capsys.readouterr().err

        return run

    def test_it_writes_what_the_name_of_the_file_says(self, export, tmp_path):
        assert export("my-epochs.csv")[0] == 0
        assert (tmp_path / "my-epochs.csv").read_text().startswith("epoch,step,train_loss")
        code, said = export("train.py")
        assert code == 0 and "wrote " in said
        assert "It repeats the run r-aaaaaa" in (tmp_path / "train.py").read_text()

    def test_weights_under_a_name_that_keras_does_not_load_come_with_a_note(self, export, tmp_path):
        assert "Keras loads weights from names that end in .weights.h5" in export("net.h5")[1]
        assert (tmp_path / "net.h5").stat().st_size == 2_500_000
        assert "note" not in export("net.weights.h5")[1]

    @pytest.mark.parametrize(
        ("name", "job_id", "code", "line"),
        [
            ("x.csv", "r-aaaaaa", 2, "choose a name that holds that of epochs.csv or steps.csv"),
            ("x.pt", "r-aaaaaa", 2, "ends in .pt: choose one of"),
            ("nowhere/train.py", "r-aaaaaa", 2, "there is no folder"),
            ("train.py", "r-nobody", 1, "no run has the id 'r-nobody'"),
        ],
    )
    def test_what_cannot_be_written_is_one_line(self, export, name, job_id, code, line):
        found, said = export(name, job_id)
        assert (found, said.count("\n")) == (code, 1) and line in said
