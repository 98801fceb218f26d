"""Verdicts of every study from made-up outcomes: the paper's finding, its contradiction, and runs that failed."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from resnet_core import build_graph, count_costs
from resnet_core.results import Epoch
from resnet_core.studies import STUDIES, Outcome, PlannedRun, Size, get_study


def epoch(number: int, step: int, train: float, val: float) -> Epoch:
    return Epoch(number, step, 1.0, train, 1.0, val, 0.02, 900.0, 5.0)


def read(
    name: str,
    errors: Callable[[PlannedRun], tuple[float, float] | list[tuple[float, float]] | None],
    *,
    size: Size = Size.QUICK,
    test: Callable[[PlannedRun], float] | None = None,
    seeds: int = 1,
) -> str:
    """Return a study's verdict where its runs end with these training and validation errors; None is a failure."""
    study = get_study(name)
    outcomes = []
    for run in study.plan(size, seeds=seeds):
        found = errors(run)
        rows = [found, found] if isinstance(found, tuple) else found or []
        last = run.recipe.steps or 192
        epochs = tuple(epoch(n, last * n // len(rows), *row) for n, row in enumerate(rows, start=1))
        outcomes.append(
            Outcome(
                spec=run.spec,
                state="finished" if found else "failed",
                epochs=epochs,
                recipe=run.recipe,
                data=run.data,
                seed=run.seed,
                name=run.name,
                macs=count_costs(build_graph(run.spec)).total.macs,
                val_images=run.recipe.validation_size,
                test_error=test(run) if test and found else None,
            )
        )
    return study.verdict(outcomes)


def as_in_the_paper(run: PlannedRun) -> tuple[float, float]:
    """Plain networks get worse from 20 layers on, residual ones better."""
    depth = run.spec.depth
    error = 0.10 - 0.0004 * depth if run.spec.residual else 0.10 + 0.008 * abs(depth - 20)
    return error, error + 0.02


def turned_around(run: PlannedRun) -> tuple[float, float]:
    depth = run.spec.depth
    error = 0.10 + 0.005 * depth if run.spec.residual else 0.20 - 0.002 * depth
    return error, error + 0.02


@pytest.mark.parametrize("name", STUDIES)
class TestEvery:
    def test_says_that_nothing_finished(self, name):
        assert read(name, lambda run: None).startswith("Too few runs finished for a verdict. Left out: ")

    def test_reads_every_pair_of_runs_that_may_be_left(self, name):
        runs = get_study(name).plan()
        for pair in pairwise(runs):
            text = read(name, lambda run, pair=pair: as_in_the_paper(run) if run in pair else None)
            assert text.count(" failed") == len(runs) - 2 and "nan" not in text

    def test_names_means_spreads_and_seeds(self, name):
        text = read(name, lambda run: tuple(error + 0.01 * run.seed for error in as_in_the_paper(run)), seeds=3)
        assert " ± 1.0 %" in text and "n = 3 seeds" in text and "One seed" not in text


class TestDepth:
    def test_as_in_the_paper(self):
        text = read("depth", as_in_the_paper)
        # 10 % + 0.8 % for each layer from 20 on; 10 % - 0.04 % a layer.
        assert "plain 8: 19.6 %, 20: 10.0 %, 32: 19.6 %, 56: 38.8 %" in text
        assert "Plain networks degrade, as in the paper: 56 layers train worse than 20, by 28.8 points" in text
        assert "At 56 layers shortcuts take 31.0 points of training error off" in text
        assert "contradicts" not in text

    def test_turned_around(self):
        text = read("depth", turned_around)
        assert "Plain networks did not degrade up to 56 layers: this contradicts the paper" in text
        assert "trained worse with 56 layers than with 8, by 24.0 points: this contradicts the paper" in text
        assert "shortcuts add 29.2 points of training error: this contradicts the paper" in text

    def test_a_run_that_was_still_learning_is_said_to_be(self):
        def falling(run: PlannedRun) -> list[tuple[float, float]]:
            end = turned_around(run)
            return [(end[0] + 0.1, end[1]), end]

        assert "contradicts the paper, though its training error was still falling" in read("depth", falling)

    def test_shallow_networks_alone_contradict_nothing(self):
        text = read("depth", lambda run: (0.1, 0.1) if run.spec.depth <= 20 else None)
        assert "no clear difference." in text and "contradicts" not in text


TABLE_6 = {20: 0.0875, 32: 0.0751, 44: 0.0717, 56: 0.0697, 110: 0.0643}


class TestCifar10Paper:
    def test_sets_test_errors_beside_table_6(self):
        text = read(
            "cifar10_paper",
            as_in_the_paper,
            size=Size.FULL,
            test=lambda run: TABLE_6[run.spec.depth] + 0.002,
        )
        assert "20 layers 8.9 % (8.75 %)" in text and "110 layers 6.6 % (6.43 %)" in text
        assert "All are within a point of it" in text

    def test_says_where_the_paper_was_not_reached(self):
        text = read(
            "cifar10_paper",
            as_in_the_paper,
            size=Size.FULL,
            test=lambda run: TABLE_6[run.spec.depth] + (0.03 if run.spec.depth > 50 else 0),
        )
        assert "With 56 and 110 layers that is more than a point off: this contradicts the paper" in text

    def test_the_quick_size_claims_nothing_about_table_6(self):
        text = read("cifar10_paper", as_in_the_paper, test=lambda run: 0.3)
        assert "are of 64,000 steps on CIFAR-10; these runs took 240 on shapes: compare the order only" in text
        assert "30.0 %" not in text


BY_OPTIMIZER = {"sgd": 0.3, "momentum": 0.1, "adam": 0.2, "nadam": 0.15}


class TestOptimizers:
    def test_are_ranked(self):
        text = read("optimizers", lambda run: (BY_OPTIMIZER[run.recipe.optimizer], 0.4))
        assert "lowest first: SGD with momentum 10.0 % (validation 40.0 %), Nadam 15.0 %" in text
        assert "SGD with momentum gets furthest with this budget" in text

    def test_a_close_race_is_called_one_and_another_winner_on_validation_is_named(self):
        ends = BY_OPTIMIZER | {"nadam": 0.101}
        text = read("optimizers", lambda run: (ends[run.recipe.optimizer], 1 - 2 * ends[run.recipe.optimizer]))
        assert "SGD with momentum and Nadam are too close to tell apart" in text
        assert "On images it has not seen, SGD has the lowest error." in text


class TestNadam20:
    def test_over_fitting_stands_beside_the_notes(self):
        text = read(
            "nadam20",
            lambda run: [(0.3, 0.5), (0.01, 0.48)] if run.recipe.augment == "none" else (0.09, 0.17),
            test=lambda run: 0.5,
        )
        assert (
            "99.0 % on training, 52.0 % on validation, 50.0 % on test images; the study notes report 91 %, 76 %, 74 %"
            in text
        )
        assert "It over-fits, as in the notes: 47.0 points lie between training and validation" in text
        assert "the gap from 47.0 to 8.0 points and validates better by 31.0 points" in text

    def test_none_contradicts_the_notes(self):
        text = read("nadam20", lambda run: (0.10, 0.11))
        assert "The gap of 1.0 points between training and validation is no over-fitting: this contradicts" in text

    def test_augmentation_that_does_not_help_is_said_so(self):
        text = read("nadam20", lambda run: (0.1, 0.3) if run.recipe.augment == "none" else (0.3, 0.32))
        assert "but does not validate clearly better" in text


PAPER_ORDER = {(True, 50): 0.1, (True, 34): 0.2, (False, 34): 0.3, (False, 50): 0.4}


class TestAblation:
    def test_the_papers_order(self):
        text = read("ablation", lambda run: (0.1, PAPER_ORDER[run.spec.residual, run.spec.depth]))
        assert "SGD with momentum: ResNet-50 10.0 %, ResNet-34 20.0 %, Plain-34 30.0 %, Plain-50 40.0 %." in text
        assert "ResNet-50 22.85 %, ResNet-34 24.52 %, Plain-34 28.54 %" in text
        assert "Ours agree with it in 4 comparisons and contradict it in none" in text
        assert "training error still fell" not in text and "validation error moved" not in text

    def test_another_order_and_why_that_settles_little(self):
        def unsettled(run: PlannedRun) -> list[tuple[float, float]]:
            error = 0.5 - PAPER_ORDER[run.spec.residual, run.spec.depth]
            return [(0.6, error + 0.2), (0.5, error)]

        text = read("ablation", unsettled)
        assert (
            "Ours contradict it in 4 of the comparisons. Why this cannot settle it: each run saw 6,144 images" in text
        )
        assert "in 8 of 8 cases training error still fell in the last epoch" in text
        assert "in 8 of 8 cases validation error moved by over ten points" in text

    def test_no_order(self):
        assert "Ours show no clear order, as the study notes found none" in read("ablation", lambda run: (0.1, 0.2))


BY_SHORTCUT = {"A": 0.2, "B": 0.15, "C": 0.1}


class TestShortcuts:
    def test_as_in_the_paper(self):
        text = read("shortcuts", lambda run: (0.1, BY_SHORTCUT[run.spec.shortcut] if run.spec.residual else 0.5))
        assert "plain 50.0 % (training 10.0 %), A 20.0 %" in text
        assert (
            "Every option beats the plain network, as in the paper (28.54 % plain against 25.03 % A, 24.52 % B" in text
        )
        assert "From best to worst: C, B, A, the paper's order." in text

    def test_contradictions(self):
        text = read("shortcuts", lambda run: (0.1, 0.4 - BY_SHORTCUT[run.spec.shortcut] if run.spec.residual else 0.25))
        assert "A did not beat" not in text and "B and C did not beat the plain network here: this contradicts" in text
        assert "From best to worst: A, B, C; this contradicts the paper's order, C, B, A" in text

    def test_a_tie_is_no_order(self):
        text = read("shortcuts", lambda run: (0.1, 0.11 if run.spec.residual else 0.5))
        assert "A, B and C are too close to tell apart" in text


class TestBottleneck:
    def test_better_worse_and_equal(self):
        def ends(basic: float, bottleneck: float) -> str:
            return read("bottleneck", lambda run: (0.1, basic if run.spec.block == "basic" else bottleneck))

        better = ends(0.3, 0.2)
        assert "20 basic layers 30.0 %, 26 bottleneck layers 20.0 % (10.2 and 9.9 million MACs)" in better
        assert "is better, as in the paper: the paper's 50 bottleneck layers reach 22.85 %" in better
        assert "worse at equal cost here: this contradicts the paper" in ends(0.2, 0.3)
        assert "At equal cost no clear difference shows here" in ends(0.2, 0.2)

    def test_a_pair_without_its_partner_is_left_out(self):
        text = read("bottleneck", lambda run: None if run.spec.depth == 26 else (0.1, 0.2))
        assert "56 basic layers 20.0 %, 83 bottleneck layers" in text and "20 basic layers" not in text


class TestWidths:
    def test_more_width(self):
        text = read("widths", lambda run: (0.1, 1 / run.spec.width))
        assert "4 channels 25.0 % (training 10.0 %), 8 channels 12.5 %" in text
        assert "by 21.9 points from end to end, as published: Zagoruyko and Komodakis 2016" in text
        assert "reports 6.85 %, 5.33 %, 4.97 % for 1, 2 and 4 times the width" in text

    def test_less_is_more_here(self):
        text = read("widths", lambda run: (0.1, run.spec.width / 64))
        assert "widest network is worse than the narrowest here, which contradicts what was published" in text
        assert "The best of these is 4 channels" in text


class TestBatchNorm:
    def ends(self, without: float, first: float, last: float) -> str:
        def errors(run: PlannedRun) -> list[tuple[float, float]]:
            if not run.spec.batch_norm:
                return [(without, without)] * 2
            slow = run.spec.bn_momentum > 0.95
            return [(0.3, first if slow else 0.3), (0.1, last if slow else 0.12)]

        return read("batch_norm", errors)

    def test_what_it_does_and_what_its_momentum_hides(self):
        text = self.ends(without=0.86, first=0.9, last=0.6)
        assert "training error ends at 86.0 %, with it at 10.0 %. It makes the network train faster" in text
        assert "validation error 90.0 % against 30.0 % after the first epoch and 60.0 % against 12.0 % after" in text
        assert "have not caught up with the weights" in text

    def test_a_lag_that_has_gone(self):
        assert "lag at first and have caught up by the end" in self.ends(without=0.5, first=0.9, last=0.12)

    def test_a_network_that_trains_better_without(self):
        text = self.ends(without=0.05, first=0.3, last=0.12)
        assert "trained better without it here" in text and "No lag shows here" in text
