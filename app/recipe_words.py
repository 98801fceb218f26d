"""A recipe in words, for pages and reports: its values, and all of it in one line."""

from collections.abc import Mapping

from app.language import N_, _
from resnet_core.recipes import Augment, Normalize, Recipe, Schedule

CHOICES: Mapping[str, Mapping[str, str]] = {
    "schedule": {Schedule.CONSTANT: N_("constant"), Schedule.STEP: N_("in steps"), Schedule.COSINE: N_("cosine")},
    "augment": {Augment.NONE: N_("none"), Augment.CROP_FLIP: N_("crop and flip")},
    "normalize": {
        Normalize.PIXEL_MEAN: N_("minus pixel mean"),
        Normalize.SCALE: N_("from 0 to 1"),
        Normalize.NONE: N_("none"),
    },
}
"""What the values of a recipe's fields are called, where they are no names of the field's own; to be translated."""


def in_words(recipe: Recipe) -> str:
    """Say a recipe in one line."""
    parts = [
        _("{optimizer}, learning rate {rate:g}").format(optimizer=recipe.optimizer.value, rate=recipe.learning_rate)
    ]
    match recipe.schedule:
        case Schedule.STEP:
            parts.append(_("divided by 10 at step {steps}").format(steps=_steps(recipe.milestones)))
        case Schedule.COSINE:
            parts.append(_("falling to 0 along a cosine"))
    if recipe.warmup_steps:
        parts.append(_("a tenth of it for the first {count:,} steps").format(count=recipe.warmup_steps))
    parts.append(_("batches of {size}").format(size=recipe.batch_size))
    if recipe.epochs:
        parts.append(_("{count} epochs").format(count=recipe.epochs))
    else:
        parts.append(_("{count} steps").format(count=f"{recipe.steps:,}"))
    if recipe.train_size:
        parts.append(_("{count:,} training images").format(count=recipe.train_size))
    else:
        parts.append(_("all training images"))
    if recipe.weight_decay:
        parts.append(_("weight decay {decay:g}").format(decay=recipe.weight_decay))
    if recipe.augment is Augment.CROP_FLIP:
        parts.append(_("random crops and flips"))
    if recipe.validation_size:
        parts.append(_("{count:,} images held out to validate").format(count=recipe.validation_size))
    return ", ".join(parts)


def _steps(milestones: tuple[int, ...]) -> str:
    *most, last = [f"{step:,}" for step in milestones] or [""]
    for step in reversed(most):
        last = _("{first} and {second}").format(first=step, second=last)
    return last
