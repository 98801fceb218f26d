"""`train` against a bare Keras fit and against a plain PyTorch loop: same images, batch and network, in turns.

`--data` chooses the images. KERAS_BACKEND=jax or torch measures ours and Keras' on that backend.
"""

import os
import subprocess
import sys

from tests.benchmarks import Row
from tests.benchmarks.loops import LOOPS

DEPTHS = (20, 56)
ROUNDS = 2
DATA = "RESNET_LAB_BENCH_DATA"


def run() -> list[Row]:
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    rows = []
    for depth in DEPTHS:
        speeds: dict[str, float] = dict.fromkeys(LOOPS, 0.0)
        for _ in range(ROUNDS):
            for name in speeds:
                speeds[name] = max(speeds[name], _measure(name, depth))
        where = f"ResNet-{depth}, {backend}"
        fit, plain = speeds["ours"] / speeds["keras"], speeds["ours"] / speeds["torch"]
        rows += [
            *(Row(f"{where}: images/s of {name}", speed, "img/s", "", True) for name, speed in speeds.items()),
            Row(f"{where}: train over a bare Keras fit", fit, "x", "at least 0.97", fit >= 0.97),
            Row(f"{where}: train over a PyTorch loop", plain, "x", "at least 1.0", plain >= 1.0),
        ]
    return rows


def _measure(name: str, depth: int) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.loops", name, str(depth), os.environ.get(DATA, "shapes")]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout.splitlines()[-1])
