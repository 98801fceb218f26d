"""Notes and tags: kept as written, bounded, and a refusal writes nothing."""

import pytest

from resnet_core import get_spec
from resnet_core.cli import main
from resnet_core.errors import InputError, RunError
from resnet_core.runs import store
from resnet_core.runs.annotations import annotate
from tests.stored_runs import store_run


@pytest.fixture(autouse=True)
def run(fresh_home):
    store_run("r-one", get_spec("pocket_resnet20"), [(0.5, 0.4)])


def kept() -> tuple[str, tuple[str, ...]]:
    job = store.job("r-one")
    return job.note, job.tags


def test_a_note_and_tags_are_kept_and_each_is_left_alone_by_the_other():
    annotate("r-one", note=" Rate too high;\n`<b>` ü 🙂 ")
    annotate("r-one", tags=["week-3", "Baseline", "week-3", "größe_2"])
    assert kept() == ("Rate too high;\n`<b>` ü 🙂", ("week-3", "Baseline", "größe_2"))
    annotate("r-one", tags=[])
    assert kept()[1] == () and kept()[0]
    annotate("r-one", note="")
    assert kept() == ("", ())


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"note": "x" * 2_001}, "at most 2,000 characters, received 2,001"),
        ({"note": "bell \x07"}, "control character"),
        ({"tags": ["two words"]}, "one word"),
        ({"tags": ["a,b"]}, "one word"),
        ({"tags": ["<b>"]}, "one word"),
        ({"tags": ["x" * 31]}, "up to 30 letters"),
        ({"tags": [""]}, "one word"),
        ({"tags": [f"t{n}" for n in range(13)]}, "at most 12 tags, received 13"),
        ({"note": "fine", "tags": ["not fine"]}, "one word"),
    ],
)
def test_what_is_not_allowed_is_said_in_one_line_and_nothing_is_written(what, said):
    with pytest.raises(InputError, match=said) as caught:
        annotate("r-one", **what)
    assert "\n" not in str(caught.value)
    assert kept() == ("", ())


def test_an_unknown_run_is_refused():
    with pytest.raises(RunError, match="no run has the id 'r-two'"):
        annotate("r-two", note="x")


def test_the_command_line_writes_and_shows_them(capsys):
    assert main(["jobs", "note", "r-one", "the rate was too high"]) == 0
    assert main(["jobs", "tag", "r-one", "baseline", "week-3"]) == 0
    assert kept() == ("the rate was too high", ("baseline", "week-3"))
    capsys.readouterr()
    assert main(["jobs", "show", "r-one"]) == 0
    shown = capsys.readouterr().out
    assert "tags: baseline week-3" in shown and "the rate was too high" in shown
    assert main(["jobs", "tag", "r-one"]) == 0 and kept()[1] == ()
    assert main(["jobs", "tag", "r-one", "a b"]) == 2
    assert capsys.readouterr().err.startswith("error: a tag is one word")
