"""One sentence about the runs of a comparison, with the numbers in it, or why they cannot be compared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Literal

from app import theme
from app.grouping import REPEATS, grouped
from app.language import _, ngettext
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
        return Verdict("apart", _("These runs are not comparable: {difference}").format(difference=difference))
    going = sum(run.job.active for run in runs)
    if going:
        text = ngettext(
            "{count} of {all} runs is going on: the verdict comes with the last.",
            "{count} of {all} runs are going on: the verdict comes with the last.",
            going,
        )
        return Verdict("waiting", text.format(count=going, all=len(runs)))
    if study:
        return Verdict("read", _(study.verdict(outcome(run.job, run.epochs) for run in runs) or ""))
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
        text += _("; {count} more in the table").format(count=len(pairs) - MOST_PAIRS)
    sentences = [f"{text}."]
    if by_depth and len(pairs) > 1:
        sentences.append(_depth_sentence(pairs[0], pairs[-1]))
    repeats = max(len(group) for pair in pairs for group in (pair.plain, pair.residual))
    if repeats > 1:
        sentences.append(_("Errors are means of up to {count} runs of a network.").format(count=repeats))
    return " ".join(sentences)


def _changes(pairs: list[_Pair], places: list[str]) -> str:
    """Say for each pair by how much shortcuts change the final validation error."""
    text, before = "", None
    for pair, place in zip(pairs, places, strict=False):
        plain, residual = (pair.error(runs, "val_error") for runs in (pair.plain, pair.residual))
        worse = residual > plain
        if before is None and worse:
            clause = _(
                "Shortcuts raise the final validation error by {points} {place} ({plain} plain, {residual} residual)"
            )
        elif before is None:
            clause = _(
                "Shortcuts lower the final validation error by {points} {place} ({plain} plain, {residual} residual)"
            )
        elif worse is before:
            clause = _(", by {points} {place} ({plain} plain, {residual} residual)")
        elif worse:
            clause = _(" and raise it by {points} {place} ({plain} plain, {residual} residual)")
        else:
            clause = _(" and lower it by {points} {place} ({plain} plain, {residual} residual)")
        text += clause.format(
            points=_points(abs(plain - residual)),
            place=place,
            plain=theme.percent(plain),
            residual=theme.percent(residual),
        )
        before = worse
    return text


def _places(pairs: list[_Pair], by_depth: bool) -> list[str]:
    """Name each pair by its depth, or by its network's name where depths repeat, and by what sets its recipe apart."""
    recipes = recipe_differences([pair.recipe.model_dump(mode="json") for pair in pairs])
    place = _("at {depth} layers") if by_depth else _("in {network}")
    names = [place.format(depth=pair.spec.depth, network=pair.spec.name) for pair in pairs]
    told = _("{place} with {settings}")
    return [
        told.format(place=name, settings=words) if words else name for name, words in zip(names, recipes, strict=True)
    ]


def _depth_sentence(shallow: _Pair, deep: _Pair) -> str:
    def change(side: Callable[[_Pair], Sequence[Run]]) -> str:
        difference = deep.error(side(deep), "train_error") - shallow.error(side(shallow), "train_error")
        if abs(difference) < 0.0005:
            return _("stays the same")
        text = _("rises by {points}") if difference > 0 else _("falls by {points}")
        return text.format(points=_points(abs(difference)))

    text = _("From {shallow} to {deep} layers training error {plain} without shortcuts and {residual} with them.")
    return text.format(
        shallow=shallow.spec.depth,
        deep=deep.spec.depth,
        plain=change(lambda pair: pair.plain),
        residual=change(lambda pair: pair.residual),
    )


def _ranking(runs: list[Run]) -> str:
    """Name the lowest and the highest error; repeats with other seeds count as their mean."""
    groups = grouped(runs, REPEATS)
    repeated = len(groups) < len(runs)
    if len(groups) == 1:
        errors = [run.epochs[-1].val_error for run in runs]
        text = _(
            "These are {count} repeats of one run: their final validation errors lie between {low} and {high}, "
            "{points} of deviation. That is what luck alone does."
        )
        low, high = theme.percent(min(errors)), theme.percent(max(errors))
        return text.format(count=len(runs), low=low, high=high, points=_points(stdev(errors)))
    found = sorted(
        (mean(run.epochs[-1].val_error for run in group.runs), group.label if repeated else group.runs[0].label)
        for group in groups
    )
    (low, first), (high, last) = found[0], found[-1]
    text = _("Lowest final validation error: {first}, {low}; highest: {last}, {high}.")
    if repeated:
        text = _("Lowest mean final validation error: {first}, {low}; highest: {last}, {high}.")
    text = text.format(first=first, low=theme.percent(low), last=last, high=theme.percent(high))
    if len({run.job.recipe_json for run in runs}) > 1 and len({run.job.spec_json for run in runs}) == 1:
        return text  # one network trained in several ways: shortcuts are not the question
    if len({bool(run.job.spec["residual"]) for run in runs}) == 1:
        return f"{text} {_('Add a plain or residual twin to see what shortcuts change.')}"
    doubt = _("No network stands beside its own twin with the same recipe here, so this is no test of shortcuts.")
    return f"{text} {doubt}"


def _alone(runs: list[Run]) -> str:
    if not runs:
        return _("No run here has finished, so there is nothing to compare yet.")
    run = runs[0]
    best = run.best("val_error") or run.epochs[-1]
    text = _(
        "{run} ended at {error} validation error after {count} epochs; its lowest was {lowest}, after epoch {epoch}. "
        "Choose another run to compare it with."
    )
    return text.format(
        run=run.label,
        error=theme.percent(run.epochs[-1].val_error),
        count=len(run.epochs),
        lowest=theme.percent(best.val_error),
        epoch=best.epoch,
    )


def _left_out(runs: list[Run]) -> str:
    if not runs:
        return ""
    names = ", ".join(f"{run.label} ({_(run.job.state)})" for run in runs)
    return " " + _("Left out: {runs}.").format(runs=names)


def _data_differ(runs: Sequence[Run]) -> str:
    """Say how the images differ that the runs learned from or were tested on; empty where they do not."""
    for what, values in (
        (_("they learned from different data"), [data_name(run.job) for run in runs]),
        (_("their images have different sizes"), [f"{run.job.spec['input_size']} px" for run in runs]),
        (_("they were validated on different images"), [_validated_on(run) for run in runs]),
    ):
        if len(set(values)) > 1:
            return f"{what} ({', '.join(dict.fromkeys(values))})."
    # The built-in shapes are drawn from the seed: only runs from one seed must have had the very same images.
    prints = {(run.job.seed, run.job.data_fingerprint) for run in runs if run.job.data_fingerprint}
    if len(prints) > len({seed for seed, fingerprint in prints}):
        return _("the images of {data} changed between them.").format(data=data_name(runs[0].job))
    return ""


def _validated_on(run: Run) -> str:
    held_out = run.job.recipe["validation_size"]
    return _("{count} held out").format(count=theme.count(held_out)) if held_out else _("the test images")


def _budgets_differ(runs: Sequence[Run]) -> str:
    budgets = dict.fromkeys(_budget(run) for run in runs)
    if len(budgets) < 2:
        return ""
    return _("they had different budgets ({budgets}).").format(budgets=", ".join(budgets))


def _budget(run: Run) -> str:
    recipe = run.job.recipe
    size = recipe["train_size"]
    images = _("{count} images").format(count=theme.count(size)) if size else _("all images")
    if recipe["epochs"]:
        return _("{count} epochs on {images}").format(count=recipe["epochs"], images=images)
    text = _("{count} steps of {size} images on {images}")
    return text.format(count=theme.count(recipe["steps"]), size=recipe["batch_size"], images=images)


def _twin(spec: ResNetSpec) -> ResNetSpec:
    """Return the plain network, the same for every kind of shortcut."""
    return spec.plain_twin().model_copy(update={"shortcut": Shortcut.A})


def _points(fraction: float) -> str:
    return _("{number:.1f} points").format(number=100 * fraction)
