"""What the Compare page shows, as one value that is its link."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from app.curve_layout import Axis, Layout
from app.grouping import FIELDS, SEPARATE
from app.links import flag, fraction, listed, one_of, unknown

LONGEST_KEY = 200


class Picture(StrEnum):
    """Which figure stands under the verdict."""

    CURVES = "curves"
    DEPTH = "depth"
    SIZE = "size"
    TIME = "time"


class Size(StrEnum):
    """How the size of a network is measured."""

    PARAMS = "params"
    MACS = "macs"


class Watched(StrEnum):
    """Whose error is to fall to the target."""

    VALIDATION = "validation"
    TRAINING = "training"


@dataclass(frozen=True)
class CompareState:
    """Which runs the Compare page shows, and how.

    Attributes:
        runs: ids, in the order in which they were chosen.
        layout, x, log, smoothing: of the curves.
        picture: the figure.
        group: the field whose groups are drawn as means; SEPARATE draws each run.
        split: the field that gives each of its values a panel; SEPARATE leaves the layout.
        baseline, hidden, solo: keys of groups, or ids where runs are separate.
        paper: whether published figures are marked.
        size, watched: of the figures by size and by time.
        target: the error to reach, a fraction 0..1; None for one that most runs reach.
        words: what the rows of the table must hold.
    """

    runs: tuple[str, ...] = ()
    layout: Layout = Layout.SIDES
    x: Axis = Axis.EPOCH
    log: bool = False
    smoothing: float = 0.0
    picture: Picture = Picture.CURVES
    group: str = SEPARATE
    split: str = SEPARATE
    baseline: str = ""
    hidden: tuple[str, ...] = ()
    solo: str = ""
    paper: bool = True
    size: Size = Size.PARAMS
    watched: Watched = Watched.VALIDATION
    target: float | None = None
    words: str = ""

    def to_query(self) -> dict[str, str]:
        query = {"layout": self.layout.value, "x": self.x.value}
        if self.runs:
            query["runs"] = ",".join(self.runs)
        if self.log:
            query["log"] = "1"
        if self.smoothing:
            query["smoothing"] = f"{self.smoothing:g}"
        for name in _PLAIN:
            value = getattr(self, name)
            if value != getattr(CompareState, name):
                query[name] = str(value)
        if self.hidden:
            query["hidden"] = "~".join(self.hidden)
        if not self.paper:
            query["paper"] = "0"
        if self.target is not None:
            query["target"] = f"{self.target:g}"
        return query

    def with_query(self, name: str, text: str) -> Self:
        match name:
            case "runs":
                return replace(self, runs=listed(text))
            case "layout":
                return replace(self, layout=Layout(one_of(name, text, Layout)))
            case "x":
                return replace(self, x=Axis(one_of(name, text, Axis)))
            case "picture":
                return replace(self, picture=Picture(one_of(name, text, Picture)))
            case "size":
                return replace(self, size=Size(one_of(name, text, Size)))
            case "watched":
                return replace(self, watched=Watched(one_of(name, text, Watched)))
            case "log" | "paper":
                return replace(self, **{name: flag(name, text)})
            case "smoothing":
                return replace(self, smoothing=fraction(name, text))
            case "target":
                return replace(self, target=fraction(name, text, most=1))
            case "group" | "split":
                return replace(self, **{name: one_of(name, text, FIELDS)})
            case "hidden":
                return replace(self, hidden=listed(text, "~"))
            case "baseline" | "solo" | "words":
                return replace(self, **{name: text[:LONGEST_KEY]})
        raise unknown(name)


_PLAIN = ("picture", "group", "split", "baseline", "solo", "size", "watched", "words")
"""Fields that stand in a link as they are, unless they are the defaults."""
