"""The commands that repeat a run, with every choice that differs from a preset or a recipe by name."""

import shlex
from typing import Any

from pydantic import BaseModel

from resnet_core.families import PRESETS
from resnet_core.recipes import RECIPES, Recipe, make_recipe
from resnet_core.runs.folders import read_environment
from resnet_core.runs.records import Job
from resnet_core.spec import ResNetSpec, make_spec

PYTHON = ("python", "-m", "resnet_core")
INSTALLED = ("keras", "tensorflow", "jax", "torch", "numpy")


def train_command(job: Job) -> str:
    """Return the line that trains this very run here and now: the same network, recipe, data and seed.

    Returns: a line for a shell; read back by the command line, it gives the run's spec and recipe to the last digit.
    """
    preset, of_spec = _nearest(make_spec(job.spec), {name: preset.spec for name, preset in PRESETS.items()})
    recipe, of_recipe = _nearest(make_recipe(job.recipe), RECIPES)
    words = [*PYTHON, "train", preset, "--data", job.data, "--recipe", recipe]
    for key, value in (of_spec | of_recipe).items():
        words += ["--set", f"{key}={_as_text(value)}"]
    words += ["--seed", str(job.seed)]
    backend = read_environment(job.id).get("backend", "tensorflow")
    return ("" if backend == "tensorflow" else f"KERAS_BACKEND={backend} ") + shlex.join(words)


def export_command(job: Job, file: str = "train.py") -> str:
    """Return the line that writes a run's script, or another of its files."""
    return shlex.join([*PYTHON, "jobs", "export", job.id, "-o", file])


def install_command(job: Job) -> str:
    """Return the line that installs the versions that trained a run; empty where they are unknown."""
    backend = read_environment(job.id).get("backend")
    wanted = {"keras", "numpy", backend} if backend else set(INSTALLED)
    pins = [f"{name}=={job.versions[name]}" for name in INSTALLED if name in wanted and name in job.versions]
    return shlex.join(["pip", "install", *pins]) if pins else ""


def _nearest(wanted: BaseModel, known: dict[str, BaseModel]) -> tuple[str, dict[str, Any]]:
    """Return the known one with the fewest fields to change, and those changes."""
    changes = {name: _changes(wanted, base) for name, base in known.items()}
    name = min(changes, key=lambda name: len(changes[name]))
    return name, changes[name]


def _changes(wanted: ResNetSpec | Recipe, base: ResNetSpec | Recipe) -> dict[str, Any]:
    values = wanted.model_dump(mode="json")
    different = {key: values[key] for key in values if getattr(wanted, key) != getattr(base, key)}
    # A budget in steps takes the place of one in epochs, and the other way round.
    return {key: value for key, value in different.items() if value is not None or key not in ("epochs", "steps")}


def _as_text(value: Any) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case list():
            return "-".join(map(str, value))
    return str(value)
