"""Studies that travel with the lab: what is in their files, what is refused, what the lessons show of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.run_names import recorded_names
from resnet_core import recorded
from resnet_core.cli import main
from resnet_core.errors import InputError
from resnet_core.lessons.measures import recompute
from resnet_core.recorded import read_recording, recording
from resnet_core.runs import groups, writes
from resnet_core.runs.folders import job_folder
from resnet_core.runs.recording import record
from resnet_core.studies import Size, get_study
from tests.course import TINY, write_course
from tests.learn_page import open_learn, words
from tests.pages import charts_of, query_of
from tests.stored_runs import store_run

STUDY = get_study("degradation")
ERRORS = {(True, 20): 0.05, (False, 20): 0.2, (False, 56): 0.8, (True, 56): 0.15}
"""Training errors by shortcuts and depth: those of the paper's degradation."""

FILES = sorted(recorded.FOLDER.glob("*.json"))
SIZES = {True: Size.FULL, False: Size.QUICK}
RECORDED = [(path.stem.removesuffix("_full"), SIZES[path.stem.endswith("_full")]) for path in FILES]
FULL = [name for name, size in RECORDED if size is Size.FULL]


@pytest.fixture
def group(fresh_home):
    """Return a study that has ended, as this lab's own runs."""
    for number, run in enumerate(STUDY.size(Size.QUICK).runs):
        error = ERRORS[run.spec.residual, run.spec.depth]
        rows = [(0.9, 0.9), (error + 0.1, error + 0.12), (error, error + 0.02)]
        store_run(
            f"r-{number}", run.spec, rows, recipe=run.recipe, study="degradation-test", name=run.name, val_images=500
        )
    return groups.load("degradation-test")


@pytest.mark.parametrize(("name", "size"), RECORDED)
def test_a_recording_that_travels_is_whole_and_says_what_its_numbers_say(name, size):
    found = recording(name, size)
    (path,) = (path for path, known in zip(FILES, RECORDED, strict=True) if known == (name, size))
    assert (found.study.name, found.size) == (name, size)
    assert all(run.state == "finished" and run.epochs for run in found.runs)
    assert found.verdict == json.loads(path.read_text("utf-8"))["verdict"]
    assert found.date and found.device and next(iter(found.libraries)) == "keras" and len(found.libraries) == 2


@pytest.mark.parametrize(("name", "size"), RECORDED)
def test_a_recording_that_travels_is_what_the_study_would_run_today(name, size):
    found = recording(name, size)
    assert found.seeds == 1 and found.study.is_whole(size, found.runs)
    assert [(run.spec, run.recipe, run.data, run.seed, run.name) for run in found.runs] == [
        (run.spec, run.recipe, run.data, run.seed, run.name) for run in found.study.plan(size)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recording_that_travels_names_no_folder_of_the_machine(path):
    text = path.read_text("utf-8")
    assert "parquet:" not in text and "folder:" not in text and '"/' not in text and ":/" not in text


def test_the_quick_size_is_meant_unless_the_full_one_is_asked_for():
    assert recording("degradation").size is Size.QUICK
    assert recording("degradation", Size.FULL).data == "cifar10"
    assert recording("widths", Size.FULL) is None


@pytest.mark.parametrize("name", FULL)
def test_on_real_images_depth_hurts_plain_networks_and_augmentation_cures_over_fitting(name):
    said = {
        "degradation": ["That is the degradation"],
        "nadam20": ["It over-fits, as in the notes", "and validates better by"],
    }
    verdict = recording(name, Size.FULL).verdict
    assert all(words in verdict for words in said[name]) and "contradicts" not in verdict


def test_a_study_is_written_and_read_back(group, tmp_path):
    path = tmp_path / "degradation.json"
    path.write_bytes(record(group))
    found = read_recording(path)
    assert (found.study, found.size, found.data, found.seeds) == (STUDY, Size.QUICK, "shapes", 1)
    assert found.verdict == group.verdict() and "the degradation" in found.verdict
    assert [run.epochs for run in found.runs] == [job.epochs for job in group.jobs]


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_a_recording_names_the_backend_that_trained_and_no_other(group, tmp_path, backend):
    versions = {"python": "3.12.3", "keras": "3.15.1", "tensorflow": "2.21.0", "jax": "0.11.2", "torch": "2.11.0"}
    job = group.jobs[0].id
    writes.write_columns(job, versions=json.dumps(versions))
    job_folder(job).mkdir(parents=True, exist_ok=True)
    (job_folder(job) / "environment.json").write_text(json.dumps({"backend": backend}))
    path = tmp_path / "degradation.json"
    path.write_bytes(record(groups.load("degradation-test")))
    found = read_recording(path)
    assert found.libraries == {name: versions[name] for name in ("keras", backend)}
    assert set(found.versions) == {"python", "keras", backend}


def test_the_command_writes_the_newest_that_ran(group, tmp_path, capsys):
    path = tmp_path / "degradation.json"
    assert main(["study", "degradation", "--record", str(path)]) == 0
    assert read_recording(path).verdict == group.verdict()
    assert main(["study", "widths", "--record", str(tmp_path / "widths.json")]) == 2
    assert "widths was never run here: run it first" in capsys.readouterr().err
    assert main(["study", "degradation", "--record", str(tmp_path / "widths.txt")]) == 2
    assert "choose one of .json" in capsys.readouterr().err


@pytest.mark.parametrize(("state", "said"), [("failed", "did not finish"), ("queued", "goes on")])
def test_one_that_did_not_end_well_is_not_recorded(group, state, said):
    run = STUDY.size(Size.QUICK).runs[0]
    store_run("r-9", run.spec, recipe=run.recipe, study="degradation-test", name=run.name, seed=1, state=state)
    with pytest.raises(InputError, match=said):
        record(groups.load("degradation-test"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda document: document.update(format=9), "has format 9, this lab reads 1"),
        (lambda document: document.pop("runs"), "is no recorded study"),
        (lambda document: document["runs"][0].pop("spec"), "is no recorded study"),
        (lambda document: document.update(study="nope"), "no study is called 'nope'"),
    ],
)
def test_a_damaged_file_is_refused_in_one_line(group, tmp_path, change, said):
    document = json.loads(record(group))
    change(document)
    path = tmp_path / "degradation.json"
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(InputError, match=said) as caught:
        read_recording(path)
    assert "\n" not in str(caught.value)


def test_a_lesson_can_state_a_recorded_number():
    run = recording("degradation").runs[0]
    of = {"study": "degradation", "run": run.name, "which": "train"}
    assert recompute("recorded_error", of) == run.epochs[-1].train_error
    with pytest.raises(InputError, match="has no run 'nope' with seed 0: it has"):
        recompute("recorded_error", {**of, "run": "nope"})


def test_a_lesson_can_state_a_number_of_the_full_size_and_of_an_epoch():
    of = {"study": "degradation", "size": "full", "which": "train"}
    errors = {name: recompute("recorded_error", {**of, "run": name}) for name in ("plain20", "plain56", "resnet20")}
    assert errors["plain56"] > errors["plain20"] > errors["resnet20"]
    assert recompute("recorded_error", {**of, "run": "plain56", "epoch": 1}) > errors["plain56"]
    for change, said in (
        ({"size": "huge"}, "size is one of quick, full, received 'huge'"),
        ({"study": "widths", "run": "resnet20"}, "the full size of 'widths' is not recorded"),
        ({"epoch": 47}, "plain20 has the epochs 1 to 46, received epoch 47"),
        ({"epoch": 46, "which": "test"}, "test images are seen once, after the last epoch"),
    ):
        with pytest.raises(InputError, match=said):
            recompute("recorded_error", {**of, "run": "plain20"} | change)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_lesson_about_the_notes_states_the_recorded_accuracies(language):
    text = (Path("lessons") / language / "09_optimizers.md").read_text("utf-8")
    for run in recording("nadam20", Size.FULL).runs:
        errors = (run.epochs[-1].train_error, run.epochs[-1].val_error, run.test_error)
        assert "| " + " | ".join(f"{100 * (1 - error):.1f}" for error in errors) + " |" in text
    bare = recording("nadam20", Size.FULL).run("resnet20-conv3x3-bias-padded", augment="none")
    assert min(epoch.val_error for epoch in bare.epochs) > 0.24  # the notes' 76 % was reached after no epoch


def test_runs_of_one_network_are_told_apart_by_their_recipe():
    of = {"study": "nadam20", "run": recording("nadam20").runs[0].name}
    without, augmented = (recompute("recorded_error", {**of, "augment": name}) for name in ("none", "crop_flip"))
    assert without > augmented
    with pytest.raises(InputError, match="has 2 runs .*: name a setting in which their recipes differ"):
        recompute("recorded_error", of)


@pytest.mark.parametrize(("name", "size"), RECORDED)
def test_every_curve_of_a_recorded_study_has_a_name_of_its_own(name, size):
    names = recorded_names(recording(name, size).runs)
    assert len(set(names)) == len(names), names


def test_a_curves_name_is_what_sets_it_apart():
    assert recorded_names(recording("degradation").runs)[0] == "resnet20-16px"
    assert recorded_names(recording("nadam20").runs) == ["augment none", "augment crop and flip"]
    assert recorded_names(recording("ablation").runs)[0] == "resnet34-w8-64px, optimizer momentum"


class TestTheLab:
    @pytest.fixture(autouse=True)
    def course(self, tmp_path, monkeypatch):
        lesson = TINY.replace("{study: depth}", "{study: degradation}")
        lesson = lesson[: lesson.index("```predict")] + lesson[lesson.index("```lab") :]
        for study in ("nadam20", "widths"):
            lesson += f"\n```lab\nname: study\nid: {study}\nvalues: {{study: {study}}}\nhide: [study]\n```\n"
        write_course(tmp_path / "course", lesson=lesson)
        monkeypatch.setenv("RESNET_LAB_LESSONS", str(tmp_path / "course"))

    def switches(self, page) -> list[Any]:
        return [item for item in page.get("button_group") if ":full:" in item.key]

    def figures(self, page) -> list[tuple[str, str]]:
        """Return the title and the alternative text of each figure."""
        return [(json.loads(data["figure"])["layout"]["title"]["text"], data["alt"]) for data in charts_of(page)]

    def said(self, page) -> str:
        return words(page).replace("\\", "")

    def test_shows_the_recorded_study_with_where_it_comes_from(self, fresh_home):
        page = open_learn(lesson="tiny")
        found = recording("degradation")
        assert f"Recorded on {found.date} with this lab's own code" in self.said(page)
        assert found.verdict in self.said(page)
        assert any(button.label.startswith("Run it on this computer: 4 runs, about") for button in page.button)

    def test_shows_this_labs_own_runs_once_there_are_some(self, group):
        said = self.said(open_learn(lesson="tiny"))
        assert "Run on this computer:" in said and group.verdict() in said
        assert recording("degradation").verdict not in said

    def test_shows_the_full_recording_to_whoever_asks_for_it(self, fresh_home):
        page = open_learn(lesson="tiny")
        first, _second = self.switches(page)  # of three studies, one of which has no full recording
        assert first.options == ["Drawn shapes, minutes on a CPU", "CIFAR-10, recorded on a GPU"]
        title, alt = self.figures(page)[0]
        assert "error on drawn shapes" in title and alt.startswith("Error over time on drawn shapes. ")
        first.set_value(True).run()
        found, other = (recording(name, Size.FULL) for name in ("degradation", "nadam20"))
        assert found.verdict in self.said(page) and recording("degradation").verdict not in self.said(page)
        assert other.verdict not in self.said(page) and recording("nadam20").verdict in self.said(page)
        title, alt = self.figures(page)[0]
        assert "error on CIFAR-10" in title and alt.startswith("Error over time on CIFAR-10. ")
        keras, jax = (found.versions[name] for name in ("keras", "jax"))
        assert f"4 runs on NVIDIA H200, keras {keras}, jax {jax}." in self.said(page)
        assert f"This computer would run: {found.study.quick.about}" in self.said(page)
        assert any(button.label.startswith("Run it on this computer: 4 runs, about") for button in page.button)

    def test_a_link_reopens_what_was_looked_at(self, fresh_home):
        page = open_learn(lesson="tiny")
        self.switches(page)[1].set_value(True).run()
        assert query_of(page) == {"lesson": "tiny", "nadam20.full": "1"}
        again = open_learn(**query_of(page))
        shown = recording("nadam20", Size.FULL).verdict
        assert shown in self.said(again) and [item.value for item in self.switches(again)] == [False, True]
        self.switches(again)[1].set_value(False).run()
        assert query_of(again) == {"lesson": "tiny"} and shown not in self.said(again)

    def test_a_teacher_can_hide_the_switch(self, fresh_home):
        page = open_learn(lesson="tiny", only="size", nadam20__full="1")
        assert not self.switches(page) and recording("nadam20", Size.FULL).verdict in self.said(page)

    def test_the_full_size_shows_its_recording_and_needs_no_switch(self, fresh_home):
        page = open_learn(lesson="tiny", study__size="full")
        assert len(self.switches(page)) == 1 and recording("degradation", Size.FULL).verdict in self.said(page)

    def test_the_full_recording_stands_beside_this_labs_own_runs(self, group):
        page = open_learn(lesson="tiny")
        switch = self.switches(page)[0]
        assert switch.options == ["Run on this computer", "CIFAR-10, recorded on a GPU"]
        switch.set_value(True).run()
        assert recording("degradation", Size.FULL).verdict in self.said(page)
        assert group.verdict() not in self.said(page) and "Run on this computer:" not in self.said(page)

    def test_who_starts_the_study_sees_it_start(self, no_supervisor):
        page = open_learn(lesson="tiny", study__full="1")
        assert recording("degradation", Size.FULL).verdict in self.said(page)
        next(button for button in page.button if button.key.endswith("study:start")).click().run()
        assert "Run on this computer:" in self.said(page) and query_of(page) == {"lesson": "tiny"}
        assert self.switches(page)[0].value is False
