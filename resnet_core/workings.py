"""How one number of a tensor comes about: the numbers that go into it, as a reader would write them down."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from resnet_core.graph import Node
from resnet_core.tensors import Arrays, channel_statistics, same_padding, windows

Place = tuple[int, int, int]
"""Row, column and channel of one image, counted from 0."""


@dataclass(frozen=True, eq=False)
class Convolved:
    """A sum of products.

    Attributes:
        window: what the kernel lies on, (size, size, channels); 0 outside of the image.
        inside: which of its pixels lie in the image, (size, size).
        corner: row and column of the window's first pixel; -1 where it begins outside.
        kernel: the weights, in the same shape as the window.
        bias: added at the end.
    """

    window: np.ndarray
    inside: np.ndarray
    corner: tuple[int, int]
    kernel: np.ndarray
    bias: float
    value: float


@dataclass(frozen=True)
class Normalized:
    """A value moved and scaled by its channel's statistics.

    Attributes:
        before: the value.
        mean, variance: of its channel.
        values: how many of the batch's values they were taken over; 0 for moving statistics.
        epsilon, gamma, beta: of the layer.
    """

    before: float
    mean: float
    variance: float
    values: int
    epsilon: float
    gamma: float
    beta: float
    value: float


@dataclass(frozen=True)
class Rectified:
    """A value, or 0 where it is negative."""

    before: float
    value: float


@dataclass(frozen=True)
class Summed:
    """The residual path's value and the shortcut's, added."""

    residual: float
    shortcut: float
    value: float


@dataclass(frozen=True)
class Moved:
    """A value that option A takes from another place, or 0 in a channel that the input does not have."""

    source: Place | None
    value: float


Working = Convolved | Normalized | Rectified | Summed | Moved


def explain_value(
    node: Node, weights: Mapping[str, Arrays], tensors: Arrays, place: Place, *, training: bool = False
) -> Working:
    """Write out how one number of the first image comes about in a layer of a block.

    Args:
        node: a convolution, batch normalization, ReLU, sum or padded shortcut.
        weights, tensors, training: as `compute` takes and returns them.
        place: of the number in the layer's output.

    Raises:
        ValueError: the layer is of another kind.
    """
    read = [tensors[name] for name in node.inputs]
    match node.kind:
        case "Conv2D":
            return _convolved(node, weights[node.name], read[0], place)
        case "BatchNormalization":
            return _normalized(node, weights[node.name], read[0], place, training)
        case "Activation":
            before = float(read[0][0][place])
            return Rectified(before, max(before, 0.0))
        case "Add":
            residual, shortcut = (float(x[0][place]) for x in read)
            return Summed(residual, shortcut, residual + shortcut)
        case "PadShortcut":
            return _moved(node, read[0], place)
    raise ValueError(f"no working is known for kind {node.kind!r} of {node.name}")


def _convolved(node: Node, weights: Arrays, x: np.ndarray, place: Place) -> Convolved:
    row, column, channel = place
    size, strides, padding = settings = tuple(node.attributes[name] for name in ("kernel_size", "strides", "padding"))
    before = [same_padding(length, size, strides)[0] if padding == "same" else 0 for length in x.shape[1:3]]
    corner = (row * strides - before[0], column * strides - before[1])
    window = windows(x[:1], *settings)[0, row, column].transpose(1, 2, 0)
    inside = windows(np.ones((1, *x.shape[1:3], 1)), *settings)[0, row, column, 0] > 0
    kernel = weights["kernel"][..., channel]
    bias = float(weights["bias"][channel]) if "bias" in weights else 0.0
    return Convolved(window, inside, corner, kernel, bias, float((window * kernel).sum()) + bias)


def _normalized(node: Node, weights: Arrays, x: np.ndarray, place: Place, training: bool) -> Normalized:
    channel = place[-1]
    statistics = channel_statistics(x) if training else (weights["moving_mean"], weights["moving_variance"])
    mean, variance = (float(row[channel]) for row in statistics)
    gamma, beta = (float(weights[name][channel]) for name in ("gamma", "beta"))
    before, epsilon = float(x[0][place]), node.attributes["epsilon"]
    value = gamma * (before - mean) / (variance + epsilon) ** 0.5 + beta
    return Normalized(before, mean, variance, x[..., channel].size if training else 0, epsilon, gamma, beta, value)


def _moved(node: Node, x: np.ndarray, place: Place) -> Moved:
    row, column, channel = place
    if channel >= x.shape[-1]:
        return Moved(None, 0.0)
    source = (row * node.attributes["strides"], column * node.attributes["strides"], channel)
    return Moved(source, float(x[0][source]))
