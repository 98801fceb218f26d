"""A graph as a picture at three depths.

Every text in a picture is made here from a spec's numbers and choices; nothing that a visitor typed gets into it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from resnet_core.choices import Block
from resnet_core.dot import Format, render, write_dot
from resnet_core.graph import Graph, Node, Shape
from resnet_core.layout import GAP, Arrow, Box, Layout, Unit, arrange

__all__ = ["Detail", "Drawing", "Format", "draw", "layer_label", "render", "shape_label", "to_dot"]


class Detail(StrEnum):
    """How deep a picture looks: a box for each part, for each block, or for each layer."""

    STAGES = "stages"
    BLOCKS = "blocks"
    LAYERS = "layers"


@dataclass(frozen=True)
class Drawing:
    """A network with a place for everything.

    Attributes:
        title: the spec's name.
        layout: boxes named by their addresses, arrows and frames, in points.
    """

    title: str
    detail: Detail
    layout: Layout

    @property
    def dot(self) -> str:
        """DOT text that keeps every place."""
        return write_dot(self.title, self.layout)

    def render(self, format: Format) -> bytes:
        """Return the picture as SVG, PNG or PDF."""
        return render(self.dot, format)


def draw(graph: Graph, detail: Detail | str = Detail.BLOCKS) -> Drawing:
    """Lay out a network as a picture.

    Args:
        graph: what to draw.
        detail: stages: boxes `stem`, `stage1`, ..., `head`; blocks: `stem`, `stage1_block1`, ..., `head`, with each sum
            and each shortcut that is not an identity under the name of its layer; layers: every layer under its name.
    """
    match Detail(detail):
        case Detail.STAGES:
            return Drawing(graph.spec.name, Detail.STAGES, arrange(*_stages(graph), tallest=None))
        case Detail.BLOCKS:
            return Drawing(graph.spec.name, Detail.BLOCKS, arrange(*_blocks(graph), tallest=700))
        case Detail.LAYERS:
            return Drawing(graph.spec.name, Detail.LAYERS, arrange(*_layers(graph), tallest=1_000))


def to_dot(graph: Graph, detail: Detail | str = Detail.BLOCKS) -> str:
    """Return a network's picture as DOT text."""
    return draw(graph, detail).dot


def layer_label(node: Node) -> str:
    """Say what a layer is in a few words, as `Conv 3x3, 32, /2`."""
    a = node.attributes
    step = f", /{a['strides']}" if a.get("strides", 1) > 1 else ""
    match node.kind:
        case "InputLayer":
            return "Input"
        case "ZeroPadding2D":
            return f"Zero padding {a['padding']}"
        case "Conv2D":
            return f"Conv {a['kernel_size']}x{a['kernel_size']}, {a['filters']}{step}"
        case "BatchNormalization":
            return "Batch norm"
        case "Activation":
            return "ReLU"
        case "MaxPooling2D":
            return f"Max pool {a['pool_size']}x{a['pool_size']}{step}"
        case "GlobalAveragePooling2D":
            return "Average pool"
        case "Dense":
            return f"Dense, {a['units']}"
        case "PadShortcut":
            return f"Zero-pad to {a['filters']}{step}"
        case _:
            return node.kind


def shape_label(shape: Shape) -> str:
    """Write a shape as `16x16x32`."""
    return "x".join(map(str, shape))


Plan = tuple[list[Unit], list[Arrow]]


def _stages(graph: Graph) -> Plan:
    """One box for each row of the paper's Table 1."""
    units = []
    for part, nodes in graph.stages().items():
        label = [part, _weights(nodes), shape_label(nodes[-1].output_shape)]
        if nodes[0].stage:
            count = graph.spec.stages[nodes[0].stage - 1]
            first = [node for node in nodes if node.block == 1 and not node.on_shortcut]
            label[1:2] = [f"{count} {_block_kind(graph)} {'block' if count == 1 else 'blocks'}", _weights(first)]
        units.append(_single(part, tuple(label)))
    parts = [unit.part for unit in units]
    return units, [Arrow(a, b) for a, b in pairwise(parts)]


def _blocks(graph: Graph) -> Plan:
    """A box for the residual path of each block, a circle for its sum and an arrow around both for its shortcut."""
    parts = graph.stages()
    units = [_single("stem", _part_label("stem", parts["stem"]))]
    arrows: list[Arrow] = []
    last = "stem"
    for address, nodes in graph.blocks().items():
        path = [node for node in nodes if not node.on_shortcut]
        title = f"{_block_kind(graph).capitalize()} block {path[0].block}"
        boxes = [_box(address, (title, _weights(path), shape_label(path[-1].output_shape)), "block")]
        arrows.append(Arrow(last, address))
        if graph.spec.residual:
            total = f"{address}_add"
            boxes.append(_box(total, ("+",), "Add", top=boxes[0].bottom + GAP))
            arrows.append(Arrow(address, total))
            # A shortcut is an arrow, with a box on it where it does more than pass its input on.
            aside = next((node for node in nodes if node.on_shortcut and node.kind in ("Conv2D", "PadShortcut")), None)
            if aside:
                boxes.append(replace(_box(aside.name, (layer_label(aside),), aside.kind, lane=1), y=boxes[0].y))
                arrows += [Arrow(last, aside.name, True), Arrow(aside.name, total, True)]
            else:
                arrows.append(Arrow(last, total, True))
            last = total
        else:
            last = address
        units.append(Unit(f"stage{path[0].stage}", tuple(boxes)))
    arrows.append(Arrow(last, "head"))
    return [*units, _single("head", _part_label("head", parts["head"]))], arrows


def _layers(graph: Graph) -> Plan:
    """A box for each layer; those of a shortcut stand beside the layers that they pass by."""
    parts = graph.stages()
    groups = [("stem", parts["stem"])]
    groups += [(nodes[0].part, nodes) for nodes in graph.blocks().values()]
    groups.append(("head", parts["head"]))
    units = []
    for part, nodes in groups:
        next_top = [0.0, 0.0]
        bottoms: dict[str, float] = {}
        boxes = []
        for node in sorted(nodes, key=lambda node: node.on_shortcut):
            lane = int(node.on_shortcut)
            # A shortcut's layer stands lower than the layer of its block that it reads.
            top = max([next_top[lane], *(bottoms[name] + GAP for name in node.inputs if name in bottoms)])
            box = _box(node.name, (layer_label(node), shape_label(node.output_shape)), node.kind, lane=lane, top=top)
            bottoms[node.name] = box.bottom
            next_top[lane] = box.bottom + GAP
            boxes.append(box)
        units.append(Unit(part, tuple(boxes)))
    arrows = [
        Arrow(name, node.name, node.on_shortcut or (node.kind == "Add" and place == 1))
        for node in graph.nodes
        for place, name in enumerate(node.inputs)
    ]
    return units, arrows


def _single(part: str, label: tuple[str, ...]) -> Unit:
    style = "block" if part.startswith("stage") else part
    return Unit(part, (_box(part, label, style),), framed=False)


def _part_label(part: str, nodes: tuple[Node, ...]) -> tuple[str, ...]:
    return part, _weights(nodes), shape_label(nodes[-1].output_shape)


def _box(name: str, label: tuple[str, ...], style: str, *, lane: int = 0, top: float = 0.0) -> Box:
    """Make a box that is large enough for its text: lines of 13 points, characters of 5.6 points at most on average."""
    if label == ("+",):
        return Box(name, label, style, 20.0, 20.0, y=top + 10, round=True)
    least = {1: 90.0, 2: 118.0}.get(len(label), 176.0)
    width = max(least, *(5.6 * len(line) for line in label))
    height = 13.0 * len(label) + 7
    return Box(name, label, style, width, height, lane, y=top + height / 2)


def _weights(nodes: Sequence[Node]) -> str:
    """List convolutions, pooling and the dense layer in the paper's notation, as `3x3, 32 - 3x3, 32`."""
    shown = [node for node in nodes if node.kind in ("Conv2D", "MaxPooling2D", "GlobalAveragePooling2D", "Dense")]
    return " - ".join(layer_label(node).removeprefix("Conv ") for node in shown)


def _block_kind(graph: Graph) -> str:
    kind = "bottleneck" if graph.spec.block is Block.BOTTLENECK else "basic"
    return kind if graph.spec.residual else f"plain {kind}"
