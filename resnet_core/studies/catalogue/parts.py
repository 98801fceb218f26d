"""What the studies are put together from: two recipes, and runs of many networks alike."""

from collections.abc import Iterable
from typing import Any

from resnet_core.families import cifar
from resnet_core.recipes import RECIPES, Recipe
from resnet_core.spec import ResNetSpec
from resnet_core.studies.types import PlannedRun

POCKET = Recipe(learning_rate=0.02, batch_size=32, epochs=3, train_size=2_048, validation_size=500)
"""Enough for the residual networks and for 20 plain layers; 56 plain layers need far more, which is the point."""

PAPER = RECIPES["paper"]
WARM_UP_FROM_LAYERS = 110
WARM_UP_STEPS = 400  # section 4.2: at 0.01 until the training error is below 80 %, "about 400 iterations"


def shortened(steps: int, **changes: Any) -> Recipe:
    """Return the paper's recipe in fewer steps, its milestones at the half and at three quarters of them."""
    return PAPER.model_copy(update={"steps": steps, "milestones": (steps // 2, steps * 3 // 4), **changes})


SHORT_PAPER = shortened(24_000)


def runs(specs: Iterable[ResNetSpec], recipe: Recipe, data: str) -> tuple[PlannedRun, ...]:
    """Train many networks alike; at the paper's learning rate very deep ones are warmed up, as the paper's were."""
    return tuple(PlannedRun(spec, _warmed(recipe, spec), data) for spec in specs)


def family(depths: Iterable[int], size: int = 32) -> list[ResNetSpec]:
    """Return the paper's networks for CIFAR-10, each depth residual and plain."""
    return [cifar((depth - 2) // 6, residual, size) for depth in depths for residual in (True, False)]


def changed(spec: ResNetSpec, **fields: Any) -> ResNetSpec:
    """Return a network with other fields."""
    return spec.model_copy(update=fields)


def _warmed(recipe: Recipe, spec: ResNetSpec) -> Recipe:
    if recipe.learning_rate < PAPER.learning_rate or spec.depth < WARM_UP_FROM_LAYERS:
        return recipe
    return recipe.model_copy(update={"warmup_steps": WARM_UP_STEPS})
