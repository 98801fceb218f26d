"""Runs sorted into groups by anything that sets them apart: a field of the network, of the recipe, data, seed, tag."""

import hashlib
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.language import N_, _
from app.run import Run
from app.run_list import data_name
from resnet_core.recipes import Recipe
from resnet_core.spec import ResNetSpec

SEPARATE = ""
"""The name of no field: every run stands for itself."""

REPEATS = "repeats"
"""Groups runs that are the same but for their seed."""


@dataclass(frozen=True)
class Group:
    """Runs that have something in common.

    Attributes:
        key: what they have in common, as a link names it; a run's id where runs stand for themselves.
        label: the same for a reader.
        runs: in the order of the comparison; a run with two tags is in two groups.
    """

    key: str
    label: str
    runs: tuple[Run, ...]


def title(name: str) -> str:
    """Return a field in words, as `learning rate`."""
    return _(_TITLES.get(name, name.replace("_", " ")))


def varying(runs: Sequence[Run]) -> list[str]:
    """Return the fields that are worth grouping by: those in which the runs differ."""
    return [name for name, read in FIELDS.items() if len({read(run) for run in runs}) > 1]


def grouped(runs: Sequence[Run], by: str) -> list[Group]:
    """Return the runs in groups, numbers in rising order and words in the order of the runs.

    Args:
        runs: of the comparison.
        by: a name of FIELDS; SEPARATE makes each run a group of its own.
    """
    if by == SEPARATE:
        return [Group(run.job.id, run.label, (run,)) for run in runs]
    read = FIELDS[by]
    members: dict[str, list[Run]] = {}
    for run in runs:
        for value in read(run):
            members.setdefault(value, []).append(run)
    order = sorted(members, key=_number) if all(map(_is_number, members)) else list(members)
    labels = [_label(by, value, members[value]) for value in order]
    return [
        # A name may be too short to tell two groups of repeats apart.
        Group(value, label if labels.count(label) == 1 else f"{label} ({value})", tuple(members[value]))
        for value, label in zip(order, labels, strict=True)
    ]


def mixed(groups: Sequence[Group], besides: Sequence[str]) -> list[str]:
    """Return the fields in which runs of one group differ, for a reader who should know what a mean mixes.

    Args:
        groups: as `grouped` gives them.
        besides: fields that need no mention, because the groups or the panels are made of them.
    """
    told = {*besides, "seed", "tag", "state", "study", "device", REPEATS}
    differing = {name for group in groups for name in varying(group.runs)} - told
    # The number of blocks, the name and the depth say the same thing: once is enough.
    differing -= {"network"} if differing & _NAMED or _NAMED & told else set()
    differing -= {"stages"} if {"depth"} & (differing | told) else set()
    return [name for name in FIELDS if name in differing]


def _repeat(run: Run) -> tuple[str, ...]:
    text = "\n".join((run.job.spec_json, run.job.recipe_json or "", run.job.data or ""))
    return (hashlib.sha256(text.encode()).hexdigest()[:8],)


def _setting(document: str, name: str) -> Callable[[Run], tuple[str, ...]]:
    return lambda run: (_text((getattr(run.job, document) or {}).get(name)),)


def _text(value: object) -> str:
    if value is None:
        return N_("none")
    if isinstance(value, bool):
        return N_("yes") if value else N_("no")
    if isinstance(value, list):
        return "-".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _label(by: str, value: str, runs: Sequence[Run]) -> str:
    match by:
        case "depth":
            return _("{count} layers").format(count=value)
        case "repeats":
            return _without_seed(runs)
        case "network" | "data" | "tag":
            return value
    # A number, yes or none says nothing without its field.
    return f"{title(by)} {_(value)}" if re.fullmatch(r"[\d.e-]+|yes|no|none", value) else _(value)


def _without_seed(runs: Sequence[Run]) -> str:
    """Return the name that repeats share: the label up to what tells one from another."""
    first = runs[0].label
    seed = _("seed {seed}").format(seed=runs[0].job.seed)
    return first.partition(f", {seed}")[0].partition(f", {runs[0].job.id}")[0]


def _is_number(text: str) -> bool:
    try:
        return text == "none" or math.isfinite(float(text))
    except ValueError:
        return False


def _number(text: str) -> float:
    return math.inf if text == "none" else float(text)


_TITLES = {
    "repeats": N_("network and settings"),
    "residual": N_("plain or residual"),
    "stages": N_("blocks per stage"),
    "train_size": N_("training images"),
    "validation_size": N_("held-out images"),
    "input_size": N_("image size"),
    "order": N_("order of layers"),
    "bn_momentum": N_("BN momentum"),
    "bn_epsilon": N_("BN epsilon"),
    "conv_bias": N_("convolution bias"),
}

_NAMED = {"depth", "residual", "shortcut", "block", "width", "stages", "batch_norm", "input_size"}
"""Fields that a network's name already tells apart."""

FIELDS: dict[str, Callable[[Run], tuple[str, ...]]] = {
    REPEATS: _repeat,
    "depth": lambda run: (str(run.spec.depth),),
    "residual": lambda run: (N_("residual") if run.job.spec["residual"] else N_("plain"),),
    "network": lambda run: (run.job.name,),
    **{name: _setting("spec", name) for name in ResNetSpec.model_fields if name != "residual"},
    **{name: _setting("recipe", name) for name in Recipe.model_fields},
    "data": lambda run: (data_name(run.job),),
    "seed": lambda run: (str(run.job.seed),),
    "tag": lambda run: run.job.tags or (N_("no tag"),),
    "state": lambda run: (run.job.state,),
    "device": lambda run: (run.job.device or "none",),
    "study": lambda run: (run.job.study or "none",),
}
"""What each field reads from a run: its values as text, for most fields one."""
