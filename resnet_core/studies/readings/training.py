"""What the way of training does: optimizers, over-fitting, and an order of networks under two optimizers."""

from collections.abc import Sequence
from statistics import mean

from resnet_core.published import IMAGENET_ERRORS, published_for
from resnet_core.recipes import Augment, Optimizer
from resnet_core.studies.arms import Arm, Measure, above, in_points, points
from resnet_core.words import N_, Said, percent, say, say_count, together

GAP = 0.05
"""Accuracy on training images over that on validation images, from which on a network over-fits."""

IMAGENET_STEPS = 600_000
"""What the paper trained its ImageNet networks for, in batches of 256 (section 3.4)."""

LAG = 0.1
"""Validation error that moves by more than this from one epoch to the next says little about the network."""

_NAMES = {
    Optimizer.SGD: "SGD",
    Optimizer.MOMENTUM: N_("SGD with momentum"),
    Optimizer.ADAM: "Adam",
    Optimizer.NADAM: "Nadam",
}


def read_optimizers(arms: Sequence[Arm]) -> Said | None:
    """Rank the optimizers by final training error, and say which validates best."""
    if len(arms) < 2:
        return None
    ranked = sorted(arms, key=lambda arm: arm.train.mean)
    rows = [
        say("{name} {error} (validation {validation})", name=_name(arm), error=str(arm.train), validation=str(arm.val))
        for arm in ranked
    ]
    sentences = [say("Final training error, lowest first: {numbers}.", numbers=together(rows, ", "))]
    first, second = ranked[:2]
    if above(second.train, first.train):
        sentences.append(say("{name} gets furthest with this budget.", name=_name(first)))
    else:
        sentences.append(
            say("{first} and {second} are too close to tell apart.", first=_name(first), second=_name(second))
        )
    best = min(arms, key=lambda arm: arm.val.mean)
    if best is not first and above(first.val, best.val):
        sentences.append(say("On images it has not seen, {name} has the lowest error.", name=_name(best)))
    elif best is not first:
        sentences.append(
            say(
                "On images it has not seen, {name} has the lowest error, though not by a clear margin.",
                name=_name(best),
            )
        )
    rates = together((say("{name} {rate:g}", name=_name(arm), rate=arm.recipe.learning_rate) for arm in arms), ", ")
    sentences.append(
        say(
            "Learning rates are the usual ones, untuned ({rates}); the paper trains with momentum and compares no "
            "others.",
            rates=rates,
        )
    )
    return together(sentences)


def read_nadam20(arms: Sequence[Arm]) -> Said | None:
    """Show the over-fitting of the study notes beside theirs, and what augmentation changes."""
    bare = next((arm for arm in arms if arm.recipe.augment is Augment.NONE), None)
    augmented = next((arm for arm in arms if arm.recipe.augment is not Augment.NONE), None)
    sentences = []
    if bare:
        sentences.append(
            say(
                "Without augmentation accuracy is {accuracies}; the study notes report {notes}.",
                accuracies=_accuracies(bare),
                notes=_notes(),
            )
        )
        sentences.append(_over_fits(bare))
    if augmented:
        sentences.append(say("With augmentation it is {accuracies}.", accuracies=_accuracies(augmented)))
    if bare and augmented:
        sentences.append(_augmentation(bare, augmented))
    return together(sentences) if sentences else None


def read_ablation(arms: Sequence[Arm]) -> Said | None:
    """Say in which order the networks end under each optimizer, against the paper's, and why that settles little."""
    orders, holds, reversed_ = [], 0, 0
    for optimizer in dict.fromkeys(arm.recipe.optimizer for arm in arms):
        named = {_network(arm): arm for arm in arms if arm.recipe.optimizer is optimizer}
        if len(named) < 2:
            continue
        ranked = sorted(named, key=lambda name: named[name].val.mean)
        errors = ", ".join(f"{name} {named[name].val}" for name in ranked)
        orders.append(say("{optimizer}: {errors}.", optimizer=_NAMES[optimizer], errors=errors))
        for better, worse in (("ResNet-34", "Plain-34"), ("ResNet-50", "ResNet-34")):
            if better in named and worse in named:
                holds += above(named[worse].val, named[better].val)
                reversed_ += above(named[better].val, named[worse].val)
    if not orders:
        return None
    paper = say("The paper's order on ImageNet, where Plain-50 is missing: {order}.", order=_paper_order())
    found = _against(holds, reversed_)
    return together([N_("Final validation error, best first."), *orders, paper, found, _doubts(arms)])


def _name(arm: Arm) -> str:
    return _NAMES.get(arm.recipe.optimizer, arm.recipe.optimizer.value)


def _accuracies(arm: Arm) -> Said:
    numbers = {"train": str(arm.train.correct()), "val": str(arm.val.correct())}
    if arm.test:
        return say(
            "{train} on training, {val} on validation, {test} on test images", test=str(arm.test.correct()), **numbers
        )
    return say("{train} on training, {val} on validation", **numbers)


def _notes() -> str:
    figures = {figure.quantity: 1 - figure.value for figure in published_for("study_resnet20_nadam")}
    return ", ".join(percent(figures[name], 0) for name in ("train_error", "val_error", "test_error"))


def _gap(arm: Arm) -> float:
    return arm.val.mean - arm.train.mean


def _over_fits(bare: Arm) -> Said:
    gap = in_points(_gap(bare))
    if _gap(bare) < GAP:
        return say(
            "The gap of {gap} between training and validation is no over-fitting: this contradicts the notes.", gap=gap
        )
    last = [[run.epochs[index].val_error for run in bare.runs] for index in range(-min(3, _fewest_epochs(bare)), 0)]
    means = [mean(errors) for errors in last]
    if max(means) - min(means) > 0.02:
        return say(
            "It over-fits, as in the notes: {gap} lie between training and validation (which moved from {low:.1%} to "
            "{high:.1%} within the last {epochs} epochs).",
            gap=gap,
            low=1 - max(means),
            high=1 - min(means),
            epochs=len(means),
        )
    return say("It over-fits, as in the notes: {gap} lie between training and validation.", gap=gap)


def _fewest_epochs(arm: Arm) -> int:
    return min(len(run.epochs) for run in arm.runs)


def _augmentation(bare: Arm, augmented: Arm) -> Said:
    gaps = {"before": 100 * _gap(bare), "after": in_points(_gap(augmented))}
    if above(bare.val, augmented.val):
        return say(
            "Augmentation brings the gap from {before:.1f} to {after} and validates better by {points}.",
            points=points(bare.val, augmented.val),
            **gaps,
        )
    if _gap(augmented) >= _gap(bare):
        return say("Augmentation did not help here: the gap from {before:.1f} to {after}.", **gaps)
    if augmented.still_falls:
        return say(
            "Augmentation brings the gap from {before:.1f} to {after}, but does not validate clearly better, with "
            "training error still falling: it needs longer.",
            **gaps,
        )
    return say(
        "Augmentation brings the gap from {before:.1f} to {after}, but does not validate clearly better.", **gaps
    )


def _network(arm: Arm) -> str:
    return f"{'ResNet' if arm.spec.residual else 'Plain'}-{arm.spec.depth}"


def _paper_order() -> str:
    rows = (("ResNet-50", "resnet50"), ("ResNet-34", "resnet34-B"), ("Plain-34", "plain34"))
    return ", ".join(f"{name} {percent(IMAGENET_ERRORS[key].value, 2)}" for name, key in rows)


def _against(holds: int, reversed_: int) -> Said:
    if reversed_:
        return say("Ours contradict it in {count} of the comparisons.", count=reversed_)
    if holds:
        return say_count(
            "Ours agree with it in {count} comparison and contradict it in none.",
            "Ours agree with it in {count} comparisons and contradict it in none.",
            holds,
        )
    return N_("Ours show no clear order, as the study notes found none.")


def _doubts(arms: Sequence[Arm]) -> Said:
    """Say why so short a study settles little."""
    images = max(run.epochs[-1].step * arm.recipe.batch_size for arm in arms for run in arm.runs)
    reasons = [
        say(
            "each run saw {images:,} images on its way, the paper's saw {share:,.0f} times as many",
            images=images,
            share=IMAGENET_STEPS * 256 / images,
        )
    ]
    falling = sum(arm.still_falls for arm in arms)
    if falling:
        reasons.append(
            say("in {count} of {all} cases training error still fell in the last epoch", count=falling, all=len(arms))
        )
    moving = sum(_fewest_epochs(arm) > 1 and abs(_step(arm)) > LAG for arm in arms)
    if moving:
        reasons.append(
            say(
                "in {count} of {all} cases validation error moved by over ten points between the last two epochs",
                count=moving,
                all=len(arms),
            )
        )
    return say("Why this cannot settle it: {reasons}.", reasons=together(reasons, "; "))


def _step(arm: Arm) -> float:
    before: Measure = arm.val_after(-2)
    return before.mean - arm.val.mean
