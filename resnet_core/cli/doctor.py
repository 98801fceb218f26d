"""`doctor`: what this installation has, what is missing, and what to do about it."""

import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from importlib import metadata
from typing import Annotated

import typer

from resnet_core.cli import upkeep
from resnet_core.cli.arguments import JsonOption
from resnet_core.cli.findings import Finding, as_line, safely
from resnet_core.cli.output import print_json, quiet_libraries
from resnet_core.errors import LabError, one_line

# Older ones lack what the lab uses, or have known holes.
NEEDED = {
    "keras": (3, 15, 1),
    "tensorflow": (2, 21),
    "numpy": (2,),
    "streamlit": (1, 67),
    "plotly": (7,),
    "pydantic": (2, 12),
    "sqlalchemy": (2, 0, 40),
    "pygraphviz": (2,),
    "pyarrow": (22,),
    "pillow": (12,),
}
LEAST_DISK = 2 << 30
LEAST_MEMORY = 1 << 30
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(doctor)


def doctor(
    as_json: JsonOption = False,
    mend: Annotated[bool, typer.Option("--mend", help="Put right what is out of order in the lab's folder.")] = False,
) -> int:
    """Check versions, devices, the lab's folder and database, disk use, drawing, browser and data sets."""
    checks = (_python, _packages, _keras, _devices, _memory, _home, _database, _drawing, _browser, _data)
    findings = []
    for check in (*checks, upkeep.disk, partial(upkeep.order, mend)):
        for finding in safely(check):
            findings.append(finding)
            if not as_json:
                print(as_line(finding), flush=True)
    healthy = all(finding.ok or not finding.essential for finding in findings)
    if as_json:
        print_json({"ok": healthy, "checks": [asdict(finding) for finding in findings]})
    return 0 if healthy else 1


def _python() -> Iterator[Finding]:
    new_enough = sys.version_info >= (3, 11)
    where = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    yield Finding("python", new_enough, where, "" if new_enough else "install Python 3.11 or newer")


def _packages() -> Iterator[Finding]:
    found, wrong = [], []
    for name, least in NEEDED.items():
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
        if numbers < least:
            wrong.append(f"{name} {version} is older than {'.'.join(map(str, least))}")
        found.append(f"{name} {version}")
    advice = "pip install -r requirements.txt" if wrong else ""
    yield Finding("packages", not wrong, ", ".join(wrong or found), advice)


def _keras() -> Iterator[Finding]:
    """Import Keras in a process of its own: a broken backend may end the process that imports it."""
    code = "import keras; print(keras.__version__, 'on', keras.backend.backend())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    if done.returncode == 0:
        yield Finding("keras", True, f"Keras {done.stdout.strip()} starts")
        return
    lines = done.stderr.strip().splitlines() or [f"the process ended with {done.returncode}"]
    yield Finding("keras", False, f"does not start: {lines[-1]}", "pip install -r requirements.txt")


def _devices() -> Iterator[Finding]:
    from resnet_core.runs import devices

    cpu = devices.cpu()
    yield Finding("cpu", True, f"{cpu.name}, {cpu.cores} cores")
    gpus = devices.gpus()
    for gpu in gpus:
        yield Finding("gpu", True, f"{gpu.name}, {_gib(gpu.memory_free)} of {_gib(gpu.memory_total)} free")
    if not gpus:
        yield Finding("gpu", True, "no NVIDIA GPU: runs train on the CPU")


def _memory() -> Iterator[Finding]:
    from resnet_core.runs import devices

    free = devices.cpu().memory_free
    advice = "" if free >= LEAST_MEMORY else "close other programs: Keras alone takes 0.7 GiB"
    yield Finding("memory", not advice, f"{_gib(free)} free", advice, essential=False)


def _home() -> Iterator[Finding]:
    from resnet_core.home import lab_home

    home = lab_home()
    free = shutil.disk_usage(home).free
    yield Finding("home", True, f"{home} can be written")
    advice = "" if free >= LEAST_DISK else "free some space, or set RESNET_LAB_HOME to another disk"
    yield Finding("disk", not advice, f"{_gib(free)} free", advice, essential=False)


def _database() -> Iterator[Finding]:
    from resnet_core.runs import database, store, supervision
    from resnet_core.runs.place import database_place

    jobs = store.jobs()
    active = sum(job.active for job in jobs)
    yield Finding("database", True, f"{database_place()} holds {len(jobs):,} jobs, {active:,} of them active")
    damage = database.unsound()
    if damage:
        yield Finding("database", False, f"is damaged: {damage}", "take a copy of it, then export what can be read")
    pid = supervision.running_pid()
    yield Finding("supervisor", True, f"process {pid}" if pid else "none runs; the next job starts one")


def _drawing() -> Iterator[Finding]:
    from resnet_core.drawing import Detail, render, to_dot
    from resnet_core.families import get_spec
    from resnet_core.graph import build_graph

    dot = to_dot(build_graph(get_spec("resnet20")), Detail.STAGES)
    with quiet_libraries():
        sizes = {kind: len(render(dot, kind)) for kind in ("svg", "png", "pdf")}
        has_fonts = _has_fonts()
    yield Finding("graphviz", True, f"draws {', '.join(sizes)}")
    if not has_fonts:
        advice = "install one, as with apt-get install fonts-dejavu-core"
        yield Finding("fonts", False, "none found: PNG and PDF show boxes for letters", advice, essential=False)


def _has_fonts() -> bool:
    """Without a font every letter is a box of the same width."""
    import pygraphviz

    widths = []
    for text in ("iiii", "MMMM"):
        with pygraphviz.AGraph() as graph:
            graph.add_node("a", label=text, shape="plain")
            graph.layout("dot")
            widths.append(float(graph.get_node("a").attr["width"]))
    return widths[0] != widths[1]


def _browser() -> Iterator[Finding]:
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    advice = (
        "" if found else "only the browser tests need one: apt-get install chromium, or playwright install chromium"
    )
    yield Finding("browser", bool(found), found or "no Chromium on the path", advice, essential=False)


def _data() -> Iterator[Finding]:
    from resnet_core.datasets import samples

    images, _ = samples("shapes", count=10, size=16)
    yield Finding("shapes", len(images) == 10, "drawn here, needs no files")
    for name in ("cifar10", "cats_vs_dogs"):
        try:
            samples(name, count=1, size=32)
            yield Finding(name, True, "is on this computer")
        except LabError as error:
            yield Finding(name, False, one_line(error), essential=False)


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"
