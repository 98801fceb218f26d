"""One block by itself, as it stands in the middle of a stage, to be counted and compared."""

from dataclasses import dataclass

from resnet_core.choices import Block
from resnet_core.costs import Cost, Costs, count_costs
from resnet_core.graph import Node, build_graph
from resnet_core.spec import ResNetSpec


@dataclass(frozen=True)
class LoneBlock:
    """A block whose shortcut is the identity.

    Attributes:
        nodes: its layers in order.
        costs: of the network that it was taken from.
    """

    nodes: tuple[Node, ...]
    costs: Costs

    @property
    def convolutions(self) -> tuple[Node, ...]:
        """Its convolutions in order."""
        return tuple(node for node in self.nodes if node.kind == "Conv2D")

    @property
    def total(self) -> Cost:
        """Its convolutions, batch normalizations, activations and sum."""
        return self.costs.of(self.nodes)

    def channels_in(self, node: Node) -> int:
        """Return the channels that one of its layers reads."""
        return self.costs.graph.node(node.inputs[0]).output_shape[-1]


def lone_block(block: Block, inner: int, pixels: int) -> LoneBlock:
    """Count one block.

    Args:
        block: basic or bottleneck.
        inner: channels of its 3x3 convolutions; outside, a bottleneck has four times as many.
        pixels: height and width of the tensors in it.

    Raises:
        SpecError: it would be too large.

    Example:
        >>> [node.output_shape for node in lone_block(Block.BOTTLENECK, 64, 56).convolutions]
        [(56, 56, 64), (56, 56, 64), (56, 56, 256)]
    """
    # The second block of a stage: what comes in already has the channels that go out.
    spec = ResNetSpec(stages=(2,), width=inner, block=block, input_size=pixels)
    graph = build_graph(spec)
    return LoneBlock(graph.blocks()["stage1_block2"], count_costs(graph))
