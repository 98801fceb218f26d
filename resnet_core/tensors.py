"""Every layer's output computed by NumPy alone: what a layer does to numbers, in a few lines each."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from resnet_core.graph import Node

Arrays = Mapping[str, np.ndarray]


def compute(
    nodes: Iterable[Node], weights: Mapping[str, Arrays], tensors: Arrays, *, training: bool = False
) -> dict[str, np.ndarray]:
    """Compute some layers of a network in order: a block, or all of it.

    Args:
        nodes: the layers; each reads earlier ones, or tensors that are given.
        weights: of each layer that has some, by Keras' own names: kernel, bias, gamma, beta, moving_mean and
            moving_variance.
        tensors: what is known before, by name: a network's `input`, or what a block reads.
        training: normalize by mean and variance of these very images, instead of the moving statistics.

    Shapes: (n, h, w, c), in the head (n, c).

    Returns: the tensors that were given and those of the layers.
    """
    known = dict(tensors)
    for node in nodes:
        if node.kind == "InputLayer":
            continue
        inputs = [known[name] for name in node.inputs]
        if node.kind == "BatchNormalization":
            known[node.name] = _batch_norm(node, inputs[0], weights[node.name], training)
        else:
            known[node.name] = _LAYERS[node.kind](node, inputs, weights.get(node.name, {}))
    return known


def channel_statistics(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of each channel over images, rows and columns, as batch normalization takes them."""
    axes = tuple(range(x.ndim - 1))
    return x.mean(axes), x.var(axes)


def windows(x: np.ndarray, size: int, strides: int, padding: str, fill: float = 0.0) -> np.ndarray:
    """Cut out the windows that a convolution or a pooling slides over its input.

    Args:
        x: the images.
        size, strides: of the window, in pixels.
        padding: `valid`, or `same`: as many pixels are added as the last window needs, the odd one below and right.
        fill: what the added pixels hold.

    Shapes: (n, h, w, c) -> (n, rows, columns, c, size, size).
    """
    if padding == "same":
        around = [(0, 0), same_padding(x.shape[1], size, strides), same_padding(x.shape[2], size, strides), (0, 0)]
        x = np.pad(x, around, constant_values=fill)
    return np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))[:, ::strides, ::strides]


def same_padding(length: int, size: int, strides: int) -> tuple[int, int]:
    """Return the pixels that `same` padding adds before and after a row or a column.

    Example:
        >>> same_padding(4, 3, 1), same_padding(4, 3, 2)
        ((1, 1), (0, 1))
    """
    outputs = -(-length // strides)
    missing = max((outputs - 1) * strides + size - length, 0)
    return missing // 2, missing - missing // 2


def _conv(node: Node, inputs: list[np.ndarray], weights: Arrays) -> np.ndarray:
    settings = node.attributes
    seen = windows(inputs[0], settings["kernel_size"], settings["strides"], settings["padding"])
    return np.einsum("nhwcij,ijcf->nhwf", seen, weights["kernel"]) + weights.get("bias", 0)


def _batch_norm(node: Node, x: np.ndarray, weights: Arrays, training: bool) -> np.ndarray:
    mean, variance = channel_statistics(x) if training else (weights["moving_mean"], weights["moving_variance"])
    return weights["gamma"] * (x - mean) / np.sqrt(variance + node.attributes["epsilon"]) + weights["beta"]


def _relu(node: Node, inputs: list[np.ndarray], weights: Arrays) -> np.ndarray:
    return np.maximum(inputs[0], 0)


def _add(node: Node, inputs: list[np.ndarray], weights: Arrays) -> np.ndarray:
    return inputs[0] + inputs[1]


def _pad_shortcut(node: Node, inputs: list[np.ndarray], weights: Arrays) -> np.ndarray:
    strides = node.attributes["strides"]
    kept = inputs[0][:, ::strides, ::strides]
    return np.pad(kept, [(0, 0), (0, 0), (0, 0), (0, node.attributes["filters"] - kept.shape[-1])])


def _zero_padding(node: Node, inputs: list[np.ndarray], weights: Arrays) -> np.ndarray:
    pixels = (node.attributes["padding"],) * 2
    return np.pad(inputs[0], [(0, 0), pixels, pixels, (0, 0)])


def _max_pool(node: Node, inputs: list[np.ndarray], weights: Arrays) -> np.ndarray:
    settings = node.attributes
    seen = windows(inputs[0], settings["pool_size"], settings["strides"], settings["padding"], fill=-np.inf)
    return seen.max((-2, -1))


def _average(node: Node, inputs: list[np.ndarray], weights: Arrays) -> np.ndarray:
    return inputs[0].mean((1, 2))


def _dense(node: Node, inputs: list[np.ndarray], weights: Arrays) -> np.ndarray:
    return inputs[0] @ weights["kernel"] + weights["bias"]


_LAYERS: dict[str, Callable[[Node, list[np.ndarray], Arrays], np.ndarray]] = {
    "Conv2D": _conv,
    "Activation": _relu,
    "Add": _add,
    "PadShortcut": _pad_shortcut,
    "ZeroPadding2D": _zero_padding,
    "MaxPooling2D": _max_pool,
    "GlobalAveragePooling2D": _average,
    "Dense": _dense,
}
