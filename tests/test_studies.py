"""The degradation study: what it trains, and that its verdict reads the numbers it is given."""

import pytest

from resnet_core.errors import InputError
from resnet_core.results import Epoch
from resnet_core.studies import Outcome, get_study

STUDY = get_study("degradation")


def outcomes(errors: dict[tuple[bool, int], float], failed: tuple = ()) -> list[Outcome]:
    found = []
    for run in STUDY.runs:
        key = (run.spec.residual, run.spec.depth)
        epoch = Epoch(6, 480, 1.0, errors[key], 1.0, errors[key], 0.02, 900.0, 5.0)
        found.append(Outcome(run.spec, "lost" if key in failed else "finished", (epoch,)))
    return found


PAPER = {(False, 20): 0.10, (False, 56): 0.80, (True, 20): 0.05, (True, 56): 0.04}


def test_plain_and_residual_differ_in_their_shortcuts_only():
    specs = {(run.spec.residual, run.spec.depth): run.spec for run in STUDY.runs}
    assert set(specs) == {(False, 20), (False, 56), (True, 20), (True, 56)}
    assert specs[True, 56].plain_twin() == specs[False, 56]
    assert len({(run.recipe, run.data, run.seed) for run in STUDY.runs}) == 1


def test_the_verdict_names_the_numbers_of_a_degradation():
    verdict = STUDY.verdict(outcomes(PAPER))
    assert "from 10.0% to 80.0%" in verdict and "from 5.0% to 4.0%" in verdict
    assert "76.0%" in verdict and "contradicts" not in verdict


def test_the_verdict_says_when_the_runs_contradict_the_paper():
    assert "contradicts the paper" in STUDY.verdict(outcomes(PAPER | {(False, 56): 0.08}))
    assert "contradicts the paper" in STUDY.verdict(outcomes(PAPER | {(True, 56): 0.85}))


def test_the_verdict_names_a_run_that_did_not_finish():
    assert "plain56-16px lost" in STUDY.verdict(outcomes(PAPER, failed=((False, 56),)))


def test_there_is_no_verdict_before_the_end():
    running = outcomes(PAPER)
    running[-1] = Outcome(running[-1].spec, "running", ())
    assert STUDY.verdict(running) is None
    assert STUDY.verdict(outcomes(PAPER)[:3]) is None


def test_an_unknown_study_names_those_that_exist():
    with pytest.raises(InputError, match="no study is called 'depht': choose one of degradation"):
        get_study("depht")
