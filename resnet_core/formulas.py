"""The formulas of `costs` with one layer's numbers put in, as a reader would work them out by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from resnet_core.costs import Costs
from resnet_core.graph import Graph, Node, Shape
from resnet_core.words import N_

Quantity = Literal["params", "trainable", "macs", "flops", "activations", "receptive_field"]

NOTHING = "0"


@dataclass(frozen=True)
class Formula:
    """How one number of one layer comes about.

    Attributes:
        quantity: the field of `Cost` that it explains.
        words: the formula.
        numbers: the same with this layer's numbers; arithmetic of whole numbers with × + − max( ) and , for thousands.
        value: what it amounts to.
    """

    quantity: Quantity
    words: str
    numbers: str
    value: int

    def __str__(self) -> str:
        value = f"{self.value:,}"
        return value if self.numbers == value else f"{self.numbers} = {value}"


def explain(costs: Costs, name: str) -> tuple[Formula, ...]:
    """Write out how each number of a layer comes about; numbers are for one image and one forward pass.

    Args:
        costs: of the network.
        name: of one of its layers.

    Raises:
        KeyError: the network has no such layer.

    Example:
        >>> from resnet_core import build_graph, count_costs, get_spec
        >>> costs = count_costs(build_graph(get_spec("resnet20")))
        >>> print(explain(costs, "stage2_block1_conv1")[0])
        3 × 3 × 16 × 32 + 0 = 4,608
    """
    node = costs.graph.node(name)
    shape = costs.graph.node(node.inputs[0]).output_shape if node.inputs else node.output_shape
    rows: dict[Quantity, Text] = {
        **dict(zip(("params", "trainable", "macs", "flops"), _FORMULAS[node.kind](node, shape), strict=True)),
        "activations": (_dimensions(node.output_shape), _product(*node.output_shape)),
        "receptive_field": _receptive_field(costs, node, shape),
    }
    cost = costs.by_node[name]
    return tuple(Formula(quantity, *text, getattr(cost, quantity)) for quantity, text in rows.items())


Text = tuple[str, str]  # words, numbers

_NO_PARAMS: Text = (N_("no weights"), NOTHING)
_NO_MACS: Text = (N_("only convolutions and dense layers count"), NOTHING)


def _conv(node: Node, shape: Shape) -> tuple[Text, ...]:
    k, filters, bias = node.attributes["kernel_size"], node.attributes["filters"], node.attributes["use_bias"]
    kernel = f"{_product(k, k, shape[-1], filters)}"
    params = (
        N_("kernel × kernel × input channels × filters + biases"),
        f"{kernel} + {filters if bias else 0:,}",
    )
    macs = (N_("kernel × kernel × input channels × output values"), _product(k, k, shape[-1], *node.output_shape))
    flops = (N_("2 × MACs + 1 for each bias added"), f"2 × {macs[1]} + {_product(*node.output_shape) if bias else 0}")
    return params, params, macs, flops


def _dense(node: Node, shape: Shape) -> tuple[Text, ...]:
    units = node.attributes["units"]
    weights = _product(shape[-1], units)
    params = (N_("inputs × units + biases"), f"{weights} + {units:,}")
    macs = (N_("inputs × units"), weights)
    return params, params, macs, (N_("2 × MACs + 1 for each bias added"), f"2 × {weights} + {units:,}")


def _batch_norm(node: Node, shape: Shape) -> tuple[Text, ...]:
    return (
        (N_("4 × channels: gamma, beta, moving mean, moving variance"), _product(4, shape[-1])),
        (N_("2 × channels: gamma and beta"), _product(2, shape[-1])),
        _NO_MACS,
        (N_("2 for each value: scale and shift"), _product(2, *shape)),
    )


def _relu(node: Node, shape: Shape) -> tuple[Text, ...]:
    return _NO_PARAMS, _NO_PARAMS, _NO_MACS, (N_("1 comparison for each value"), _product(*node.output_shape))


def _add(node: Node, shape: Shape) -> tuple[Text, ...]:
    return _NO_PARAMS, _NO_PARAMS, _NO_MACS, (N_("1 addition for each value"), _product(*node.output_shape))


def _max_pool(node: Node, shape: Shape) -> tuple[Text, ...]:
    pool = node.attributes["pool_size"]
    work = f"({pool} × {pool} − 1) × {_product(*node.output_shape)}"
    return _NO_PARAMS, _NO_PARAMS, _NO_MACS, (N_("(pool × pool − 1) comparisons for each value put out"), work)


def _average(node: Node, shape: Shape) -> tuple[Text, ...]:
    return _NO_PARAMS, _NO_PARAMS, _NO_MACS, (N_("1 addition for each value taken in"), _product(*shape))


def _free(node: Node, shape: Shape) -> tuple[Text, ...]:
    return _NO_PARAMS, _NO_PARAMS, _NO_MACS, (N_("moves data only"), NOTHING)


_FORMULAS: dict[str, Callable[[Node, Shape], tuple[Text, ...]]] = {
    "InputLayer": _free,
    "ZeroPadding2D": _free,
    "Conv2D": _conv,
    "BatchNormalization": _batch_norm,
    "Activation": _relu,
    "MaxPooling2D": _max_pool,
    "Add": _add,
    "PadShortcut": _free,
    "GlobalAveragePooling2D": _average,
    "Dense": _dense,
}


def _receptive_field(costs: Costs, node: Node, shape: Shape) -> Text:
    if not node.inputs:
        return N_("one pixel sees itself"), "1"
    before = [costs.by_node[name].receptive_field for name in node.inputs]
    start = f"{before[0]:,}" if len(before) == 1 else f"max({'; '.join(f'{field:,}' for field in before)})"
    window = _window(node, shape)
    if window == 1:
        return N_("the larger of its inputs'") if len(before) > 1 else N_("as its input's"), start
    jump = _jump(costs.graph, node.inputs[0])
    return N_("its input's + (window − 1) × stride so far"), f"{start} + ({window:,} − 1) × {jump:,}"


def _window(node: Node, shape: Shape) -> int:
    match node.kind:
        case "Conv2D":
            return node.attributes["kernel_size"]
        case "MaxPooling2D":
            return node.attributes["pool_size"]
        case "GlobalAveragePooling2D":
            return shape[0]
        case _:
            return 1


def _jump(graph: Graph, name: str) -> int:
    """Return how many input pixels lie between two neighboring outputs of a layer; every path to it has that stride."""
    node, jump = graph.node(name), 1
    while node.inputs:
        jump *= node.attributes.get("strides", 1)
        node = graph.node(node.inputs[0])
    return jump


def _product(*factors: int) -> str:
    return " × ".join(f"{factor:,}" for factor in factors)


def _dimensions(shape: Shape) -> str:
    return N_("height × width × channels") if len(shape) == 3 else N_("one number for each output")
