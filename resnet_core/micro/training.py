"""Train a stack of micro networks on points, or on functions of one number."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from resnet_core.micro.layers import Array
from resnet_core.micro.network import MicroStack
from resnet_core.micro.optimizers import USUAL_RATES, Name, Optimizer
from resnet_core.micro.tasks import Points


@dataclass
class Course:
    """What was seen on the way, at each step that was looked at.

    Attributes:
        steps: their numbers, from 1.
        loss: of the batch, a row of all networks each.
        train_accuracy, val_accuracy: by the moving statistics, as a trained network is used.
        batch_accuracy: on the validation points by their own statistics, where it was asked for.
    """

    steps: list[int] = field(default_factory=list)
    loss: list[Array] = field(default_factory=list)
    train_accuracy: list[Array] = field(default_factory=list)
    val_accuracy: list[Array] = field(default_factory=list)
    batch_accuracy: list[Array] = field(default_factory=list)


def cross_entropy(logits: Array, y: Array) -> tuple[Array, Array]:
    """Return the mean loss of each network, and its gradient by the logits.

    Shapes: logits (networks, n, classes), y (n,) or (networks, n) -> (networks,), (networks, n, classes).
    """
    shifted = logits - logits.max(-1, keepdims=True)
    chances = np.exp(shifted)
    chances /= chances.sum(-1, keepdims=True)
    truth = np.broadcast_to(y, logits.shape[:2])[..., None]
    right = np.take_along_axis(chances, truth, -1)
    loss = -np.log(np.maximum(right[..., 0], 1e-30)).mean(1)
    gradient = chances
    np.put_along_axis(gradient, truth, right - 1, -1)
    return loss, gradient / logits.shape[1]


def train_points(
    stack: MicroStack,
    points: Points,
    *,
    steps: int,
    batch: int = 64,
    optimizer: Name = "momentum",
    rate: float | None = None,
    seed: int = 0,
    look: Sequence[int] = (),
    by_batch: bool = False,
) -> Course:
    """Train all networks of a stack to tell the classes apart.

    Args:
        steps: of training; each takes `batch` points at random, the same for all networks.
        rate: the learning rate; None takes the optimizer's usual one.
        seed: of the order of points and of the blocks that stochastic depth leaves out.
        look: steps after which accuracies are measured on all training and all validation points.
        by_batch: measure them by the validation points' own statistics too.

    Returns:
        the loss of every step, and what was looked at.
    """
    random = np.random.default_rng((seed, 1))
    mover = Optimizer(optimizer, rate or USUAL_RATES[optimizer], stack.flat)
    course, looks = Course(), set(look)
    x, y = points.x.astype(stack.flat.dtype), points.y
    order = np.empty(0, dtype=int)
    for step in range(1, steps + 1):
        if len(order) < batch:
            order = random.permutation(len(x))
        chosen, order = order[:batch], order[batch:]
        with np.errstate(over="ignore", invalid="ignore"):  # a network that diverges is a result too
            loss, gradient = cross_entropy(stack.forward(x[chosen], training=True, kept=stack.kept(random)), y[chosen])
            gradients, _ = stack.backward(gradient)
            mover.move(stack.flat, joined(gradients))
        course.loss.append(loss)
        if step in looks:
            course.steps.append(step)
            course.train_accuracy.append(accuracy(stack, points.x, points.y))
            course.val_accuracy.append(accuracy(stack, points.x_val, points.y_val))
            if by_batch:
                course.batch_accuracy.append(accuracy(stack, points.x_val, points.y_val, by_batch=True))
    return course


def accuracy(stack: MicroStack, x: Array, y: Array, *, drop: int | None = None, by_batch: bool = False) -> Array:
    """Return the fraction of points that each network gets right, as it is used: by its moving statistics.

    Args:
        drop: a block that is left out.
        by_batch: normalize by the statistics of these points instead; the moving ones stay as they are.
    """
    kept = stack.norm.mean.copy(), stack.norm.variance.copy()
    with np.errstate(over="ignore", invalid="ignore"):
        hits = (stack.forward(x, drop=drop, training=by_batch).argmax(-1) == y).mean(1)
    stack.norm.mean, stack.norm.variance = kept
    return hits


def train_function(
    stack: MicroStack, x: Array, targets: Array, *, steps: int, rate: float = 0.005, look: Sequence[int] = ()
) -> tuple[Array, list[Array]]:
    """Train each network of a stack by Adam on a function of its own, on all points at every step.

    Shapes: x (n, 1), targets (networks, n, 1).

    Returns:
        the mean squared error of each network before every step (steps, networks), and the outputs after each step in
        `look`.
    """
    mover = Optimizer("adam", rate, stack.flat)
    losses, looks, seen = [], set(look), []
    for step in range(1, steps + 1):
        off = stack.forward(x, training=True) - targets
        losses.append((off**2).mean((1, 2)))
        gradients, _ = stack.backward(2 * off / off.shape[1])
        mover.move(stack.flat, joined(gradients))
        if step in looks:
            seen.append(stack.forward(x))
    return np.array(losses), seen


def joined(gradients: dict[str, Array]) -> Array:
    """Return gradients as one flat array, in the order of the stack's."""
    base = gradients["first"].base
    assert base is not None
    return base
