"""One sentence about the runs of a comparison, with the numbers in it, or why they cannot be compared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Literal

from app import theme
from app.grouping import REPEATS, grouped
from app.run import Run
from app.run_list import data_name
from app.run_names import recipe_differences
from resnet_core.choices import Shortcut
from resnet_core.recipes import Recipe
from resnet_core.runs.groups import outcome
from resnet_core.spec import ResNetSpec, make_spec
from resnet_core.studies import STUDIES, Study

MOST_PAIRS = 4


@dataclass(frozen=True)
class Verdict:
    """What a comparison says.

    Attributes:
        kind: read (runs were compared), waiting (some go on), apart (they are not comparable), alone (there is nothing
            to compare).
        text: one to three sentences.
    """

    kind: Literal["read", "waiting", "apart", "alone"]
    text: str


def verdict(runs: Sequence[Run]) -> Verdict:
    """Read a comparison.

    Runs are compared by their last epoch where all saw the same images for the same number of epochs. Repeats of a
    network with other seeds count as their mean.

    Args:
        runs: of the comparison; at least one.
    """
    study = study_of(runs)
    with_curves = [run for run in runs if run.epochs or run.job.active]
    difference = _data_differ(with_curves) or _budgets_differ(with_curves)
    if not study and difference:
        return Verdict("apart", f"These runs are not comparable: {difference}")
    going = sum(run.job.active for run in runs)
    if going:
        verb = "is" if going == 1 else "are"
        return Verdict("waiting", f"{going} of {len(runs)} runs {verb} going on: the verdict comes with the last.")
    if study:
        return Verdict("read", study.verdict(outcome(run.job, run.epochs) for run in runs) or "")
    ended = [run for run in runs if run.job.state == "finished" and run.epochs]
    left_out = _left_out([run for run in runs if run not in ended])
    if len(ended) < 2:
        return Verdict("alone", _alone(ended) + left_out)
    return Verdict("read", (_pairs(ended) or _ranking(ended)) + left_out)


def study_of(runs: Sequence[Run]) -> Study | None:
    """Return the study that these runs are, whole, in one of its sizes and on one data set; or None."""
    if len({run.job.data for run in runs}) != 1 or _data_differ(runs):
        return None
    outcomes = [outcome(run.job, run.epochs) for run in runs]
    for study in STUDIES.values():
        size = study.size_of(outcomes)
        if size and study.is_whole(size, outcomes):
            return study
    return None


@dataclass(frozen=True)
class _Pair:
    """A plain network against the same one with shortcuts, trained alike; errors are means over seeds."""

    spec: ResNetSpec
    recipe: Recipe
    plain: Sequence[Run]
    residual: Sequence[Run]

    def error(self, runs: Sequence[Run], name: str) -> float:
        return mean(getattr(run.epochs[-1], name) for run in runs)


def _pairs(runs: list[Run]) -> str:
    """Say what shortcuts change, at each depth; empty where no network has its twin here."""
    groups: dict[tuple[ResNetSpec, Recipe], list[Run]] = {}
    for run in runs:
        groups.setdefault((make_spec(run.job.spec), Recipe(**run.job.recipe)), []).append(run)
    plain = {(_twin(spec), recipe): group for (spec, recipe), group in groups.items() if not spec.residual}
    pairs = [
        _Pair(spec, recipe, plain[_twin(spec), recipe], group)
        for (spec, recipe), group in groups.items()
        if spec.residual and (_twin(spec), recipe) in plain
    ]
    pairs.sort(key=lambda pair: pair.spec.depth)
    if not pairs:
        return ""
    by_depth = len({pair.spec.depth for pair in pairs}) == len(pairs)
    text = _changes(pairs[:MOST_PAIRS], _places(pairs, by_depth))
    if len(pairs) > MOST_PAIRS:
        text += f"; {len(pairs) - MOST_PAIRS} more in the table"
    if by_depth and len(pairs) > 1:
        text += f". {_depth_sentence(pairs[0], pairs[-1])}"
    repeats = max(len(group) for pair in pairs for group in (pair.plain, pair.residual))
    return f"{text}." + (f" Errors are means of up to {repeats} runs of a network." if repeats > 1 else "")


def _changes(pairs: list[_Pair], places: list[str]) -> str:
    """Say for each pair by how much shortcuts change the final validation error."""
    text, said = "Shortcuts", ""
    for pair, place in zip(pairs, places, strict=False):
        plain, residual = (pair.error(runs, "val_error") for runs in (pair.plain, pair.residual))
        verb = "raise" if residual > plain else "lower"
        what = "it" if said else "the final validation error"
        head = "," if verb == said else f"{' and' if said else ''} {verb} {what}"
        text += f"{head} by {_points(abs(plain - residual))} {place}"
        text += f" ({theme.percent(plain)} plain, {theme.percent(residual)} residual)"
        said = verb
    return text


def _places(pairs: list[_Pair], by_depth: bool) -> list[str]:
    """Name each pair by its depth, or by its network's name where depths repeat, and by what sets its recipe apart."""
    recipes = recipe_differences([pair.recipe.model_dump(mode="json") for pair in pairs])
    names = [f"at {pair.spec.depth} layers" if by_depth else f"in {pair.spec.name}" for pair in pairs]
    return [f"{name} with {words}" if words else name for name, words in zip(names, recipes, strict=True)]


def _depth_sentence(shallow: _Pair, deep: _Pair) -> str:
    def change(side: Callable[[_Pair], Sequence[Run]]) -> str:
        difference = deep.error(side(deep), "train_error") - shallow.error(side(shallow), "train_error")
        if abs(difference) < 0.0005:
            return "stays the same"
        return f"{'rises' if difference > 0 else 'falls'} by {_points(abs(difference))}"

    return (
        f"From {shallow.spec.depth} to {deep.spec.depth} layers training error {change(lambda pair: pair.plain)} "
        f"without shortcuts and {change(lambda pair: pair.residual)} with them"
    )


def _ranking(runs: list[Run]) -> str:
    """Name the lowest and the highest error; repeats with other seeds count as their mean."""
    groups = grouped(runs, REPEATS)
    repeated = len(groups) < len(runs)
    if len(groups) == 1:
        errors = [run.epochs[-1].val_error for run in runs]
        return (
            f"These are {len(runs)} repeats of one run: their final validation errors lie between "
            f"{theme.percent(min(errors))} and {theme.percent(max(errors))}, {_points(stdev(errors))} of deviation. "
            "That is what luck alone does."
        )
    found = sorted(
        (mean(run.epochs[-1].val_error for run in group.runs), group.label if repeated else group.runs[0].label)
        for group in groups
    )
    (low, first), (high, last) = found[0], found[-1]
    what = "mean final validation error" if repeated else "final validation error"
    text = f"Lowest {what}: {first}, {theme.percent(low)}; highest: {last}, {theme.percent(high)}."
    if len({run.job.recipe_json for run in runs}) > 1 and len({run.job.spec_json for run in runs}) == 1:
        return text  # one network trained in several ways: shortcuts are not the question
    if len({bool(run.job.spec["residual"]) for run in runs}) == 1:
        return f"{text} Add a plain or residual twin to see what shortcuts change."
    return f"{text} No network stands beside its own twin with the same recipe here, so this is no test of shortcuts."


def _alone(runs: list[Run]) -> str:
    if not runs:
        return "No run here has finished, so there is nothing to compare yet."
    run = runs[0]
    best = run.best("val_error") or run.epochs[-1]
    return (
        f"{run.label} ended at {theme.percent(run.epochs[-1].val_error)} validation error after "
        f"{len(run.epochs)} epochs; its lowest was {theme.percent(best.val_error)}, after epoch {best.epoch}. "
        "Choose another run to compare it with."
    )


def _left_out(runs: list[Run]) -> str:
    return f" Left out: {', '.join(f'{run.label} ({run.job.state})' for run in runs)}." if runs else ""


def _data_differ(runs: Sequence[Run]) -> str:
    """Say how the images differ that the runs learned from or were tested on; empty where they do not."""
    for what, values in (
        ("they learned from different data", [data_name(run.job) for run in runs]),
        ("their images have different sizes", [f"{run.job.spec['input_size']} px" for run in runs]),
        ("they were validated on different images", [_validated_on(run) for run in runs]),
    ):
        if len(set(values)) > 1:
            return f"{what} ({', '.join(dict.fromkeys(values))})."
    # The built-in shapes are drawn from the seed: only runs from one seed must have had the very same images.
    prints = {(run.job.seed, run.job.data_fingerprint) for run in runs if run.job.data_fingerprint}
    if len(prints) > len({seed for seed, _ in prints}):
        return f"the images of {data_name(runs[0].job)} changed between them."
    return ""


def _validated_on(run: Run) -> str:
    held_out = run.job.recipe["validation_size"]
    return f"{theme.count(held_out)} held out" if held_out else "the test images"


def _budgets_differ(runs: Sequence[Run]) -> str:
    budgets = dict.fromkeys(_budget(run) for run in runs)
    return f"they had different budgets ({', '.join(budgets)})." if len(budgets) > 1 else ""


def _budget(run: Run) -> str:
    recipe = run.job.recipe
    length = f"{recipe['epochs']} epochs" if recipe["epochs"] else f"{theme.count(recipe['steps'])} steps"
    if recipe["steps"]:
        length += f" of {recipe['batch_size']} images"
    images = f"{theme.count(recipe['train_size'])} images" if recipe["train_size"] else "all images"
    return f"{length} on {images}"


def _twin(spec: ResNetSpec) -> ResNetSpec:
    """Return the plain network, the same for every kind of shortcut."""
    return spec.plain_twin().model_copy(update={"shortcut": Shortcut.A})


def _points(fraction: float) -> str:
    return f"{100 * fraction:.1f} points"
