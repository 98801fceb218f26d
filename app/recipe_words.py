"""A recipe in one line, for pages and reports."""

from resnet_core.recipes import Augment, Recipe, Schedule


def in_words(recipe: Recipe) -> str:
    """Say a recipe in one line."""
    parts = [f"{recipe.optimizer.value}, learning rate {recipe.learning_rate:g}"]
    match recipe.schedule:
        case Schedule.STEP:
            parts.append("divided by 10 at step " + " and ".join(f"{step:,}" for step in recipe.milestones))
        case Schedule.COSINE:
            parts.append("falling to 0 along a cosine")
    if recipe.warmup_steps:
        parts.append(f"a tenth of it for the first {recipe.warmup_steps:,} steps")
    parts.append(f"batches of {recipe.batch_size}")
    parts.append(f"{recipe.epochs} epochs" if recipe.epochs else f"{recipe.steps:,} steps")
    parts.append(f"{recipe.train_size:,} training images" if recipe.train_size else "all training images")
    if recipe.weight_decay:
        parts.append(f"weight decay {recipe.weight_decay:g}")
    if recipe.augment is Augment.CROP_FLIP:
        parts.append("random crops and flips")
    if recipe.validation_size:
        parts.append(f"{recipe.validation_size:,} images held out to validate")
    return ", ".join(parts)
