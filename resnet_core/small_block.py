"""One block small enough to work out by hand: 4x4 pixels, two channels, weights of -1, 0 and 1."""

from dataclasses import dataclass

import numpy as np

from resnet_core.choices import Order, Shortcut
from resnet_core.graph import Node, build_graph
from resnet_core.spec import ResNetSpec
from resnet_core.tensors import compute

PIXELS = 4
CHANNELS = 2
LARGEST_INPUT = 4


@dataclass(frozen=True, eq=False)
class SmallBlock:
    """A block and everything in it.

    Attributes:
        source: the name of the tensor that it reads.
        nodes: its layers in order.
        weights: by layer, under Keras' names.
        tensors: by layer, of one image; normalized by that image's own statistics, as in training.
    """

    source: str
    nodes: tuple[Node, ...]
    weights: dict[str, dict[str, np.ndarray]]
    tensors: dict[str, np.ndarray]


def small_block(
    *,
    residual: bool = True,
    shortcut: Shortcut = Shortcut.A,
    order: Order = Order.POST,
    changes: bool = False,
    last_gamma: float = 1.0,
    seed: int = 0,
) -> SmallBlock:
    """Compute one basic block with numbers that can be followed.

    Args:
        residual: False leaves the shortcut out.
        shortcut: what passes the block by.
        order: after ReLU as in v1, or before the convolutions as in v2.
        changes: whether the block halves the image and doubles the channels.
        last_gamma: of its last batch normalization; 0 silences the residual path.
        seed: of weights and input.

    Example:
        >>> block = small_block(changes=True)
        >>> [block.tensors[name].shape for name in (block.source, "stage2_block1_conv1")]
        [(1, 4, 4, 2), (1, 2, 2, 4)]
    """
    spec = ResNetSpec(
        stages=(1, 1) if changes else (1,),
        width=CHANNELS,
        residual=residual,
        shortcut=shortcut,
        order=order,
        input_size=PIXELS,
        channels=CHANNELS,
    )
    graph = build_graph(spec)
    nodes = graph.blocks()[f"stage{len(spec.stages)}_block1"]
    source = nodes[0].inputs[0]
    generator = np.random.default_rng(seed)
    x = generator.integers(-2, LARGEST_INPUT + 1, (1, PIXELS, PIXELS, CHANNELS)).astype(float)
    if order is Order.POST:
        x = np.maximum(x, 0)  # it comes from the ReLU of the block before
    shapes = {source: x.shape[1:], **{node.name: node.output_shape for node in nodes}}
    weights = {node.name: _weights(node, shapes[node.inputs[0]][-1], generator) for node in nodes}
    last = [node for node in nodes if node.kind == "BatchNormalization" and not node.on_shortcut][-1]
    weights[last.name]["gamma"] = np.full(shapes[last.name][-1], last_gamma)
    return SmallBlock(source, nodes, weights, compute(nodes, weights, {source: x}, training=True))


def _weights(node: Node, channels: int, generator: np.random.Generator) -> dict[str, np.ndarray]:
    match node.kind:
        case "Conv2D":
            size, filters = node.attributes["kernel_size"], node.attributes["filters"]
            return {"kernel": generator.integers(-1, 2, (size, size, channels, filters)).astype(float)}
        case "BatchNormalization":
            return {"gamma": np.ones(channels), "beta": np.zeros(channels)}
        case _:
            return {}
