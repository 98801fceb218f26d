"""How fast the lab is against its targets. `scripts/bench` prints every figure.

A benchmark is a module `bench_NAME.py` whose `run()` measures and returns rows. Figures are ratios where they can be,
measured in one process and in turns, because seconds say as much about the machine as about the code.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measured figure.

    Attributes:
        name: what was measured.
        value: the figure, in `unit`.
        target: what it is held against, in words.
        ok: whether it meets the target.
    """

    name: str
    value: float
    unit: str
    target: str
    ok: bool
