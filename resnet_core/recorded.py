"""Studies that were run before and travel with the lab, each with where it comes from.

They are assets/recorded/NAME.json for a study's quick size and NAME_full.json for its full one. Each holds what `jobs
show --json` prints of its runs, besides versions and date. Its verdict is read from its numbers again each time, by
today's rules.
"""

import functools
import json
import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from resnet_core.errors import InputError
from resnet_core.recipes import make_recipe
from resnet_core.results import Epoch
from resnet_core.spec import make_spec
from resnet_core.studies import Outcome, Size, Study, get_study

FORMAT = 1
BACKENDS = ("tensorflow", "jax", "torch")
FOLDER = Path(__file__).resolve().parents[1] / "assets" / "recorded"


@dataclass(frozen=True)
class Recording:
    """A study as it once ran.

    Attributes:
        study, size, data, seeds: what was run.
        date: when, as 2026-11-26.
        device: the processor that trained.
        versions: of Python and the libraries; older recordings name all backends that were installed.
        runs: each with all its epochs.
    """

    study: Study
    size: Size
    data: str
    seeds: int
    date: str
    device: str
    versions: dict[str, str]
    runs: tuple[Outcome, ...]

    @property
    def verdict(self) -> str:
        """What its runs say."""
        return self.study.verdict(self.runs) or ""

    @property
    def libraries(self) -> dict[str, str]:
        """The versions of Keras and of the backend that trained."""
        # Older recordings were all made with TensorFlow, newer ones name no other backend than their own.
        backend = next((name for name in BACKENDS if name in self.versions), "")
        return {name: self.versions[name] for name in ("keras", backend) if name in self.versions}

    def run(self, name: str, seed: int = 0, **settings: Any) -> Outcome:
        """Return one run by its network's name, and by settings of its recipe where several share that.

        Raises:
            InputError: there is none, or more than one.
        """
        found = [run for run in self.runs if run.name == name and run.seed == seed and _trained_by(run, settings)]
        asked = ", ".join([f"{name[:60]!r} with seed {seed}", *(f"{key} {value}" for key, value in settings.items())])
        if not found:
            known = ", ".join(dict.fromkeys(run.name for run in self.runs))
            raise InputError(f"the recorded {self.study.name} has no run {asked}: it has {known}")
        if len(found) > 1:
            raise InputError(
                f"the recorded {self.study.name} has {len(found)} runs {asked}: "
                "name a setting in which their recipes differ"
            )
        return found[0]


def recording(name: str, size: Size = Size.QUICK) -> Recording | None:
    """Return one size of a study as it was recorded; None where it was not.

    Raises:
        InputError: the file is damaged or from another version.
    """
    path = FOLDER / f"{get_study(name).name}{'' if size is Size.QUICK else f'_{size.value}'}.json"
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else None


def read_recording(path: Path) -> Recording:
    """Read one file.

    Raises:
        InputError: it is damaged or from another version.
    """
    try:
        document = json.loads(path.read_text("utf-8"))
        if document["format"] != FORMAT:
            raise InputError(f"{path.name} has format {document['format']}, this lab reads {FORMAT}: record it again")
        return Recording(
            study=get_study(document["study"]),
            size=Size(document["size"]),
            data=document["data"],
            seeds=document["seeds"],
            date=document["date"],
            device=document["device"],
            versions=document["versions"],
            runs=tuple(map(_run, document["runs"])),
        )
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{path.name} cannot be read: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{path.name} is no recorded study ({type(error).__name__}: {error}): record it again"
        ) from error


@functools.lru_cache(maxsize=32)
def _read(path: Path, changed: int) -> Recording:
    return read_recording(path)


def _run(values: dict[str, Any]) -> Outcome:
    return Outcome(
        spec=make_spec(values["spec"]),
        state=values["state"],
        epochs=tuple(_epoch(row) for row in values["epochs"]),
        recipe=make_recipe(values["recipe"]),
        data=values["data"],
        seed=values["seed"],
        name=values["name"],
        macs=values["macs"],
        val_images=values["val_images"],
        test_error=values["test_error"],
    )


def _trained_by(run: Outcome, settings: dict[str, Any]) -> bool:
    recipe = run.recipe.model_dump(mode="json")
    return all(name in recipe and recipe[name] == value for name, value in settings.items())


def _epoch(row: dict[str, Any]) -> Epoch:
    # JSON has no NaN: numbers that were not finite stand there as null.
    return Epoch(**{field.name: math.nan if row[field.name] is None else row[field.name] for field in fields(Epoch)})
