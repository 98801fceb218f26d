"""A recipe's optimizer, schedule and weight decay as Keras objects."""

import keras
from keras import ops

from resnet_core import device
from resnet_core.recipes import Optimizer, Recipe, Schedule


def build_optimizer(recipe: Recipe, total_steps: int, processors: int = 1) -> keras.optimizers.Optimizer:
    """Build the optimizer of a recipe.

    Args:
        recipe: its optimizer, learning rate, schedule, warm-up and weight decay are used.
        total_steps: the run's budget, at which a cosine schedule reaches 0.
        processors: that train together; the sum of their gradients is applied.
    """
    rate = RecipeSchedule(recipe, total_steps)
    kinds = keras.optimizers
    match recipe.optimizer:
        case Optimizer.SGD:
            kind, arguments = kinds.SGD, {}
        case Optimizer.MOMENTUM:
            kind, arguments = kinds.SGD, {"momentum": 0.9}
        case Optimizer.NESTEROV:
            kind, arguments = kinds.SGD, {"momentum": 0.9, "nesterov": True}
        case Optimizer.ADAM:
            kind, arguments = kinds.Adam, {}
        case Optimizer.ADAMW:
            return kinds.AdamW(rate, weight_decay=recipe.weight_decay)
        case Optimizer.NADAM:
            kind, arguments = kinds.Nadam, {}
        case Optimizer.RMSPROP:
            kind, arguments = kinds.RMSprop, {}
    if "momentum" in arguments and processors == 1:
        kind = device.fuse_momentum(kind)
    if recipe.weight_decay:
        kind = _with_l2(kind, recipe.weight_decay / processors)
    return kind(rate, **arguments)


class RecipeSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """`recipes.learning_rate_at` in keras.ops, so that the rate is worked out on the device at every step."""

    def __init__(self, recipe: Recipe, total_steps: int):
        self.recipe = recipe
        self.total_steps = total_steps

    def __call__(self, step):
        recipe = self.recipe
        step = ops.cast(step, "float32")
        factor = ops.ones_like(step)
        if recipe.schedule is Schedule.STEP:
            for milestone in recipe.milestones:
                factor = factor * ops.where(step >= milestone, 0.1, 1.0)
        elif recipe.schedule is Schedule.COSINE:
            span = max(self.total_steps - recipe.warmup_steps, 1)
            progress = ops.clip((step - recipe.warmup_steps) / span, 0.0, 1.0)
            factor = 0.5 * (1 + ops.cos(3.141592653589793 * progress))
        return recipe.learning_rate * ops.where(step < recipe.warmup_steps, 0.1, factor)

    def get_config(self):
        return {"recipe": self.recipe.model_dump(mode="json"), "total_steps": self.total_steps}


def _with_l2(kind: type, decay: float) -> type:
    """Add `decay * weight` to every gradient, as He et al. train; Keras' own `weight_decay` bypasses momentum."""

    class WithL2(kind):
        def apply(self, grads, trainable_variables=None):
            variables = self._trainable_variables if trainable_variables is None else trainable_variables
            grads = [
                grad + decay * ops.cast(variable, grad.dtype) for grad, variable in zip(grads, variables, strict=True)
            ]
            return super().apply(grads, trainable_variables)

    WithL2.__name__ = kind.__name__
    return WithL2
