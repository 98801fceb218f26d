"""The paper's recipe with single lines switched off, short enough for a classroom CPU: what is each line for?"""

from resnet_core.families import get_spec
from resnet_core.recipes import RECIPES, Augment, Normalize, Optimizer, Recipe, Schedule
from resnet_core.spec import ResNetSpec

STEPS = 160
SPEC = get_spec("pocket_resnet20")
SHORT_PAPER = RECIPES["paper"].model_copy(
    update={
        "steps": STEPS,
        "milestones": (STEPS // 2, STEPS * 3 // 4),
        "batch_size": 64,
        "train_size": 2_560,
        "validation_size": 500,
    }
)
"""He et al. 2015, section 4.2, cut down: 0.1 divided by 10 at the half and at three quarters, as there."""


def switched(
    *,
    momentum: bool = True,
    augmentation: bool = True,
    weight_decay: bool = True,
    schedule: bool = True,
    pixel_mean: bool = True,
    batch_norm: bool = True,
    shortcuts: bool = True,
) -> tuple[ResNetSpec, Recipe]:
    """Return the network and the recipe with the lines that stay; without any switch, the whole recipe.

    Example:
        >>> spec, recipe = switched(momentum=False, shortcuts=False)
        >>> spec.residual, recipe.optimizer.value, recipe.weight_decay
        (False, 'sgd', 0.0001)
    """
    spec = SPEC.model_copy(update={"batch_norm": batch_norm})
    changes = {
        "optimizer": Optimizer.MOMENTUM if momentum else Optimizer.SGD,
        "augment": Augment.CROP_FLIP if augmentation else Augment.NONE,
        "weight_decay": SHORT_PAPER.weight_decay if weight_decay else 0.0,
        "schedule": Schedule.STEP if schedule else Schedule.CONSTANT,
        "milestones": SHORT_PAPER.milestones if schedule else (),
        "normalize": Normalize.PIXEL_MEAN if pixel_mean else Normalize.SCALE,
    }
    return spec if shortcuts else spec.plain_twin(), SHORT_PAPER.model_copy(update=changes)
