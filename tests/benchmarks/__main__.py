"""Run the benchmarks and print their figures: `python -m tests.benchmarks [--only NAME] [--data DATA] [--json]`.

Exits with 1 if a figure misses its target.
"""

import argparse
import importlib
import json
import os
import platform
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import psutil

from tests import processes
from tests.benchmarks import Row

FOLDER = Path(__file__).parent


def main(arguments: list[str]) -> int:
    names = sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure how fast the lab is.")
    parser.add_argument("--only", choices=names, action="append", help="one benchmark; may be given several times")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--data", metavar="DATA", help="images for `frameworks`, as `parquet:PATH`; else drawn shapes")
    options = parser.parse_args(arguments)
    if options.data:
        os.environ["RESNET_LAB_BENCH_DATA"] = options.data
    machine = _machine()
    with tempfile.TemporaryDirectory(prefix="resnet-lab-bench-") as home:
        os.environ[processes.HOME_VARIABLE] = home
        processes.mark_session()
        try:
            rows = [row for name in options.only or names for row in _measure(name)]
        finally:
            processes.end(processes.lab_processes())
    print(
        json.dumps({"machine": machine, "rows": [asdict(row) for row in rows]})
        if options.json
        else _table(machine, rows)
    )
    return 0 if all(row.ok for row in rows) else 1


def _measure(name: str) -> list[Row]:
    print(f"measuring {name} ...", file=sys.stderr)
    return importlib.import_module(f"tests.benchmarks.bench_{name}").run()


def _table(machine: str, rows: list[Row]) -> str:
    width = max(len(row.name) for row in rows)
    aim = max(len(row.target) for row in rows)
    lines = [machine]
    for row in rows:
        verdict = "ok" if row.ok else "MISSED"
        lines.append(f"{row.name:<{width}}  {row.value:>10,.4g} {row.unit:<6}  {row.target:<{aim}}  {verdict}")
    return "\n".join(lines)


def _machine() -> str:
    cores = f"{os.cpu_count()} cores ({platform.machine()})"
    load = psutil.getloadavg()[0]  # figures in seconds mean little on a machine that does something else, too
    return f"{cores}, load {load:.1f} at the start, {platform.system()}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
