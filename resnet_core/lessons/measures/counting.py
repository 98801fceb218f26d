"""Numbers that are counted on a network's graph."""

from typing import Any

from resnet_core.costs import Cost, Costs, count_costs
from resnet_core.families import get_spec
from resnet_core.graph import build_graph
from resnet_core.lessons.measures.types import Measure
from resnet_core.spec import ResNetSpec, make_spec


def network(spec: str | dict[str, Any], **changes: Any) -> ResNetSpec:
    """Return the network that a lesson means: a preset's name or all fields, and fields that differ from it.

    Raises:
        SpecError: there is no such preset, or no such network.
    """
    base = get_spec(spec).model_dump() if isinstance(spec, str) else spec
    return make_spec({**base, **changes}) if changes or isinstance(spec, dict) else get_spec(spec)


def costs(spec: str | dict[str, Any], **changes: Any) -> Costs:
    """Count a network."""
    return count_costs(build_graph(network(spec, **changes)))


def parameters(spec: str | dict[str, Any], **changes: Any) -> int:
    """Count all parameters, the moving statistics of batch normalization included."""
    return _total(spec, changes).params


def trainable_parameters(spec: str | dict[str, Any], **changes: Any) -> int:
    """Count the parameters that training changes."""
    return _total(spec, changes).trainable


def macs(spec: str | dict[str, Any], **changes: Any) -> int:
    """Count the multiply-accumulates of convolutions and the dense layer, for one image."""
    return _total(spec, changes).macs


def flops(spec: str | dict[str, Any], **changes: Any) -> int:
    """Count floating-point operations for one image: 2 for each multiply-accumulate, and element-wise work."""
    return _total(spec, changes).flops


def activations(spec: str | dict[str, Any], **changes: Any) -> int:
    """Count the numbers that all layers put out for one image."""
    return _total(spec, changes).activations


def depth(spec: str | dict[str, Any], **changes: Any) -> int:
    """Count the layers that have weights, as the paper counts them."""
    return network(spec, **changes).depth


def _total(spec: str | dict[str, Any], changes: dict[str, Any]) -> Cost:
    return costs(spec, **changes).total


COUNTING: dict[str, Measure] = {
    measure.__name__: measure for measure in (parameters, trainable_parameters, macs, flops, activations, depth)
}
