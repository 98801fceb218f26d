"""A comparison as one HTML file that needs nothing else: `python -m app.report RUN... -o report.html`.

Charts, verdict, table, networks, recipes, versions and seeds; light or dark as the reader's device is. It loads nothing
from anywhere, and holds no path of the machine that made it.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from plotly.offline import get_plotlyjs

import resnet_core
from app import theme
from app.archive import as_zip
from app.charts.curves import Curve
from app.charts.packing import chart_json
from app.compare_state import CompareState, Picture
from app.feed import Feed
from app.group_numbers import reading
from app.grouping import REPEATS, SEPARATE, grouped
from app.language import _, language, ngettext
from app.pictures import Drawn, draw
from app.portable import portable
from app.report_tables import about_runs, groups_table, runs_table
from app.run import Run
from app.run_names import run_names
from app.verdict import verdict
from resnet_core.cli.output import write_file
from resnet_core.errors import LabError, one_line
from resnet_core.runs import store

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Report:
    """What a report is made of.

    Attributes:
        state: how the reader looked at the runs; a fresh one from the command line.
        runs: of the comparison, at least one.
        lines: their curves, in the same order.
    """

    state: CompareState
    runs: Sequence[Run]
    lines: Sequence[Curve]


def as_html(report: Report, now: float | None = None) -> str:
    """Write the report.

    Args:
        report: what it is about.
        now: seconds since 1970, for its date line; None for the present.
    """
    said = verdict(report.runs)
    date = time.strftime(_("%d %B %Y, %H:%M UTC"), time.gmtime(now))
    count = len(report.runs)
    # Only the verdict of a study names a source in full, and its runs share it.
    words = portable(said.text, report.runs[0].job.data)
    parts = [
        f"<h1>{ngettext('{count} run compared', '{count} runs compared', count).format(count=count)}</h1>",
        f'<p class="soft">ResNet Lab {escape(resnet_core.__version__)}, {date}</p>',
        f'<p class="verdict {said.kind}">{escape(words)}</p>',
        *_figures(report),
    ]
    if report.state.group != SEPARATE:
        groups = grouped(report.runs, report.state.group)
        parts += [groups_table(groups, report.state), f"<p>{escape(reading(groups, report.state.group))}</p>"]
    parts += [runs_table(report.runs), about_runs(report.runs)]
    return _document("\n".join(parts), _("{count} runs of ResNet Lab").format(count=count))


def fresh_state(runs: Sequence[Run]) -> CompareState:
    """Return the state for a report that nobody looked at before: repeats with other seeds are drawn as their mean."""
    ids = tuple(run.job.id for run in runs)
    repeated = any(len(group.runs) > 1 for group in grouped(runs, REPEATS))
    return CompareState(runs=ids, group=REPEATS if repeated else SEPARATE)


def _figures(report: Report) -> list[str]:
    """Return the curves, and each other picture that has something to show."""
    ended = [run for run in report.runs if run.job.state == "finished" and run.epochs]
    wanted = [Picture.CURVES]
    if len({run.spec.depth for run in ended}) > 1:
        wanted.append(Picture.DEPTH)
    if len({run.job.params for run in ended}) > 1:
        wanted.append(Picture.SIZE)
    if len(ended) > 1:
        wanted.append(Picture.TIME)
    return [_figure(draw(replace(report.state, picture=picture), report.runs, report.lines)) for picture in wanted]


def _figure(drawn: Drawn) -> str:
    notes = " ".join(escape(portable(note)) for note in drawn.notes)
    return (
        f'<figure><div class="chart" data-height="{drawn.height}" data-alt="{escape(drawn.alt)}">'
        f'<div class="plot"></div>{_data(chart_json(drawn.figure))}</div><figcaption>{notes}</figcaption></figure>'
    )


def _data(json_text: str, name: str = "") -> str:
    """Return JSON for a script to read; no text in it can end its element."""
    safe = json_text.replace("<", "\\u003c")
    return f'<script type="application/json"{f" id={name!r}" if name else ""}>{safe}</script>'


def _document(body: str, title: str) -> str:
    # The charts' own scripts and style; nothing may be loaded from anywhere.
    policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
    variants = "{" + ",".join(f'"{light}":"{dark}"' for light, dark in theme.DARK_VARIANTS.items()) + "}"
    scripts = [
        get_plotlyjs(),
        *((_FOLDER / name).read_text("utf-8") for name in ("widgets/chart_theme.js", "report.js")),
    ]
    return "\n".join(
        (
            f'<!doctype html>\n<html lang="{language()}">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f"<style>{(_FOLDER / 'report.css').read_text('utf-8')}</style>\n</head>\n<body>\n<main>",
            body,
            "</main>",
            _data(variants, "variants"),
            *(f"<script>{script}</script>" for script in scripts),
            "</body>\n</html>\n",
        )
    )


def main(arguments: Sequence[str]) -> int:
    """Write what `python -m resnet_core jobs report ID... -o FILE` asked for, and return the exit code."""
    *ids, _option, target = arguments
    try:
        report = _read(tuple(dict.fromkeys(ids)))
        path = Path(target)
        write_file(path, as_zip(report.runs) if path.suffix.lower() == ".zip" else as_html(report).encode())
    except LabError as error:
        print(f"error: {one_line(error)}", file=sys.stderr)
        return error.exit_code
    return 0


def _read(ids: tuple[str, ...]) -> Report:
    feed = Feed(ids, with_steps=False)
    feed.poll()
    trained = {job.id for job in feed.jobs if job.kind == "train"}
    for job_id in ids:
        if job_id not in trained:
            raise store.unknown(job_id)
    names = run_names(feed.jobs)
    runs = [Run(job, names[job.id], feed.epochs_of(job.id)) for job in feed.jobs]
    return Report(fresh_state(runs), runs, feed.curves())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
