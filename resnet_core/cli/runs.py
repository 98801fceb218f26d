"""Commands that train: train (here and now), submit and study (as jobs), jobs, worker."""

import time
from typing import Annotated, Any

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
from resnet_core.cli.output import print_json, print_table, quiet_libraries, say
from resnet_core.cli.progress import Progress
from resnet_core.errors import DataError, InputError
from resnet_core.recipes import Recipe
from resnet_core.results import Result, epoch_dict
from resnet_core.spec import ResNetSpec

FINISHED, FAILED, INTERRUPTED = 0, 1, 130


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (train, submit, study, worker):
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
    data = _fitting_source(network, data)
    with quiet_libraries():
        from resnet_core import training
    with Progress() as progress:
        result = training.train(network, how, data, seed=seed, listener=progress)
    if as_json:
        print_json(_document(network, how, data, seed, result))
    else:
        print(f"{network.name}: {result.message}")
    return {"finished": FINISHED, "stopped": INTERRUPTED}.get(result.state, FAILED)


def submit(
    spec: SpecArgument,
    data: DataOption,
    recipe: RecipeOption = "quick",
    changes: SetOption = None,
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Put a training run in the queue and print its id; it goes on without this terminal."""
    network, how = read_run(spec, recipe, changes)
    data = _fitting_source(network, data)
    from resnet_core.runs import queue, store

    job_id = queue.submit(network, how, data, seed=seed)
    if as_json:
        print_json(store.job(job_id).as_json())
    else:
        print(job_id)


def study(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Leave it out to see which there are.")] = None,
    size: Annotated[str, typer.Option(metavar="SIZE", help="quick or full.")] = "quick",
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Repeat it with seeds 0, 1, ...")] = 1,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the runs and start none.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the end and print the verdict.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Start a named comparison as jobs."""
    from resnet_core.studies import STUDIES, get_study

    if name is None:
        if as_json:
            print_json(
                {"studies": [{"name": s.name, "title": s.title, "question": s.question} for s in STUDIES.values()]}
            )
        else:
            print_table(("name", "runs", "question"), [(s.name, len(s.runs), s.question) for s in STUDIES.values()])
        return FINISHED
    chosen = get_study(name)
    if size != "quick":
        raise InputError(f"the study {name} comes in the size quick, received {size!r}: use --size quick")
    if dry_run:
        _show_plan([run for seed in range(seeds) for run in chosen.plan(seed=seed)], as_json)
        return FINISHED
    from resnet_core.runs import groups

    ids = [groups.start(chosen, seed=seed) for seed in range(seeds)]
    if wait:
        _wait_for(ids)
    started = [groups.load(group_id) for group_id in ids]
    if as_json:
        documents = [
            {"id": group.id, "verdict": group.verdict(), "jobs": [job.as_json() for job in group.jobs]}
            for group in started
        ]
        print_json({"study": chosen.name, "groups": documents})
    else:
        for group in started:
            print(f"{group.id}: {group.verdict() or ', '.join(job.id for job in group.jobs)}")
    ended = [job.state for group in started for job in group.jobs]
    return FAILED if wait and any(state != "finished" for state in ended) else FINISHED


def worker() -> None:
    """Work on the queue in the foreground, as the supervisor of this lab home, until Ctrl-C."""
    from resnet_core.runs.supervisor import run_forever

    run_forever()


def _fitting_source(spec: ResNetSpec, data: str) -> str:
    """Return a source in its normal form.

    Raises:
        DataError: it is unknown, missing, or has another number of classes than the network.
    """
    from resnet_core.datasets import check_source, describe

    source = check_source(data)
    classes = describe(source).classes
    if classes != spec.classes:
        raise DataError(f"{source} has {classes} classes, the network {spec.classes}: use --set classes={classes}")
    return source


def _document(spec: ResNetSpec, recipe: Recipe, data: str, seed: int, result: Result) -> dict[str, Any]:
    """Return what `jobs show` prints for a job; a run here and now has no id."""
    return {
        "id": None,
        "state": result.state,
        "spec": spec.model_dump(mode="json"),
        "recipe": recipe.model_dump(mode="json"),
        "data": data,
        "seed": seed,
        "params": result.start.params if result.start else None,
        "device": result.start.device if result.start else None,
        "epochs": [epoch_dict(epoch) for epoch in result.epochs],
        "message": result.message,
    }


def _show_plan(runs: list, as_json: bool) -> None:
    from resnet_core.costs import count_costs
    from resnet_core.graph import build_graph

    counted = [(run, count_costs(build_graph(run.spec)).total) for run in runs]
    if as_json:
        rows = [
            {
                "name": run.spec.name,
                "spec": run.spec.model_dump(mode="json"),
                "recipe": run.recipe.model_dump(mode="json"),
                "data": run.data,
                "seed": run.seed,
                "params": total.params,
                "macs": total.macs,
            }
            for run, total in counted
        ]
        print_json({"runs": rows})
        return
    rows = [(run.spec.name, run.data, run.seed, total.params, total.macs) for run, total in counted]
    print_table(("network", "data", "seed", "params", "macs"), rows)


def _wait_for(group_ids: list[str]) -> None:
    """Return when no job of the groups is active any more, and tell of each that ends."""
    from resnet_core.runs import groups

    told: set[str] = set()
    while True:
        found = [job for group_id in group_ids for job in groups.load(group_id).jobs]
        for job in found:
            if not job.active and job.id not in told:
                told.add(job.id)
                say(f"{job.id} {job.name} {job.state}: {job.message}")
        if len(told) == len(found):
            return
        try:
            time.sleep(0.5)
        except KeyboardInterrupt:
            say("the jobs go on: `jobs list` shows them, `jobs stop ID` ends one")
            raise
