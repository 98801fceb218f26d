"""Short names that tell runs apart by what sets them apart."""

from collections.abc import Callable, Sequence
from typing import Any

from app.language import _
from app.recipe_words import CHOICES
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
    """Return a name for each run of a recorded study: no longer than it takes to tell it from the others.

    It is the network's name, and settings in which recipes differ where several share that; these alone where all do.
    """
    recipes = [run.recipe.model_dump(mode="json") for run in runs]
    several = len({run.seed for run in runs}) > 1
    seeds = [_("seed {seed}").format(seed=run.seed) if several else "" for run in runs]
    networks = [run.name if len({run.name for run in runs}) > 1 else "" for run in runs]
    ways = [[run.name for run in runs]], *([networks, recipe_differences(recipes, most)] for most in (1, 2, None))
    for way in ways:
        names = [", ".join(filter(None, parts)) for parts in zip(*way, seeds, strict=True)]
        if len(set(names)) == len(names) and all(names):
            return names
    return [f"{number}. {run.name}" for number, run in enumerate(runs, start=1)]


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
    if name in CHOICES:
        return f"{words} {_(CHOICES[name].get(value, value))}"
    text = f"{value:g}" if isinstance(value, float) else "-".join(map(str, value)) if isinstance(value, list) else value
    if name == "epochs":
        return _("{count} epochs").format(count=text)
    return _("{count} steps").format(count=text) if name == "steps" else f"{words} {text}"
