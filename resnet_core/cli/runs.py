"""Commands that train: train (here and now), submit (as a job), jobs, worker."""

from typing import Annotated

import typer

from resnet_core.cli import jobs
from resnet_core.cli.arguments import (
    DataOption,
    JsonOption,
    RecipeOption,
    SeedOption,
    SetOption,
    SpecArgument,
    read_run,
)
from resnet_core.cli.output import print_json, quiet_libraries
from resnet_core.cli.progress import Progress
from resnet_core.convolutions import prefer_repeats
from resnet_core.recipes import Recipe
from resnet_core.results import Report, Result
from resnet_core.runs.limits import MOST, Limits
from resnet_core.spec import ResNetSpec

FINISHED, FAILED, INTERRUPTED = 0, 1, 130


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (train, submit, worker):
        app.command()(command)
    jobs.register(app)


def train(
    spec: SpecArgument,
    data: DataOption,
    recipe: RecipeOption = "quick",
    changes: SetOption = None,
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> int:
    """Train a network here and now; Ctrl-C stops it and keeps what was reached."""
    network, how = read_run(spec, recipe, changes)
    # Before Keras is imported and images are decoded: data that are missing or do not fit are known in a moment.
    data = _fitting_source(network, how, data)
    if how.deterministic:
        prefer_repeats()
    with quiet_libraries():
        from resnet_core import training
    with Progress() as progress:
        result = training.train(network, how, data, seed=seed, listener=progress)
    if as_json:
        print_json(_report(network, how, data, seed, result).as_json())
    else:
        print(f"{network.name}: {result.message}")
    return {"finished": FINISHED, "stopped": INTERRUPTED}.get(result.state, FAILED)


def submit(
    spec: SpecArgument,
    data: DataOption,
    recipe: RecipeOption = "quick",
    changes: SetOption = None,
    seed: SeedOption = 0,
    max_minutes: Annotated[
        float | None, typer.Option(min=0.1, max=MOST, help="End it after so long; the lab's own limit holds as well.")
    ] = None,
    max_gb: Annotated[
        float | None, typer.Option(min=0.1, max=MOST, help="End it if it takes more memory than that.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Put a training run in the queue and print its id; it goes on without this terminal."""
    network, how = read_run(spec, recipe, changes)
    data = _fitting_source(network, how, data)
    from resnet_core.runs import queue, store

    job_id = queue.submit(network, how, data, seed=seed, limits=Limits.of(max_minutes, max_gb))
    if as_json:
        print_json(store.job(job_id).as_json())
    else:
        print(job_id)


def worker() -> None:
    """Work on the queue in the foreground, as the supervisor of this lab home, until Ctrl-C."""
    from resnet_core.runs.supervisor import run_forever

    run_forever()


def _fitting_source(spec: ResNetSpec, recipe: Recipe, data: str) -> str:
    """Return a source in its normal form.

    Raises:
        DataError: it is unknown, missing, or does not fit the network or the recipe.
    """
    from resnet_core.datasets import check_source, describe, must_fit

    source = check_source(data)
    must_fit(
        describe(source),
        classes=spec.classes,
        channels=spec.channels,
        train_size=recipe.train_size,
        validation_size=recipe.validation_size,
    )
    return source


def _report(spec: ResNetSpec, recipe: Recipe, data: str, seed: int, result: Result) -> Report:
    """Describe a run here and now as `jobs show` describes a job; it has no id."""
    return Report(
        id=None,
        state=result.state,
        spec=spec.model_dump(mode="json"),
        recipe=recipe.model_dump(mode="json"),
        data=data,
        seed=seed,
        params=result.start.params if result.start else None,
        device=result.start.device if result.start else None,
        epochs=result.epochs,
        message=result.message,
        test_loss=result.test_loss,
        test_error=result.test_error,
    )
