"""A spec as a graph of named layers; reads like the paper's figure: stem, stages, blocks, shortcut, head."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from resnet_core.choices import Block, Order, Padding, Shortcut, Stem, StrideOn
from resnet_core.spec import ResNetSpec

Shape = tuple[int, ...]

_ADDRESS = re.compile(r"stage(\d+)_block(\d+)_")


@dataclass(frozen=True, slots=True)
class Node:
    """One layer.

    Attributes:
        name: its address, as `stage2_block1_conv1`.
        kind: the Keras class name, or PadShortcut for option A.
        inputs: names of the layers it reads, in order.
        output_shape: (h, w, c) of one image, or (classes,) / (c,) in the head.
        attributes: the layer's settings under Keras' own argument names.
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    output_shape: Shape
    attributes: MappingProxyType[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    @property
    def stage(self) -> int:
        """Stage counted from 1; 0 outside of stages."""
        match = _ADDRESS.match(self.name)
        return int(match[1]) if match else 0

    @property
    def block(self) -> int:
        """Block within its stage, counted from 1; 0 outside of stages."""
        match = _ADDRESS.match(self.name)
        return int(match[2]) if match else 0

    @property
    def part(self) -> str:
        """`stem`, `stage1`, `stage2`, ... or `head`: the row of the paper's table that it belongs to."""
        return f"stage{self.stage}" if self.stage else ("stem" if self.name.startswith(("input", "stem")) else "head")

    @property
    def on_shortcut(self) -> bool:
        """Whether the layer lies on a block's shortcut."""
        return "_shortcut_" in self.name


@dataclass(frozen=True)
class Graph:
    """All layers of a network in an order in which they can be computed."""

    spec: ResNetSpec
    nodes: tuple[Node, ...]

    @cached_property
    def _by_name(self) -> dict[str, Node]:
        return {node.name: node for node in self.nodes}

    def node(self, name: str) -> Node:
        """Return a layer by its name.

        Raises:
            KeyError: the network has no such layer.
        """
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def blocks(self) -> dict[str, tuple[Node, ...]]:
        """Return the layers of each block under `stageS_blockB`, in order."""
        groups: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.block:
                groups.setdefault(f"stage{node.stage}_block{node.block}", []).append(node)
        return {name: tuple(nodes) for name, nodes in groups.items()}

    def stages(self) -> dict[str, tuple[Node, ...]]:
        """Return the layers of each part (`stem`, `stage1`, ..., `head`), in order."""
        groups: dict[str, list[Node]] = {}
        for node in self.nodes:
            groups.setdefault(node.part, []).append(node)
        return {name: tuple(nodes) for name, nodes in groups.items()}


def build_graph(spec: ResNetSpec) -> Graph:
    """Lay out every layer of a network.

    Shapes: of one image, channels last: (h, w, c).

    Example:
        >>> build_graph(ResNetSpec(stages=(1,))).node("stage1_block1_add").inputs
        ('stage1_block1_bn2', 'stem_relu')
    """
    builder = _Builder(spec)
    x = _stem(builder)
    for stage, blocks in enumerate(spec.stages, start=1):
        x = _stage(builder, x, stage, blocks)
    _head(builder, x)
    return Graph(spec, tuple(builder.nodes))


def _stem(b: "_Builder") -> Node:
    spec = b.spec
    size, strides = (3, 1) if spec.stem is Stem.CIFAR else (7, 2)
    x = b.add("input", "InputLayer", (), (spec.input_size, spec.input_size, spec.channels))
    explicit = spec.padding is Padding.EXPLICIT
    if explicit:
        x = b.pad("stem_pad", x, size // 2)
    x = b.conv("stem_conv", x, spec.width, size, strides, padded=explicit)
    if spec.order is Order.POST:
        x = b.relu("stem_relu", b.norm("stem_bn", x))
    if spec.stem is Stem.IMAGENET:
        if explicit:
            x = b.pad("stem_pool_pad", x, 1)
        x = b.pool("stem_pool", x, padded=explicit)
    return x


def _stage(b: "_Builder", x: Node, stage: int, blocks: int) -> Node:
    for block in range(1, blocks + 1):
        strides = 2 if stage > 1 and block == 1 else 1
        x = _block(b, x, f"stage{stage}_block{block}", b.spec.width * 2 ** (stage - 1), strides)
    return x


def _block(b: "_Builder", x: Node, address: str, filters: int, strides: int) -> Node:
    """Compute the residual path, keep the shortcut first and add it last."""
    spec = b.spec
    if spec.order is Order.PRE:
        y = b.relu(f"{address}_relu1", b.norm(f"{address}_bn1", x))
    else:
        y = x
    # The first activation of a pre-activation block feeds its projection too; an identity passes the raw input on.
    projected = y
    kernels = (3, 3) if spec.block is Block.BASIC else (1, 3, 1)
    strided = 2 if spec.block is Block.BOTTLENECK and spec.stride_on is StrideOn.CONV3X3 else 1
    shared_pad = None
    for i, size in enumerate(kernels, start=1):
        if spec.order is Order.PRE and i > 1:
            y = b.relu(f"{address}_relu{i}", b.norm(f"{address}_bn{i}", y, last=i == len(kernels)))
        step = strides if i == strided else 1
        out = filters * spec.block.expansion if i == len(kernels) else filters
        padded = spec.padding is Padding.EXPLICIT and step > 1 and size > 1
        if padded:
            before = y
            y = b.pad(f"{address}_pad", y, size // 2)
            shared_pad = y if before is projected else None
        y = b.conv(f"{address}_conv{i}", y, out, size, step, padded=padded)
        if spec.order is Order.POST:
            y = b.norm(f"{address}_bn{i}", y, last=i == len(kernels))
            if i < len(kernels):
                y = b.relu(f"{address}_relu{i}", y)
    if spec.residual:
        kept = _shortcut(b, x, projected, shared_pad, address, y.output_shape, strides)
        y = b.add(f"{address}_add", "Add", (y, kept), y.output_shape)
    return y if spec.order is Order.PRE else b.relu(f"{address}_relu", y)


def _shortcut(
    b: "_Builder", x: Node, projected: Node, shared_pad: Node | None, address: str, shape: Shape, strides: int
) -> Node:
    spec = b.spec
    changes = x.output_shape != shape
    if not changes and spec.shortcut is not Shortcut.C:
        return x
    match spec.shortcut:
        case Shortcut.A:
            attributes = {"filters": shape[-1], "strides": strides}
            return b.add(f"{address}_shortcut_pad", "PadShortcut", (x,), shape, **attributes)
        case Shortcut.B | Shortcut.C:
            y = b.conv(f"{address}_shortcut_conv", projected, shape[-1], 1, strides)
        case Shortcut.CONV3X3:
            padded = spec.padding is Padding.EXPLICIT and strides > 1
            if padded:
                projected = shared_pad or b.pad(f"{address}_shortcut_pad", projected, 1)
            y = b.conv(f"{address}_shortcut_conv", projected, shape[-1], 3, strides, padded=padded)
    # He et al. 2016 leave the shortcut of a pre-activation block without normalization.
    return y if spec.order is Order.PRE else b.norm(f"{address}_shortcut_bn", y)


def _head(b: "_Builder", x: Node) -> None:
    if b.spec.order is Order.PRE:
        x = b.relu("head_relu", b.norm("head_bn", x))
    x = b.add("head_pool", "GlobalAveragePooling2D", (x,), (x.output_shape[-1],))
    b.add("head_dense", "Dense", (x,), (b.spec.classes,), units=b.spec.classes)


@dataclass
class _Builder:
    """Collects nodes and works out their shapes."""

    spec: ResNetSpec
    nodes: list[Node] = field(default_factory=list)

    def add(self, name: str, kind: str, inputs: tuple[Node, ...], shape: Shape, **attributes: Any) -> Node:
        node = Node(name, kind, tuple(x.name for x in inputs), shape, MappingProxyType(attributes))
        self.nodes.append(node)
        return node

    def conv(self, name: str, x: Node, filters: int, size: int, strides: int, padded: bool = False) -> Node:
        return self.add(
            name,
            "Conv2D",
            (x,),
            (*_window(x, size, strides, padded), filters),
            filters=filters,
            kernel_size=size,
            strides=strides,
            padding="valid" if padded else "same",
            use_bias=self.spec.conv_bias,
        )

    def norm(self, name: str, x: Node, last: bool = False) -> Node:
        """Add a BatchNormalization, or nothing where the spec has none."""
        spec = self.spec
        if not spec.batch_norm:
            return x
        gamma = "zeros" if last and spec.zero_gamma else "ones"
        attributes = {"momentum": spec.bn_momentum, "epsilon": spec.bn_epsilon, "gamma_initializer": gamma}
        return self.add(name, "BatchNormalization", (x,), x.output_shape, **attributes)

    def relu(self, name: str, x: Node) -> Node:
        return self.add(name, "Activation", (x,), x.output_shape, activation="relu")

    def pad(self, name: str, x: Node, pixels: int) -> Node:
        h, w, c = x.output_shape
        return self.add(name, "ZeroPadding2D", (x,), (h + 2 * pixels, w + 2 * pixels, c), padding=pixels)

    def pool(self, name: str, x: Node, padded: bool) -> Node:
        shape = (*_window(x, 3, 2, padded), x.output_shape[-1])
        padding = "valid" if padded else "same"
        return self.add(name, "MaxPooling2D", (x,), shape, pool_size=3, strides=2, padding=padding)


def _window(x: Node, size: int, strides: int, padded: bool) -> tuple[int, int]:
    """Return height and width after a sliding window: `valid` where the input was padded before, else `same`."""
    h, w, _ = x.output_shape
    if padded:
        return (h - size) // strides + 1, (w - size) // strides + 1
    return -(-h // strides), -(-w // strides)
