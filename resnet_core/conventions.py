"""One network, many "G": the work of a forward pass as different tools count it."""

from dataclasses import dataclass
from typing import Literal

from resnet_core.costs import Costs

_MULTIPLIES = {"Conv2D", "Dense"}
_MOVES = {"InputLayer", "ZeroPadding2D", "PadShortcut"}


@dataclass(frozen=True)
class Convention:
    """What is counted.

    Attributes:
        per_mac: a multiply-accumulate as 1 (MACs, the paper's multiply-adds) or as 2 (floating-point operations).
        biases: 1 for each bias that is added.
        batch_norm: 2 for each batch-normalized value.
        elementwise: ReLU, sums and pooling.
        images: in the batch; some tools leave it out of their words.
    """

    per_mac: Literal[1, 2] = 1
    biases: bool = False
    batch_norm: bool = False
    elementwise: bool = False
    images: int = 1


def count_operations(costs: Costs, convention: Convention) -> int:
    """Count a forward pass by a convention.

    Example:
        >>> from resnet_core import build_graph, count_costs, get_spec
        >>> costs = count_costs(build_graph(get_spec("resnet50")))
        >>> count_operations(costs, Convention()), count_operations(costs, Convention(per_mac=2))
        (3857973248, 7715946496)
    """
    return convention.images * sum(operation_groups(costs, convention).values())


def operation_groups(costs: Costs, convention: Convention) -> dict[str, int]:
    """Return the same for one image in its parts: products, biases, batch_norm and elementwise; 0 if not counted."""
    groups = dict.fromkeys(("products", "biases", "batch_norm", "elementwise"), 0)
    for node in costs.graph.nodes:
        cost = costs.by_node[node.name]
        if node.kind in _MULTIPLIES:
            groups["products"] += convention.per_mac * cost.macs
            groups["biases"] += convention.biases * (cost.flops - 2 * cost.macs)
        elif node.kind == "BatchNormalization":
            groups["batch_norm"] += convention.batch_norm * cost.flops
        elif node.kind not in _MOVES:
            groups["elementwise"] += convention.elementwise * cost.flops
    return groups
