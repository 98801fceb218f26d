"""The choices that a spec is made of: one type each, so that a wrong word cannot be typed."""

from enum import StrEnum


class Block(StrEnum):
    """The residual function: two 3x3 convolutions, or 1x1 - 3x3 - 1x1 with four times the channels at its end."""

    BASIC = "basic"
    BOTTLENECK = "bottleneck"

    @property
    def convolutions(self) -> int:
        """Convolutions on the residual path."""
        return 2 if self is Block.BASIC else 3

    @property
    def expansion(self) -> int:
        """Output channels over inner channels."""
        return 1 if self is Block.BASIC else 4


class Shortcut(StrEnum):
    """What passes a block by where the shape changes (A, B, conv3x3) or everywhere (C)."""

    A = "A"
    B = "B"
    C = "C"
    CONV3X3 = "conv3x3"


class Stem(StrEnum):
    """The layers before the first stage: one 3x3 convolution, or 7x7 with stride 2 and max pooling."""

    CIFAR = "cifar"
    IMAGENET = "imagenet"


class StrideOn(StrEnum):
    """The bottleneck convolution that halves the image: the first 1x1 (v1, the paper) or the 3x3 (v1.5)."""

    FIRST = "first"
    CONV3X3 = "conv3x3"


class Order(StrEnum):
    """Batch normalization and ReLU after each convolution (v1), or before it (v2, full pre-activation)."""

    POST = "post"
    PRE = "pre"


class Padding(StrEnum):
    """Keras' own `same` padding, or ZeroPadding2D layers before each strided convolution and the stem."""

    SAME = "same"
    EXPLICIT = "explicit"
