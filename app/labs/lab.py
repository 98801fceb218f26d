"""What a lab's file provides, and the panels it returns. A lab is pure: values in, numbers and figures out."""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import pandas as pd
import plotly.graph_objects as go

from resnet_core.errors import LessonError
from resnet_core.lessons.labs import LABS, LabValues


@dataclass(frozen=True)
class Panel:
    """One thing that a lab shows: a figure, a table, or a piece of HTML that the lab made itself.

    Attributes:
        title: what is seen, in a few words; shown above tables and HTML, while a figure carries its own.
        alt: the same in a sentence with its numbers, for a reader who hears it.
        figure, table, html: exactly one of them; html is never made from a visitor's text unescaped.
        height: of a figure in pixels.
        wide: False lets two panels stand side by side where there is room.
    """

    title: str
    alt: str
    figure: go.Figure | None = None
    table: pd.DataFrame | None = None
    html: str | None = None
    height: int = 380
    wide: bool = True

    def __post_init__(self) -> None:
        given = [part for part in (self.figure, self.table, self.html) if part is not None]
        if len(given) != 1:
            raise ValueError(f"a panel shows one of figure, table and html, received {len(given)}: {self.title!r}")


class Lab(Protocol):
    """A module app/labs/NAME.py.

    Attributes:
        TITLE: a message to translate.
        CODE: functions whose source "the code that ran" shows.
        SLOW: optional; True where an answer may take up to two seconds: progress is shown meanwhile.
        limits: optional; a function that returns, for an answer, where the sliders of some fields end. What they depend
            on stands above them in the values.
    """

    TITLE: str
    CODE: tuple[Callable[..., Any], ...]

    def answer(self, values: Any) -> Any:
        """Compute: a frozen dataclass that holds numbers only, no words."""

    def panels(self, values: Any, answer: Any) -> Sequence[Panel]:
        """Draw."""

    def sentence(self, values: Any, answer: Any) -> str:
        """Say it in one sentence with the number in it."""

    def table(self, values: Any, answer: Any) -> pd.DataFrame:
        """Return the numbers behind the figures, which are offered as CSV."""


class SketchedLab(Lab, Protocol):
    """A lab over which a reader's sketch can be laid; its values say so by `takes_sketch`."""

    def curve(self, answer: Any, x: Sequence[float]) -> list[float]:
        """Return what happened at each x, in the units of the sketch."""


class LiveLab(Protocol):
    """A lab that starts real runs or shows stored ones: it draws itself with the app's own widgets."""

    TITLE: str

    def view(self, values: Any, *, key: str) -> LabValues | None:
        """Show it under its controls; return what the reader made of the values, where it has controls of its own."""


def load_lab(name: str) -> Lab | LiveLab:
    """Return the module of a lab.

    Raises:
        LessonError: no lab has that name.
    """
    _check_name(name)
    return cast(Lab, importlib.import_module(f"app.labs.{name}"))


def is_live(lab: Lab | LiveLab) -> bool:
    """Say whether a lab draws itself."""
    return hasattr(lab, "view")


def start_values(name: str, values: dict[str, Any]) -> LabValues:
    """Return the values a lesson starts a lab from.

    Raises:
        LessonError: the lab or a value is unknown, or out of bounds.
    """
    _check_name(name)
    return LABS[name]().changed(**values)


def _check_name(name: str) -> None:
    if name not in LABS:
        raise LessonError(f"no lab is called {name[:60]!r}: choose one of {', '.join(sorted(LABS))}")
