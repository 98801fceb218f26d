"""What a network costs: one formula for each kind of layer.

Convention. MACs (multiply-accumulates, the paper's "multiply-adds") count convolutions and dense layers only.
FLOPs are 2 x MACs plus element-wise work: 1 for each bias, 2 for each batch-normalized value (scale and shift, as at
inference), 1 for each ReLU and each sum, k*k - 1 comparisons for each pooled maximum, 1 addition for each averaged
value. Padding and option A's slicing move data and count as 0. Everything is for one image and one forward pass;
a training step costs about three times as much. Activations are the numbers that every layer puts out, the input
included, none of them in place; moving statistics of batch normalization are parameters that are not trained.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from math import prod

from resnet_core.graph import Graph, Node, Shape


@dataclass(frozen=True, slots=True)
class Cost:
    """What a layer, or a sum of layers, costs for one image.

    Attributes:
        params: all parameters.
        trainable: parameters that gradient descent changes.
        macs: multiply-accumulates of convolutions and dense layers.
        flops: 2 x macs plus element-wise work.
        activations: numbers put out (4 bytes each in float32).
        receptive_field: side of the square of input pixels that one output depends on; it may exceed the image.
    """

    params: int = 0
    trainable: int = 0
    macs: int = 0
    flops: int = 0
    activations: int = 0
    receptive_field: int = 1

    @property
    def non_trainable(self) -> int:
        """Moving means and variances."""
        return self.params - self.trainable


_SUMMED = ("params", "trainable", "macs", "flops", "activations")


@dataclass(frozen=True)
class Costs:
    """The cost of every layer, and sums of them."""

    graph: Graph
    by_node: dict[str, Cost]

    @cached_property
    def total(self) -> Cost:
        """The whole network."""
        return self.of(self.graph.nodes)

    def of(self, nodes: Iterable[Node]) -> Cost:
        """Sum the costs of some layers."""
        costs = [self.by_node[node.name] for node in nodes]
        sums = (sum(getattr(cost, name) for cost in costs) for name in _SUMMED)
        return Cost(*sums, max((cost.receptive_field for cost in costs), default=1))

    def by_block(self) -> dict[str, Cost]:
        """Sum the layers of each block."""
        return {name: self.of(nodes) for name, nodes in self.graph.blocks().items()}

    def by_stage(self) -> dict[str, Cost]:
        """Sum the layers of the stem, of each stage and of the head."""
        return {name: self.of(nodes) for name, nodes in self.graph.stages().items()}


def count_costs(graph: Graph) -> Costs:
    """Count what every layer costs, by the convention at the top of this file.

    Example:
        >>> from resnet_core import build_graph, get_spec
        >>> count_costs(build_graph(get_spec("resnet20"))).total.trainable
        269722
    """
    by_node: dict[str, Cost] = {}
    jumps: dict[str, int] = {}
    for node in graph.nodes:
        inputs = node.inputs
        shape = graph.node(inputs[0]).output_shape if inputs else node.output_shape
        params, trainable, macs, flops = _FORMULAS[node.kind](node, shape)
        window, strides = _window(node, shape)
        jump = max([jumps[name] for name in inputs], default=1)
        field = max([by_node[name].receptive_field for name in inputs], default=1) + (window - 1) * jump
        jumps[node.name] = jump * strides
        by_node[node.name] = Cost(params, trainable, macs, flops, prod(node.output_shape), field)
    return Costs(graph, by_node)


Counts = tuple[int, int, int, int]  # params, trainable, macs, flops


def _conv(node: Node, shape: Shape) -> Counts:
    k, filters, bias = node.attributes["kernel_size"], node.attributes["filters"], node.attributes["use_bias"]
    params = k * k * shape[-1] * filters + bias * filters
    macs = k * k * shape[-1] * prod(node.output_shape)
    return params, params, macs, 2 * macs + bias * prod(node.output_shape)


def _dense(node: Node, shape: Shape) -> Counts:
    units = node.attributes["units"]
    params = shape[-1] * units + units
    macs = shape[-1] * units
    return params, params, macs, 2 * macs + units


def _batch_norm(node: Node, shape: Shape) -> Counts:
    return 4 * shape[-1], 2 * shape[-1], 0, 2 * prod(shape)


def _each_output(node: Node, shape: Shape) -> Counts:
    return 0, 0, 0, prod(node.output_shape)


def _max_pool(node: Node, shape: Shape) -> Counts:
    return 0, 0, 0, (node.attributes["pool_size"] ** 2 - 1) * prod(node.output_shape)


def _average(node: Node, shape: Shape) -> Counts:
    return 0, 0, 0, prod(shape)


def _free(node: Node, shape: Shape) -> Counts:
    return 0, 0, 0, 0


_FORMULAS: dict[str, Callable[[Node, Shape], Counts]] = {
    "InputLayer": _free,
    "ZeroPadding2D": _free,
    "Conv2D": _conv,
    "BatchNormalization": _batch_norm,
    "Activation": _each_output,
    "MaxPooling2D": _max_pool,
    "Add": _each_output,
    "PadShortcut": _free,
    "GlobalAveragePooling2D": _average,
    "Dense": _dense,
}


def _window(node: Node, shape: Shape) -> tuple[int, int]:
    """Return the side of the window that a layer slides over its input, and its stride."""
    match node.kind:
        case "Conv2D":
            return node.attributes["kernel_size"], node.attributes["strides"]
        case "MaxPooling2D":
            return node.attributes["pool_size"], node.attributes["strides"]
        case "PadShortcut":
            return 1, node.attributes["strides"]
        case "GlobalAveragePooling2D":
            return shape[0], 1
        case _:
            return 1, 1
