"""Values of the labs about blocks, shapes and costs."""

from typing import Literal, get_args

from pydantic import Field

from resnet_core.lessons.labs.values import LabValues
from resnet_core.recipes import RECIPES

_PAPER = RECIPES["paper"]

ImageNet = Literal["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]
AnyOf = Literal["resnet20", "resnet32", "resnet44", "resnet56", "resnet110", "resnet18", "resnet34", "resnet50"]
Pixels = Literal[7, 14, 28, 56]
"""The sizes of the paper's four stages at 224x224 pixels."""

Rate = Literal[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5]  # type: ignore[valid-type]
Blocks = Literal[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18, 25, 50, 100, 200]
Batch = Literal[1, 2, 4, 8, 16, 32, 64, 128, 256]

_NETWORKS = {f"resnet{depth}": f"ResNet-{depth}" for depth in (18, 20, 32, 34, 44, 50, 56, 101, 110, 152)}
_PIXELS = {size: f"{size} × {size}" for size in (7, 14, 28, 56)}
_SHORTCUTS = {"A": "A: zeros", "B": "B: 1×1", "C": "C: all 1×1"}
_OPTIONS = (
    "A appends channels of zeros where the shape changes, B projects there by a 1×1 convolution, "
    "C projects in every block."
)
_STRIDES = {"first": "First 1×1 (v1, the paper)", "conv3x3": "3×3 (v1.5)"}


def _labels(labels: dict, **more: str) -> dict:
    return {"labels": labels, **more}


class BlockTensorsValues(LabValues):
    """Which block is computed, how far, and which of its numbers is explained; places are counted from 1.

    How far a block goes, and how large a tensor is, depends on the fields above.
    """

    network: Literal["residual", "plain"] = Field(
        "residual", title="Block", json_schema_extra=_labels({"residual": "Residual", "plain": "Plain"})
    )
    changes: bool = Field(False, title="Halve the image, double the channels")
    shortcut: Literal["A", "B", "C"] = Field(
        "A", title="Shortcut", description=_OPTIONS, json_schema_extra=_labels(_SHORTCUTS)
    )
    order: Literal["post", "pre"] = Field(
        "post",
        title="Batch norm and ReLU",
        json_schema_extra=_labels({"post": "After the convolution (v1)", "pre": "Before it (v2)"}),
    )
    last_gamma: float = Field(
        1.0,
        ge=0,
        le=2,
        title="Gamma of the last batch norm",
        description="At 0 the residual path says nothing: only the shortcut speaks.",
        json_schema_extra={"step": 0.5},
    )
    step: int = Field(1, ge=0, le=10, title="Step")
    row: int = Field(2, ge=1, le=4, title="Row")
    column: int = Field(2, ge=1, le=4, title="Column")
    channel: int = Field(1, ge=1, le=4, title="Channel")
    seed: int = Field(0, ge=0, le=9_999, title="Numbers")


class ShortcutOptionsValues(LabValues):
    """Whose shortcuts are compared, and which option is listed block by block."""

    network: AnyOf = Field("resnet20", title="Network", json_schema_extra=_labels(_NETWORKS))
    shortcut: Literal["A", "B", "C", "conv3x3"] = Field(
        "B",
        title="Listed block by block",
        description=_OPTIONS,
        json_schema_extra=_labels({**_SHORTCUTS, "conv3x3": "3×3"}),
    )


class BlockShapesValues(LabValues):
    """The two blocks that are set side by side."""

    width: int = Field(64, ge=16, le=512, title="Channels of the basic block", json_schema_extra={"step": 16})
    same: Literal["inner", "outer"] = Field(
        "inner",
        title="The bottleneck has the same channels",
        json_schema_extra=_labels({"inner": "inside (the paper's Figure 5)", "outer": "outside"}),
    )
    size: Pixels = Field(56, title="Image", json_schema_extra=_labels(_PIXELS, unit="pixels"))


class BottleneckCostsValues(LabValues):
    """What of both blocks is drawn over the channels."""

    same: Literal["outer", "inner"] = Field(
        "outer",
        title="Both blocks have the same channels",
        json_schema_extra=_labels({"outer": "outside", "inner": "inside (the paper's Figure 5)"}),
    )
    quantity: Literal["params", "macs", "activations"] = Field(
        "macs",
        title="Count",
        json_schema_extra=_labels({"params": "Parameters", "macs": "MACs", "activations": "Activation memory"}),
    )
    channels: int = Field(256, ge=64, le=1024, title="Read off at", json_schema_extra={"unit": "channels", "step": 64})
    size: Pixels = Field(56, title="Image", json_schema_extra=_labels(_PIXELS, unit="pixels"))


class ImagenetTableValues(LabValues):
    """How the paper's networks for ImageNet are counted."""

    quantity: Literal["macs", "trainable"] = Field(
        "macs", title="Count", json_schema_extra=_labels({"macs": "MACs", "trainable": "Parameters"})
    )
    stride_on: Literal["first", "conv3x3"] = Field(
        "first", title="A bottleneck halves the image in its", json_schema_extra=_labels(_STRIDES)
    )
    shortcut: Literal["A", "B", "C"] = Field(
        "B", title="Shortcut", description=_OPTIONS, json_schema_extra=_labels(_SHORTCUTS)
    )


class ConventionsValues(LabValues):
    """One network, and what is counted of it."""

    network: Literal["resnet50", "resnet18", "resnet34", "resnet101", "resnet152", "resnet20", "resnet56"] = Field(
        "resnet50", title="Network", json_schema_extra=_labels(_NETWORKS)
    )
    per_mac: Literal[1, 2] = Field(
        1,
        title="A multiply-accumulate counts as",
        json_schema_extra=_labels({1: "1 (MACs)", 2: "2 (FLOPs)"}),
    )
    stride_on: Literal["first", "conv3x3"] = Field(
        "first", title="A bottleneck halves the image in its", json_schema_extra=_labels(_STRIDES)
    )
    batch_norm: bool = Field(False, title="Count batch norm")
    elementwise: bool = Field(False, title="Count ReLU, sums, pooling and biases")
    conv_bias: bool = Field(False, title="Convolutions have biases (keras.applications)")
    images: int = Field(1, ge=1, le=8, title="Batch", json_schema_extra={"unit": "images"})


class MemoryAndFieldValues(LabValues):
    """Which network is followed from layer to layer, and what stays in memory."""

    network: AnyOf = Field("resnet50", title="Network", json_schema_extra=_labels(_NETWORKS))
    residual: bool = Field(True, title="Shortcuts")
    keep: Literal["all", "needed"] = Field(
        "all",
        title="In memory",
        json_schema_extra=_labels({"all": "All outputs (training)", "needed": "What is still needed (inference)"}),
    )
    images: Batch = Field(1, title="Batch", json_schema_extra={"unit": "images", "options": get_args(Batch)})


class SecondsAndWorkValues(LabValues):
    """How this lab's own runs are set against the work that was counted."""

    quantity: Literal["time", "rate"] = Field(
        "time", title="Draw", json_schema_extra=_labels({"time": "Time of an image", "rate": "MACs per second"})
    )


class CifarDepthsValues(LabValues):
    """Blocks in each of the three stages."""

    n: Blocks = Field(
        3,
        title="n",
        description="Blocks in each stage",
        json_schema_extra={"unit": "blocks", "options": get_args(Blocks)},
    )
    shortcut: Literal["A", "B"] = Field(
        "A", title="Shortcut", json_schema_extra=_labels({name: _SHORTCUTS[name] for name in ("A", "B")})
    )


class LearningRateValues(LabValues):
    """A schedule; it starts as the paper's."""

    schedule: Literal["step", "constant", "cosine"] = Field(
        _PAPER.schedule.value,
        title="Schedule",
        json_schema_extra=_labels({"step": "Divided by 10, twice", "constant": "Constant", "cosine": "Cosine"}),
    )
    learning_rate: Rate = Field(_PAPER.learning_rate, title="Base rate", json_schema_extra={"options": get_args(Rate)})
    first_drop: int = Field(
        100 * _PAPER.milestones[0] // _PAPER.steps,
        ge=5,
        le=95,
        title="First drop at",
        json_schema_extra={"unit": "%", "step": 5},
    )
    second_drop: int = Field(
        100 * _PAPER.milestones[1] // _PAPER.steps,
        ge=5,
        le=95,
        title="Second drop at",
        json_schema_extra={"unit": "%", "step": 5},
    )
    warmup_steps: int = Field(
        0,
        ge=0,
        le=4_000,
        title="Warm-up",
        description="That many first steps run at a tenth of the rate, as the paper's 110 layers did.",
        json_schema_extra={"unit": "steps", "step": 100},
    )
    steps: int = Field(
        _PAPER.steps, ge=1_000, le=64_000, title="Budget", json_schema_extra={"unit": "steps", "step": 1_000}
    )
    batch_size: Literal[32, 64, 128, 256] = Field(
        _PAPER.batch_size, title="Batch", json_schema_extra={"unit": "images"}
    )
    log: bool = Field(True, title="Logarithmic axis")


BUILDING_LABS: dict[str, type[LabValues]] = {
    "block_tensors": BlockTensorsValues,
    "shortcut_options": ShortcutOptionsValues,
    "block_shapes": BlockShapesValues,
    "bottleneck_costs": BottleneckCostsValues,
    "imagenet_table": ImagenetTableValues,
    "conventions": ConventionsValues,
    "memory_and_field": MemoryAndFieldValues,
    "seconds_and_work": SecondsAndWorkValues,
    "cifar_depths": CifarDepthsValues,
    "learning_rate": LearningRateValues,
}
