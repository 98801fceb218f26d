"""The numbers of groups of runs: means, spreads, differences to a baseline, and what they say in a sentence."""

from collections.abc import Sequence

import pandas as pd

from app.charts.spread import Mean, mean_of
from app.grouping import Group, title
from app.language import _
from app.run import Run


def final_errors(runs: Sequence[Run], name: str = "val_error") -> Mean | None:
    """Return the mean of the runs' last errors; None before the first epoch of any."""
    return mean_of([getattr(run.last, name) for run in runs if run.last])


def baseline_error(groups: Sequence[Group], key: str) -> float | None:
    """Return the mean final validation error of the group that is pinned; None if none is, or it has no epoch."""
    for group in groups:
        if group.key == key and (found := final_errors(group.runs)):
            return found.mean
    return None


def group_numbers(groups: Sequence[Group], baseline: float | None = None) -> pd.DataFrame:
    """Return one row a group: errors in percent, their deviations and differences in points, times in seconds.

    Args:
        groups: in the order of the rows.
        baseline: the error that differences are taken to, a fraction 0..1.
    """
    rows = []
    for group in groups:
        val, train = final_errors(group.runs), final_errors(group.runs, "train_error")
        test = mean_of([run.job.test_error for run in group.runs if run.job.test_error is not None])
        time = mean_of([run.seconds for run in group.runs if run.seconds is not None])
        lowest = [best.val_error for run in group.runs if (best := run.best("val_error"))]
        rows.append(
            {
                "group": group.label,
                "n": sum(bool(run.epochs) for run in group.runs),
                "val": _percent(val and val.mean),
                "val_deviation": _percent(val and val.deviation),
                "difference": _percent(None if baseline is None or val is None else val.mean - baseline),
                "train": _percent(train and train.mean),
                "train_deviation": _percent(train and train.deviation),
                "test": _percent(test and test.mean),
                "lowest": _percent(min(lowest, default=None)),
                "seconds": time and time.mean,
            }
        )
    table = pd.DataFrame(rows, columns=["group", "n", *_NUMBERS])
    return table.astype({"group": "string", "n": "Int64", **dict.fromkeys(_NUMBERS, "Float64")})


def reading(groups: Sequence[Group], by: str) -> str:
    """Say which group ends lowest, and whether the distance to the next is more than luck may explain.

    Returns: a sentence or two; empty where fewer than two groups have numbers.
    """
    found = [(group.label, mean) for group in groups if (mean := final_errors(group.runs))]
    if len(found) < 2:
        return ""
    (first, best), (second, next_best), *_rest = sorted(found, key=lambda item: item[1].mean)
    text = _("By {field}, the lowest mean validation error is that of {first}, {low}; next {second}, {next}.").format(
        field=title(by), first=first, low=best.in_percent(), second=second, next=next_best.in_percent()
    )
    spreads = [mean.deviation for mean in (best, next_best) if mean.deviation is not None]
    if len(spreads) < 2:
        doubt = _("With one run in a group its spread is unknown: repeat it with other seeds to rule out luck.")
        return f"{text} {doubt}"
    distance = next_best.mean - best.mean
    if distance <= max(spreads):
        return f"{text} {_('They lie within one standard deviation of each other: that may be luck.')}"
    apart = _("They are {number:.1f} standard deviations of single runs apart.")
    return f"{text} {apart.format(number=distance / max(max(spreads), 1e-9))}"


_NUMBERS = (
    "val",
    "val_deviation",
    "difference",
    "train",
    "train_deviation",
    "test",
    "lowest",
    "seconds",
)


def _percent(fraction: float | None) -> float | None:
    return None if fraction is None else 100 * fraction
