"""What the way of training does: optimizers, over-fitting, and an order of networks under two optimizers."""

from collections.abc import Callable, Sequence
from statistics import mean

from resnet_core.published import IMAGENET_ERRORS, published_for
from resnet_core.recipes import Augment, Optimizer
from resnet_core.studies.arms import Arm, Measure, above, in_points, points

GAP = 0.05
"""Accuracy on training images over that on validation images, from which on a network over-fits."""

IMAGENET_STEPS = 600_000
"""What the paper trained its ImageNet networks for, in batches of 256 (section 3.4)."""

LAG = 0.1
"""Validation error that moves by more than this from one epoch to the next says little about the network."""

_NAMES = {
    Optimizer.SGD: "SGD",
    Optimizer.MOMENTUM: "SGD with momentum",
    Optimizer.ADAM: "Adam",
    Optimizer.NADAM: "Nadam",
}


def read_optimizers(arms: Sequence[Arm]) -> str | None:
    """Rank the optimizers by final training error, and say which validates best."""
    if len(arms) < 2:
        return None
    ranked = sorted(arms, key=lambda arm: arm.train.mean)
    rows = [f"{_optimizer(arm)} {arm.train} (validation {arm.val})" for arm in ranked]
    first, second = ranked[:2]
    if above(second.train, first.train):
        reading = f"{_optimizer(first)} gets furthest with this budget."
    else:
        reading = f"{_optimizer(first)} and {_optimizer(second)} are too close to tell apart."
    best = min(arms, key=lambda arm: arm.val.mean)
    if best is not first:
        reading += f" On images it has not seen, {_optimizer(best)} has the lowest error"
        reading += "." if above(first.val, best.val) else ", though not by a clear margin."
    rates = ", ".join(f"{_optimizer(arm)} {arm.recipe.learning_rate:g}" for arm in arms)
    return (
        f"Final training error, lowest first: {', '.join(rows)}. {reading} Learning rates are the usual ones, untuned "
        f"({rates}); the paper trains with momentum and compares no others."
    )


def read_nadam20(arms: Sequence[Arm]) -> str | None:
    """Show the over-fitting of the study notes beside theirs, and what augmentation changes."""
    bare = next((arm for arm in arms if arm.recipe.augment is Augment.NONE), None)
    augmented = next((arm for arm in arms if arm.recipe.augment is not Augment.NONE), None)
    sentences = []
    if bare:
        sentences.append(f"Without augmentation accuracy is {_accuracies(bare)}; the study notes report {_notes()}.")
        sentences.append(_over_fits(bare))
    if augmented:
        sentences.append(f"With augmentation it is {_accuracies(augmented)}.")
    if bare and augmented:
        sentences.append(_augmentation(bare, augmented))
    return " ".join(sentences) or None


def read_ablation(arms: Sequence[Arm]) -> str | None:
    """Say in which order the networks end under each optimizer, against the paper's, and why that settles little."""
    paper = f"The paper's order on ImageNet, where Plain-50 is missing: {_paper_order()}."
    texts, holds, reversed_ = [], 0, 0
    for optimizer in dict.fromkeys(arm.recipe.optimizer for arm in arms):
        named = {_network(arm): arm for arm in arms if arm.recipe.optimizer is optimizer}
        if len(named) < 2:
            continue
        ranked = sorted(named, key=lambda name: named[name].val.mean)
        texts.append(f"{_NAMES[optimizer]}: {', '.join(f'{name} {named[name].val}' for name in ranked)}.")
        for better, worse in (("ResNet-34", "Plain-34"), ("ResNet-50", "ResNet-34")):
            if better in named and worse in named:
                holds += above(named[worse].val, named[better].val)
                reversed_ += above(named[better].val, named[worse].val)
    if not texts:
        return None
    return f"Final validation error, best first. {' '.join(texts)} {paper} {_against(arms, holds, reversed_)}"


def _optimizer(arm: Arm) -> str:
    return _NAMES.get(arm.recipe.optimizer, arm.recipe.optimizer.value)


def _accuracies(arm: Arm) -> str:
    parts = [f"{arm.train.correct()} on training", f"{arm.val.correct()} on validation"]
    parts += [f"{arm.test.correct()} on test images"] if arm.test else []
    return ", ".join(parts)


def _notes() -> str:
    figures = {figure.quantity: 1 - figure.value for figure in published_for("study_resnet20_nadam")}
    return ", ".join(f"{figures[name]:.0%}" for name in ("train_error", "val_error", "test_error"))


def _gap(arm: Arm) -> float:
    return arm.val.mean - arm.train.mean


def _over_fits(bare: Arm) -> str:
    gap = _gap(bare)
    if gap < GAP:
        return (
            f"The gap of {in_points(gap)} between training and validation is no over-fitting: "
            "this contradicts the notes."
        )
    text = f"It over-fits, as in the notes: {in_points(gap)} lie between training and validation"
    last = [[run.epochs[index].val_error for run in bare.runs] for index in range(-min(3, _fewest_epochs(bare)), 0)]
    means = [mean(errors) for errors in last]
    if max(means) - min(means) > 0.02:
        text += f" (which moved from {1 - max(means):.1%} to {1 - min(means):.1%} within the last {len(means)} epochs)"
    return f"{text}."


def _fewest_epochs(arm: Arm) -> int:
    return min(len(run.epochs) for run in arm.runs)


def _augmentation(bare: Arm, augmented: Arm) -> str:
    gaps = f"the gap from {100 * _gap(bare):.1f} to {in_points(_gap(augmented))}"
    if above(bare.val, augmented.val):
        return f"Augmentation brings {gaps} and validates better by {points(bare.val, augmented.val)}."
    if _gap(augmented) < _gap(bare):
        tail = ", with training error still falling: it needs longer" if augmented.still_falls else ""
        return f"Augmentation brings {gaps}, but does not validate clearly better{tail}."
    return f"Augmentation did not help here: {gaps}."


def _network(arm: Arm) -> str:
    return f"{'ResNet' if arm.spec.residual else 'Plain'}-{arm.spec.depth}"


def _paper_order() -> str:
    rows = (("ResNet-50", "resnet50"), ("ResNet-34", "resnet34-B"), ("Plain-34", "plain34"))
    return ", ".join(f"{name} {IMAGENET_ERRORS[key].value:.2%}" for name, key in rows)


def _against(arms: Sequence[Arm], holds: int, reversed_: int) -> str:
    if reversed_:
        found = f"Ours contradict it in {reversed_} of the comparisons"
    elif holds:
        found = f"Ours agree with it in {holds} comparison{'s' * (holds > 1)} and contradict it in none"
    else:
        found = "Ours show no clear order, as the study notes found none"
    reasons = [reason for reason in (_budget(arms), _falling(arms), _lag(arms)) if reason]
    return f"{found}. Why this cannot settle it: {'; '.join(reasons)}."


def _budget(arms: Sequence[Arm]) -> str:
    images = max(run.epochs[-1].step * arm.recipe.batch_size for arm in arms for run in arm.runs)
    share = IMAGENET_STEPS * 256 / images
    return f"each run saw {images:,} images on its way, the paper's saw {share:,.0f} times as many"


def _falling(arms: Sequence[Arm]) -> str:
    return _counted(arms, lambda arm: arm.still_falls, "training error still fell in the last epoch")


def _lag(arms: Sequence[Arm]) -> str:
    def moves(arm: Arm) -> bool:
        return _fewest_epochs(arm) > 1 and abs(_step(arm)) > LAG

    return _counted(arms, moves, "validation error moved by over ten points between the last two epochs")


def _step(arm: Arm) -> float:
    before: Measure = arm.val_after(-2)
    return before.mean - arm.val.mean


def _counted(arms: Sequence[Arm], condition: Callable[[Arm], bool], what: str) -> str:
    count = sum(map(condition, arms))
    return f"in {count} of {len(arms)} cases {what}" if count else ""
