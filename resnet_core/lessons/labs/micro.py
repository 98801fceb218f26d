"""Values of the labs that train micro networks while the reader watches."""

from typing import ClassVar, Literal

from pydantic import Field

from resnet_core.lessons.labs.values import LabValues

_WITH_NORM = "With batch normalization"


def _seed() -> int:
    return Field(0, ge=0, le=9_999, title="Seed")


def _steps(default: int, highest: int) -> int:
    return Field(default, ge=20, le=highest, title="Training", json_schema_extra={"unit": "steps", "step": 20})


class MicroDepthValues(LabValues):
    """How long plain and residual networks of many depths train."""

    takes_sketch: ClassVar[bool] = True

    steps: int = _steps(60, 200)
    batch_norm: bool = Field(True, title=_WITH_NORM)
    seed: int = _seed()


class GradientFlowValues(LabValues):
    """Which network's gradients are measured, and when."""

    depth: int = Field(50, ge=4, le=60, title="Depth", json_schema_extra={"unit": "layers", "step": 2})
    steps: int = Field(0, ge=0, le=60, title="After training for", json_schema_extra={"unit": "steps", "step": 20})
    batch_norm: bool = Field(False, title=_WITH_NORM)
    seed: int = _seed()


class ShatteringValues(LabValues):
    """Along which networks' inputs one walks."""

    depth: int = Field(20, ge=4, le=50, title="Depth", json_schema_extra={"unit": "layers", "step": 2})
    batch_norm: bool = Field(True, title=_WITH_NORM)
    seed: int = _seed()


class LearnFunctionValues(LabValues):
    """What two stacks learn, one directly and one as a residual."""

    target: Literal["identity", "near_identity", "sine", "step", "drawn"] = Field(
        "near_identity",
        title="Target H(x)",
        json_schema_extra={
            "labels": {
                "identity": "Identity",
                "near_identity": "Near the identity",
                "sine": "Sine",
                "step": "Step function",
                "drawn": "My own",
            }
        },
    )
    depth: int = Field(8, ge=4, le=20, title="Depth", json_schema_extra={"unit": "layers", "step": 2})
    steps: int = _steps(100, 300)
    drawn: tuple[float, ...] = Field(
        (-0.8, 0.4, -0.2, 0.6, 0.0, 0.8, -0.4, 0.2, -0.6),
        min_length=9,
        max_length=9,
        title="My own target, used when Target is My own",
        json_schema_extra={
            "x": [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1],
            "x_label": "x",
            "y_label": "H(x)",
            "y_range": [-1, 1],
            "shown_when": {"target": "drawn"},
        },
    )
    seed: int = _seed()


class IdentityWeightsValues(LabValues):
    """The weights of one block: some of the identity, some noise."""

    identity: float = Field(
        0.0, ge=0, le=1.5, title="Identity in the weights", description="1: both matrices are the identity matrix."
    )
    noise: float = Field(
        0.5, ge=0, le=1.5, title="Random weights", description="1: as large as He's initialization makes them."
    )
    seed: int = _seed()


class BatchNormByHandValues(LabValues):
    """One unit's values in a batch of four, and the numbers that normalize them."""

    batch: tuple[float, ...] = Field(
        (1.0, 3.0, 5.0, 7.0),
        min_length=4,
        max_length=4,
        title="The batch",
        json_schema_extra={"x": [1, 2, 3, 4], "x_label": "example", "y_label": "value", "y_range": [-10, 10]},
    )
    gamma: float = Field(1.0, ge=-3, le=3, title="Gamma", json_schema_extra={"step": 0.1})
    beta: float = Field(0.0, ge=-3, le=3, title="Beta", json_schema_extra={"step": 0.1})
    epsilon: float = Field(
        0.001,
        title="Epsilon",
        ge=0,
        le=100,
        json_schema_extra={"options": [0.0, 0.00001, 0.001, 0.1, 1.0, 10.0, 100.0]},
    )
    use: Literal["training", "inference"] = Field(
        "training", title="Used in", json_schema_extra={"labels": {"training": "Training", "inference": "Inference"}}
    )
    moving_mean: float = Field(0.0, ge=-10, le=10, title="Moving mean", json_schema_extra={"step": 0.5})
    moving_variance: float = Field(1.0, ge=0, le=30, title="Moving variance", json_schema_extra={"step": 0.5})


class BnMomentumValues(LabValues):
    """How much of the moving statistics a step keeps."""

    momentum: float = Field(
        0.99, ge=0, le=0.999, title="Momentum", json_schema_extra={"options": [0.0, 0.5, 0.9, 0.99, 0.999]}
    )
    steps: int = _steps(100, 300)
    seed: int = _seed()


class OptimizerPathsValues(LabValues):
    """How fast four optimizers go, and how stretched the valley is."""

    speed: float = Field(
        1.0,
        ge=0.1,
        le=10,
        title="Learning rates, times the usual",
        json_schema_extra={"options": [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]},
    )
    stretch: float = Field(
        10.0,
        ge=1,
        le=50,
        title="How much steeper the valley is across",
        json_schema_extra={"step": 1.0, "format": "%g"},
    )
    steps: int = _steps(60, 100)
    seed: int = _seed()


class VariantsValues(LabValues):
    """How deep the variants are, and how long they train."""

    depth: int = Field(30, ge=10, le=50, title="Depth", json_schema_extra={"unit": "layers", "step": 10})
    steps: int = _steps(60, 100)
    seed: int = _seed()


MICRO_LABS: dict[str, type[LabValues]] = {
    "batch_norm_by_hand": BatchNormByHandValues,
    "bn_momentum": BnMomentumValues,
    "gradient_flow": GradientFlowValues,
    "identity_weights": IdentityWeightsValues,
    "learn_function": LearnFunctionValues,
    "micro_depth": MicroDepthValues,
    "optimizer_paths": OptimizerPathsValues,
    "shattering": ShatteringValues,
    "variants": VariantsValues,
}
