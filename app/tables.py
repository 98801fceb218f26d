"""Costs as tables: every layer, totals for each stage, two networks against each other. Pure: pandas in and out."""

from collections.abc import Mapping

import pandas as pd

from resnet_core import costs as convention
from resnet_core.costs import Cost, Costs
from resnet_core.drawing import layer_label, shape_label

CONVENTION = " ".join((convention.__doc__ or "").partition("Convention. ")[2].split())
"""What the numbers count, in the words of the file that counts them."""

BYTES = 4
"""Of one activation in float32."""


def layer_table(costs: Costs) -> pd.DataFrame:
    """List every layer in order: shapes of one image, numbers of one forward pass, activation memory in bytes."""
    rows = []
    for node in costs.graph.nodes:
        cost = costs.by_node[node.name]
        shape = shape_label(node.output_shape)
        rows.append({"layer": node.name, "what": layer_label(node), "output": shape, **_numbers(cost)})
    return pd.DataFrame(rows)


def stage_table(costs: Costs) -> pd.DataFrame:
    """Sum the layers of the stem, of each stage, of the head and of the whole network, which is the last row."""
    parts = [*costs.graph.stages().items(), ("total", costs.graph.nodes)]
    rows = [
        {
            "part": part,
            "layers": len(nodes),
            "output": shape_label(nodes[-1].output_shape),
            **_numbers(costs.of(nodes)),
        }
        for part, nodes in parts
    ]
    return pd.DataFrame(rows)


def difference_table(first: Costs, second: Costs) -> pd.DataFrame:
    """Set the sums of each part of two networks against each other; a part that one lacks counts as 0 there."""
    sums = [_sums(costs) for costs in (first, second)]
    parts = [part for part in dict.fromkeys([*sums[0], *sums[1]]) if part not in ("head", "total")]
    rows = []
    for part in [*parts, "head", "total"]:
        one, other = (costs.get(part, Cost()) for costs in sums)
        rows.append(
            {
                "part": part,
                "params_1": one.trainable,
                "params_2": other.trainable,
                "params_change": other.trainable - one.trainable,
                "macs_1": one.macs,
                "macs_2": other.macs,
                "macs_change": other.macs - one.macs,
            }
        )
    return pd.DataFrame(rows)


def option_table(networks: Mapping[str, Costs]) -> pd.DataFrame:
    """List the totals of several networks under their names, with what each costs more than the first."""
    least = next(iter(networks.values())).total
    rows = [
        {
            "network": name,
            "trainable": costs.total.trainable,
            "params_change": costs.total.trainable - least.trainable,
            "macs": costs.total.macs,
            "macs_change": costs.total.macs - least.macs,
            "memory": BYTES * costs.total.activations,
        }
        for name, costs in networks.items()
    ]
    return pd.DataFrame(rows)


def csv(table: pd.DataFrame) -> bytes:
    """Write a table as CSV with a header of its column names; a missing number is an empty field."""
    return table.to_csv(index=False).encode()


def _numbers(cost: Cost) -> dict[str, int]:
    return {
        "params": cost.params,
        "trainable": cost.trainable,
        "macs": cost.macs,
        "flops": cost.flops,
        "memory": BYTES * cost.activations,
        "receptive_field": cost.receptive_field,
    }


def _sums(costs: Costs) -> dict[str, Cost]:
    return {**costs.by_stage(), "total": costs.total}
