"""`study`: named comparisons as jobs."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from resnet_core.cli.arguments import JsonOption
from resnet_core.cli.output import check_target, print_json, print_table, say, write_file
from resnet_core.errors import DataError, InputError

FINISHED, FAILED = 0, 1


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(study)


def study(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Leave it out to see which there are.")] = None,
    size: Annotated[str, typer.Option(metavar="SIZE", help="quick (minutes on a CPU) or full (for a GPU).")] = "quick",
    data: Annotated[str | None, typer.Option(metavar="DATA", help="Other images than the study's own.")] = None,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="Repeat it with seeds 0, 1, ...")] = 1,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the runs and start none.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Start it even if the very same one is going on.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the end and print the verdict.")] = False,
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write it as a file that lessons show: the newest, or this one after --wait."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Start a named comparison as jobs."""
    from resnet_core.studies import Size, get_study

    if name is None:
        _list_studies(as_json)
        return FINISHED
    chosen = get_study(name)
    if size not in list(Size):
        raise InputError(f"--size is one of {', '.join(Size)}, received {size[:40]!r}")
    size = Size(size)
    if record:
        check_target(record, [".json"])
    if dry_run:
        _show_plan(chosen, size, data, seeds, as_json)
        return FINISHED
    if record and not wait:
        _record_newest(chosen, record)
        return FINISHED
    from resnet_core.runs import groups, study_plans

    cost = study_plans.forecast(chosen, size, data, seeds)
    if not again:
        groups.refuse_twin(chosen, cost.runs)
    if not as_json:
        say(f"{len(cost.runs)} runs, about {_duration(cost.seconds)} on this computer ({cost.estimates[0].basis})")
    group_id = groups.start(chosen, size, data=data, seeds=seeds, again=again)
    if wait:
        _wait_for(group_id)
    group = groups.load(group_id)
    verdict = group.verdict()
    if as_json:
        asked = {"study": chosen.name, "size": size.value, "data": group.data, "seeds": seeds}
        print_json(asked | {"id": group.id, "verdict": verdict, "jobs": [job.as_json() for job in group.jobs]})
    else:
        print(f"{group.id}: {verdict or ', '.join(job.id for job in group.jobs)}")
    if wait and any(job.state != "finished" for job in group.jobs):
        if record:
            say(f"{record} is not written: some runs did not finish")
        return FAILED
    if record:
        _record(group, record)
    return FINISHED


def _record_newest(study: Any, path: Path) -> None:
    """Write the study that was started last."""
    from resnet_core.runs import groups

    group = groups.newest(study)
    if group is None:
        raise InputError(
            f"{study.name} was never run here: run it first, as `study {study.name} --wait --record {path}`"
        )
    _record(group, path)


def _record(group: Any, path: Path) -> None:
    from resnet_core.runs.recording import record

    write_file(path, record(group))


def _list_studies(as_json: bool) -> None:
    from resnet_core.studies import STUDIES, Size

    listed = {(study.name, size): _size(study, size) for study in STUDIES.values() for size in Size}
    if as_json:
        documents = [
            {
                "name": study.name,
                "title": study.title,
                "question": study.question,
                "sizes": {size.value: listed[study.name, size] for size in Size},
            }
            for study in STUDIES.values()
        ]
        print_json({"studies": documents})
        return
    rows = [
        (study.name, *(_in_short(listed[study.name, size]) for size in Size), study.question)
        for study in STUDIES.values()
    ]
    print_table(("name", "quick", "full", "question"), rows)
    print("times are estimates for this computer, all runs one after another; `study NAME --dry-run` lists the runs")


def _size(study: Any, size: Any) -> dict[str, Any]:
    """Describe one size with its estimate; without one where its own data are not here."""
    from resnet_core.runs import study_plans

    plan = study.size(size)
    shown = {"about": plan.about, "data": plan.data, "runs": len(plan.runs)}
    try:
        cost = study_plans.forecast(study, size)
    except DataError as error:
        return shown | {"seconds": None, "memory_bytes": None, "problem": str(error)}
    return shown | {"seconds": cost.seconds, "memory_bytes": cost.memory_bytes}


def _in_short(shown: dict[str, Any]) -> str:
    length = "needs its data" if shown["seconds"] is None else _duration(shown["seconds"])
    return f"{shown['runs']} runs, {length}"


def _show_plan(study: Any, size: Any, data: str | None, seeds: int, as_json: bool) -> None:
    from resnet_core.costs import count_costs
    from resnet_core.graph import build_graph
    from resnet_core.runs import study_plans

    cost = study_plans.forecast(study, size, data, seeds)
    counted = {run.spec: count_costs(build_graph(run.spec)).total for run in cost.runs}
    rows = list(zip(cost.runs, cost.estimates, strict=True))
    if not as_json:
        shown = [
            (
                run.name,
                _recipe(run),
                run.data,
                run.seed,
                counted[run.spec].params,
                counted[run.spec].macs,
                _duration(estimate.seconds),
                f"{estimate.memory_bytes / 1e9:.1f} GB",
            )
            for run, estimate in rows
        ]
        print(study.size(size).about)
        print_table(("network", "recipe", "data", "seed", "params", "macs", "time", "memory"), shown)
        print(f"in all about {_duration(cost.seconds)} on this computer: {cost.estimates[0].basis}")
        return
    documents = [
        {
            "name": run.name,
            "spec": run.spec.model_dump(mode="json"),
            "recipe": run.recipe.model_dump(mode="json"),
            "data": run.data,
            "seed": run.seed,
            "params": counted[run.spec].params,
            "macs": counted[run.spec].macs,
            "estimate": {
                "seconds": estimate.seconds,
                "memory_bytes": estimate.memory_bytes,
                "basis": estimate.basis,
            },
        }
        for run, estimate in rows
    ]
    asked = {"study": study.name, "size": size.value, "data": cost.runs[0].data, "seeds": seeds}
    totals = {"seconds": cost.seconds, "memory_bytes": cost.memory_bytes}
    print_json(asked | {"about": study.size(size).about, **totals, "runs": documents})


def _recipe(run: Any) -> str:
    recipe = run.recipe
    length = f"{recipe.epochs} epochs" if recipe.epochs else f"{recipe.steps:,} steps"
    crops = ", crops and flips" if recipe.augment != "none" else ""
    return f"{recipe.optimizer.value} {recipe.learning_rate:g}, {length}{crops}"


def _duration(seconds: float) -> str:
    """Write an estimate in one unit: it is no more precise than that."""
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _wait_for(group_id: str) -> None:
    """Return when no job of the group is active any more, and tell of each that ends."""
    from resnet_core.runs import groups

    told: set[str] = set()
    while True:
        group = groups.load(group_id)
        for job in group.jobs:
            if not job.active and job.id not in told:
                told.add(job.id)
                say(f"{job.id} {job.name} {job.state}: {job.message}")
        if not group.active:
            return
        try:
            time.sleep(0.5)
        except KeyboardInterrupt:
            say("the jobs go on: `jobs list` shows them, `jobs stop ID` ends one")
            raise
