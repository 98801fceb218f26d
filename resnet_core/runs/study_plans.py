"""A study's runs before they start: fitted to their data, with what they will cost on this machine."""

from dataclasses import dataclass, replace

from resnet_core.datasets import Summary, describe
from resnet_core.errors import DataError
from resnet_core.runs.estimate import Estimate, estimates, image_counts
from resnet_core.runs.queue import absolute_source
from resnet_core.studies import PlannedRun, Size, Study


@dataclass(frozen=True)
class Forecast:
    """Runs with what each will cost.

    Attributes:
        runs: in the order in which they will run.
        estimates: one for each.
    """

    runs: tuple[PlannedRun, ...]
    estimates: tuple[Estimate, ...]

    @property
    def seconds(self) -> float:
        """Wall time of all runs, one after another."""
        return sum(estimate.seconds for estimate in self.estimates)

    @property
    def memory_bytes(self) -> int:
        """Memory of the largest run."""
        return max(estimate.memory_bytes for estimate in self.estimates)


def plan(study: Study, size: Size = Size.QUICK, data: str | None = None, seeds: int = 1) -> tuple[PlannedRun, ...]:
    """Return a study's runs, with as many outputs as their data has classes.

    Args:
        study, size: what is asked.
        data: a source; None takes the size's own.
        seeds: how often all of it is repeated.

    Raises:
        DataError: the data cannot be used, or has too few images for the recipes.
    """
    runs = study.plan(size, data and absolute_source(data), seeds)
    return _fitted(runs, describe(runs[0].data))


def forecast(study: Study, size: Size = Size.QUICK, data: str | None = None, seeds: int = 1) -> Forecast:
    """Estimate a study on this machine; arguments and errors are those of `plan`."""
    runs = study.plan(size, data and absolute_source(data), 1)
    summary = describe(runs[0].data)
    runs = _fitted(runs, summary)
    once = estimates((run.spec, run.recipe, *image_counts(run.recipe, summary)) for run in runs)
    repeated = tuple(replace(run, seed=seed) for seed in range(seeds) for run in runs)
    return Forecast(repeated, tuple(once) * seeds)


def _fitted(runs: tuple[PlannedRun, ...], data: Summary) -> tuple[PlannedRun, ...]:
    wanted = max((run.recipe.train_size or 1) + (run.recipe.validation_size or 0) for run in runs)
    if wanted > data.train_images:
        raise DataError(
            f"the study needs {wanted:,} training images, {data.source} has {data.train_images:,}: choose other data"
        )
    return tuple(replace(run, spec=run.spec.changed(classes=data.classes)) for run in runs)
