"""Numbers that a reader can work out with a pencil: powers, batches, epochs, one convolution, two measures compared."""

from collections.abc import Sequence
from math import log, prod, sqrt
from typing import Any

from resnet_core.errors import LessonError
from resnet_core.graph import build_graph
from resnet_core.lessons.measures.counting import COUNTING, network
from resnet_core.lessons.measures.layers import LAYERS
from resnet_core.lessons.measures.reported import REPORTED
from resnet_core.lessons.measures.runs import RECORDED
from resnet_core.lessons.measures.types import Measure

_SIMPLE: dict[str, Measure] = {**COUNTING, **LAYERS, **REPORTED, **RECORDED}

Taken = dict[str, Any]
"""A measure and what it is of: {measure: macs, of: {spec: resnet50}}."""


def power(base: float, exponent: float) -> float:
    """Multiply a number with itself so many times."""
    return base**exponent


def product(factors: Sequence[float]) -> float:
    """Multiply numbers."""
    return prod(factors)


def total(terms: Sequence[float]) -> float:
    """Add numbers up."""
    return sum(terms)


def epochs(steps: int, batch_size: int, images: int) -> float:
    """Multiply steps by the images of a batch, and divide by the images of the training set."""
    return steps * batch_size / images


def guessing_loss(classes: int) -> float:
    """Take the natural logarithm of the number of classes: the cross-entropy loss of equal chances for each."""
    return log(classes)


def batch_mean(numbers: Sequence[float]) -> float:
    """Add a batch's numbers up and divide by how many they are."""
    return sum(numbers) / len(numbers)


def batch_variance(numbers: Sequence[float]) -> float:
    """Average the squared distances from the mean."""
    mean = batch_mean(numbers)
    return batch_mean([(number - mean) ** 2 for number in numbers])


def batch_normalized(
    numbers: Sequence[float], which: int, epsilon: float = 0.0, gamma: float = 1.0, beta: float = 0.0
) -> float:
    """Subtract the mean, divide by the root of variance plus epsilon, multiply by gamma, add beta; count from 1."""
    scale = gamma / sqrt(batch_variance(numbers) + epsilon)
    return (numbers[which - 1] - batch_mean(numbers)) * scale + beta


def convolution_weights(kernel: int, channels_in: int, channels_out: int, groups: int = 1) -> int:
    """Multiply kernel height, kernel width, channels in and channels out; divide by the groups."""
    return kernel * kernel * channels_in * channels_out // groups


def convolution_macs(kernel: int, channels_in: int, channels_out: int, pixels: int, groups: int = 1) -> int:
    """Multiply the weights by the places at which they are applied: height times width of what comes out."""
    return convolution_weights(kernel, channels_in, channels_out, groups) * pixels * pixels


def weighted_layers(spec: str | dict[str, Any], **changes: Any) -> int:
    """Count every convolution and dense layer, those on the shortcuts included, which the paper's depth leaves out."""
    return sum(node.kind in ("Conv2D", "Dense") for node in build_graph(network(spec, **changes)).nodes)


def difference(of: Taken, minus: Taken) -> float:
    """Take two measures and subtract the second."""
    return _take(of) - _take(minus)


def ratio(of: Taken, over: Taken) -> float:
    """Take two measures and divide by the second."""
    return _take(of) / _take(over)


def _take(taken: Taken) -> float:
    if not isinstance(taken, dict) or set(taken) != {"measure", "of"} or taken["measure"] not in _SIMPLE:
        known = ", ".join(sorted(_SIMPLE))
        raise LessonError(f"received {taken!r}: write {{measure: NAME, of: {{...}}}} with one of {known}")
    return float(_SIMPLE[taken["measure"]](**taken["of"]))


ARITHMETIC: dict[str, Measure] = {
    measure.__name__: measure
    for measure in (
        power,
        product,
        total,
        epochs,
        guessing_loss,
        batch_mean,
        batch_variance,
        batch_normalized,
        convolution_weights,
        convolution_macs,
        weighted_layers,
        difference,
        ratio,
    )
}
