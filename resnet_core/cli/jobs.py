"""`jobs list|show|stop|resume|delete|note|tag|export|report`."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from resnet_core.cli import trash
from resnet_core.cli.arguments import IdArgument, JsonOption
from resnet_core.cli.output import check_target, print_json, print_table, say, tell_of_depth, write_file
from resnet_core.spec import make_spec
from resnet_core.words import percent

if TYPE_CHECKING:
    from resnet_core.runs.records import Job


def register(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="List, show, annotate, export, stop, resume and delete jobs.", rich_markup_mode=None)
    group.command("list")(list_jobs)
    group.command("show")(show)
    group.command("stop")(stop)
    group.command("resume")(resume)
    group.command("delete")(delete)
    group.command("note")(note)
    group.command("tag")(tag)
    group.command("export")(export)
    group.command("report")(report)
    trash.register(group)
    app.add_typer(group, name="jobs")


def list_jobs(
    as_json: JsonOption = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 50,
) -> None:
    """List jobs, the newest first."""
    from resnet_core.runs import store

    found = store.jobs(limit=limit)
    if as_json:
        print_json({"jobs": [job.as_json() for job in found]})
    elif not found:
        print("no jobs yet: `submit` and `study` make some")
    else:
        rows = [
            (
                job.id,
                job.kind,
                job.state,
                job.name,
                job.data or "",
                str(job.seed),
                percent(job.progress, 0),
                _error(job),
            )
            for job in found
        ]
        print_table(("id", "kind", "state", "network", "data", "seed", "done", "validation error"), rows)


def show(job_id: IdArgument, as_json: JsonOption = False) -> None:
    """Show one job with all its epochs."""
    from resnet_core.runs import folders, store

    job = store.job(job_id)
    if as_json:
        print_json(job.as_json())
        return
    print(f"{job.id}  {job.kind} of {job.name}, {job.state}" + (f": {job.message}" if job.message else ""))
    parameters = f"{job.params:,} parameters" if job.params is not None else ""
    facts = [parameters, f"data {job.data}" if job.data else "", f"seed {job.seed}", job.device or ""]
    print(", ".join(fact for fact in facts if fact))
    print(f"submitted {time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(job.created))}, files in ", end="")
    print(folders.job_folder(job.id))
    for line in job.notes:
        print(f"note: {line}")
    if job.tags:
        print(f"tags: {' '.join(job.tags)}")
    if job.note:
        print(f"a reader wrote: {job.note}")
    if job.epochs:
        heads = ("epoch", "step", "train loss", "train error", "val loss", "val error", "images/s", "seconds")
        print_table(
            heads,
            [
                (
                    e.epoch,
                    e.step,
                    f"{e.train_loss:.4f}",
                    percent(e.train_error, 2),
                    f"{e.val_loss:.4f}",
                    percent(e.val_error, 2),
                    f"{e.images_per_second:,.0f}",
                    f"{e.seconds:.1f}",
                )
                for e in job.epochs
            ],
        )
    if job.test_error is not None:
        print(f"on the test images after the last epoch: loss {job.test_loss:.4f}, error {percent(job.test_error, 2)}")


def stop(job_id: IdArgument, as_json: JsonOption = False) -> None:
    """Stop a job; its finished epochs are kept."""
    from resnet_core.runs import queue

    state = queue.stop(job_id)
    if as_json:
        print_json({"id": job_id, "state": state})
    else:
        print(f"{job_id} is {state}" + (" and will stop in a moment" if state in ("starting", "running") else ""))


def resume(job_id: IdArgument, as_json: JsonOption = False) -> None:
    """Let a stopped, failed or lost run go on after its last finished epoch, as if it had never been interrupted."""
    from resnet_core.runs import queue

    kept = queue.resume(job_id)
    if as_json:
        print_json({"id": job_id, "state": "queued", "epochs": kept})
    elif kept:
        print(f"{job_id} goes on after epoch {kept:,}")
    else:
        print(f"{job_id} begins anew: it had finished no epoch")


def delete(job_id: IdArgument, as_json: JsonOption = False) -> None:
    """Delete a job, with its files; one that runs is stopped first. `jobs restore ID` brings it back for some weeks."""
    from resnet_core.runs import queue
    from resnet_core.runs.trash import days

    queue.delete(job_id)
    if as_json:
        print_json({"id": job_id, "state": "deleted"})
    else:
        kept = days()
        print(
            f"{job_id} is deleted" + (f"; `jobs restore {job_id}` brings it back within {kept:g} days" if kept else "")
        )


def note(
    job_id: IdArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to remember about it; '' takes a note away.")],
    as_json: JsonOption = False,
) -> None:
    """Write a note about a job; it replaces the one before."""
    from resnet_core.runs import store
    from resnet_core.runs.annotations import annotate

    annotate(job_id, note=text)
    kept = store.jobs(ids=[job_id])[0].note
    if as_json:
        print_json({"id": job_id, "note": kept})
    else:
        print(f"{job_id} has the note: {kept}" if kept else f"{job_id} has no note")


def tag(
    job_id: IdArgument,
    tags: Annotated[
        list[str] | None, typer.Argument(metavar="TAG...", help="All of its tags; none clears them.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Give a job its tags; they replace those before."""
    from resnet_core.runs.annotations import annotate

    words = list(dict.fromkeys(tags or ()))
    annotate(job_id, tags=words)
    if as_json:
        print_json({"id": job_id, "tags": words})
    else:
        print(f"{job_id} has the tags {' '.join(words)}" if words else f"{job_id} has no tags")


def report(
    job_ids: Annotated[list[str], typer.Argument(metavar="ID...", help="The runs to compare.")],
    out: Annotated[Path, typer.Option("-o", "--output", help="report.html, or runs.zip for the raw numbers.")],
) -> None:
    """Write a comparison of runs as one HTML file that needs no network, or its raw numbers as a zip."""
    check_target(out, (".html", ".zip"))
    # Charts and verdicts are the app's, which this package never imports.
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    command = [sys.executable, "-m", "app.report", *job_ids, "-o", str(out)]
    raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)


def export(
    job_id: IdArgument,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="train.py or run.ipynb (repeat the run), net.keras, weights.weights.h5, epochs.csv, steps.csv, "
            "epochs.parquet, steps.parquet, spec.json, recipe.json, run.json; a longer name may hold these.",
        ),
    ],
) -> None:
    """Write a file of a job: a script that repeats it to the last bit, its network, weights, numbers or documents."""
    from resnet_core.runs import exports, store

    kind = exports.kind_of(output)
    check_target(output, [output.suffix.lower()])
    write_file(output, exports.export(job_id, kind))
    if kind == exports.WEIGHTS_FILE and not output.name.endswith(".weights.h5"):
        say("note: Keras loads weights from names that end in .weights.h5")
    if kind == "net.keras":
        tell_of_depth(make_spec(store.job(job_id).spec))


def _error(job: "Job") -> str:
    return percent(job.last_epoch.val_error) if job.last_epoch else ""
