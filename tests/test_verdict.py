"""The sentence above a comparison: its numbers, and when it refuses to compare."""

import pytest

from app.verdict import study_of, verdict
from resnet_core import RECIPES, get_spec
from resnet_core.choices import Shortcut
from resnet_core.studies import get_study
from tests.stored_runs import runs, store_run

QUICK = RECIPES["quick"]
STUDY = get_study("degradation")
ENDS = {"resnet20-16px": 0.03, "plain20-16px": 0.06, "plain56-16px": 0.56, "resnet56-16px": 0.04}


@pytest.fixture(autouse=True)
def home(fresh_home):
    return fresh_home


def pair(depth: int, plain: float, residual: float, **columns) -> None:
    """Store a plain network and its twin with these final validation errors; training errors are half of them."""
    seed = columns.get("seed", 0)
    for kind, error in (("plain", plain), ("resnet", residual)):
        name = f"r-{kind}{depth}{seed}{columns.pop('tag', '')}"
        store_run(name, get_spec(f"pocket_{kind}{depth}"), [(0.9, 0.9), (error / 2, error)], **columns)


def study(seed: int = 0, **changes) -> None:
    for number, planned in enumerate(STUDY.plan()):
        error = ENDS[planned.spec.name]
        columns = {"recipe": planned.recipe, "seed": seed, "data": planned.data, **changes.get(planned.spec.name, {})}
        store_run(f"r-{seed}study{number}", planned.spec, [(0.9, 0.9), (error, error + 0.01)], **columns)


def test_a_whole_study_is_read_as_the_study_reads_itself():
    study()
    assert study_of(runs()) is STUDY
    found = verdict(runs())
    assert found.kind == "read"
    assert "the plain network's training error went from 6.0 % to 56.0 %" in found.text
    assert "That is the degradation" in found.text


def test_a_study_over_several_seeds_is_still_that_study():
    study(seed=0)
    study(seed=1, **{"plain56-16px": {"state": "lost"}})
    assert study_of(runs()) is STUDY
    text = verdict(runs()).text
    assert "n = 1 to 2 seeds" in text and text.endswith("Left out: plain56-16px with seed 1 lost.")


def test_a_study_that_goes_on_waits_for_its_last_run():
    study(**{"resnet56-16px": {"state": "running"}})
    found = verdict(runs())
    assert (found.kind, found.text.split(":")[0]) == ("waiting", "1 of 4 runs is going on")


def test_a_run_that_was_stopped_is_named_and_leaves_the_rest_readable():
    study(**{"resnet56-16px": {"state": "stopped"}})
    assert "resnet56-16px stopped" in verdict(runs()).text


def test_a_study_and_one_run_more_is_no_study():
    study()
    pair(32, 0.2, 0.1)
    assert study_of(runs()) is None


def test_a_pair_says_by_how_much_shortcuts_change_the_error_and_that_one_seed_may_be_luck():
    pair(20, plain=0.15, residual=0.1)
    found = verdict(runs())
    assert found.kind == "read"
    assert found.text == (
        "Shortcuts lower the final validation error by 5.0 points at 20 layers (15.0 % plain, 10.0 % residual). "
        "One seed each: repeat it over several to see how much is luck."
    )


def test_pairs_of_several_depths_say_what_depth_changes_without_and_with_shortcuts():
    pair(20, plain=0.10, residual=0.12)
    pair(110, plain=0.50, residual=0.06)
    text = verdict(runs()).text
    assert "raise the final validation error by 2.0 points at 20 layers" in text
    assert "and lower it by 44.0 points at 110 layers" in text
    assert "From 20 to 110 layers training error rises by 20.0 points without shortcuts and falls by 3.0 points" in text


def test_equal_errors_are_neither_lower_nor_higher():
    pair(20, plain=0.1, residual=0.1)
    pair(32, plain=0.1504, residual=0.1501)
    pair(56, plain=0.3, residual=0.1)
    pair(110, plain=0.2, residual=0.2)
    assert verdict(runs()).text.startswith(
        "Shortcuts leave the final validation error as it is at 20 layers (10.0 % plain, 10.0 % residual)"
        ", at 32 layers (15.0 % plain, 15.0 % residual)"
        " and lower it by 20.0 points at 56 layers (30.0 % plain, 10.0 % residual)"
        " and leave it as it is at 110 layers (20.0 % plain, 20.0 % residual)."
    )


def test_repeats_with_other_seeds_count_as_their_mean():
    pair(20, plain=0.2, residual=0.10, seed=0)
    pair(20, plain=0.4, residual=0.12, seed=1)
    text = verdict(runs()).text
    assert "by 19.0 points at 20 layers (30.0 % plain, 11.0 % residual)" in text
    assert text.endswith("Errors are means of up to 2 runs of a network.") and "One seed" not in text


def test_a_residual_network_with_projections_still_has_the_plain_network_as_its_twin():
    store_run("r-plain", get_spec("pocket_plain20"), [(0.2, 0.3)])
    store_run("r-b", get_spec("pocket_resnet20").model_copy(update={"shortcut": Shortcut.B}), [(0.1, 0.2)])
    assert "by 10.0 points at 20 layers" in verdict(runs()).text


def test_recipes_that_share_a_budget_are_compared_each_for_itself():
    other = QUICK.model_copy(update={"learning_rate": 0.1})
    pair(20, plain=0.2, residual=0.1)
    pair(20, plain=0.3, residual=0.1, seed=1, recipe=other)
    text = verdict(runs()).text
    assert "in resnet20-16px with learning rate 0.02" in text and "with learning rate 0.1 (30.0 % plain" in text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"data": "parquet:/data/cifar"}, "they learned from different data (shapes, parquet cifar)"),
        ({"recipe": QUICK.model_copy(update={"epochs": 9})}, "different budgets (6 epochs on 5,120 images, 9 epochs"),
        ({"recipe": QUICK.model_copy(update={"train_size": None})}, "6 epochs on all images"),
        ({"recipe": QUICK.model_copy(update={"validation_size": 500})}, "(the test images, 500 held out)"),
        ({"spec": get_spec("resnet20")}, "their images have different sizes (16 px, 32 px)"),
        ({"data_fingerprint": "b"}, "the images of shapes changed between them"),
    ],
)
def test_runs_on_other_data_or_with_another_budget_are_not_compared(change, reason):
    store_run("r-one", get_spec("pocket_plain20"), [(0.2, 0.3)], data_fingerprint="a")
    store_run("r-two", **{"spec": get_spec("pocket_resnet20"), "errors": [(0.1, 0.2)], **change})
    found = verdict(runs())
    assert found.kind == "apart"
    assert found.text.startswith("These runs are not comparable") and reason in found.text


def test_another_seed_may_have_drawn_other_shapes():
    pair(20, plain=0.2, residual=0.1, seed=0, data_fingerprint="a")
    pair(20, plain=0.2, residual=0.1, seed=1, data_fingerprint="b")
    assert verdict(runs()).kind == "read"


def test_a_run_that_failed_before_its_first_epoch_spoils_nothing():
    pair(20, plain=0.15, residual=0.1)
    store_run("r-failed", get_spec("resnet56"), state="failed", data="folder:/gone")
    found = verdict(runs())
    assert found.kind == "read" and found.text.endswith("Left out: resnet56 (failed).")


def test_one_run_alone_says_its_end_and_its_lowest_error():
    store_run("r-one", get_spec("pocket_resnet20"), [(0.5, 0.4), (0.2, 0.1), (0.1, 0.3)])
    found = verdict(runs())
    assert found.kind == "alone"
    assert "ended at 30.0 % validation error after 3 epochs; its lowest was 10.0 %, after epoch 2" in found.text


def test_networks_without_their_twins_are_ranked_and_nothing_is_claimed():
    store_run("r-one", get_spec("pocket_resnet20"), [(0.2, 0.1)])
    store_run("r-two", get_spec("pocket_plain56"), [(0.2, 0.4)])
    text = verdict(runs()).text
    assert text.startswith("Lowest final validation error: resnet20-16px, 10.0 %; highest: plain56-16px, 40.0 %.")
    assert "no test of shortcuts" in text


def test_nothing_finished_is_said():
    store_run("r-one", get_spec("pocket_resnet20"), state="failed")
    assert verdict(runs()).text == (
        "No run here has finished, so there is nothing to compare yet. Left out: resnet20-16px (failed)."
    )
