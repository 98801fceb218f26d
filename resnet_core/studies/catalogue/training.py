"""Studies of how a network is trained: optimizers, over-fitting, the study notes' ablation."""

from typing import Any

from resnet_core.families import get_spec
from resnet_core.recipes import RECIPES, Augment, Optimizer, Recipe, Schedule
from resnet_core.spec import ResNetSpec
from resnet_core.studies.catalogue.parts import changed
from resnet_core.studies.readings.training import read_ablation, read_nadam20, read_optimizers
from resnet_core.studies.types import Plan, PlannedRun, Study
from resnet_core.words import N_


def _table_1(size: int, width: int, classes: int) -> list[ResNetSpec]:
    names = ("resnet34", "plain34", "resnet50", "plain50")
    return [changed(get_spec(name), input_size=size, width=width, classes=classes) for name in names]


def _by_optimizer(spec: ResNetSpec, budget: dict[str, Any], data: str) -> tuple[PlannedRun, ...]:
    rates = {Optimizer.SGD: 0.1, Optimizer.MOMENTUM: 0.1, Optimizer.ADAM: 0.001, Optimizer.NADAM: 0.001}
    return tuple(
        PlannedRun(spec, Recipe(optimizer=optimizer, learning_rate=rate, **budget), data)
        for optimizer, rate in rates.items()
    )


def _with_and_without_crops(spec: ResNetSpec, recipe: Recipe, data: str) -> tuple[PlannedRun, ...]:
    recipes = (recipe, recipe.model_copy(update={"augment": Augment.CROP_FLIP}))
    return tuple(PlannedRun(spec, chosen, data) for chosen in recipes)


def _ablation(specs: list[ResNetSpec], budget: dict[str, Any], data: str) -> tuple[PlannedRun, ...]:
    recipes = (
        Recipe(optimizer=Optimizer.MOMENTUM, learning_rate=0.01, **budget),
        Recipe(optimizer=Optimizer.ADAM, learning_rate=0.001, **budget),
    )
    return tuple(PlannedRun(spec, recipe, data) for recipe in recipes for spec in specs)


TRAINING_STUDIES = (
    Study(
        name="optimizers",
        title=N_("Four optimizers, one network"),
        question=N_("How much does the optimizer change, each at its usual rate?"),
        quick=Plan(
            N_(
                "One residual network of 20 layers learns drawn shapes of 16 pixels for 5 epochs by SGD, SGD with "
                "momentum, Adam and Nadam."
            ),
            _by_optimizer(
                get_spec("pocket_resnet20"),
                {"batch_size": 32, "epochs": 5, "train_size": 2_048, "validation_size": 500},
                "shapes",
            ),
        ),
        full=Plan(
            N_(
                "ResNet-20 learns CIFAR-10 with crops and flips for 30 epochs, the rate falling along a cosine, by "
                "SGD, SGD with momentum, Adam and Nadam."
            ),
            _by_optimizer(
                get_spec("resnet20"),
                {
                    "schedule": Schedule.COSINE,
                    "epochs": 30,
                    "augment": Augment.CROP_FLIP,
                    "validation_size": 5_000,
                },
                "cifar10",
            ),
        ),
        read=read_optimizers,
    ),
    Study(
        name="nadam20",
        title=N_("The study notes' ResNet-20 with Nadam"),
        question=N_("Why did it reach 91 % on training images and only 74 % on test images?"),
        quick=Plan(
            N_(
                "The notes' ResNet-20 at 16 pixels learns 500 drawn shapes by heart: Nadam for 12 epochs, without "
                "augmentation and with it."
            ),
            _with_and_without_crops(
                changed(get_spec("study_resnet20_nadam"), input_size=16),
                RECIPES["nadam"].model_copy(
                    update={"batch_size": 16, "epochs": 12, "train_size": 500, "validation_size": 500}
                ),
                "shapes",
            ),
        ),
        full=Plan(
            N_(
                "The notes' ResNet-20 learns 45,000 images of CIFAR-10 by Nadam for 14 epochs, without augmentation as "
                "its author ran it, and with it."
            ),
            _with_and_without_crops(get_spec("study_resnet20_nadam"), RECIPES["nadam"], "cifar10"),
        ),
        read=read_nadam20,
    ),
    Study(
        name="ablation",
        title=N_("The study notes' ablation"),
        question=N_("Do ResNet-34, Plain-34, ResNet-50 and Plain-50 end in the paper's order, by SGD and by Adam?"),
        quick=Plan(
            N_(
                "The four networks with an eighth of the channels learn drawn shapes of 64 pixels, because cats and "
                "dogs need a download and a GPU: 3 epochs by SGD with momentum and by Adam."
            ),
            _ablation(
                _table_1(size=64, width=8, classes=10),
                {"batch_size": 32, "epochs": 3, "train_size": 2_048, "validation_size": 500},
                "shapes",
            ),
        ),
        full=Plan(
            N_(
                "The four networks of the paper's Table 1 learn cats and dogs of 224 pixels for 10 epochs by SGD with "
                "momentum and by Adam, with crops and flips."
            ),
            _ablation(
                _table_1(size=224, width=64, classes=2),
                {
                    "batch_size": 32,
                    "epochs": 10,
                    "weight_decay": 1e-4,
                    "augment": Augment.CROP_FLIP,
                    "validation_size": 2_000,
                },
                "cats_vs_dogs",
            ),
        ),
        read=read_ablation,
    ),
)
