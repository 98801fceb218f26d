"""What is read off micro networks: accuracy by depth, gradients by layer, how gradients of neighbors agree."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from resnet_core.micro.layers import Array
from resnet_core.micro.network import MicroSpec, MicroStack, layer_norms
from resnet_core.micro.tasks import spirals
from resnet_core.micro.training import accuracy, cross_entropy, train_points

BATCH = 64


def depth_study(depths: Sequence[int], *, steps: int, seed: int = 0, batch_norm: bool = True) -> Array:
    """Train a plain and a residual network of each depth on two spirals.

    Returns:
        their training accuracies, (depths, 2): plain, residual.
    """
    rows = []
    for depth in depths:
        stack = MicroStack(_spec(depth, batch_norm), (False, True), (seed, seed))
        points, rate = spirals(seed=seed), _rate(batch_norm)
        course = train_points(stack, points, steps=steps, batch=BATCH, rate=rate, seed=seed, look=(steps,))
        rows.append(course.train_accuracy[-1])
    return np.array(rows)


def gradient_norms(depth: int, *, steps: int, seeds: Sequence[int], batch_norm: bool) -> tuple[Array, Array]:
    """Measure the gradient of each layer's weights after some steps of training, on one batch.

    Returns:
        norms from the first layer to the last, (depth, 2 networks per seed: plain, residual), and the same networks'
        training accuracies.
    """
    stack = MicroStack(_spec(depth, batch_norm), (False, True) * len(seeds), [seed for seed in seeds for _ in range(2)])
    points = spirals()
    look, rate = (steps,), _rate(batch_norm)
    course = train_points(stack, points, steps=steps, batch=BATCH, rate=rate, look=look) if steps else None
    with np.errstate(over="ignore", invalid="ignore"):
        _loss, d = cross_entropy(stack.forward(points.x[:BATCH], training=True), points.y[:BATCH])
        norms = layer_norms(stack.backward(d)[0])
        hits = course.train_accuracy[-1] if course else accuracy(stack, points.x, points.y)
    return norms, hits


def neighbor_correlation(
    depth: int, *, batch_norm: bool, seeds: Sequence[int], count: int = 256, width: int = 64
) -> tuple[Array, Array, Array]:
    """Walk along a line of inputs and compare the gradient at each with its neighbor's, at initialization.

    Returns:
        the line (count,), the gradient of the output by the input at each place (networks, count), scaled to a standard
        deviation of 1, and each network's autocorrelation at distance one (networks,); two networks per seed: plain,
        residual.

    Source: Balduzzi et al. 2017, section 2.
    """
    spec = replace(_spec(depth, batch_norm), inputs=1, outputs=1, width=width, momentum=0.0)
    stack = MicroStack(spec, (False, True) * len(seeds), [seed for seed in seeds for _ in range(2)])
    random = np.random.default_rng((7, *seeds))
    stack.weights["beta"][:] = random.normal(0, 0.3, stack.weights["beta"].shape)  # else every ReLU bends at input 0
    line = np.linspace(-2, 2, count)
    # The statistics of the whole line are kept and then held fixed, so that a gradient is of one input alone.
    stack.forward(line[:, None], training=True)
    output = stack.forward(line[:, None])
    _weights, gradient = stack.backward(np.ones_like(output))
    centered = gradient[..., 0] - gradient[..., 0].mean(1, keepdims=True)
    power = (centered**2).mean(1)
    agreement = (centered[:, 1:] * centered[:, :-1]).mean(1) / np.maximum(power, 1e-30)
    return line, centered / np.sqrt(np.maximum(power, 1e-30))[:, None], agreement


def _spec(depth: int, batch_norm: bool) -> MicroSpec:
    """Without normalization the sums of a residual network would grow with every block: its paths are scaled down."""
    return MicroSpec(depth=depth, batch_norm=batch_norm, gate="none" if batch_norm else "scaled")


def _rate(batch_norm: bool) -> float | None:
    """Deep networks without normalization need smaller steps."""
    return None if batch_norm else 0.02
