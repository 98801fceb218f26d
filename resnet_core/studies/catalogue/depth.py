"""Studies of depth: the degradation, the paper's CIFAR-10 experiment, the whole range of depths."""

from resnet_core.families import cifar, get_spec
from resnet_core.studies.catalogue.parts import PAPER, POCKET, SHORT_PAPER, family, runs, shortened
from resnet_core.studies.readings.depth import read_cifar10_paper, read_degradation, read_depths
from resnet_core.studies.types import Plan, PlannedRun, Study
from resnet_core.words import N_

MINI_PAPER = shortened(240, warmup_steps=80, batch_size=64, train_size=2_560, validation_size=500)

DEPTH_STUDIES = (
    Study(
        name="degradation",
        title=N_("The degradation problem"),
        question=N_("Why do deeper plain networks train worse, and what does a shortcut change?"),
        quick=Plan(
            N_("Plain and residual networks of 20 and 56 layers learn drawn shapes of 16 pixels for 3 epochs."),
            tuple(
                PlannedRun(get_spec(f"pocket_{name}"), POCKET, "shapes")
                for name in ("resnet20", "plain20", "plain56", "resnet56")
            ),
        ),
        full=Plan(
            N_(
                "Plain and residual networks of 20 and 56 layers learn CIFAR-10 by the paper's recipe cut to 16,000 "
                "steps."
            ),
            runs(family((20, 56)), shortened(16_000), "cifar10"),
        ),
        read=read_degradation,
    ),
    Study(
        name="cifar10_paper",
        title=N_("The paper's CIFAR-10 experiment"),
        question=N_("Does the paper's section 4.2 repeat itself here, curve by curve?"),
        quick=Plan(
            N_(
                "Plain and residual networks of 20 and 44 layers learn drawn shapes of 16 pixels by the paper's recipe "
                "cut to 240 steps: crops and flips, weight decay, 80 steps at 0.01 as the paper's deepest warm up, "
                "then 0.1, divided by 10 at the half and at 3/4."
            ),
            runs(family((20, 44), size=16), MINI_PAPER, "shapes"),
        ),
        full=Plan(
            N_(
                "Plain and residual networks of 20, 32, 44 and 56 layers and a residual one of 110 learn CIFAR-10 by "
                "the paper's recipe to the letter: 45,000 images and 5,000 held out, mean image subtracted, crops and "
                "flips, batches of 128, 0.1 divided by 10 at 32,000 and 48,000 of 64,000 steps, weight decay 0.0001; "
                "110 layers warm up at 0.01."
            ),
            runs([*family((20, 32, 44, 56)), cifar(18)], PAPER, "cifar10"),
        ),
        read=read_cifar10_paper,
    ),
    Study(
        name="depth",
        title=N_("Depth, from 8 layers on"),
        question=N_("At which depth does a plain network stop gaining, and does a residual one?"),
        quick=Plan(
            N_("Plain and residual networks of 8, 20, 32 and 56 layers learn drawn shapes of 16 pixels for 3 epochs."),
            runs(family((8, 20, 32, 56), size=16), POCKET, "shapes"),
        ),
        full=Plan(
            N_(
                "Plain and residual networks of 8, 14, 20, 32, 44, 56 and 110 layers learn CIFAR-10 by the paper's "
                "recipe cut to 24,000 steps."
            ),
            runs(family((8, 14, 20, 32, 44, 56, 110)), SHORT_PAPER, "cifar10"),
        ),
        read=read_depths,
    ),
)
