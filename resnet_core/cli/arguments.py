"""What commands share: the SPEC argument, --set and --recipe, and how their texts are read."""

import difflib
import json
import sys
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from pydantic import BaseModel

from resnet_core.errors import InputError, RecipeError, SpecError
from resnet_core.families import PRESETS, get_spec
from resnet_core.recipes import MAX_SEED, RECIPES, Recipe, get_recipe, make_recipe
from resnet_core.sources import ANY_SOURCE
from resnet_core.spec import ResNetSpec, make_spec, parse_spec

SpecArgument = Annotated[
    str, typer.Argument(metavar="SPEC", help="A preset's name, a JSON file, or - for JSON on standard input.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a field, as stages=3-3-3 or learning_rate=0.05. Repeat."),
]
RecipeOption = Annotated[
    str, typer.Option("--recipe", metavar="RECIPE", help=f"One of {', '.join(RECIPES)}, or a JSON file.")
]
DataOption = Annotated[str, typer.Option("--data", metavar="DATA", help=f"{ANY_SOURCE}.")]
SeedOption = Annotated[
    int, typer.Option("--seed", min=0, max=MAX_SEED, help="Of weights, split, order and augmentation.")
]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="As `jobs list` shows it.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def read_spec(source: str, changes: list[str] | None) -> ResNetSpec:
    """Read a network for a command that trains nothing.

    Raises:
        SpecError: there is no such preset or file, or the fields make no network.
        InputError: a change cannot be read, or is one of a recipe.
    """
    of_spec, of_recipe = _sort(changes)
    if of_recipe:
        raise InputError(f"--set {next(iter(of_recipe))} belongs to a recipe, and this command trains nothing: drop it")
    return _changed_spec(source, of_spec)


def read_run(source: str, recipe: str, changes: list[str] | None) -> tuple[ResNetSpec, Recipe]:
    """Read a network and how to train it; changes go to the one that has the field.

    Raises:
        SpecError, RecipeError, InputError: as for each part.
    """
    of_spec, of_recipe = _sort(changes)
    base = _recipe(recipe).model_dump()
    # A budget in steps replaces one in epochs, and the other way round.
    for budget, other in (("epochs", "steps"), ("steps", "epochs")):
        if of_recipe.get(budget) is not None and other not in of_recipe:
            base[other] = None
    return _changed_spec(source, of_spec), make_recipe(base | of_recipe) if of_recipe else _recipe(recipe)


def _changed_spec(source: str, changes: dict[str, Any]) -> ResNetSpec:
    spec = _spec(source)
    return make_spec(spec.model_dump() | changes) if changes else spec


def _spec(source: str) -> ResNetSpec:
    if source == "-":
        return parse_spec(_standard_input())
    if source in PRESETS:
        return get_spec(source)
    path = Path(source)
    if path.suffix == ".json" or _is_path(source):
        return parse_spec(_read(path, SpecError))
    if source.lstrip().startswith("{"):
        raise SpecError("JSON itself was received where a name goes: write it to a file, or give - and pipe it in")
    name, _, changes = source.partition(",")
    if name in PRESETS and changes:
        options = " ".join(f"--set {change.replace('.', '=', 1)}" for change in changes.split("~"))
        raise SpecError(f"{source[:60]!r} is how a page's address writes it: here it is {name} {options}")
    try:
        return get_spec(source)
    except SpecError as error:
        raise SpecError(f"{error} `presets` lists all") from None


def _recipe(source: str) -> Recipe:
    if source in RECIPES or not (source.endswith(".json") or _is_path(source)):
        return get_recipe(source)
    text = _read(Path(source), RecipeError)
    try:
        values = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise RecipeError(f"the recipe {source} is not valid JSON ({error}): correct it") from error
    except ValueError as error:  # a number of more digits than Python converts
        raise RecipeError(
            f"the recipe {source} has a number of thousands of digits: no field of a recipe is so large"
        ) from error
    return make_recipe(values)


def _standard_input() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError:
        raise SpecError("standard input is not a text in UTF-8: give JSON") from None


def _is_path(text: str) -> bool:
    try:
        return "/" in text or Path(text).is_file()
    except (OSError, ValueError):
        return False


def _read(path: Path, kind: type[InputError]) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # some editors begin a file with a mark of its encoding
    except FileNotFoundError:
        raise kind(f"there is no file {path}: give a name that exists, or a JSON file") from None
    except UnicodeDecodeError:
        raise kind(f"{path} is not a text in UTF-8: give a JSON file") from None
    except (OSError, ValueError) as error:
        raise kind(f"{path} cannot be read ({getattr(error, 'strerror', None) or error}): give a JSON file") from error


def _sort(changes: list[str] | None) -> tuple[dict[str, Any], dict[str, Any]]:
    of_spec: dict[str, Any] = {}
    of_recipe: dict[str, Any] = {}
    for change in changes or ():
        key, sign, text = change.partition("=")
        key = key.strip()
        if not sign or not key:
            raise InputError(f"--set needs KEY=VALUE, received {change!r}: write, say, --set width=32")
        if key in ResNetSpec.model_fields:
            of_spec[key] = _value(ResNetSpec, key, text.strip())
        elif key in Recipe.model_fields:
            of_recipe[key] = _value(Recipe, key, text.strip())
        else:
            fields = [*ResNetSpec.model_fields, *Recipe.model_fields]
            near = difflib.get_close_matches(key, fields, n=3, cutoff=0.5)
            advice = f"did you mean {', '.join(near)}?" if near else f"fields are {', '.join(fields)}"
            raise InputError(f"--set {key[:60]}: neither a network nor a recipe has such a field: {advice}")
    return of_spec, of_recipe


def _value(model: type[BaseModel], key: str, text: str) -> Any:
    """Read a field's text; numbers, choices and truth values are left to the model, which checks them."""
    kinds = get_args(model.model_fields[key].annotation)
    if text.lower() in ("none", "null") and type(None) in kinds:
        return None
    if key in ("stages", "milestones"):
        inner = text.strip("[]() ").rstrip(",")
        return tuple(part.strip() for part in inner.split("," if "," in inner else "-")) if inner else ()
    return text
