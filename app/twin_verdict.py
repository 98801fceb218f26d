"""What shortcuts change, in a sentence: networks of a comparison against their plain twins, trained alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean

from app import theme
from app.language import N_, _
from app.run import Run
from app.run_names import recipe_differences
from resnet_core.choices import Shortcut
from resnet_core.recipes import Recipe
from resnet_core.spec import ResNetSpec, make_spec
from resnet_core.studies.arms import ONE_SEED

MOST_PAIRS = 4


def twins(runs: list[Run]) -> str:
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
    else:
        sentences.append(_(ONE_SEED))
    return " ".join(sentences)


def points(fraction: float) -> str:
    """Write a difference of errors in percentage points."""
    return _("{number:.1f} points").format(number=100 * fraction)


@dataclass(frozen=True)
class _Pair:
    """A plain network against the same one with shortcuts, trained alike; errors are means over seeds."""

    spec: ResNetSpec
    recipe: Recipe
    plain: Sequence[Run]
    residual: Sequence[Run]

    def error(self, runs: Sequence[Run], name: str) -> float:
        return mean(getattr(run.epochs[-1], name) for run in runs)


def _changes(pairs: list[_Pair], places: list[str]) -> str:
    """Say for each pair by how much shortcuts change the final validation error."""
    text, before = "", None
    for pair, place in zip(pairs, places, strict=False):
        plain, residual = (pair.error(runs, "val_error") for runs in (pair.plain, pair.residual))
        change = points(abs(plain - residual))
        way = "leave" if change == points(0) else "raise" if residual > plain else "lower"
        clauses = _FIRST if before is None else _AGAIN if way == before else _NEXT
        text += _(clauses[way]).format(
            points=change, place=place, plain=theme.percent(plain), residual=theme.percent(residual)
        )
        before = way
    return text


_FIRST = {
    "raise": N_("Shortcuts raise the final validation error by {points} {place} ({plain} plain, {residual} residual)"),
    "lower": N_("Shortcuts lower the final validation error by {points} {place} ({plain} plain, {residual} residual)"),
    "leave": N_("Shortcuts leave the final validation error as it is {place} ({plain} plain, {residual} residual)"),
}
_NEXT = {
    "raise": N_(" and raise it by {points} {place} ({plain} plain, {residual} residual)"),
    "lower": N_(" and lower it by {points} {place} ({plain} plain, {residual} residual)"),
    "leave": N_(" and leave it as it is {place} ({plain} plain, {residual} residual)"),
}
_AGAIN = {
    "raise": N_(", by {points} {place} ({plain} plain, {residual} residual)"),
    "lower": N_(", by {points} {place} ({plain} plain, {residual} residual)"),
    "leave": N_(", {place} ({plain} plain, {residual} residual)"),
}
"""What shortcuts do with the error: in the first pair; in one where they do another thing; in one more of the same."""


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
        return text.format(points=points(abs(difference)))

    text = _("From {shallow} to {deep} layers training error {plain} without shortcuts and {residual} with them.")
    return text.format(
        shallow=shallow.spec.depth,
        deep=deep.spec.depth,
        plain=change(lambda pair: pair.plain),
        residual=change(lambda pair: pair.residual),
    )


def _twin(spec: ResNetSpec) -> ResNetSpec:
    """Return the plain network, the same for every kind of shortcut."""
    return spec.plain_twin().model_copy(update={"shortcut": Shortcut.A})
