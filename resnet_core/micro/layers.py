"""What micro networks are made of: ReLU, and batch normalization or a bias in its place, with their gradients."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def relu(x: Array) -> Array:
    """Return x where it is positive, else 0."""
    return np.maximum(x, 0)


def relu_gradient(x: Array, d: Array) -> Array:
    """Return the gradient of ReLU's input x, given that of its output."""
    return d * (x > 0)


class Norm:
    """Batch normalization of every hidden layer of a stack of networks, with moving statistics; or only its beta.

    Args:
        shape: (layers, networks, 1, width).
        on: whether anything is normalized; if not, a layer only adds its beta, which is its bias then.
        momentum: what of the moving statistics is kept in a step.
        epsilon: is added to a variance.

    Attributes:
        mean, variance: the moving statistics, as `shape`.

    Source: Ioffe and Szegedy 2015, algorithms 1 and 2.
    """

    def __init__(self, shape: tuple[int, ...], on: bool, momentum: float, epsilon: float, dtype: Any):
        self.on, self.momentum, self.epsilon = on, momentum, epsilon
        self.mean, self.variance = np.zeros(shape, dtype), np.ones(shape, dtype)

    def forward(self, layer: int, x: Array, gamma: Array, beta: Array, training: bool) -> tuple[Array, ...]:
        """Return the output, and what `backward` needs behind it.

        Shapes: x (networks, n, width).
        """
        if not self.on:
            return (x + beta,)
        if training:
            share = 1 / x.shape[1]  # sums times a share: NumPy's own mean takes longer than all the rest
            mean = np.add.reduce(x, 1, keepdims=True) * share
            x = x - mean
            variance = np.add.reduce(x * x, 1, keepdims=True) * share
            self.mean[layer] += (1 - self.momentum) * (mean - self.mean[layer])
            self.variance[layer] += (1 - self.momentum) * (variance - self.variance[layer])
        else:
            x, variance = x - self.mean[layer], self.variance[layer]
        scale = 1 / np.sqrt(variance + self.epsilon)
        normal = x * scale
        return normal * gamma + beta, normal, scale, training

    def backward(
        self, layer: int, d: Array, kept: tuple[Array, ...], gamma: Array, gradients: dict[str, Array]
    ) -> Array:
        """Return the gradient of the input, and write those of gamma and beta."""
        beta = np.add.reduce(d, 1, keepdims=True)
        gradients["beta"][layer] = beta
        if not self.on:
            return d
        _output, normal, scale, training = kept
        slope = np.add.reduce(d * normal, 1, keepdims=True)
        gradients["gamma"][layer] = slope
        if not training:
            return gamma * scale * d
        n = d.shape[1]
        return gamma * scale * (d - beta / n - normal * (slope / n))
