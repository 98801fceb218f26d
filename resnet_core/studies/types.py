"""What a study is: its two sizes, its runs before they start, and its outcomes as far as they have come."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from resnet_core.recipes import Recipe
from resnet_core.results import ACTIVE, Epoch, State
from resnet_core.spec import ResNetSpec
from resnet_core.studies.arms import Arm, arms_of, left_out, seeds_note
from resnet_core.words import N_, Said, together


class Size(StrEnum):
    """How much of a study is run."""

    QUICK = "quick"
    FULL = "full"


@dataclass(frozen=True)
class PlannedRun:
    """One run of a study, before it is started.

    Attributes:
        spec, recipe, data, seed: what is trained, how, on what and from where.
        label: shown in lists where the network's own name does not tell it from the study's others.
    """

    spec: ResNetSpec
    recipe: Recipe
    data: str
    seed: int = 0
    label: str = ""

    @property
    def name(self) -> str:
        """Its name in lists."""
        return self.label or self.spec.name


@dataclass(frozen=True)
class Outcome:
    """One run of a study as far as it has come.

    Attributes:
        spec, recipe, data, seed: what was trained, how, on what and from where.
        state: as the store knows it.
        epochs: finished ones, in order.
        name: of the run; empty for its network's.
        macs: of the network for one image; None where nobody counted.
        val_images: images that it was validated on; None before it began.
        test_error: on the test images after the last epoch, 0..1; None where they were not held back.
    """

    spec: ResNetSpec
    state: State
    epochs: tuple[Epoch, ...]
    recipe: Recipe
    data: str = ""
    seed: int = 0
    name: str = ""
    macs: int | None = None
    val_images: int | None = None
    test_error: float | None = None


@dataclass(frozen=True)
class Plan:
    """One size of a study.

    Attributes:
        about: what it runs, in a sentence.
        runs: what is trained, in this order.
    """

    about: str
    runs: tuple[PlannedRun, ...]

    @property
    def data(self) -> str:
        """The images it learns from unless the reader chooses others."""
        return self.runs[0].data


@dataclass(frozen=True)
class Study:
    """A comparison that starts with one click.

    Attributes:
        name: as it is typed on the command line.
        title: a heading.
        question: what it answers.
        quick: minutes on a CPU.
        full: for a GPU; what the paper or the study notes did.
        read: turns what has finished into sentences with the numbers in them; None where too little has.
    """

    name: str
    title: str
    question: str
    quick: Plan
    full: Plan
    read: Callable[[Sequence[Arm]], Said | None]

    def size(self, size: Size) -> Plan:
        """Return one of its two sizes."""
        return self.quick if size == Size.QUICK else self.full

    def plan(self, size: Size = Size.QUICK, data: str | None = None, seeds: int = 1) -> tuple[PlannedRun, ...]:
        """Return the runs of one size, on other data if asked for.

        Args:
            size: quick or full.
            data: a source; None takes the size's own.
            seeds: how often all of it is repeated; the seeds are 0, 1, ..., and one seed is complete before the next.
        """
        runs = self.size(size).runs
        return tuple(replace(run, data=data or run.data, seed=seed) for seed in range(seeds) for run in runs)

    def size_of(self, runs: Iterable[Outcome | PlannedRun]) -> Size | None:
        """Return the size that all of these runs belong to, whatever their data and seeds; None if there is none."""
        found = {_without_classes(run) for run in runs}
        return next((size for size in Size if found <= {_without_classes(run) for run in self.size(size).runs}), None)

    def is_whole(self, size: Size, runs: Iterable[Outcome | PlannedRun]) -> bool:
        """Say whether these are all runs of a size, each once for each seed."""
        by_seed: dict[int, list[tuple]] = {}
        for run in runs:
            by_seed.setdefault(run.seed, []).append(_without_classes(run))
        planned = {_without_classes(run) for run in self.size(size).runs}
        return bool(by_seed) and all(len(keys) == len(planned) and set(keys) == planned for keys in by_seed.values())

    def verdict(self, outcomes: Iterable[Outcome]) -> Said | None:
        """Return what the runs support, in sentences, or None while some of them go on.

        Runs that did not finish are named, and the rest is read without them.
        """
        outcomes = tuple(outcomes)
        if not outcomes or any(outcome.state in ACTIVE for outcome in outcomes):
            return None
        arms = [arm for arm in arms_of(outcomes) if arm.runs]
        text = self.read(arms) if arms else None
        size = self.size_of(outcomes)
        gone = size is not None and not self.is_whole(size, outcomes)
        return together(
            [
                text or N_("Too few runs finished for a verdict."),
                seeds_note(arms) if text else "",
                left_out(outcomes),
                N_("Some of its runs are no longer in the lab.") if gone else "",
            ]
        )


def _without_classes(run: Outcome | PlannedRun) -> tuple[ResNetSpec, Recipe]:
    """Return what a run shares with its plan: the last layer follows the classes of the data."""
    return run.spec.model_copy(update={"classes": 2}), run.recipe
