"""The command line: `python -m resnet_core COMMAND ...`.

Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 failed, 2 bad input,
130 interrupted. With `--json` standard output holds one JSON document.
"""

import contextlib
import os
import sys
from collections.abc import Sequence

import typer

from resnet_core.cli import data, doctor, lessons, networks, runs, studies
from resnet_core.errors import LabError, one_line

app = typer.Typer(
    name="resnet_core",
    help="Describe, draw, count, build, train and compare residual networks.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
networks.register(app)
runs.register(app)
studies.register(app)
data.register(app)
lessons.register(app)
doctor.register(app)

# Typer's errors about the command line itself, whichever library they come from in this version.
_UsageProblem = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; problems are told in one line."""
    arguments = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    try:
        code = app(arguments, prog_name="python -m resnet_core", standalone_mode=False)
        sys.stdout.flush()
    except LabError as error:
        return _complain(one_line(error), error.exit_code)
    except _UsageProblem as error:
        return _complain(f"{' '.join(error.format_message().split())} (--help lists what there is)", 2)
    except OSError as error:
        return _unwritten(error)
    except (KeyboardInterrupt, typer.Abort):
        return _complain("interrupted", 130)
    return code if isinstance(code, int) else 0


def _unwritten(error: OSError) -> int:
    """Say why a result could not be written, unless its reader has left."""
    if error.filename is None:
        # What is left of it has nowhere to go, and Python would try again at its end.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return 1
    what = error.filename or "the result"
    return _complain(
        f"{what} cannot be read or written ({error.strerror}): free some space, or choose another place", 1
    )


def _complain(line: str, code: int) -> int:
    print(f"error: {line}", file=sys.stderr)
    return code
