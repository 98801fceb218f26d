"""The arms of a study: runs that differ in nothing but their seed, and the means and spreads of their errors."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import mean, stdev
from typing import TYPE_CHECKING

from resnet_core.recipes import Recipe
from resnet_core.spec import ResNetSpec
from resnet_core.words import N_, Said, percent, say, together

if TYPE_CHECKING:
    from resnet_core.studies.types import Outcome

ONE_SEED = N_("One seed each: repeat it over several to see how much is luck.")
LEAST_DIFFERENCE = 0.005
"""Half a point: a smaller difference is no finding, however often it was repeated."""


@dataclass(frozen=True)
class Measure:
    """One error of an arm: its values over the seeds.

    Attributes:
        values: fractions 0..1, one a seed.
        images: that it was measured on; None where that is unknown.
    """

    values: tuple[float, ...]
    images: int | None = None

    @property
    def mean(self) -> float:
        """The mean over seeds."""
        return mean(self.values)

    @property
    def spread(self) -> float | None:
        """The sample standard deviation over seeds; None for a single one."""
        return stdev(self.values) if len(self.values) > 1 else None

    @property
    def standard_error(self) -> float:
        """How far the mean may be off: by the spread over seeds, and by the finite number of images."""
        p = min(max(self.mean, 0.0), 1.0)
        by_images = math.sqrt(p * (1 - p) / self.images) if self.images else 0.0
        by_seeds = self.spread / math.sqrt(len(self.values)) if self.spread is not None else 0.0
        return max(by_images, by_seeds)

    def correct(self) -> "Measure":
        """Return the accuracy instead of the error."""
        return Measure(tuple(1 - value for value in self.values), self.images)

    def __str__(self) -> str:
        spread = f" ± {percent(self.spread)}" if self.spread is not None else ""
        return f"{percent(self.mean)}{spread}"


def above(a: Measure, b: Measure) -> bool:
    """Say whether one error is higher than another by more than chance explains.

    That is twice the standard error of their difference, and half a point at least.
    """
    return a.mean - b.mean > max(2 * math.hypot(a.standard_error, b.standard_error), LEAST_DIFFERENCE)


def points(a: Measure, b: Measure) -> Said:
    """Say by how much one error is higher than another, in percentage points."""
    return in_points(a.mean - b.mean)


def in_points(difference: float) -> Said:
    """Write a difference of fractions in percentage points.

    Example:
        >>> in_points(0.405)
        '40.5 points'
    """
    return say("{number:.1f} points", number=100 * difference)


@dataclass(frozen=True)
class Arm:
    """Runs of one network by one recipe.

    Attributes:
        spec, recipe: what they share.
        runs: those that finished, in the order of their seeds.
    """

    spec: ResNetSpec
    recipe: Recipe
    runs: tuple["Outcome", ...]

    @property
    def data(self) -> str:
        """Where their images came from."""
        return self.runs[0].data

    @property
    def macs(self) -> int | None:
        """The network's MACs for one image."""
        return self.runs[0].macs

    @cached_property
    def train(self) -> Measure:
        """The training error of the last epoch."""
        images = self.recipe.train_size
        return Measure(tuple(run.epochs[-1].train_error for run in self.runs), images)

    @cached_property
    def val(self) -> Measure:
        """The validation error after the last epoch."""
        return self.val_after(-1)

    @cached_property
    def test(self) -> Measure | None:
        """The test error; None where no seed measured it."""
        values = tuple(run.test_error for run in self.runs if run.test_error is not None)
        return Measure(values) if values else None

    def val_after(self, index: int) -> Measure:
        """Return the validation error after an epoch, counted as in a list."""
        return Measure(tuple(run.epochs[index].val_error for run in self.runs), self.runs[0].val_images)

    @property
    def still_falls(self) -> bool:
        """Say whether training error still fell by more than a point in the last epoch."""
        if any(len(run.epochs) < 2 for run in self.runs):
            return True
        return mean(run.epochs[-2].train_error - run.epochs[-1].train_error for run in self.runs) > 0.01


def arms_of(outcomes: Iterable["Outcome"]) -> list[Arm]:
    """Group outcomes by network and recipe, in the order of their first run; an arm may have no finished run."""
    groups: dict[tuple[ResNetSpec, Recipe], list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault((outcome.spec, outcome.recipe), []).append(outcome)
    return [
        Arm(spec, recipe, tuple(sorted((run for run in group if _counts(run)), key=lambda run: run.seed)))
        for (spec, recipe), group in groups.items()
    ]


def seeds_note(arms: Sequence[Arm]) -> Said:
    """Say over how many seeds the numbers are means; or that one seed cannot tell what is luck."""
    counts = sorted({len(arm.runs) for arm in arms})
    if counts == [1]:
        return ONE_SEED
    if len(counts) == 1:
        return say("Numbers are means ± sample standard deviations over n = {n} seeds.", n=counts[0])
    return say(
        "Numbers are means ± sample standard deviations over n = {least} to {most} seeds.",
        least=counts[0],
        most=counts[-1],
    )


def left_out(outcomes: Sequence["Outcome"]) -> Said | str:
    """Name the runs that did not finish; empty where all did."""
    several = len({run.seed for run in outcomes}) > 1
    names = [_full_name(run, several) for run in outcomes if not _counts(run)]
    return say("Left out: {runs}.", runs=together(names, ", ")) if names else ""


def _counts(run: "Outcome") -> bool:
    return run.state == "finished" and bool(run.epochs)


def _full_name(run: "Outcome", with_seed: bool) -> Said:
    values = {"name": run.name or run.spec.name, "state": N_(run.state)}
    if with_seed:
        return say("{name} with seed {seed} {state}", seed=run.seed, **values)
    return say("{name} {state}", **values)
