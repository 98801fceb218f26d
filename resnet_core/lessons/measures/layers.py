"""Numbers of single layers, blocks and stages; work by other conventions; memory; the learning rate of a step."""

from typing import Any, Literal

from resnet_core.choices import Block
from resnet_core.conventions import Convention, count_operations
from resnet_core.costs import Cost
from resnet_core.errors import LessonError
from resnet_core.lessons.measures.counting import costs, network
from resnet_core.lessons.measures.types import Measure
from resnet_core.lone_block import lone_block
from resnet_core.memory import needed_activations
from resnet_core.recipes import get_recipe, learning_rate_at, make_recipe

BYTES = 4

Spec = str | dict[str, Any]


def layer_parameters(spec: Spec, at: str, **changes: Any) -> int:
    """Count the parameters of one layer that training changes."""
    return _layer(spec, at, changes).trainable


def layer_macs(spec: Spec, at: str, **changes: Any) -> int:
    """Count the multiply-accumulates of one layer for one image."""
    return _layer(spec, at, changes).macs


def block_parameters(spec: Spec, at: str, **changes: Any) -> int:
    """Count the parameters of one block that training changes, those of its shortcut included."""
    return _of("block", costs(spec, **changes).by_block(), at).trainable


def block_macs(spec: Spec, at: str, **changes: Any) -> int:
    """Count the multiply-accumulates of one block for one image."""
    return _of("block", costs(spec, **changes).by_block(), at).macs


def stage_parameters(spec: Spec, at: str, **changes: Any) -> int:
    """Count the parameters that training changes in the stem, a stage or the head."""
    return _of("part", costs(spec, **changes).by_stage(), at).trainable


def stage_macs(spec: Spec, at: str, **changes: Any) -> int:
    """Count the multiply-accumulates of the stem, a stage or the head for one image."""
    return _of("part", costs(spec, **changes).by_stage(), at).macs


def shortcut_parameters(spec: Spec, **changes: Any) -> int:
    """Count the parameters that the shortcuts add."""
    counted = costs(spec, **changes)
    return counted.of(node for node in counted.graph.nodes if node.on_shortcut).trainable


def shortcut_macs(spec: Spec, **changes: Any) -> int:
    """Count the multiply-accumulates that the shortcuts add, for one image."""
    counted = costs(spec, **changes)
    return counted.of(node for node in counted.graph.nodes if node.on_shortcut).macs


def moving_statistics(spec: Spec, **changes: Any) -> int:
    """Count the moving means and variances, which training does not change by a gradient."""
    return costs(spec, **changes).total.non_trainable


def lone_block_parameters(kind: str, inner: int) -> int:
    """Count the trained parameters of a block whose shortcut is the identity; kind is basic or bottleneck."""
    return _lone(kind, inner, 1).trainable


def lone_block_macs(kind: str, inner: int, pixels: int) -> int:
    """Count the multiply-accumulates of a block whose shortcut is the identity; kind is basic or bottleneck."""
    return _lone(kind, inner, pixels).macs


def operations(
    spec: Spec,
    per_mac: Literal[1, 2] = 2,
    count_biases: bool = False,
    count_batch_norm: bool = False,
    count_elementwise: bool = False,
    images: int = 1,
    **changes: Any,
) -> int:
    """Count a forward pass by another convention: 1 or 2 for a multiply-accumulate, and what else is counted."""
    convention = Convention(per_mac, count_biases, count_batch_norm, count_elementwise, images)
    return count_operations(costs(spec, **changes), convention)


def receptive_field(spec: Spec, at: str = "", **changes: Any) -> int:
    """Take the side of the square of input pixels that a layer's values see; without a layer, the last features'."""
    counted = costs(spec, **changes)
    name = at or counted.graph.node("head_pool").inputs[0]
    return _of("layer", counted.by_node, name).receptive_field


def activation_bytes(spec: Spec, images: int = 1, **changes: Any) -> int:
    """Multiply the numbers that all layers put out by 4 bytes and the images of a batch: what training keeps."""
    return BYTES * images * costs(spec, **changes).total.activations


def needed_bytes(spec: Spec, images: int = 1, **changes: Any) -> int:
    """Take the highest moment of a forward pass that keeps only what is still needed, at 4 bytes a number."""
    return BYTES * images * max(needed_activations(costs(spec, **changes).graph).values())


def size_at(spec: Spec, at: str, axis: Literal["height", "width", "channels"], **changes: Any) -> int:
    """Look up a layer's output in the network's graph: its height, its width or its channels."""
    graph = costs(spec, **changes).graph
    if axis not in ("height", "width", "channels"):
        raise LessonError(f"axis is height, width or channels, received {str(axis)[:40]!r}")
    shape = _of("layer", {node.name: node for node in graph.nodes}, at).output_shape
    return shape[-1] if axis == "channels" or len(shape) == 1 else shape[0 if axis == "height" else 1]


def blocks(spec: Spec, **changes: Any) -> int:
    """Count the blocks of all stages."""
    return sum(network(spec, **changes).stages)


def learning_rate(step: int, recipe: str | dict[str, Any] = "paper", total_steps: int | None = None) -> float:
    """Ask a recipe for the learning rate of one step, counted from 0."""
    chosen = get_recipe(recipe) if isinstance(recipe, str) else make_recipe(recipe)
    total = total_steps or chosen.steps
    if total is None:
        raise LessonError("a recipe that counts epochs has no number of steps: give total_steps")
    return learning_rate_at(chosen, step, total)


def _layer(spec: Spec, at: str, changes: dict[str, Any]) -> Cost:
    return _of("layer", costs(spec, **changes).by_node, at)


def _lone(kind: str, inner: int, pixels: int) -> Cost:
    if kind not in list(Block):
        raise LessonError(f"kind is {' or '.join(Block)}, received {str(kind)[:40]!r}")
    return lone_block(Block(kind), inner, pixels).total


def _of(what: str, found: dict[str, Any], name: str) -> Any:
    if name not in found:
        some = ", ".join(list(found)[:8])
        raise LessonError(f"the network has no {what} {str(name)[:60]!r}: it has {some} ...")
    return found[name]


LAYERS: dict[str, Measure] = {
    measure.__name__: measure
    for measure in (
        layer_parameters,
        layer_macs,
        block_parameters,
        block_macs,
        stage_parameters,
        stage_macs,
        shortcut_parameters,
        shortcut_macs,
        moving_statistics,
        lone_block_parameters,
        lone_block_macs,
        operations,
        receptive_field,
        activation_bytes,
        needed_bytes,
        size_at,
        blocks,
        learning_rate,
    )
}
