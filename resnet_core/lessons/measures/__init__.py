"""Every measure by name: what claims and the answers of questions are recomputed by.

A measure is a function of plain values, as a lesson's `of:` holds them, that returns one number. The first line of its
docstring says to a reader what it does.
"""

import functools
import inspect
import json
from typing import Any

from resnet_core.errors import LabError, LessonError, one_line
from resnet_core.lessons.measures.arithmetic import ARITHMETIC
from resnet_core.lessons.measures.counting import COUNTING
from resnet_core.lessons.measures.layers import LAYERS
from resnet_core.lessons.measures.micro import MICRO
from resnet_core.lessons.measures.reported import REPORTED
from resnet_core.lessons.measures.runs import RECORDED
from resnet_core.lessons.measures.types import Measure

MEASURES: dict[str, Measure] = {**COUNTING, **LAYERS, **REPORTED, **RECORDED, **ARITHMETIC, **MICRO}


def get_measure(name: str) -> Measure:
    """Return a measure by its name.

    Raises:
        LessonError: there is none.
    """
    if name not in MEASURES:
        raise LessonError(f"no measure is called {name[:60]!r}: choose one of {', '.join(sorted(MEASURES))}")
    return MEASURES[name]


def recompute(name: str, of: dict[str, Any]) -> float:
    """Return the number that a measure gives.

    Raises:
        LessonError: there is no such measure, or it cannot be taken of this.
    """
    measure = get_measure(name)
    signature = inspect.signature(measure)
    try:
        signature.bind(**of)
    except TypeError as error:
        raise LessonError(f"{name} is of {', '.join(signature.parameters)}: {error}") from error
    try:
        return _remembered(name, json.dumps(of, sort_keys=True))
    except LabError as error:
        raise LessonError(f"{name}: {one_line(error)}") from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise LessonError(f"{name} cannot be taken of this: {one_line(error)}") from error


@functools.lru_cache(maxsize=512)
def _remembered(name: str, of: str) -> float:
    return float(MEASURES[name](**json.loads(of)))
