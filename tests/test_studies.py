"""The studies as data: what each runs in its two sizes; and verdicts over failed, missing and repeated runs."""

import pytest

from resnet_core import build_graph, count_costs, get_spec
from resnet_core.errors import DataError, InputError
from resnet_core.recipes import Augment, Optimizer
from resnet_core.results import Epoch
from resnet_core.runs import study_plans
from resnet_core.studies import STUDIES, Outcome, Size, get_study

NAMES = (
    "degradation",
    "cifar10_paper",
    "depth",
    "optimizers",
    "nadam20",
    "ablation",
    "shortcuts",
    "bottleneck",
    "widths",
    "batch_norm",
)
DEGRADATION = get_study("degradation")
PAPER = {(False, 20): 0.10, (False, 56): 0.80, (True, 20): 0.05, (True, 56): 0.04}


def outcomes(
    errors: dict[tuple[bool, int], float], failed: tuple = (), seed: int = 0, more: float = 0
) -> list[Outcome]:
    found = []
    for run in DEGRADATION.plan():
        key = (run.spec.residual, run.spec.depth)
        error = errors[key] + more
        epoch = Epoch(3, 192, 1.0, error, 1.0, error, 0.02, 900.0, 5.0)
        state = "lost" if key in failed else "finished"
        found.append(Outcome(run.spec, state, (epoch,), run.recipe, run.data, seed))
    return found


def all_plans():
    return [(study, size) for study in STUDIES.values() for size in Size]


def test_there_are_ten_and_an_unknown_one_names_them():
    assert set(STUDIES) == set(NAMES)
    with pytest.raises(InputError, match="no study is called 'depht': choose one of degradation, cifar10_paper, depth"):
        get_study("depht")


@pytest.mark.parametrize(("study", "size"), all_plans(), ids=lambda value: getattr(value, "name", value))
def test_every_plan_trains_different_things_on_one_data_set_for_one_budget(study, size):
    runs = study.plan(size)
    assert len({(run.spec, run.recipe) for run in runs}) == len(runs) >= 2
    assert len({run.data for run in runs}) == 1
    assert (
        len({(run.recipe.epochs, run.recipe.steps, run.recipe.batch_size, run.recipe.train_size) for run in runs}) == 1
    )
    assert all(run.recipe.validation_size for run in runs)
    assert study.size(size).about.endswith(".") and study.question.endswith("?")
    for run in runs:
        assert count_costs(build_graph(run.spec)).total.macs > 0
    assert study.size_of(runs) is size and study.is_whole(size, runs)


@pytest.mark.parametrize("study", STUDIES.values(), ids=lambda study: study.name)
def test_a_quick_size_needs_no_network_and_is_minutes_of_work(study):
    runs = study.plan()
    assert {run.data for run in runs} == {"shapes"}
    seconds = 0.0
    for run in runs:
        images = (
            run.recipe.steps * run.recipe.batch_size if run.recipe.steps else run.recipe.epochs * run.recipe.train_size
        )
        # A modest CPU: 20e9 MACs/s in convolutions, three passes a step, and the import and compilation of each run.
        seconds += 3 * count_costs(build_graph(run.spec)).total.macs * images / 20e9 + 15
    assert 30 < seconds < 360


def test_the_papers_experiment_is_to_the_letter():
    runs = get_study("cifar10_paper").plan(Size.FULL)
    assert {(run.spec.residual, run.spec.depth) for run in runs} == {
        *((kind, depth) for kind in (True, False) for depth in (20, 32, 44, 56)),
        (True, 110),
    }
    for run in runs:
        recipe = run.recipe
        assert (recipe.steps, recipe.milestones, recipe.batch_size) == (64_000, (32_000, 48_000), 128)
        assert (recipe.optimizer, recipe.learning_rate, recipe.weight_decay) == (Optimizer.MOMENTUM, 0.1, 1e-4)
        assert (recipe.validation_size, recipe.train_size, recipe.augment) == (5_000, None, Augment.CROP_FLIP)
        assert (recipe.normalize, run.spec.input_size, run.data) == ("pixel_mean", 32, "cifar10")
        assert (recipe.warmup_steps > 0) is (run.spec.depth == 110)


def test_plain_and_residual_differ_in_their_shortcuts_only():
    specs = {(run.spec.residual, run.spec.depth): run.spec for run in DEGRADATION.plan()}
    assert set(specs) == set(PAPER)
    assert specs[True, 56].plain_twin() == specs[False, 56]
    assert len({run.recipe for run in DEGRADATION.plan()}) == 1


def test_bottleneck_networks_cost_what_their_basic_ones_do():
    for size in Size:
        macs = sorted(count_costs(build_graph(run.spec)).total.macs for run in get_study("bottleneck").plan(size))
        assert all(high / low < 1.05 for low, high in zip(macs[::2], macs[1::2], strict=True))


def test_nadam20_is_the_notes_network_by_their_recipe_and_with_crops():
    bare, augmented = get_study("nadam20").plan(Size.FULL)
    assert bare.spec == augmented.spec == get_spec("study_resnet20_nadam")
    assert (bare.recipe.optimizer, bare.recipe.augment) == (Optimizer.NADAM, Augment.NONE)
    assert augmented.recipe == bare.recipe.model_copy(update={"augment": Augment.CROP_FLIP})


def test_seeds_repeat_everything_one_whole_seed_after_the_other():
    runs = DEGRADATION.plan(data="cifar10", seeds=3)
    assert [run.seed for run in runs] == [0] * 4 + [1] * 4 + [2] * 4
    assert {run.data for run in runs} == {"cifar10"}
    assert DEGRADATION.is_whole(Size.QUICK, runs) and not DEGRADATION.is_whole(Size.QUICK, runs[:-1])
    assert DEGRADATION.size_of(runs[:-1]) is Size.QUICK
    assert get_study("depth").size_of([*runs, *get_study("widths").plan()]) is None


def test_the_last_layer_follows_the_data_and_the_study_is_still_known(folder_of_two_classes):
    runs = study_plans.plan(get_study("nadam20"), data=folder_of_two_classes(1_300))
    assert {run.spec.classes for run in runs} == {2}
    assert get_study("nadam20").size_of(runs) is Size.QUICK


def test_too_few_images_are_said_before_anything_starts(folder_of_two_classes):
    with pytest.raises(DataError, match="the study needs 1,000 training images, .* has 48: choose other data"):
        study_plans.plan(get_study("nadam20"), data=folder_of_two_classes(60))


def test_a_forecast_has_an_estimate_for_every_run(fresh_home):
    cost = study_plans.forecast(get_study("widths"), seeds=2)
    assert len(cost.runs) == len(cost.estimates) == 8
    assert [run.seed for run in cost.runs] == [0] * 4 + [1] * 4
    assert cost.seconds == pytest.approx(sum(estimate.seconds for estimate in cost.estimates))
    narrow, wide = cost.estimates[0], cost.estimates[3]
    assert wide.seconds > narrow.seconds and cost.memory_bytes >= wide.memory_bytes


class TestVerdict:
    def test_waits_for_the_last_run(self):
        running = outcomes(PAPER)
        last = running[-1]
        running[-1] = Outcome(last.spec, "running", (), last.recipe)
        assert DEGRADATION.verdict(running) is None
        assert DEGRADATION.verdict([]) is None

    def test_names_the_numbers(self):
        verdict = DEGRADATION.verdict(outcomes(PAPER))
        assert "from 10.0 % to 80.0 %" in verdict and "from 5.0 % to 4.0 %" in verdict
        assert "take 76.0 points off at 56 layers" in verdict and "contradicts" not in verdict
        assert verdict.endswith("One seed each: repeat it over several to see how much is luck.")

    def test_names_a_failed_run_and_reads_the_rest(self):
        verdict = DEGRADATION.verdict(outcomes(PAPER, failed=((True, 56),)))
        assert "plain network's training error went from 10.0 % to 80.0 %" in verdict
        assert "degrades with depth; no residual one of that depth" in verdict
        assert verdict.endswith("Left out: resnet56-16px lost.")

    def test_says_when_too_little_finished(self):
        verdict = DEGRADATION.verdict(outcomes(PAPER, failed=tuple(PAPER)))
        assert verdict.startswith("Too few runs finished for a verdict.")
        assert verdict.count(" lost") == 4

    def test_says_that_runs_were_deleted(self):
        assert DEGRADATION.verdict(outcomes(PAPER)[:3]).endswith("Some of its runs are no longer in the lab.")

    def test_gives_mean_spread_and_number_of_seeds(self):
        repeated = [run for seed in range(3) for run in outcomes(PAPER, seed=seed, more=0.01 * seed)]
        verdict = DEGRADATION.verdict(repeated)
        # The sample standard deviation of x, x + 1 %, x + 2 % is 1 %.
        assert "from 11.0 % ± 1.0 % to 81.0 % ± 1.0 %" in verdict
        assert "means ± sample standard deviations over n = 3 seeds" in verdict

    def test_names_the_seed_of_a_failed_repeat(self):
        repeated = [*outcomes(PAPER), *outcomes(PAPER, seed=1, failed=((False, 56),))]
        verdict = DEGRADATION.verdict(repeated)
        assert "over n = 1 to 2 seeds" in verdict
        assert verdict.endswith("Left out: plain56-16px with seed 1 lost.")

    def test_a_difference_within_the_spread_is_no_degradation(self):
        errors = PAPER | {(False, 56): 0.13}
        noisy = [
            *outcomes(errors),
            *outcomes(errors | {(False, 56): 0.07, (False, 20): 0.14}, seed=1),
            *outcomes(errors | {(False, 56): 0.19, (False, 20): 0.09}, seed=2),
        ]
        assert "did not degrade" in DEGRADATION.verdict(noisy)


@pytest.fixture
def folder_of_two_classes(tmp_path):
    """Return what makes a folder of two classes with so many tiny images."""
    from PIL import Image

    def make(count: int) -> str:
        image = Image.new("RGB", (8, 8))
        for number in range(count):
            place = tmp_path / "images" / ("cat" if number % 2 else "dog")
            place.mkdir(parents=True, exist_ok=True)
            image.save(place / f"{number}.png")
        return f"folder:{tmp_path / 'images'}"

    return make
