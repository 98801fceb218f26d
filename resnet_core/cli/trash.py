"""`jobs restore|trash`: what was deleted, bringing it back, and removing it for good."""

import time
from typing import Annotated

import typer

from resnet_core.cli.arguments import IdArgument, JsonOption
from resnet_core.cli.output import print_json, print_table


def register(group: typer.Typer) -> None:
    """Add these commands to `jobs`."""
    group.command("restore")(restore)
    group.command("trash")(show_trash)


def restore(job_id: IdArgument, as_json: JsonOption = False) -> None:
    """Bring a deleted job back, with its files, notes and tags."""
    from resnet_core.runs import store, trash

    trash.restore(job_id)
    job = store.job(job_id)
    if as_json:
        print_json(job.as_json())
    else:
        print(f"{job_id} is back, {job.state}")


def show_trash(
    as_json: JsonOption = False,
    empty: Annotated[bool, typer.Option("--empty", help="Remove all of it for good.")] = False,
) -> None:
    """List deleted jobs, with the day on which each is removed for good."""
    from resnet_core.runs import store, trash

    if empty:
        removed = trash.empty()
        if as_json:
            print_json({"removed": removed})
        else:
            print(f"{removed:,} run{'s' * (removed != 1)} removed for good")
        return
    inside = store.trashed()
    if as_json:
        print_json({"jobs": [job.as_json() | {"trashed": job.trashed} for job in inside]})
    elif not inside:
        print("the trash is empty")
    else:
        rows = [(job.id, job.name, job.state, _day(job.trashed), _day(trash.emptied_at(job))) for job in inside]
        print_table(("id", "network", "state", "deleted", "removed for good"), rows)


def _day(moment: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(moment))
