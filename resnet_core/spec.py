"""ResNetSpec: one network, described by the choices a reader makes."""

import hashlib
import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from resnet_core.choices import Block, Order, Padding, Shortcut, Stem, StrideOn
from resnet_core.errors import SpecError, one_line

MAX_LAYERS = 2_000
MAX_PARAMS = 200_000_000
MAX_PIXELS = 512


class ResNetSpec(BaseModel):
    """Describe a residual network, or its plain twin.

    Args:
        stages: blocks in each stage; every stage after the first halves the image and doubles the channels.
        width: inner channels of the first stage.
        block: basic or bottleneck.
        residual: False leaves the shortcuts out: the plain twin.
        shortcut: A zero-padded identity; B projection where the shape changes; C projections everywhere;
            conv3x3 a 3x3 projection where the shape changes.
        stem: cifar or imagenet.
        stride_on: where a bottleneck halves the image: first (v1) or conv3x3 (v1.5). Basic blocks use their first.
        order: post (v1) or pre (full pre-activation).
        batch_norm: whether a BatchNormalization follows each convolution.
        bn_momentum: weight of the past in the moving statistics, 0..1 (0.9 suits short runs; Keras' default is 0.99).
        bn_epsilon: added to the variance.
        conv_bias: whether convolutions have a bias.
        padding: same, or explicit ZeroPadding2D layers.
        zero_gamma: start the last BatchNormalization of each residual path at gamma 0.
        input_size: height and width of the square input, in pixels.
        channels: input channels.
        classes: outputs.

    Raises:
        SpecError: from `make_spec`, with one line that says what was received, what is allowed and what to do.

    Source: He et al. 2015 (shortcuts A, B, C: section 3.3; bottleneck: Figure 5); He et al. 2016 (pre-activation);
        Goyal et al. 2017 (zero gamma).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stages: Annotated[tuple[int, ...], Field(min_length=1, max_length=8)] = (3, 3, 3)
    width: int = Field(16, ge=1, le=2048)
    block: Block = Block.BASIC
    residual: bool = True
    shortcut: Shortcut = Shortcut.A
    stem: Stem = Stem.CIFAR
    stride_on: StrideOn = StrideOn.FIRST
    order: Order = Order.POST
    batch_norm: bool = True
    bn_momentum: float = Field(0.9, ge=0, lt=1, allow_inf_nan=False)
    bn_epsilon: float = Field(1e-5, gt=0, le=1, allow_inf_nan=False)
    conv_bias: bool = False
    padding: Padding = Padding.SAME
    zero_gamma: bool = False
    input_size: int = Field(32, ge=1, le=MAX_PIXELS)
    channels: int = Field(3, ge=1, le=16)
    classes: int = Field(10, ge=2, le=100_000)

    @model_validator(mode="after")
    def _within_limits(self) -> "ResNetSpec":
        if min(self.stages) < 1:
            raise ValueError(f"stages must all be >= 1, received {self.stages}: give each stage at least one block")
        if self.depth > MAX_LAYERS:
            raise ValueError(f"{self.depth:,} layers received, at most {MAX_LAYERS:,} are allowed: use fewer blocks")
        if self.input_size < self.total_stride:
            ways = [f"at least {self.total_stride} pixels"]
            ways += ["fewer stages"] * (len(self.stages) > 1) + ["the cifar stem (3x3)"] * (self.stem is Stem.IMAGENET)
            raise ValueError(
                f"an image of {self.input_size} pixels is too small for strides of {self.total_stride} in all: "
                f"use {' or '.join(ways)}"
            )
        weights = self._weights()
        if weights > MAX_PARAMS:
            raise ValueError(
                f"about {weights:,} parameters received, at most {MAX_PARAMS:,} are allowed: "
                "use less width, fewer blocks or fewer classes"
            )
        if self.zero_gamma and not (self.batch_norm and self.residual):
            raise ValueError(
                f"zero_gamma needs batch_norm and residual, received batch_norm={self.batch_norm} and "
                f"residual={self.residual}: switch zero_gamma off"
            )
        return self

    @property
    def depth(self) -> int:
        """Layers with weights on the main path, as the paper counts: convolutions and the dense layer."""
        return sum(self.stages) * self.block.convolutions + 2

    @property
    def total_stride(self) -> int:
        """By how much the network reduces the image's height and width before its head."""
        return (4 if self.stem is Stem.IMAGENET else 1) * 2 ** (len(self.stages) - 1)

    @property
    def name(self) -> str:
        """A readable name that tells apart the specs that a reader compares, as `resnet56-16px` or `plain20-B`."""
        parts = [f"{'resnet' if self.residual else 'plain'}{self.depth}"]
        imagenet = self.stem is Stem.IMAGENET
        if len(self.stages) != (4 if imagenet else 3):
            parts.append("x".join(map(str, self.stages)))
        if self.width != (64 if imagenet else 16):
            parts.append(f"w{self.width}")
        if self.block is Block.BOTTLENECK and not imagenet:
            parts.append("bottleneck")
        if self.residual and self.shortcut is not (Shortcut.B if imagenet else Shortcut.A):
            parts.append(self.shortcut.value)
        if self.block is Block.BOTTLENECK and self.stride_on is StrideOn.CONV3X3:
            parts.append("v1.5")
        if self.order is Order.PRE:
            parts.append("pre")
        if not self.batch_norm:
            parts.append("nobn")
        if self.conv_bias:
            parts.append("bias")
        if self.padding is Padding.EXPLICIT:
            parts.append("padded")
        if self.zero_gamma:
            parts.append("zerogamma")
        if self.input_size != (224 if imagenet else 32):
            parts.append(f"{self.input_size}px")
        return "-".join(parts)

    @property
    def key(self) -> str:
        """Twelve hexadecimal digits that are equal for equal specs, on every machine."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]

    def changed(self, **fields: Any) -> "ResNetSpec":
        """Return the same network but for some fields.

        Raises:
            SpecError: as `make_spec`.
        """
        return make_spec(self.model_dump() | fields)

    def plain_twin(self) -> "ResNetSpec":
        """Return the same network without shortcuts."""
        return self.changed(residual=False, zero_gamma=False)

    def residual_twin(self) -> "ResNetSpec":
        """Return the same network with shortcuts.

        Raises:
            SpecError: the weights of its projections are more than a network may have.
        """
        return self.changed(residual=True)

    def twin(self) -> "ResNetSpec":
        """Return the plain twin of a residual network, and the residual twin of a plain one.

        Raises:
            SpecError: as `residual_twin`.
        """
        return self.plain_twin() if self.residual else self.residual_twin()

    def to_query(self) -> dict[str, str]:
        """Return the fields that differ from the defaults as URL parameters.

        Example:
            >>> ResNetSpec(stages=(2, 2), residual=False).to_query()
            {'stages': '2-2', 'residual': '0'}
        """
        query = {}
        for field, info in type(self).model_fields.items():
            value = getattr(self, field)
            if value != info.default:
                query[field] = _to_text(value)
        return query

    @classmethod
    def from_query(cls, query: dict[str, str]) -> "ResNetSpec":
        """Read a spec back from URL parameters; fields that are missing take their defaults.

        Raises:
            SpecError: a field is unknown or its text cannot be read.
        """
        return make_spec({field: _from_text(field, text) for field, text in query.items()})

    def _weights(self) -> int:
        """Count the weights of convolutions and the dense layer: enough to bound a network without its graph."""
        inner, out = self.width, self.width
        if self.stem is Stem.CIFAR:
            total = 9 * self.channels * self.width
        else:
            total = 49 * self.channels * self.width
        for stage, blocks in enumerate(self.stages):
            inner = self.width * 2**stage
            before, out = out, inner * self.block.expansion
            if self.block is Block.BASIC:
                first, later = 9 * inner * (before + inner), 18 * inner * inner
            else:
                first, later = inner * (before + 9 * inner + out), inner * (out + 9 * inner + out)
            total += first + (blocks - 1) * later
            everywhere = self.shortcut is Shortcut.C
            if self.residual and self.shortcut is not Shortcut.A and (stage > 0 or before != out or everywhere):
                total += (9 if self.shortcut is Shortcut.CONV3X3 else 1) * before * out
            if self.residual and everywhere:
                total += (blocks - 1) * out * out
        return total + out * self.classes


def make_spec(values: dict[str, Any]) -> ResNetSpec:
    """Build a ResNetSpec from untrusted values.

    Raises:
        SpecError: a field is unknown, out of bounds or contradicts another.
    """
    if not isinstance(values, dict):
        raise SpecError(f"a spec is a JSON object of fields, received {type(values).__name__}: write {{...}}")
    unknown = sorted(set(values) - set(ResNetSpec.model_fields))
    if unknown:
        raise SpecError(f"unknown field {str(unknown[0])[:60]!r}: a spec has {', '.join(ResNetSpec.model_fields)}")
    try:
        return ResNetSpec(**values)
    except ValidationError as error:
        raise SpecError(one_line(error)) from error


def parse_spec(text: str) -> ResNetSpec:
    """Read a spec from JSON text.

    Raises:
        SpecError: the text is not JSON, or not a spec.
    """
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise SpecError(
            f"the spec is not valid JSON ({error.msg} at line {error.lineno}, column {error.colno}): correct it there"
        ) from error
    except ValueError as error:  # a number of more digits than Python converts
        raise SpecError("the spec has a number of thousands of digits: no field of a spec is so large") from error
    except RecursionError as error:
        raise SpecError("the spec is nested too deeply to be JSON of a spec: write one flat object") from error
    return make_spec(values)


def _to_text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return "-".join(map(str, value))
    return str(value)


def _from_text(field: str, text: str) -> Any:
    info = ResNetSpec.model_fields.get(field)
    if info is None:
        return text
    if field == "stages":
        try:
            return tuple(int(part) for part in text.split("-"))
        except ValueError:
            raise SpecError(f"stages {text!r} cannot be read: write blocks per stage as 3-3-3") from None
    return text
