"""The import rules of the house: who may know whom, and what stays out of the app's process."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from app.compare_state import Picture
from resnet_core import get_spec
from tests.stored_runs import store_run

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(path for folder in ("resnet_core", "app") for path in (ROOT / folder).rglob("*.py"))
MAX_LINES = 300

DESCRIBE = {"errors", "words", "choices", "spec", "families", "recipes", "results"}
ALLOWED = {
    "errors": set(),
    "words": set(),
    "choices": set(),
    "home": {"errors"},
    "results": {"errors"},
    "hardware": {"errors"},
    "recipes": {"errors"},
    "spec": {"errors", "choices"},
    "families": {"errors", "words", "choices", "spec"},
    "published": {"errors", "words", "spec", "families"},
    "studies": DESCRIBE | {"published"},
    "recorded": DESCRIBE | {"studies"},
    "switched": {"families", "recipes", "spec"},
    "recursion": {"spec"},
    "graph": {"errors", "choices", "spec"},
    "costs": {"errors", "spec", "graph"},
    "formulas": {"errors", "words", "graph", "costs"},
    "conventions": {"costs"},
    "memory": {"graph"},
    "lone_block": {"choices", "spec", "graph", "costs"},
    "tensors": {"graph"},
    "workings": {"graph", "tensors"},
    "small_block": {"choices", "spec", "graph", "tensors"},
    "layout": set(),
    "dot": {"errors", "graph", "costs", "layout"},
    "drawing": {"errors", "choices", "spec", "graph", "costs", "layout", "dot"},
    "code": {"errors", "choices", "spec", "recursion", "graph", "recipes", "sources"},
    "micro": {"errors"},
    "lessons": DESCRIBE
    | {
        "choices",
        "published",
        "studies",
        "recorded",
        "graph",
        "costs",
        "formulas",
        "conventions",
        "lone_block",
        "memory",
        "micro",
    },
    "sources": set(),
    "datasets": {"errors", "home", "words", "sources"},
    "models": {"errors", "spec", "recursion", "graph", "costs"},
    "crop_flip": set(),
    "augment": {"errors", "models", "crop_flip"},
    "checkpoints": {"errors", "results"},
    "convolutions": set(),
    "model_state": {"errors"},
    "watch": {"errors", "recipes", "results"},
    "portable": set(),
    "optimizers": {"errors", "recipes", "device"},
    "device": {"hardware", "datasets"},
    "mirrored": {"errors", "recipes"},
    "training": DESCRIBE
    | {"graph", "costs", "models", "portable", "augment", "crop_flip", "optimizers", "device", "mirrored", "datasets"}
    | {"checkpoints", "model_state", "watch"},
    "runs": DESCRIBE
    | {"home", "studies", "recorded", "graph", "costs", "datasets", "hardware", "checkpoints", "convolutions"},
    "runs.exports": DESCRIBE | {"runs", "code"},
    "runs.worker": DESCRIBE
    | {
        "home",
        "graph",
        "costs",
        "models",
        "training",
        "device",
        "datasets",
        "runs",
        "hardware",
        "checkpoints",
        "convolutions",
    },
}
"""What each part of resnet_core may import of resnet_core; a package stands for its files and may import itself."""

FREE_TO_IMPORT = {"__init__", "__main__", "cli"}
"""The outer rim: names and commands. The subprocess tests below hold them to a light start."""

ONLY_PYDANTIC = {
    *DESCRIBE,
    "published",
    "studies",
    "recursion",
    "graph",
    "costs",
    "conventions",
    "memory",
    "lone_block",
    "layout",
}
WITH_KERAS = {
    *(
        "models",
        "portable",
        "augment",
        "optimizers",
        "device",
        "mirrored",
        "model_state",
        "watch",
        "training",
        "runs.worker",
    ),
    *("datasets.cifar10", "datasets.download"),
}
LIVE_LABS = {"app.labs.study", "app.labs.recipe_switches", "app.labs.seconds_and_work"}
"""Labs that start real runs and draw themselves; all others are pure."""

BACKENDS = {"tensorflow", "jax", "torch"}
SPEAK_TO_A_BACKEND = {"device", "mirrored"}
"""All else is written against Keras alone."""
OPTIONAL = {"jax", "torch", "ray", "fsspec"}
"""Third-party packages that requirements.txt leaves out; only functions that need them may import them."""


@dataclass(frozen=True)
class Import:
    """One imported module: its dotted name, and whether it is imported only when a function runs."""

    name: str
    lazy: bool

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
class TestEveryFile:
    def test_imports_only_what_its_place_allows(self, path):
        place = _place(path)
        wrong = [item.name for item in _imports(path) if not _may_import(place, item)]
        assert not wrong, f"{place} must not import {wrong}: see section 3 of the design and the tables in this test"

    def test_is_short_enough_to_be_one_concept(self, path):
        lines = len(path.read_text().splitlines())
        assert lines <= MAX_LINES, f"{path.name} has {lines} lines, allowed are {MAX_LINES}: split it in two concepts"

    def test_names_its_third_party_imports_in_the_requirements(self, path):
        distributions, named = _installed(), _required()
        for item in _imports(path):
            if item.top in sys.stdlib_module_names or item.top in {"resnet_core", "app"}:
                continue
            if item.top in OPTIONAL:
                assert item.lazy, f"{item.name} is optional: import it inside the function that needs it"
                continue
            owners = {_normal(name) for name in distributions.get(item.top, [])}
            assert owners & named, f"{item.name} (of {owners or 'no installed package'}) is not in requirements.txt"


def test_every_part_of_the_core_has_a_place_in_the_rules():
    parts = {_part(_place(path)) for path in FILES if path.is_relative_to(ROOT / "resnet_core")}
    unknown = parts - set(ALLOWED) - FREE_TO_IMPORT
    assert not unknown, f"{sorted(unknown)} have no place yet: say in ALLOWED what they may import"


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("graph", "numpy"),
        ("spec", "keras"),
        ("spec", "resnet_core.graph"),
        ("recipes", "resnet_core.spec"),
        ("graph", "resnet_core.__init__"),
        ("datasets.folder", "resnet_core.models"),
        ("runs.store", "keras"),
        ("models", "tensorflow"),
        ("home", "streamlit"),
        ("costs", "app.theme"),
        ("app.charts.curves", "streamlit"),
        ("app.charts.curves", "app.widgets.run_picker"),
        ("app.views.train", "resnet_core.training"),
        ("app.views.train", "tensorflow"),
        ("app.widgets.run_picker", "app.views.train"),
        ("app.labs.micro_depth", "streamlit"),
    ],
)
def test_a_forbidden_import_is_seen(place, name):
    assert not _may_import(place, Import(name, lazy=False))


@pytest.mark.parametrize(
    ("what", "absent"),
    [
        ("resnet_core", ["numpy", "plotly", "sqlalchemy", "pygraphviz", "PIL", "pyarrow"]),
        ("resnet_core.graph, resnet_core.costs", ["numpy"]),
        ("resnet_core.runs.queue, resnet_core.runs.store", []),
        ("resnet_core.datasets", []),
        ("resnet_core.cli", []),
    ],
)
def test_it_starts_without_keras_and_without_what_it_does_not_need(what, absent):
    code = f"import sys, {what}\nprint(*sys.modules)"
    loaded = set(_run(code).split())
    assert not loaded & {"keras", "streamlit", *BACKENDS, *absent}


@pytest.mark.usefixtures("no_supervisor")
def test_the_first_page_of_a_new_lab_waits_for_no_tables():
    later = "from app import startup\nstartup.SHOWN_SECONDS = 60\n"
    loaded = set(_run(later + VISIT.format(links=[])).split())
    assert {"streamlit", "app.widgets.lesson_reader"} <= loaded
    assert not loaded & {"pandas", "pyarrow"}


@pytest.mark.usefixtures("no_supervisor")
def test_no_page_loads_keras():
    runs = [
        store_run(f"r-{name}", get_spec(f"pocket_{name}20"), [(0.5, 0.6), (0.2, 0.3)]) for name in ("plain", "resnet")
    ]
    views = [path.stem for path in sorted((ROOT / "app" / "views").glob("[!_]*.py"))]
    assert views
    links = [(view, {}) for view in views]
    links += [("build", {"spec": "pocket_resnet20", "tab": tab}) for tab in ("graph", "layers", "side", "code")]
    links += [("compare", {"runs": ",".join(runs), "picture": picture.value}) for picture in Picture]
    links += [("learn", {"lesson": lesson, "step": step}) for lesson, step in (("block", "4"), ("cifar", "6"))]
    loaded = set(_run(VISIT.format(links=links)).split())
    assert {"streamlit", "app.labs.block_tensors", "app.labs.study"} <= loaded
    assert not loaded & {"keras", *BACKENDS}


VISIT = """
import sys
from streamlit.testing.v1 import AppTest

app = AppTest.from_file("app/Home.py", default_timeout=60).run()
for view, query in {links}:
    app.switch_page(f"views/{{view}}.py")
    app.query_params.clear()
    app.query_params.update(query)
    app.run()
    assert not app.exception and not app.error, (view, query, app.exception, app.error)
print(*sys.modules)
"""
"""Opens every page of the app in one process, as Streamlit would."""


def _may_import(place: str, item: Import) -> bool:
    """Decide for one file of either package."""
    if place.startswith("app."):
        return _app_may_import(place, item)
    if item.top in {"app", "streamlit"}:
        return False
    part = _part(place)
    if item.top == "resnet_core":
        if item.name == "resnet_core":
            return True  # the bare package: where it lies, which version it is
        target = _part(item.name.removeprefix("resnet_core."))
        same_package = target.partition(".")[0] == part.partition(".")[0]
        return part in FREE_TO_IMPORT or same_package or target in ALLOWED[part]
    if item.top == "keras":
        return place in WITH_KERAS
    if item.top in BACKENDS:
        return place in SPEAK_TO_A_BACKEND and item.lazy
    if part in ONLY_PYDANTIC:
        return item.top in sys.stdlib_module_names or item.top == "pydantic"
    return True


def _app_may_import(place: str, item: Import) -> bool:
    if item.top in {"keras", *BACKENDS}:
        return False
    if item.name.removeprefix("resnet_core.") in WITH_KERAS - {"datasets.cifar10"}:
        return False
    if place.startswith("app.charts"):
        inside = item.top != "app" or item.name.startswith(
            ("app.charts", "app.curve_layout", "app.theme", "app.language")
        )
        return item.top != "streamlit" and inside
    if place.startswith("app.labs.") and place not in LIVE_LABS and item.top == "streamlit":
        return False
    if item.name.startswith("app.views"):
        return place == "app.Home"
    return True


def _place(path: Path) -> str:
    """Name a file as the rules do: `spec`, `runs.worker`, `app.charts.curves`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts if parts[0] == "app" else parts[1:])


def _part(place: str) -> str:
    """Return the entry of ALLOWED that speaks for a place: its own, or its package's."""
    return place if place in ALLOWED else place.partition(".")[0]


@cache
def _imports(path: Path) -> tuple[Import, ...]:
    """Return all imports of a file.

    `from package import module` gives the module where it is one, and `resnet_core.__init__` for a public name.
    """
    return tuple(_walk_imports(path))


def _walk_imports(path: Path) -> Iterator[Import]:
    tree = ast.parse(path.read_text(), filename=str(path))
    inside = {
        inner
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found = [alias.name for alias in names]
            case ast.ImportFrom(module=module, names=names, level=0):
                found = [_source(module, alias.name) for alias in names]
            case ast.ImportFrom():
                raise AssertionError(f"{path}:{node.lineno} imports relatively: name the package in full")
            case _:
                continue
        yield from (Import(name, node in inside) for name in dict.fromkeys(found))


def _source(module: str, name: str) -> str:
    """Return the module that `from module import name` reads."""
    if _is_module(f"{module}.{name}"):
        return f"{module}.{name}"
    return "resnet_core.__init__" if module == "resnet_core" else module


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


@cache
def _installed() -> dict[str, list[str]]:
    """Return the distributions that bring each importable name."""
    return packages_distributions()


@cache
def _required() -> set[str]:
    """Return the distributions that requirements.txt names, in normal form."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines)
    return {_normal(match.group()) for match in names if match}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _run(code: str) -> str:
    """Run code in a new interpreter at the root and return what it printed."""
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    return result.stdout
