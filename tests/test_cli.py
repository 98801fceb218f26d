"""The command line: its documents, its exit codes, and one line for whatever is wrong."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import keras
import nbformat
import pytest

from resnet_core import PRESETS, build_graph, count_costs, get_spec, make_spec
from resnet_core.cli import main
from resnet_core.runs import queue, store
from resnet_core.spec import parse_spec
from resnet_core.studies import STUDIES
from tests import processes

ROOT = Path(__file__).resolve().parents[1]
TINY = ["--set", "stages=1", "--set", "width=4", "--set", "input_size=8"]
SHORT = ["--set", "epochs=2", "--set", "train_size=128", "--set", "validation_size=64"]


@pytest.fixture
def run(capsys):
    """Return a function that runs a command and gives its exit code, standard output and standard error."""

    def run_command(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return run_command


@pytest.fixture
def document(run):
    """Return a function that runs a command with --json and gives the document."""

    def read(*arguments: str, code: int = 0) -> dict:
        ended, out, err = run(*arguments, "--json")
        assert ended == code, err
        return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))

    return read


def start(*arguments: str, **options) -> subprocess.Popen:
    command = [sys.executable, "-m", "resnet_core", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.PIPE, text=True, **options
    )


class TestPresets:
    def test_lists_every_preset_with_its_source(self, run):
        code, out, _ = run("presets")
        assert code == 0
        lines = {line.split()[0]: line for line in out.splitlines()[1:]}
        assert list(lines) == list(PRESETS)
        assert "110" in lines["resnet110"] and "section 4.2" in lines["resnet110"]

    def test_json_holds_specs_that_can_be_read_back(self, document):
        rows = document("presets")["presets"]
        assert {row["name"]: make_spec(row["spec"]) for row in rows} == {n: p.spec for n, p in PRESETS.items()}
        assert all(set(row) == {"name", "family", "depth", "source", "spec"} for row in rows)


class TestCosts:
    def test_json_is_the_contract(self, document):
        found = document("costs", "resnet50")
        assert set(found) == {"spec", "name", "depth", "totals", "layers"}
        assert (found["name"], found["depth"], make_spec(found["spec"])) == ("resnet50", 50, get_spec("resnet50"))
        total = count_costs(build_graph(get_spec("resnet50"))).total
        assert found["totals"] == {
            "params": total.params,
            "trainable": 25_557_032,
            "non_trainable": total.non_trainable,
            "macs": 3_857_973_248,
            "flops": total.flops,
            "activations": total.activations,
        }
        layer = next(layer for layer in found["layers"] if layer["name"] == "stage2_block1_add")
        assert layer == {
            "name": "stage2_block1_add",
            "kind": "Add",
            "inputs": ["stage2_block1_bn3", "stage2_block1_shortcut_bn"],
            "output_shape": [28, 28, 512],
            "params": 0,
            "trainable": 0,
            "macs": 0,
            "flops": 28 * 28 * 512,
            "activations": 28 * 28 * 512,
            "receptive_field": layer["receptive_field"],
        }

    def test_csv_has_a_row_for_each_layer(self, run):
        code, out, _ = run("costs", "resnet20", "--csv")
        rows = list(csv.DictReader(io.StringIO(out)))
        assert code == 0
        assert [row["name"] for row in rows] == [node.name for node in build_graph(get_spec("resnet20")).nodes]
        assert sum(int(row["trainable"]) for row in rows) == 269_722

    def test_text_ends_with_totals_convention_and_published_figures(self, run):
        _, out, _ = run("costs", "resnet110")
        assert "1,727,962" in out and "252,887,680" in out
        assert "MACs count convolutions and the dense layer" in out
        assert "published: params 1.7M (He et al. 2015" in out

    @pytest.mark.parametrize(
        ("change", "field", "value"),
        [
            ("stages=2-2", "stages", [2, 2]),
            ("stages=[4,5]", "stages", [4, 5]),
            ("stages=1, 2, 3", "stages", [1, 2, 3]),
            ("stages=7", "stages", [7]),
            ("residual=false", "residual", False),
            ("residual=0", "residual", False),
            ("shortcut=conv3x3", "shortcut", "conv3x3"),
            ("bn_epsilon=1e-3", "bn_epsilon", 0.001),
            ("input_size = 64", "input_size", 64),
        ],
    )
    def test_set_reaches_any_field(self, document, change, field, value):
        assert document("costs", "resnet20", "--set", change)["spec"][field] == value

    def test_a_spec_comes_from_a_file_or_from_standard_input(self, document, tmp_path, monkeypatch):
        text = get_spec("plain20").model_dump_json()
        file = tmp_path / "net.json"
        file.write_text(text)
        assert document("costs", str(file))["name"] == "plain20"
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        assert document("costs", "-", "--set", "classes=2")["spec"]["classes"] == 2

    def test_answers_without_any_heavy_library(self):
        code = (
            "import sys; from resnet_core.cli import main; main(['costs', 'resnet50', '--json'])\n"
            "heavy = {'keras', 'tensorflow', 'numpy', 'sqlalchemy', 'pygraphviz', 'PIL', 'streamlit'}\n"
            "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr

    def test_a_reader_that_leaves_early_ends_it_quietly(self):
        with start("costs", "resnet1202") as process:
            process.stdout.readline()
            process.stdout.close()
            error = process.stderr.read()
            process.wait(timeout=60)
        assert "Traceback" not in error and "Exception" not in error


BAD = [
    (["costs", "resnet5"], "no preset is called 'resnet5': did you mean resnet56, resnet50, resnet152?"),
    (["costs", "resnet5"], "? `presets` lists all"),
    (["costs", "nothing.json"], "there is no file nothing.json"),
    (["costs", "/nowhere/net"], "there is no file /nowhere/net"),
    (["costs", "."], "no preset is called '.'"),
    (["costs", '{"stages": [3, 3, 3]}'], "write it to a file, or give - and pipe it in"),
    (["costs", "resnet20,stages.5-5-5~width.32"], "here it is resnet20 --set stages=5-5-5 --set width=32"),
    (["costs", "resnet20", "--set", "stages=3-0-3"], "stages must all be >= 1, received (3, 0, 3)"),
    (["costs", "resnet20", "--set", "stages=3,-1,3"], "stages must all be >= 1, received (3, -1, 3)"),
    (["costs", "resnet20", "--set", "stages="], "stages"),
    (["costs", "resnet20", "--set", "stages=a-b"], "stages.0"),
    (["costs", "resnet20", "--set", "input_size=3"], "an image of 3 pixels is too small"),
    (["costs", "resnet20", "--set", "input_size=1024"], "less than or equal to 512 (received '1024')"),
    (["costs", "resnet20", "--set", "classes=1"], "greater than or equal to 2"),
    (["costs", "resnet20", "--set", "residual=perhaps"], "(received 'perhaps')"),
    (["costs", "resnet20", "--set", "width"], "--set needs KEY=VALUE, received 'width'"),
    (["costs", "resnet20", "--set", "=3"], "--set needs KEY=VALUE"),
    (["costs", "resnet20", "--set", "widht=3"], "has such a field: did you mean width"),
    (["costs", "resnet20", "--set", "epochs=3"], "belongs to a recipe"),
    (["costs", "resnet1202", "--set", "stages=400-400-400"], "2,402 layers received, at most 2,000"),
    (["costs", "resnet152", "--set", "width=512"], "at most 200,000,000 are allowed"),
    (["costs", "resnet20", "--json", "--csv"], "choose one"),
    (["costs"], "Missing argument 'SPEC'"),
    (["costs", "resnet20", "--nonsense"], "No such option: --nonsense"),
    (["dance"], "No such command 'dance'"),
    (["draw", "resnet20", "-o", "net.bmp"], "net.bmp ends in .bmp: choose one of .svg, .png, .pdf, .dot"),
    (["draw", "resnet20", "-o", "/nowhere/net.svg"], "there is no folder /nowhere"),
    (["draw", "resnet20", "-o", "net.svg", "--detail", "atoms"], "--detail is one of stages, blocks, layers"),
    (["draw", "resnet20"], "Missing option '-o'"),
    (["check", "resnet20", "--set", "classes=0"], "classes"),
    (["export", "resnet20", "-o", "net.txt"], "choose one of .py, .ipynb, .json, .keras"),
    (["export", "resnet20", "-o", "train.py", "--data", "mnist"], "unknown data set 'mnist'"),
    (["export", "resnet20", "-o", "train.py", "--recipe", "fast"], "no recipe is called 'fast': choose one of quick"),
    (["train", "resnet20"], "Missing option '--data'"),
    (["train", "resnet20", "--data", "folder:/nowhere"], "/nowhere does not exist"),
    (["train", "resnet20", "--data", "imagenet"], "unknown data set 'imagenet'"),
    (["train", "resnet20", "--data", "shapes", "--set", "epochs=0"], "recipe: epochs"),
    (["train", "resnet20", "--data", "shapes", "--set", "steps=5", "--set", "epochs=5"], "either epochs or steps"),
    (["train", "resnet20", "--data", "shapes", "--seed", "-1"], "--seed"),
    (
        ["train", "resnet20", "--data", "shapes", "--seed", "5000000000"],
        "--seed': Input should be less than or equal to 4294967295",
    ),
    (
        ["submit", "resnet20", "--data", "shapes", "--seed", "9" * 20],
        "--seed': Input should be less than or equal to 4294967295",
    ),
    (["train", "resnet50", "--data", "shapes"], "shapes has 10 classes, the network 1000: use --set classes=10"),
    (["submit", "resnet20", "--data", "parquet:/nowhere"], "/nowhere does not exist"),
    (["study", "everything"], "no study is called 'everything': choose one of degradation"),
    (["study", "degradation", "--size", "huge"], "--size is one of quick, full, received 'huge'"),
    (["study", "degradation", "--data", "folder:/nowhere"], "/nowhere does not exist"),
    (["study", "degradation", "--dry-run", "--data", "mnist"], "unknown data set 'mnist'"),
    (["study", "degradation", "--seeds", "0"], "--seeds"),
    (["data", "check", "folder:"], "folder: needs a path"),
    (["train", "resnet20", "--data", "shapes", "--recipe", "typo.json"], "there is no file typo.json"),
    (["train", "resnet20", "--data", "shapes", "--recipe", "/"], "/ cannot be read (Is a directory)"),
    (["submit", "resnet20", "--data", "shapes", "--set", "channels=4"], "1 (gray) or 3 (RGB), received 4"),
    (["submit", "resnet20", "--data", "shapes", "--recipe", "paper", "--set", "train_size=9999"], "5000 validation"),
    (["submit", "resnet20", "--data", "shapes", "--max-gb", "1e308"], "--max-gb"),
    (["submit", "resnet20", "--data", "shapes", "--max-minutes", "inf"], "--max-minutes"),
    (["export", "resnet20", "-o", "train.py", "--set", "classes=7"], "shapes has 10 classes, the network 7"),
    (["draw", "resnet20", "-o", f"{'n' * 300}.svg"], "cannot be written (File name too long): choose another place"),
]


@pytest.mark.parametrize(("arguments", "said"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_bad_input_is_one_line_and_exit_code_2(run, fresh_home, arguments, said):
    code, out, err = run(*arguments)
    assert code == 2
    assert said in err
    assert err.startswith("error: ") and err.count("\n") == 1
    assert out == ""


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b'{"stages": [0]}', b"[]", b'{"learning_rate": 1}'])
def test_a_bad_file_is_one_line(run, tmp_path, content):
    file = tmp_path / "net.json"
    file.write_bytes(content)
    code, _, err = run("costs", str(file))
    assert (code, err.count("\n")) == (2, 1)


def test_a_file_that_begins_with_a_mark_of_its_encoding_is_read(run, tmp_path):
    (tmp_path / "net.json").write_text(get_spec("resnet20").model_dump_json(), encoding="utf-8-sig")
    assert run("costs", str(tmp_path / "net.json"))[0] == 0


@pytest.mark.parametrize("command", [["presets"], ["costs", "resnet1202", "--json"]])
def test_a_result_that_cannot_be_written_is_one_line(command):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "resnet_core", *command], cwd=ROOT, stdout=full, stderr=-1, text=True, timeout=60
        )
    line = "error: the result cannot be read or written (No space left on device): free some space, "
    assert (done.returncode, done.stderr) == (1, f"{line}or choose another place\n")


def test_standard_input_that_is_no_text_is_one_line(run, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe"), encoding="utf-8"))
    code, _, err = run("costs", "-")
    assert (code, err) == (2, "error: standard input is not a text in UTF-8: give JSON\n")


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"epochs": 1, "pace": 3}',
        "{}",
        '{"epochs": "many"}',
        pytest.param(f'{{"epochs": {"9" * 5000}}}', id="long"),
    ],
)
def test_a_bad_recipe_is_one_line(run, tmp_path, content):
    file = tmp_path / "recipe.json"
    file.write_text(content)
    code, _, err = run("export", "resnet20", "-o", str(tmp_path / "a.py"), "--recipe", str(file))
    assert (code, err.count("\n")) == (2, 1)
    assert "recipe" in err


def test_help_names_every_command(run):
    code, out, _ = run()
    assert code == 0
    commands = ("presets", "costs", "draw", "check", "export", "train")
    for name in (*commands, "submit", "study", "jobs", "data", "worker", "doctor"):
        assert f"  {name} " in out


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "begins"),
        [("net.svg", b"<?xml"), ("net.png", b"\x89PNG"), ("net.PDF", b"%PDF-"), ("net.dot", b"digraph")],
    )
    def test_draw_writes_each_format(self, run, tmp_path, name, begins):
        code, out, err = run("draw", "resnet20", "-o", str(tmp_path / name), "--detail", "stages")
        assert (code, out) == (0, "")
        assert (tmp_path / name).read_bytes().startswith(begins)
        assert err.splitlines() == [f"wrote {tmp_path / name}, {(tmp_path / name).stat().st_size:,} bytes"]

    def test_draw_takes_detail_and_changes(self, run, tmp_path):
        file = tmp_path / "net.dot"
        run("draw", "resnet20", "-o", str(file), "--detail", "layers", "--set", "stages=1")
        assert "stage1_block1_conv2" in file.read_text() and "stage2" not in file.read_text()

    def test_export_writes_the_spec_as_json(self, run, tmp_path):
        file = tmp_path / "net.json"
        assert run("export", "resnet20", "-o", str(file), "--set", "width=8")[0] == 0
        assert parse_spec(file.read_text()) == make_spec(get_spec("resnet20").model_dump() | {"width": 8})

    def test_export_writes_a_script_with_recipe_data_and_seed(self, run, tmp_path):
        file = tmp_path / "train.py"
        options = ["--recipe", "paper", "--data", "cifar10", "--seed", "7", "--set", "batch_size=32"]
        assert run("export", "resnet20", "-o", str(file), *options)[0] == 0
        code = file.read_text()
        for line in ("SEED = 7", "STEPS = 64000", "BATCH_SIZE = 32", "keras.datasets.cifar10.load_data()"):
            assert line in code

    def test_a_budget_in_steps_replaces_the_recipes_epochs(self, run, tmp_path):
        file = tmp_path / "train.py"
        assert run("export", "resnet20", "-o", str(file), "--set", "steps=50")[0] == 0
        assert "STEPS = 50" in file.read_text() and "EPOCHS" not in file.read_text()
        recipe = tmp_path / "mine.json"
        recipe.write_text('{"steps": 9}')
        assert run("export", "resnet20", "-o", str(file), "--recipe", str(recipe), "--set", "epochs=4")[0] == 0
        assert "EPOCHS = 4" in file.read_text()

    def test_export_writes_a_notebook(self, run, tmp_path):
        file = tmp_path / "net.ipynb"
        assert run("export", "resnet20", "-o", str(file))[0] == 0
        nbformat.validate(nbformat.read(file, as_version=4))

    def test_export_writes_a_model_that_keras_loads(self, run, tmp_path):
        file = tmp_path / "net.keras"
        code, _, err = run("export", "resnet20", "-o", str(file), "--set", "stages=1-1")
        assert code == 0 and "import resnet_core.models" in err
        model = keras.saving.load_model(file)
        graph = build_graph(make_spec({"stages": (1, 1)}))
        assert sorted(layer.name for layer in model.layers) == sorted(node.name for node in graph.nodes)

    def test_a_file_that_cannot_be_written_is_one_line(self, run):
        code, _, err = run("export", "resnet20", "-o", "/proc/net.json")
        assert (code, err.count("\n")) == (1, 1)
        assert "/proc/net.json cannot be written" in err


def test_check_compares_every_layer_with_keras(document, run):
    found = document("check", "resnet20", "--set", "shortcut=C")
    assert found["ok"] is True and found["differences"] == []
    assert found["params"] == count_costs(build_graph(make_spec({"shortcut": "C"}))).total.params
    code, out, _ = run("check", "plain20")
    assert code == 0 and "plain20 agrees with the graph: 60 layers, 271,098 parameters" in out


class TestTrain:
    def test_prints_one_document_and_tells_of_epochs_on_standard_error(self, run, session_home):
        code, out, err = run("train", "resnet20", "--data", "shapes", *TINY, *SHORT, "--seed", "5", "--json")
        assert code == 0, err
        found = json.loads(out)
        keys = {"id", "state", "spec", "recipe", "data", "seed", "params", "device", "epochs", "message"}
        assert set(found) == keys | {"test_loss", "test_error"} and list(found)[-2:] == ["test_loss", "test_error"]
        assert 0 <= found["test_error"] <= 1 and f"test error {100 * found['test_error']:.1f} %" in found["message"]
        assert (found["state"], found["seed"], found["data"], found["params"]) == ("finished", 5, "shapes", 494)
        assert found["recipe"]["train_size"] == 128 and found["spec"]["width"] == 4
        assert [epoch["epoch"] for epoch in found["epochs"]] == [1, 2]
        columns = {"epoch", "step", "train_loss", "train_error", "val_loss", "val_error"}
        columns |= {"learning_rate", "images_per_second", "seconds"}
        assert set(found["epochs"][0]) == columns
        assert "494 parameters, 128 training and 64 validation images" in err
        assert "epoch 2/2: training error" in err

    def test_divergence_is_a_failure_that_says_so(self, run):
        changes = ["learning_rate=10", "batch_norm=0", "normalize=none", "stages=3-3", "width=16"]
        options = [text for change in changes for text in ("--set", change)]
        code, out, _ = run("train", "resnet20", "--data", "shapes", *TINY, *SHORT, *options)
        assert code == 1
        assert "try a smaller learning rate" in out

    def test_ctrl_c_stops_and_still_reports_the_epochs(self, session_home):
        many = ["--set", "epochs=5000", "--set", "train_size=128", "--set", "validation_size=64"]
        with start("train", "resnet20", "--data", "shapes", *TINY, *many, "--json") as process:
            for line in process.stderr:
                if line.startswith("epoch 2/"):
                    break
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        found = json.loads(out)
        assert process.returncode == 130
        assert found["state"] == "stopped" and len(found["epochs"]) >= 2
        assert "stopping after this step" in err and "Traceback" not in err


class TestJobs:
    def test_a_job_goes_from_submit_to_delete(self, document, run, fresh_home, monkeypatch):
        monkeypatch.setenv("RESNET_LAB_IDLE_SECONDS", "1")
        assert "no jobs yet" in run("jobs", "list")[1]
        try:
            job = document("submit", "resnet20", "--data", "shapes", *TINY, "--set", "epochs=900", "--seed", "3")
            assert job["state"] in {"queued", "starting"} and job["seed"] == 3
            assert [row["id"] for row in document("jobs", "list")["jobs"]] == [job["id"]]
            _, out, _ = run("jobs", "list")
            assert job["id"] in out and "shapes" in out
            assert document("jobs", "stop", job["id"])["id"] == job["id"]
            shown = wait_until_ended(document, job["id"])
            assert shown["state"] == "stopped"
            assert set(shown) >= {"id", "state", "spec", "recipe", "data", "seed", "params", "device", "epochs"}
            code, out, _ = run("jobs", "show", job["id"])
            assert code == 0 and f"{job['id']}  train of resnet4-1-w4-8px, stopped" in out
            assert document("jobs", "delete", job["id"]) == {"id": job["id"], "state": "deleted"}
            assert document("jobs", "list") == {"jobs": []}
        finally:
            processes.end_lab(fresh_home)

    @pytest.mark.parametrize("seconds", ["5m", "nan", "-1"])
    def test_a_setting_that_no_supervisor_could_work_with_is_one_line(self, run, fresh_home, monkeypatch, seconds):
        monkeypatch.setenv("RESNET_LAB_IDLE_SECONDS", seconds)
        code, out, err = run("submit", "resnet20", "--data", "shapes", *TINY)
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert f"RESNET_LAB_IDLE_SECONDS must be a number of seconds from 0 on, received '{seconds}': correct it" in err
        assert not (fresh_home / "supervisor.log").exists(), "none was started"

    @pytest.mark.parametrize("action", ["show", "stop", "delete"])
    def test_an_unknown_id_is_one_line(self, run, fresh_home, action):
        code, _, err = run("jobs", action, "r-nobody")
        assert (code, err.count("\n")) == (1, 1)
        assert "no run has the id 'r-nobody'" in err

    def test_the_supervisor_in_the_foreground_ends_with_ctrl_c(self, fresh_home):
        with start("worker") as process:
            line = process.stderr.readline()
            assert f"works for {fresh_home}" in line
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "Traceback" not in err


class TestStudies:
    def test_are_listed_with_the_estimates_of_both_sizes(self, document, run, fresh_home):
        rows = document("study")["studies"]
        assert [row["name"] for row in rows] == list(STUDIES)
        quick, full = (rows[0]["sizes"][size] for size in ("quick", "full"))
        assert 30 < quick["seconds"] < full["seconds"] and quick["memory_bytes"] > 5e8
        assert (quick["runs"], quick["data"], full["data"]) == (4, "shapes", "cifar10")
        code, out, _ = run("study")
        assert code == 0 and "Why do deeper plain networks train worse" in out

    def test_show_their_runs_before_they_start_them(self, document, run, fresh_home):
        found = document("study", "degradation", "--dry-run", "--seeds", "2")
        assert (found["study"], found["size"], found["data"], found["seeds"]) == ("degradation", "quick", "shapes", 2)
        names = ["resnet20-16px", "plain20-16px", "plain56-16px", "resnet56-16px"]
        assert [(row["name"], row["seed"]) for row in found["runs"]] == [(n, s) for s in (0, 1) for n in names]
        for row in found["runs"]:
            assert set(row) >= {"name", "spec", "data", "recipe", "seed", "estimate"}
            assert row["estimate"]["seconds"] > 0 and row["estimate"]["memory_bytes"] > 0
        assert found["seconds"] == pytest.approx(sum(row["estimate"]["seconds"] for row in found["runs"]))
        _, out, _ = run("study", "cifar10_paper", "--size", "full", "--dry-run")
        assert "to the letter" in out and "64,000 steps, crops and flips" in out
        assert document("jobs", "list") == {"jobs": []}

    def test_are_not_started_twice_by_mistake_and_are_read_when_their_runs_have_ended(
        self, document, run, fresh_home, monkeypatch
    ):
        monkeypatch.setenv("RESNET_LAB_IDLE_SECONDS", "1")
        try:
            with start("study", "degradation", "--wait", "--json") as process:
                jobs = wait_for(lambda: document("jobs", "list")["jobs"])
                code, _, err = run("study", "degradation")
                assert (code, err.count("\n")) == (2, 1)
                assert "this very study is going on as degradation-" in err
                assert len(document("jobs", "list")["jobs"]) == len(jobs) == 4
                other = document("study", "degradation", "--again")["jobs"]
                for job in [*other, *jobs]:
                    document("jobs", "stop", job["id"])
                out, err = process.communicate(timeout=60)
            assert process.returncode == 1  # none of them finished
            found = json.loads(out)
            assert found["id"].startswith("degradation-") and found["size"] == "quick"
            assert {job["id"] for job in found["jobs"]} == {job["id"] for job in jobs}
            assert found["verdict"].startswith("Too few runs finished for a verdict")
            assert err.count(" stopped:") == 4
        finally:
            processes.end_lab(fresh_home)

    def test_are_waited_for_to_the_end_although_some_runs_are_deleted_meanwhile(self, run, no_supervisor, monkeypatch):
        def act(_seconds: float) -> None:
            match next(deeds):
                case "stop":
                    ended.append(store.active()[0].id)
                    queue.stop(ended[-1])
                case "delete":
                    queue.delete(ended.pop())

        deeds, ended = iter(["stop", "delete", "stop", "stop", "stop", "too long"]), []
        monkeypatch.setattr("resnet_core.cli.studies.time", SimpleNamespace(sleep=act))
        code, _, err = run("study", "degradation", "--wait")
        assert code == 1 and not store.active()
        assert err.count(" stopped:") == 4 and next(deeds) == "too long"


def wait_until_ended(document, job_id: str) -> dict:
    def ended() -> dict | None:
        shown = document("jobs", "show", job_id)
        return None if shown["state"] in {"queued", "starting", "running"} else shown

    return wait_for(ended)


def wait_for(look, patience: float = 60.0):
    """Look until there is something to see, and return it."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if seen := look():
            return seen
    return pytest.fail(f"nothing to see within {patience:.0f} s")


class TestData:
    def test_check_counts_images_and_classes(self, document, run):
        found = document("data", "check", "shapes")
        assert (found["train_images"], found["test_images"], found["classes"]) == (10_000, 2_000, 10)
        assert found["class_names"][0] == "disk"
        assert "10,000 training and 2,000 test images of 10 classes" in run("data", "check", "shapes")[1]

    def test_list_names_the_forms(self, document, run):
        names = [row["name"] for row in document("data", "list")["data"]]
        assert names == ["shapes", "cifar10", "cats_vs_dogs", "folder:PATH", "parquet:PATH"]
        assert all(name in run("data", "list")[1] for name in names)


def test_doctor_finds_what_is_broken_and_what_is_well(document, tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("RESNET_LAB_HOME", str(blocked / "home"))
    report = document("doctor", code=1)
    assert report["ok"] is False
    found = {check["name"]: check for check in report["checks"]}
    assert found["home"]["ok"] is False and "set RESNET_LAB_HOME" in found["home"]["advice"]
    for name in ("python", "packages", "keras", "cpu", "graphviz", "shapes"):
        assert found[name]["ok"] is True, found[name]
    assert keras.__version__ in found["keras"]["what"]
    assert set(found) >= {"database", "browser", "memory", "gpu", "cifar10"}
    assert os.environ["RESNET_LAB_HOME"] == str(blocked / "home")
