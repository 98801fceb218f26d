"""What papers and libraries report about the presets, each figure as it was printed, with its source."""

from dataclasses import dataclass
from typing import Literal

from resnet_core.families import HE_2015
from resnet_core.words import N_, percent, say

Quantity = Literal["params", "trainable", "macs", "train_error", "val_error", "test_error"]

ROUNDED = 0.025
"""The paper rounds inconsistently (34 layers: 3.6 for 3.66, 110 layers: 1.7M for 1.73M): equal means within 2.5 %."""


@dataclass(frozen=True)
class Published:
    """One reported figure.

    Attributes:
        quantity: what was counted or measured; errors are fractions 0..1.
        value: as a number.
        text: as printed.
        source: who printed it, and where.
        convention: what the figure counts.
        tolerance: the largest relative difference to an exact count that rounding explains; 0 for exact figures
            and for measurements.
    """

    quantity: Quantity
    value: float
    text: str
    source: str
    convention: str
    tolerance: float = 0.0

    def agrees(self, counted: float) -> bool:
        """Say whether an exact count rounds to this figure."""
        return abs(counted - self.value) <= self.tolerance * counted


@dataclass(frozen=True)
class Reading:
    """One tool's figure for the work of one forward pass of ResNet-50, in billions."""

    billions: float
    source: str
    convention: str


def _table(number: int) -> str:
    return say("{paper}, Table {number}", paper=HE_2015, number=number)


RESNET50_READINGS = (
    Reading(3.8, _table(1), N_("multiply-adds; stride on the first 1x1 convolution (v1)")),
    Reading(3.858, N_("an exact count of v1"), N_("multiply-adds; stride on the first 1x1 convolution")),
    Reading(4.089, N_("an exact count of v1.5; torchvision"), N_("multiply-adds; stride on the 3x3 convolution")),
    Reading(4.11, N_("fvcore and timm"), N_("multiply-adds of v1.5, batch normalization counted")),
    Reading(4.13, "ptflops", N_("multiply-adds of v1.5, element-wise layers counted")),
    Reading(7.755, N_("TensorFlow's profiler"), N_("floating-point operations of v1: 2 for each multiply-add")),
    Reading(8.18, N_("torchinfo at batch 2"), N_("multiply-adds of v1.5 for two images")),
)
"""One network, many "G": why a figure without its convention says little."""


def _top_1(error: float, table: int) -> Published:
    source = _table(table)
    return Published("val_error", error, percent(error, 2), source, N_("top-1 error on ImageNet, 10 crops"))


IMAGENET_ERRORS: dict[str, Published] = {
    "plain18": _top_1(0.2794, 2),
    "resnet18": _top_1(0.2788, 2),
    "plain34": _top_1(0.2854, 2),
    "resnet34-A": _top_1(0.2503, 3),
    "resnet34-B": _top_1(0.2452, 3),
    "resnet34-C": _top_1(0.2419, 3),
    "resnet50": _top_1(0.2285, 3),
}
"""Errors on ImageNet's validation images; the paper reports no plain network of 50 layers."""

WIDE_ERRORS: dict[int, Published] = {
    factor: Published(
        "test_error",
        error,
        percent(error, 2),
        say("{paper}, Table {number}", paper="Zagoruyko and Komodakis 2016, Wide Residual Networks", number=4),
        say("test error on CIFAR-10, 40 layers, {factor} times the width", factor=factor),
    )
    for factor, error in ((1, 0.0685), (2, 0.0533), (4, 0.0497))
}
"""What more width does at one depth."""


def published_for(preset: str) -> tuple[Published, ...]:
    """Return what was reported about a preset; nothing for presets and networks that nobody reported on.

    Example:
        >>> [figure.text for figure in published_for("resnet110")]
        ['1.7M', '6.43 % (6.61 ± 0.16 over 5 runs)']
    """
    return _BY_PRESET.get(preset, ())


_TABLE_1 = {18: 1.8e9, 34: 3.6e9, 50: 3.8e9, 101: 7.6e9, 152: 11.3e9}

_TABLE_6 = {
    20: (0.27e6, "0.27M", 0.0875, "8.75 %"),
    32: (0.46e6, "0.46M", 0.0751, "7.51 %"),
    44: (0.66e6, "0.66M", 0.0717, "7.17 %"),
    56: (0.85e6, "0.85M", 0.0697, "6.97 %"),
    110: (1.7e6, "1.7M", 0.0643, N_("6.43 % (6.61 ± 0.16 over 5 runs)")),
    1202: (19.4e6, "19.4M", 0.0793, "7.93 %"),
}

_TORCHVISION = {18: 11_689_512, 34: 21_797_672, 50: 25_557_032, 101: 44_549_160, 152: 60_192_808}

_KERAS = {50: (25_636_712, 25_583_592), 101: (44_707_176, 44_601_832), 152: (60_419_944, 60_268_520)}


def _cifar(params: float, text: str, error: float, error_text: str) -> tuple[Published, ...]:
    source = _table(6)
    return (
        Published("params", params, text, source, N_("parameters, rounded"), ROUNDED),
        Published("test_error", error, error_text, source, N_("best test error on CIFAR-10 with crops and flips")),
    )


def _imagenet(depth: int) -> tuple[Published, ...]:
    billions = _TABLE_1[depth]
    return (
        Published("macs", billions, f"{billions / 1e9:.1f} × 10⁹", _table(1), N_("multiply-adds, rounded"), ROUNDED),
        _torchvision(depth),
    )


def _torchvision(depth: int) -> Published:
    params = _TORCHVISION[depth]
    return Published("trainable", params, f"{params:,}", f"torchvision.models.resnet{depth}", N_("trained parameters"))


def _keras(depth: int) -> tuple[Published, ...]:
    source = f"keras.applications.ResNet{depth}"
    params, trainable = _KERAS[depth]
    return (
        Published("params", params, f"{params:,}", source, N_("all parameters, moving statistics included")),
        Published(
            "trainable", trainable, f"{trainable:,}", source, N_("trained parameters, convolution biases included")
        ),
    )


def _study_notes() -> tuple[Published, ...]:
    source = N_("the study notes this project grew from")
    return (
        Published("params", 295_306, "295,306", source, N_("all parameters, moving statistics included")),
        Published("trainable", 293_738, "293,738", source, N_("trained parameters, convolution biases included")),
        Published("train_error", 0.09, N_("91 % correct"), source, N_("training images, Nadam without augmentation")),
        Published("val_error", 0.24, N_("76 % correct"), source, N_("validation images, the same run")),
        Published("test_error", 0.26, N_("74 % correct"), source, N_("test images, the same run")),
    )


_BY_PRESET: dict[str, tuple[Published, ...]] = {
    **{f"resnet{depth}": _cifar(*row) for depth, row in _TABLE_6.items()},
    **{f"resnet{depth}": _imagenet(depth) for depth in _TABLE_1},
    **{f"resnet{depth}_v1_5": (_torchvision(depth),) for depth in (50, 101, 152)},
    **{f"keras_resnet{depth}": _keras(depth) for depth in _KERAS},
    "study_resnet20_nadam": _study_notes(),
}
