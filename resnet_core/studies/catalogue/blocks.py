"""Studies of what a network is made of: shortcuts, blocks, width, batch normalization."""

from resnet_core.choices import Block, Shortcut
from resnet_core.families import cifar
from resnet_core.recipes import Recipe
from resnet_core.spec import ResNetSpec
from resnet_core.studies.catalogue.parts import POCKET, SHORT_PAPER, changed, runs, shortened
from resnet_core.studies.readings.blocks import read_batch_norm, read_bottleneck, read_shortcuts, read_widths
from resnet_core.studies.types import Plan, PlannedRun, Study
from resnet_core.words import N_


def _options(spec: ResNetSpec) -> list[ResNetSpec]:
    """Return a network plain, and with each of the paper's kinds of shortcut."""
    return [spec.plain_twin(), *(changed(spec, shortcut=kind) for kind in (Shortcut.A, Shortcut.B, Shortcut.C))]


def _equal_costs(basic: tuple[int, ...], bottleneck: tuple[tuple[int, ...], ...], size: int) -> list[ResNetSpec]:
    """Return basic networks of so many blocks a stage and bottleneck ones, all with projections between the stages."""
    shared = {"shortcut": Shortcut.B, "input_size": size}
    deep = [ResNetSpec(stages=stages, block=Block.BOTTLENECK, **shared) for stages in bottleneck]
    return [changed(cifar(blocks), **shared) for blocks in basic] + deep


def _normalizations(spec: ResNetSpec, recipe: Recipe, data: str) -> tuple[PlannedRun, ...]:
    return (
        PlannedRun(spec, recipe, data, label=f"{spec.name}-bn0.9"),
        PlannedRun(changed(spec, bn_momentum=0.99), recipe, data, label=f"{spec.name}-bn0.99"),
        PlannedRun(changed(spec, batch_norm=False), recipe, data),
    )


BLOCK_STUDIES = (
    Study(
        name="shortcuts",
        title=N_("Kinds of shortcut"),
        question=N_("Does a shortcut with weights (B, C) do more than one without any (A)?"),
        quick=Plan(
            N_("32 layers, plain and with shortcuts A, B and C, learn drawn shapes of 16 pixels for 3 epochs."),
            runs(_options(cifar(5, size=16)), POCKET, "shapes"),
        ),
        full=Plan(
            N_(
                "56 layers, plain and with shortcuts A, B and C, learn CIFAR-10 by the paper's recipe cut to 24,000 "
                "steps."
            ),
            runs(_options(cifar(9)), SHORT_PAPER, "cifar10"),
        ),
        read=read_shortcuts,
    ),
    Study(
        name="bottleneck",
        title=N_("Basic and bottleneck blocks"),
        question=N_("At equal cost, is a deeper network of bottleneck blocks better than one of basic blocks?"),
        quick=Plan(
            N_(
                "Basic networks of 20 and 56 layers and bottleneck ones of 26 and 83, equal in MACs to 3 %, learn "
                "drawn shapes of 16 pixels for 3 epochs."
            ),
            runs(_equal_costs(basic=(3, 9), bottleneck=((2, 3, 3), (9, 9, 9)), size=16), POCKET, "shapes"),
        ),
        full=Plan(
            N_(
                "Basic networks of 20, 56 and 110 layers and bottleneck ones of 26, 83 and 164, equal in MACs to 4 %, "
                "learn CIFAR-10 by the paper's recipe cut to 24,000 steps."
            ),
            runs(
                _equal_costs(basic=(3, 9, 18), bottleneck=((2, 3, 3), (9, 9, 9), (18, 18, 18)), size=32),
                SHORT_PAPER,
                "cifar10",
            ),
        ),
        read=read_bottleneck,
    ),
    Study(
        name="widths",
        title=N_("Width"),
        question=N_("What do more channels change at the same depth?"),
        quick=Plan(
            N_(
                "Residual networks of 20 layers with 4, 8, 16 and 32 channels in their first stage learn drawn shapes "
                "of 16 pixels for 3 epochs."
            ),
            runs([changed(cifar(3, size=16), width=width) for width in (4, 8, 16, 32)], POCKET, "shapes"),
        ),
        full=Plan(
            N_(
                "Residual networks of 20 layers with 8, 16, 32 and 64 channels in their first stage learn CIFAR-10 by "
                "the paper's recipe cut to 24,000 steps."
            ),
            runs([changed(cifar(3), width=width) for width in (8, 16, 32, 64)], SHORT_PAPER, "cifar10"),
        ),
        read=read_widths,
    ),
    Study(
        name="batch_norm",
        title=N_("Batch normalization and its momentum"),
        question=N_("What does batch normalization change, and why can validation lie in a short run?"),
        quick=Plan(
            N_(
                "A residual network of 20 layers learns drawn shapes of 16 pixels for 3 epochs: with batch "
                "normalization of momentum 0.9 and 0.99, and without any."
            ),
            _normalizations(cifar(3, size=16), POCKET, "shapes"),
        ),
        full=Plan(
            N_(
                "ResNet-56 learns CIFAR-10 by the paper's recipe cut to 24,000 steps at a tenth of its learning rate, "
                "which a network without batch normalization stands: with momentum 0.9 and 0.99, and without any."
            ),
            _normalizations(cifar(9), shortened(24_000, learning_rate=0.01), "cifar10"),
        ),
        read=read_batch_norm,
    ),
)
