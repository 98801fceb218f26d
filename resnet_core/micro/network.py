"""Plain and residual stacks of dense layers, forward and backward; networks of one shape compute side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from resnet_core.errors import SpecError
from resnet_core.micro.layers import Array, Norm, relu, relu_gradient

EPSILON = 1e-3
Order = Literal["post", "pre"]
Gate = Literal["none", "scaled", "zero_gamma", "skip_init"]


@dataclass(frozen=True)
class MicroSpec:
    """The shape that the networks of a stack share.

    Attributes:
        depth: layers with weights: one in, two a block, one out; even, 4 to 100.
        width: units of each hidden layer.
        batch_norm: normalize each hidden layer; without it they have biases.
        order: `post` normalizes and activates behind a layer and after the addition, `pre` before the layer.
        gate: what a residual path is multiplied with: nothing; one over the square root of the number of blocks; its
            last gamma, which starts at 0; a learned factor that starts at 0 (SkipInit, ReZero).
        survival: the chance of the last block to be kept in a training step; earlier blocks' lie between it and 1.
        momentum: of the moving statistics.
        inputs, outputs: units of the first and the last layer.

    Raises:
        SpecError: a value is out of its range.
    """

    depth: int = 20
    width: int = 16
    batch_norm: bool = True
    order: Order = "post"
    gate: Gate = "none"
    survival: float = 1.0
    momentum: float = 0.9
    inputs: int = 2
    outputs: int = 2

    def __post_init__(self) -> None:
        if self.depth % 2 or not 4 <= self.depth <= 100:
            raise SpecError(f"depth must be even and from 4 to 100, received {self.depth}: two layers make a block")
        if self.gate == "zero_gamma" and (not self.batch_norm or self.order == "pre"):
            raise SpecError(
                "gate zero_gamma needs batch_norm and the order post: it sets the last gamma of a block to 0"
            )

    @property
    def blocks(self) -> int:
        """How many blocks of two layers it has."""
        return self.depth // 2 - 1


class MicroStack:
    """Networks of one spec that differ in their seeds and in whether they have shortcuts.

    All of them compute at once: arrays have an axis for the networks in front. Networks of one seed start from the same
    weights, so a plain one and its residual twin differ in the shortcut alone. A stack starts from He's normal
    initialization.

    Args:
        spec: their shape.
        residual: whether each network has shortcuts.
        seeds: each network's seed.

    Attributes:
        flat: all trained numbers in one array; `weights` are views of it, by name, as `hidden` (2 blocks, networks,
            width, width).
    """

    def __init__(self, spec: MicroSpec, residual: Sequence[bool], seeds: Sequence[int], dtype: Any = np.float32):
        self.spec, self.residual, self.seeds = spec, tuple(residual), tuple(seeds)
        self.skip = np.array(self.residual, dtype).reshape(-1, 1, 1)
        count, w, layers = len(self.seeds), spec.width, 2 * spec.blocks
        shapes = {
            "first": (count, spec.inputs, w),
            "hidden": (layers, count, w, w),
            "last": (count, w, spec.outputs),
            "last_bias": (count, 1, spec.outputs),
            "gamma": (layers + 1, count, 1, w),
            "beta": (layers + 1, count, 1, w),
            "gate": (spec.blocks, count, 1, 1),
        }
        self._shapes = shapes
        self.flat = np.zeros(sum(int(np.prod(shape)) for shape in shapes.values()), dtype)
        self.weights = self.views(self.flat)
        self.norm = Norm((layers + 1, count, 1, w), spec.batch_norm, spec.momentum, EPSILON, dtype)
        for place, seed in enumerate(self.seeds):
            random = np.random.default_rng(seed)
            self.weights["first"][place] = random.normal(0, np.sqrt(2 / spec.inputs), shapes["first"][1:])
            self.weights["hidden"][:, place] = random.normal(0, np.sqrt(2 / w), (layers, w, w))
            self.weights["last"][place] = random.normal(0, np.sqrt(1 / w), shapes["last"][1:])
        self.weights["gamma"][:] = 1
        self.weights["gate"][:] = {"skip_init": 0.0, "scaled": spec.blocks**-0.5}.get(spec.gate, 1.0)
        self.weights["gate"][:, [not has for has in self.residual]] = 1
        if spec.gate == "zero_gamma":
            self.weights["gamma"][2::2, list(self.residual)] = 0

    def views(self, flat: Array) -> dict[str, Array]:
        """Return the parts of an array that is laid out as `flat`, by name."""
        parts, start = {}, 0
        for name, shape in self._shapes.items():
            size = int(np.prod(shape))
            parts[name] = flat[start : start + size].reshape(shape)
            start += size
        return parts

    def survivals(self) -> Array:
        """Return each block's chance to be kept in a step, falling along the depth (Huang et al. 2016)."""
        blocks = np.arange(1, self.spec.blocks + 1) / self.spec.blocks
        return 1 - blocks * (1 - self.spec.survival)

    def kept(self, random: np.random.Generator) -> Array | None:
        """Draw which blocks a training step keeps, (blocks, networks, 1, 1); None where all are. Plain ones stay."""
        if self.spec.survival == 1:
            return None
        drawn = random.random((self.spec.blocks, len(self.seeds), 1, 1)) < self.survivals().reshape(-1, 1, 1, 1)
        return (drawn | (self.skip == 0)).astype(self.flat.dtype)

    def forward(self, x: Array, *, training: bool = False, kept: Array | None = None, drop: int | None = None) -> Array:
        """Compute the outputs and keep what `backward` needs.

        Args:
            x: inputs (n, inputs), or (networks, n, inputs).
            training: normalize by the batch and move the moving statistics; else by the moving statistics.
            kept: what `kept` drew; None keeps all blocks: in training as they are, else by their chance.
            drop: a block, counted from 0, whose residual path (of a plain network, whose whole block) is left out.

        Shapes: (n, inputs) -> (networks, n, outputs).
        """
        spec, w = self.spec, self.weights
        x = np.broadcast_to(x, (len(self.seeds), *x.shape[-2:])).astype(self.flat.dtype, copy=False)
        post = spec.order == "post"
        h = x @ w["first"]
        first = None
        if post:
            first = self.norm.forward(0, h, w["gamma"][0], w["beta"][0], training)
            h = relu(first[0])
        blocks = []
        factors = self._factors(training, kept)
        for b in range(spec.blocks):
            h, cache = self._block(b, h, factors[b] * (b != drop), training, passes=b == drop)
            blocks.append(cache)
        head = None
        if not post:
            head = self.norm.forward(0, h, w["gamma"][0], w["beta"][0], training)
            h = relu(head[0])
        self._cache = (x, first, blocks, head, h, factors)
        return h @ w["last"] + w["last_bias"]

    def backward(self, outputs: Array) -> tuple[dict[str, Array], Array]:
        """Return the gradients of all weights, by name, and of the inputs, given those of the last outputs.

        Shapes: (networks, n, outputs) -> as the weights, and (networks, n, inputs).
        """
        w = self.weights
        gradients = self.views(np.zeros_like(self.flat))
        x, first, blocks, head, h, factors = self._cache
        gradients["last"][:] = _turned(h) @ outputs
        gradients["last_bias"][:] = outputs.sum(1, keepdims=True)
        d = outputs @ _turned(w["last"])
        if head is not None:
            d = self.norm.backward(0, relu_gradient(head[0], d), head, w["gamma"][0], gradients)
        for b in reversed(range(self.spec.blocks)):
            d = self._block_backward(b, d, blocks[b], factors[b], gradients)
        if first is not None:
            d = self.norm.backward(0, relu_gradient(first[0], d), first, w["gamma"][0], gradients)
        gradients["gate"] *= self.skip if self.spec.gate == "skip_init" else 0
        gradients["first"][:] = _turned(x) @ d
        return gradients, d @ _turned(w["first"])

    def _factors(self, training: bool, kept: Array | None) -> Array:
        if kept is not None:
            return kept
        factors = np.ones((self.spec.blocks, len(self.seeds), 1, 1), self.flat.dtype)
        if not training and self.spec.survival < 1:
            factors[:, list(self.residual)] = self.survivals().reshape(-1, 1, 1, 1)
        return factors

    def _block(self, b: int, h: Array, factor: Array, training: bool, passes: bool) -> tuple[Array, tuple]:
        w, i, j = self.weights, 2 * b, 2 * b + 1
        # A plain network whose block is left out hands its input on, or nothing would be left of it.
        skip = np.ones_like(self.skip) if passes else self.skip
        if self.spec.order == "post":
            one = self.norm.forward(j, h @ w["hidden"][i], w["gamma"][j], w["beta"][j], training)
            r = relu(one[0])
            two = self.norm.forward(j + 1, r @ w["hidden"][j], w["gamma"][j + 1], w["beta"][j + 1], training)
            summed = skip * h + factor * w["gate"][b] * two[0]
            return relu(summed), (h, one, r, two, summed)
        one = self.norm.forward(j, h, w["gamma"][j], w["beta"][j], training)
        r = relu(one[0])
        two = self.norm.forward(j + 1, r @ w["hidden"][i], w["gamma"][j + 1], w["beta"][j + 1], training)
        q = relu(two[0])
        path = q @ w["hidden"][j]
        return skip * h + factor * w["gate"][b] * path, (h, one, r, two, q, path)

    def _block_backward(self, b: int, d: Array, cache: tuple, factor: Array, gradients: dict[str, Array]) -> Array:
        w, i, j = self.weights, 2 * b, 2 * b + 1
        scale = factor * w["gate"][b]
        if self.spec.order == "post":
            h, one, r, two, summed = cache
            d = relu_gradient(summed, d)
            gradients["gate"][b] = (factor * d * two[0]).sum((1, 2), keepdims=True)
            e = self.norm.backward(j + 1, scale * d, two, w["gamma"][j + 1], gradients)
            gradients["hidden"][j] = _turned(r) @ e
            e = relu_gradient(one[0], e @ _turned(w["hidden"][j]))
            e = self.norm.backward(j, e, one, w["gamma"][j], gradients)
            gradients["hidden"][i] = _turned(h) @ e
            return self.skip * d + e @ _turned(w["hidden"][i])
        _h, one, r, two, q, path = cache
        gradients["gate"][b] = (factor * d * path).sum((1, 2), keepdims=True)
        e = scale * d
        gradients["hidden"][j] = _turned(q) @ e
        e = relu_gradient(two[0], e @ _turned(w["hidden"][j]))
        e = self.norm.backward(j + 1, e, two, w["gamma"][j + 1], gradients)
        gradients["hidden"][i] = _turned(r) @ e
        e = relu_gradient(one[0], e @ _turned(w["hidden"][i]))
        return self.skip * d + self.norm.backward(j, e, one, w["gamma"][j], gradients)


def layer_norms(gradients: dict[str, Array]) -> Array:
    """Return the norm of the gradient of each layer's weights, (depth, networks), from the first layer to the last."""
    first, last = (np.sqrt((gradients[name] ** 2).sum((1, 2)))[None] for name in ("first", "last"))
    return np.concatenate([first, np.sqrt((gradients["hidden"] ** 2).sum((2, 3))), last])


def _turned(x: Array) -> Array:
    return x.swapaxes(-1, -2)
