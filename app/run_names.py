"""Short names that tell runs apart by what sets them apart."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from app.language import _
from app.run_list import data_name
from resnet_core.recipes import Recipe
from resnet_core.runs.records import Job
from resnet_core.studies import Outcome


def run_names(jobs: Sequence[Job]) -> dict[str, str]:
    """Return a name for each run that no other run of the list has.

    It begins with the network's name. Runs of the same network are told apart by their data, then by up to two
    settings in which their recipes differ, then by seed, and by id where all of that is the same.
    """
    groups: dict[str, list[Job]] = {}
    for job in jobs:
        groups.setdefault(job.name, []).append(job)
    names: dict[str, str] = {}
    for name, group in groups.items():
        names |= _told_apart(name, group)
    return names


def recipe_differences(recipes: Sequence[dict[str, Any]], most: int | None = None) -> list[str]:
    """Return for each recipe the settings that are not the same in all of them, as `learning rate 0.1`.

    Args:
        recipes: as the store has them.
        most: name at most that many settings; None names all.
    """
    fields = [name for name in Recipe.model_fields if len({str(recipe.get(name)) for recipe in recipes}) > 1][:most]
    return [", ".join(_setting(name, recipe[name]) for name in fields if _says(recipe.get(name))) for recipe in recipes]


def recorded_names(runs: Sequence[Outcome]) -> list[str]:
    """Return a name for each run of a recorded study: its network's, and what sets it apart from others of the same."""
    settings = recipe_differences([run.recipe.model_dump(mode="json") for run in runs], most=2)
    shared = Counter((run.name, run.seed) for run in runs)
    several = len({run.seed for run in runs}) > 1
    names = []
    for run, setting in zip(runs, settings, strict=True):
        told = setting if shared[run.name, run.seed] > 1 else ""
        seed = _("seed {seed}").format(seed=run.seed) if several else ""
        names.append(", ".join(filter(None, (run.name, told, seed))))
    return names


def _told_apart(name: str, group: list[Job]) -> dict[str, str]:
    names = {job.id: name for job in group}
    tells: tuple[Callable[[list[Job]], list[str]], ...] = (
        lambda jobs: [data_name(job) for job in jobs],
        lambda jobs: recipe_differences([job.recipe or {} for job in jobs], most=2),
        lambda jobs: [_("seed {seed}").format(seed=job.seed) for job in jobs],
        lambda jobs: [job.id for job in jobs],
    )
    for tell in tells:
        alike: dict[str, list[Job]] = {}
        for job in group:
            alike.setdefault(names[job.id], []).append(job)
        for jobs in alike.values():
            words = tell(jobs)
            if len(set(words)) > 1:
                names |= {job.id: f"{names[job.id]}, {word}" for job, word in zip(jobs, words, strict=True) if word}
    return names


def _says(value: Any) -> bool:
    return value is not None and value != [] and value is not False


def _setting(name: str, value: Any) -> str:
    words = _(name.replace("_", " "))
    if value is True:
        return words
    text = f"{value:g}" if isinstance(value, float) else "-".join(map(str, value)) if isinstance(value, list) else value
    if name == "epochs":
        return _("{count} epochs").format(count=text)
    return _("{count} steps").format(count=text) if name == "steps" else f"{words} {text}"
