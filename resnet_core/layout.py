"""Where the boxes of a drawing stand and how its arrows run.

A network is a chain with shortcuts, so places can be computed instead of searched for: the main path runs downwards in
columns that are read from left to right, a stage starts a new column, and a shortcut runs in a lane to its right. This
takes milliseconds at any depth, and the chain stays straight. Units are points, x to the right and y downwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil, sqrt

Point = tuple[float, float]

GAP = 13.0  # between boxes of a column: room for an arrow
LANE = 14.0  # from the main path's boxes to the line that goes around them
GUTTER = 40.0  # between columns
TITLE = 26.0  # a frame's name
CROSSING = 18.0  # between the name and the boxes, where arrows from the column before come in
MARGIN = 10.0  # between a region's boxes and its frame
ASPECT = 1.6  # width over height that large drawings aim at
RADIUS = 6.0
ARROW = 6.0


@dataclass(frozen=True, slots=True)
class Box:
    """One thing that is drawn.

    Attributes:
        name: its address, as `stage2_block1_conv1` or `stage2_block1`.
        label: the lines of text in it.
        style: what decides its colors: a kind of layer, or a part of the network.
        lane: 0 on the main path, 1 on a shortcut.
        x, y: its center; before it has a place, y counts from the top of its unit.
    """

    name: str
    label: tuple[str, ...]
    style: str
    width: float
    height: float
    lane: int = 0
    x: float = 0.0
    y: float = 0.0
    round: bool = False

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Unit:
    """Boxes that stay together: a block, or the stem, or the head.

    Attributes:
        part: its row of the paper's table; parts with frames have their name on it.
        boxes: with their places within the unit.
    """

    part: str
    boxes: tuple[Box, ...]
    framed: bool = True

    @property
    def height(self) -> float:
        return max(box.bottom for box in self.boxes) + GAP


@dataclass(frozen=True, slots=True)
class Arrow:
    """A connection; its points are those of a cubic Bézier curve whose last one is the arrow's tip."""

    tail: str
    head: str
    shortcut: bool = False
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """The frame around a stage's boxes in one column."""

    part: str
    title: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Layout:
    """Everything in its place."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    regions: tuple[Region, ...]
    width: float
    height: float

    def region_of(self, box: Box) -> Region | None:
        """Return the frame that a box stands in, if there are frames."""
        for region in self.regions:
            if region.left <= box.x <= region.right and region.top <= box.y <= region.bottom:
                return region
        return None


def arrange(units: Sequence[Unit], arrows: Iterable[Arrow], *, tallest: float | None) -> Layout:
    """Place units in columns and run the arrows.

    Args:
        units: in the order of the main path.
        arrows: connections without points.
        tallest: columns may be this high, in points, before a stage is broken, and higher in large networks;
            None keeps everything in one column.
    """
    placed: dict[str, tuple[Box, int]] = {}
    regions: list[Region] = []
    left, bottom = 0.0, 0.0
    frames: list[_Column] = []
    arrows = list(arrows)
    beside = 2 * LANE if any(arrow.shortcut for arrow in arrows) else MARGIN
    columns = [list(units)] if tallest is None else _columns(units, tallest)
    for index, column in enumerate(columns):
        main = max(box.width for unit in column for box in unit.boxes if box.lane == 0)
        aside = max((box.width for unit in column for box in unit.boxes if box.lane == 1), default=0.0)
        centers = left + main / 2, left + main + beside + aside / 2
        right = left + main + beside + (aside + MARGIN if aside else 0)
        y = 0.0
        for part, group in groupby(column, key=lambda unit: unit.part):
            top = y
            members = list(group)
            framed = members[0].framed
            y += (TITLE if framed else 0) + (CROSSING if index and not top else 0)
            for unit in members:
                for box in unit.boxes:
                    placed[box.name] = replace(box, x=centers[box.lane], y=y + box.y), index
                y += unit.height
            if framed:
                title = part if all(region.part != part for region in regions) else f"{part}, continued"
                regions.append(Region(part, title, left - MARGIN, top, right, y))
                y += MARGIN
        frames.append(_Column(left, left + main + LANE, min(placed[box.name][0].top for box in column[0].boxes)))
        bottom = max(bottom, y)
        left = right + GUTTER
    router = _Router(placed, frames)
    return Layout(
        boxes=tuple(box for box, _ in placed.values()),
        arrows=tuple(replace(arrow, points=router.points(arrow)) for arrow in arrows),
        regions=tuple(regions),
        width=left - GUTTER,
        height=bottom,
    )


def _columns(units: Sequence[Unit], tallest: float) -> list[list[Unit]]:
    widest = max(box.width for unit in units for box in unit.boxes) + 2 * LANE + GUTTER
    limit = max(tallest, sqrt(sum(unit.height for unit in units) * widest / ASPECT))
    columns: list[list[Unit]] = []
    for part, group in groupby(units, key=lambda unit: unit.part):
        members = list(group)
        pieces = ceil(_height(members) / (1.2 * limit))
        size = ceil(len(members) / pieces)
        for start in range(0, len(members), size):
            piece = members[start : start + size]
            # The stem stands above the first stage and the head below the last one, where there is room.
            joins = bool(columns) and (part == "head" or (start == 0 and columns[-1][-1].part == "stem"))
            if joins and _height(columns[-1]) + _height(piece) <= 1.2 * limit:
                columns[-1].extend(piece)
            else:
                columns.append(piece)
    return columns


def _height(units: Sequence[Unit]) -> float:
    return sum(unit.height for unit in units)


@dataclass(frozen=True, slots=True)
class _Column:
    left: float
    lane: float  # x of the line around the boxes of the main path
    top: float  # of its first box


@dataclass(frozen=True)
class _Router:
    """Runs arrows along straight lines with rounded corners."""

    placed: dict[str, tuple[Box, int]]
    columns: list[_Column]

    def points(self, arrow: Arrow) -> tuple[Point, ...]:
        tail, column = self.placed[arrow.tail]
        head, to_column = self.placed[arrow.head]
        around = head.lane == 0 and arrow.shortcut
        if tail.lane == 1 and around:
            return _curve([(tail.x, tail.bottom), (tail.x, head.y), _side(head, 0)])
        if column == to_column and (tail.lane == 1 or not arrow.shortcut):
            return _curve([(tail.x, tail.bottom), (head.x, head.top)])
        target = self.columns[to_column]
        gutter = target.left - MARGIN - LANE / 2
        if not arrow.shortcut:
            low, high = tail.bottom + GAP / 2, target.top - GAP
            path = [(tail.x, tail.bottom), (tail.x, low), (gutter, low), (gutter, high), (head.x, high)]
            return _curve([*path, (head.x, head.top)])
        lane = target.lane if around else head.x
        # A shortcut leaves below the place where the one before it arrived.
        path = [_side(tail, 5)]
        if column != to_column:
            path += [(gutter - LANE / 2, path[0][1]), (gutter - LANE / 2, target.top - GAP - LANE / 2)]
        path.append((lane, path[-1][1]))
        return _curve([*path, (lane, head.y - 5), _side(head, -5)] if around else [*path, (lane, head.top)])


def _side(box: Box, below: float) -> Point:
    """Return a point of a box's right border, so far below its center."""
    reach = sqrt((box.width / 2) ** 2 - below**2) if box.round else box.width / 2
    return box.x + reach, box.y + below


def _curve(path: Sequence[Point]) -> tuple[Point, ...]:
    """Round the corners of a path of horizontal and vertical lines, and write it as Bézier curves."""
    points: list[Point] = [path[0]]
    for before, corner, after in zip(path, path[1:], path[2:], strict=False):
        radius = min(RADIUS, _distance(before, corner) / 2, _distance(corner, after) / 2)
        into, out = _toward(corner, before, radius), _toward(corner, after, radius)
        points += [points[-1], into, into, corner, corner, out]
    stop = _toward(path[-1], path[-2], ARROW)
    return (*points, points[-1], stop, stop, path[-1])


def _distance(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _toward(start: Point, end: Point, length: float) -> Point:
    share = length / (_distance(start, end) or 1)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
