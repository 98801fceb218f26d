"""`lessons`: check the files of a course."""

from pathlib import Path
from typing import Annotated

import typer

from resnet_core.cli.arguments import JsonOption
from resnet_core.cli.output import print_json

FINE, FAULTY = 0, 2


def register(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help="The course: Markdown files with live blocks."
    )
    group.command()(check)
    group.callback()(_lessons)
    app.add_typer(group, name="lessons")


def check(
    path: Annotated[
        Path | None, typer.Argument(metavar="[PATH]", help="A lesson, a glossary or a folder; all without it.")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """List everything that is wrong, each with its file and line."""
    from resnet_core.lessons import check as checking

    found = checking.check(path)
    if as_json:
        print_json({"problems": [{"path": str(file), "line": item.line, "text": item.text} for file, item in found]})
    else:
        for file, problem in found:
            print(problem.at(_near(file)))
        print(f"{len(found)} problem{'' if len(found) == 1 else 's'}" if found else "nothing is wrong")
    return FAULTY if found else FINE


def _lessons() -> None:
    """Keep `check` a word of its own: Typer would leave out the name of a single command."""


def _near(path: Path) -> Path:
    """Return a path as one would type it here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
