"""`data fetch` and `data check`: a data set is brought, looked at, and what is wrong with it is said in lines."""

import json

import pytest

from resnet_core.cli import main
from tests.test_datasets_cats_vs_dogs import make_zip
from tests.test_datasets_folder import save, two_classes


@pytest.fixture
def run(capsys, fresh_home):
    """Return a function that runs a data command and gives its exit code, standard output and standard error."""

    def run_command(*arguments: str) -> tuple[int, str, str]:
        code = main(["data", *arguments])
        return code, *capsys.readouterr()

    return run_command


def test_cats_vs_dogs_is_brought_from_a_zip_and_checked(run, tmp_path):
    assert "bring the zip with" in run("check", "cats_vs_dogs")[1]
    code, out, err = run("fetch", "cats_vs_dogs", "--from", str(make_zip(tmp_path / "pets.zip")))
    assert (code, out) == (0, "cats_vs_dogs is on this computer\n")
    assert err == "read 43 images\n"
    code, out, _ = run("check", "cats_vs_dogs")
    assert code == 0
    lines = out.splitlines()
    assert lines[:2] == ["cats_vs_dogs: Cats vs dogs", "35 training and 8 test images of 2 classes"]
    assert "formats: JPEG 40" in lines and "color modes: RGB 40" in lines
    assert "broken: 3 of 43, which will be skipped" in lines
    assert "  Cat/700.jpg (no JFIF header)" in lines


def test_check_reports_counts_pixels_modes_and_broken_files_as_json(run, tmp_path):
    two_classes(tmp_path / "train", 30)
    two_classes(tmp_path / "test", 2)
    save(tmp_path / "train" / "cats" / "large.jpg", size=(300, 200))
    for number in range(25):
        (tmp_path / "train" / "dogs" / f"bad{number:02}.jpg").write_text("no image")
    code, out, _ = run("check", f"folder:{tmp_path}", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["counts"] == [
        {"class": "cats", "train": 31, "test": 2},
        {"class": "dogs", "train": 55, "test": 2},
    ]
    assert found["pixels"]["width"] == {"min": 12, "median": 12, "max": 300}
    assert found["modes"] == {"RGB": 65} and found["formats"] == {"PNG": 64, "JPEG": 1}
    assert (found["looked_at"], found["broken_count"], len(found["broken"])) == (90, 25, 20)
    assert found["broken"][0] == {"name": "train/dogs/bad00.jpg", "class": "dogs", "reason": "damaged, or no image"}
    assert "  and 5 more" in run("check", f"folder:{tmp_path}")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fetch", "mnist"], "'mnist' cannot be fetched: choose cifar10 or cats_vs_dogs"),
        (["fetch", "cifar10", "--from", "a.zip"], "--from goes with cats_vs_dogs alone, received 'cifar10'"),
        (["fetch", "cats_vs_dogs", "--from", "/nowhere/a.zip"], "/nowhere/a.zip cannot be read"),
    ],
)
def test_what_cannot_be_fetched_is_one_line(run, arguments, said):
    code, out, err = run(*arguments)
    (line,) = err.splitlines()
    assert (code, out) == (2, "") and said in line
