"""One sentence about the runs of a comparison, with the numbers in it, or why they cannot be compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Literal

from app import theme
from app.grouping import REPEATS, grouped
from app.language import _, ngettext
from app.run import Run
from app.run_list import data_name
from app.twin_verdict import points, twins
from resnet_core.runs.groups import outcome
from resnet_core.studies import STUDIES, Study


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
    return Verdict("read", (twins(ended) or _ranking(ended)) + left_out)


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
        return text.format(count=len(runs), low=low, high=high, points=points(stdev(errors)))
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
