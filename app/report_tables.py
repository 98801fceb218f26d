"""The tables of a report as HTML: groups, runs, and everything about each run. All text from outside is escaped."""

import json
import time
from collections.abc import Sequence
from html import escape

from app import theme
from app.charts.spread import Mean, mean_of
from app.compare_state import CompareState
from app.group_numbers import baseline_error, final_errors
from app.grouping import Group, title
from app.language import _
from app.portable import portable
from app.recipe_words import in_words
from app.run import Run
from app.run_list import data_name
from app.run_message import run_message
from resnet_core.recipes import make_recipe


def runs_table(runs: Sequence[Run]) -> str:
    """Write the final numbers, a row a run."""
    heads = (_("run"), _("state"), _("validation error"), _("lowest"), _("training error"), _("test error"))
    heads += (_("epochs"), _("time"), _("images/s"), _("parameters"), "MACs", _("seed"), _("data"), _("tags"))
    rows = []
    for run in runs:
        best = run.best("val_error")
        rows.append(
            (
                run.label,
                _(run.job.state),
                _percent(run.last and run.last.val_error),
                _percent(best and best.val_error),
                _percent(run.last and run.last.train_error),
                _percent(run.job.test_error),
                str(len(run.epochs)),
                theme.seconds(run.seconds) if run.seconds is not None else "",
                theme.count(run.images_per_second) if run.images_per_second is not None else "",
                theme.count(run.job.params) if run.job.params else "",
                theme.big(run.job.macs) if run.job.macs else "",
                str(run.job.seed),
                data_name(run.job),
                " ".join(run.job.tags),
            )
        )
    note = _(
        "Errors after the last epoch; lowest: of any epoch. MACs are multiply-accumulates of convolutions and dense "
        "layers for one image. Parameters include the moving statistics of batch normalization."
    )
    return f"<h2>{_('Final numbers')}</h2>{_table(heads, rows, range(2, 12))}<p class='soft'>{note}</p>"


def groups_table(groups: Sequence[Group], state: CompareState) -> str:
    """Write the means of groups, and their differences to the baseline where one is pinned."""
    base = baseline_error(groups, state.baseline)
    heads = [title(state.group), _("validation error"), _("training error"), _("test error"), _("training time")]
    heads += [_("to the baseline")] if base is not None else []
    rows = []
    for group in groups:
        val = final_errors(group.runs)
        time_ = mean_of([run.seconds for run in group.runs if run.seconds is not None])
        test = mean_of([run.job.test_error for run in group.runs if run.job.test_error is not None])
        row = [group.label, *map(_mean, (val, final_errors(group.runs, "train_error"), test))]
        row.append(theme.seconds(time_.mean) if time_ else "")
        if base is not None:
            row.append(_("{number:+.2f} points").format(number=100 * (val.mean - base)) if val else "")
        rows.append(row)
    note = _("± is the sample standard deviation over the runs of a group.")
    head = f"<h2>{escape(_('Means by {field}').format(field=title(state.group)))}</h2>"
    return f"{head}{_table(heads, rows, range(1, 6))}<p class='soft'>{note}</p>"


def about_runs(runs: Sequence[Run]) -> str:
    """Write everything about each run, folded."""
    return f"<h2>{_('The runs')}</h2>\n" + "\n".join(_about(run) for run in runs)


def _about(run: Run) -> str:
    job = run.job
    facts = {
        _("Id"): job.id,
        _("State"): f"{_(job.state)}. {portable(run_message(job), job.data)}" if job.message else _(job.state),
        _("Note"): portable(job.note, job.data),
        _("Tags"): " ".join(job.tags),
        _("Data"): data_name(job),
        _("Data fingerprint"): job.data_fingerprint or "",
        _("Seed"): str(job.seed),
        _("Recipe"): in_words(make_recipe(job.recipe)) if job.recipe else "",
        _("Device"): job.device or _("has not begun"),
        _("Submitted"): time.strftime(_("%d %B %Y, %H:%M UTC"), time.gmtime(job.created)),
        _("Versions"): ", ".join(f"{name} {version}" for name, version in job.versions.items()),
        _("Study"): job.study or "",
        _("Images"): portable(" ".join(job.notes), job.data),
    }
    listed = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in facts.items() if text)
    documents = "".join(
        f"<p class='soft'>{name}</p><pre>{escape(json.dumps(value, indent=2))}</pre>"
        for name, value in (("spec.json", job.spec), ("recipe.json", job.recipe))
        if value is not None
    )
    head = f"<summary><h3>{escape(run.label)}</h3> <span class='soft'>{escape(job.id)}</span></summary>"
    return f"<details>{head}<dl>{listed}</dl>{documents}</details>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: range) -> str:
    def cell(tag: str, at: int, text: str) -> str:
        number = " class='number'" if at in numbers else ""
        scope = " scope='col'" if tag == "th" else ""
        return f"<{tag}{number}{scope}>{escape(text)}</{tag}>"

    filled = [at for at in range(len(heads)) if any(row[at] for row in rows)]
    head = "".join(cell("th", at, heads[at]) for at in filled)
    body = "\n".join("<tr>" + "".join(cell("td", at, row[at]) for at in filled) + "</tr>" for row in rows)
    return f"<div class='wide' tabindex='0'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _percent(fraction: float | None) -> str:
    return "" if fraction is None else theme.percent(fraction)


def _mean(mean: Mean | None) -> str:
    return mean.in_percent() if mean else ""
