"""How a network is trained: a Recipe, the learning rate it gives at each step, and three recipes by name."""

import math
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from resnet_core.errors import RecipeError, one_line


class Optimizer(StrEnum):
    """The rules that turn a gradient into a step."""

    SGD = "sgd"
    MOMENTUM = "momentum"
    NESTEROV = "nesterov"
    ADAM = "adam"
    ADAMW = "adamw"
    NADAM = "nadam"
    RMSPROP = "rmsprop"


class Schedule(StrEnum):
    """How the learning rate changes over a run."""

    CONSTANT = "constant"
    STEP = "step"
    COSINE = "cosine"


class Augment(StrEnum):
    """What is done to a training image before each step."""

    NONE = "none"
    CROP_FLIP = "crop_flip"


class Precision(StrEnum):
    """The number format of activations and gradients."""

    FLOAT32 = "float32"
    MIXED_BFLOAT16 = "mixed_bfloat16"


class Normalize(StrEnum):
    """How bytes become network inputs."""

    PIXEL_MEAN = "pixel_mean"
    SCALE = "scale"
    NONE = "none"


class Devices(StrEnum):
    """Whether a run uses one processor or all of the machine's GPUs."""

    ONE = "one"
    ALL = "all"


Count = Annotated[int, Field(ge=1, le=10_000_000)]

MAX_SEED = 2**32 - 1
"""The largest seed of a run: NumPy's own generator takes no larger one."""


class Recipe(BaseModel):
    """Describe a training run apart from its network, its data and its seed.

    Args:
        optimizer: momentum and nesterov are SGD with momentum 0.9; the others use Keras' defaults.
        learning_rate: the base rate, before schedule and warm-up.
        schedule: constant; step (divided by 10 at each milestone); cosine (down to 0 at the last step).
        milestones: training steps at which `step` divides the rate by 10.
        warmup_steps: that many first steps run at a tenth of the rate, as the paper's 110 layers did.
        weight_decay: L2 added to every gradient, as in the paper; adamw decays the weights directly instead.
        batch_size: images per step.
        epochs: passes over the training images; or
        steps: training steps (exactly one of the two is given).
        augment: crop_flip pads 4 pixels at 32x32 (an eighth of the size), crops at random and flips half of the images.
        precision: float32, or bfloat16 activations with float32 weights.
        train_size: images to train on, drawn by class; None takes all that are left.
        validation_size: images held out of the training images, drawn by class; None validates on the test images.
        normalize: pixel_mean subtracts the training images' mean from images scaled to 0..1; scale only scales;
            none passes bytes 0..255.
        devices: one, or all GPUs at once: each computes a part of every batch, to the same result but for rounding.
        deterministic: ask the backend for operations that repeat to the last bit; on a CPU they are slower.

    Raises:
        RecipeError: from `make_recipe`, with a line that says what was received.

    Source: He et al. 2015, section 4.2, for momentum, the step schedule, decay, augmentation and warm-up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    optimizer: Optimizer = Optimizer.MOMENTUM
    learning_rate: float = Field(0.1, gt=0, le=10, allow_inf_nan=False)
    schedule: Schedule = Schedule.CONSTANT
    milestones: tuple[Count, ...] = Field((), max_length=20)
    warmup_steps: int = Field(0, ge=0, le=10_000_000)
    weight_decay: float = Field(0.0, ge=0, le=1, allow_inf_nan=False)
    batch_size: int = Field(128, ge=1, le=4096)
    epochs: int | None = Field(None, ge=1, le=10_000)
    steps: Count | None = None
    augment: Augment = Augment.NONE
    precision: Precision = Precision.FLOAT32
    train_size: Count | None = None
    validation_size: Count | None = None
    normalize: Normalize = Normalize.PIXEL_MEAN
    devices: Devices = Devices.ONE
    deterministic: bool = False

    @model_validator(mode="after")
    def _agree(self) -> "Recipe":
        if (self.epochs is None) == (self.steps is None):
            raise ValueError(
                f"give either epochs or steps, received epochs={self.epochs} and steps={self.steps}: set one of them"
            )
        if list(self.milestones) != sorted(set(self.milestones)):
            raise ValueError(f"milestones must rise, received {self.milestones}: sort them and name each once")
        if self.schedule is Schedule.STEP and not self.milestones:
            raise ValueError("schedule step needs milestones, received none: name the steps, as milestones=[400,600]")
        return self


def make_recipe(values: dict[str, Any]) -> Recipe:
    """Build a Recipe from untrusted values.

    Raises:
        RecipeError: a field is unknown, out of bounds or contradicts another.
    """
    unknown = sorted(set(values) - set(Recipe.model_fields)) if isinstance(values, dict) else []
    if unknown:
        raise RecipeError(f"unknown field {str(unknown[0])[:60]!r}: a recipe has {', '.join(Recipe.model_fields)}")
    try:
        return Recipe(**values)
    except ValidationError as error:
        raise RecipeError(f"recipe: {one_line(error)}") from error
    except TypeError as error:
        raise RecipeError(f"recipe: expected an object of fields, received {values!r}") from error


def learning_rate_at(recipe: Recipe, step: int, total_steps: int) -> float:
    """Return the learning rate of one training step.

    Args:
        recipe: gives the base rate, the schedule, its milestones and the warm-up.
        step: counted from 0.
        total_steps: the run's budget, at which cosine reaches 0.
    """
    if step < recipe.warmup_steps:
        return recipe.learning_rate / 10
    match recipe.schedule:
        case Schedule.CONSTANT:
            factor = 1.0
        case Schedule.STEP:
            factor = 0.1 ** sum(step >= milestone for milestone in recipe.milestones)
        case Schedule.COSINE:
            span = max(total_steps - recipe.warmup_steps, 1)
            factor = 0.5 * (1 + math.cos(math.pi * min((step - recipe.warmup_steps) / span, 1.0)))
    return recipe.learning_rate * factor


def validation_batch(size: int) -> int:
    """Return how many images are validated at a time: of large ones fewer, as their activations fill the memory.

    Args:
        size: height and width of an image.

    Example:
        >>> validation_batch(32), validation_batch(224)
        (256, 83)
    """
    return max(32, min(256, 256 * 128**2 // size**2))


RECIPES: dict[str, Recipe] = {
    "quick": Recipe(learning_rate=0.02, batch_size=64, epochs=6, train_size=5_120, validation_size=None),
    "paper": Recipe(
        learning_rate=0.1,
        schedule=Schedule.STEP,
        milestones=(32_000, 48_000),
        weight_decay=1e-4,
        batch_size=128,
        steps=64_000,
        augment=Augment.CROP_FLIP,
        validation_size=5_000,
    ),
    "nadam": Recipe(optimizer=Optimizer.NADAM, learning_rate=0.001, batch_size=128, epochs=14, validation_size=5_000),
}
"""quick: minutes on a CPU. paper: He et al. 2015, section 4.2. nadam: the study notes' ResNet-20, not augmented."""


def get_recipe(name: str) -> Recipe:
    """Return a recipe by its name.

    Raises:
        RecipeError: no recipe has that name; the line lists those that exist.
    """
    try:
        return RECIPES[name]
    except KeyError:
        raise RecipeError(f"no recipe is called {name!r}: choose one of {', '.join(RECIPES)}") from None
