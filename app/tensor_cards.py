"""Small tensors as heat maps with their numbers, laid out as a block: main path above, shortcut below. HTML only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

import numpy as np

from app import theme

_STYLE = f"<style>{Path(__file__).with_suffix('.css').read_text('utf-8')}</style>"
_POSITIVE, _NEGATIVE = theme.OKABE_ITO["green"], theme.OKABE_ITO["purple"]
_STRONGEST = 0.55
"""Opacity of the largest number's color: its digits stay legible on both pages."""

Cell = tuple[int, int, int]  # row, column, channel


@dataclass(frozen=True, eq=False)
class Card:
    """One tensor in the picture.

    Attributes:
        title: a word or two.
        note: what the layer does.
        values: (h, w, c) of one image.
        lane: on the main path, on the shortcut, or on both (what comes in, and from the sum on).
        state: computed already, at this step, or not yet: then its cells stay empty.
        chosen: the cell that is explained.
        read: cells that the explained one is computed from.
        alt: the tensor in words.
    """

    title: str
    note: str
    values: np.ndarray
    lane: Literal["main", "shortcut", "both"]
    state: Literal["past", "now", "later"]
    chosen: Cell | None = None
    read: Collection[Cell] = ()
    alt: str = ""


def block_picture(cards: Sequence[Card], *, identity: str = "", label: str) -> str:
    """Lay out the tensors of a block in the order of their computation.

    Args:
        cards: in that order; those of the shortcut stand before the sum.
        identity: words for a shortcut without layers; empty where it has some, or where there is none.
        label: what the picture is, for a reader who hears it.
    """
    main = [card for card in cards if card.lane != "shortcut"]
    shortcut = [card for card in cards if card.lane == "shortcut"]
    parts: list[str] = []
    for column, card in enumerate(main, start=1):
        rows = "1 / span 2" if card.lane == "both" else "1"
        where = f"grid-column:{column};grid-row:{rows}"
        if card.lane == "both" and column > 1 and not any("lab-by" in part for part in parts):
            parts.append(_below(shortcut, identity, column))
        parts.append(_card(card, where))
    return (
        f'{_STYLE}<div class="lab-frame"><div class="lab-block" role="group" aria-label="{escape(label)}" tabindex="0" '
        f'style="--cards:{len(main)}">{"".join(parts)}</div></div>'
    )


def tensor(
    values: np.ndarray,
    *,
    chosen: Cell | None = None,
    read: Collection[Cell] = (),
    outside: Collection[Cell] = (),
    empty: bool = False,
) -> str:
    """Draw the channels of a tensor one after the other, each cell colored by its part of the largest number.

    Args:
        values: the numbers.
        chosen, read, outside: cells that are framed, framed otherwise, and hatched.
        empty: leave the numbers out.

    Shapes: (h, w, c).
    """
    kinds = {**dict.fromkeys(outside, "outside"), **dict.fromkeys(read, "read")}
    if chosen is not None:
        kinds[chosen] = "chosen"
    largest = float(np.abs(values).max()) or 1.0
    return "".join(_grid(values, channel, largest, kinds, empty) for channel in range(values.shape[-1]))


def number(value: float, digits: int = 2) -> str:
    """Write a number with a true minus sign, and decimals only where it has some.

    Example:
        >>> number(-3.0), number(0.456), number(-0.001)
        ('−3', '0.46', '0')
    """
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−") if float(text) else "0"


def style() -> str:
    """Return the style sheet of these pictures, for HTML that holds a `tensor` outside of a block."""
    return _STYLE


def _below(cards: Sequence[Card], identity: str, until: int) -> str:
    """Return the shortcut's lane: its tensors, or a line that the input runs along unchanged."""
    where = f"grid-column:2 / {until};grid-row:2"
    if cards:
        line = '<div class="lab-identity" aria-hidden="true"></div>'
        return f'<div class="lab-by" style="{where}">{"".join(_card(card, "") for card in cards)}{line}</div>'
    if identity:
        return f'<div class="lab-by" style="{where}"><div class="lab-identity">{escape(identity)}</div></div>'
    return '<div class="lab-by" hidden></div>'


def _card(card: Card, where: str) -> str:
    place = f' style="{where}"' if where else ""
    grids = tensor(card.values, chosen=card.chosen, read=card.read, empty=card.state == "later")
    picture = f'<div class="lab-maps" role="img" aria-label="{escape(card.alt or card.title)}">{grids}</div>'
    heading = f"<b>{escape(card.title)}</b><small>{escape(card.note)}</small>"
    return f'<div class="lab-card {card.state}"{place}>{heading}{picture}</div>'


def _grid(values: np.ndarray, channel: int, largest: float, kinds: Mapping[Cell, str], empty: bool) -> str:
    rows, columns = values.shape[:2]
    cells = []
    for row in range(rows):
        for column in range(columns):
            place = (row, column, channel)
            value = float(values[place])
            kind = kinds.get(place, "")
            look = "" if empty else f' style="background:{_color(value, largest)}"'
            cells.append(f'<i class="{kind}"{look}>{"" if empty else number(value, 1)}</i>')
    return f'<div class="lab-map" style="--columns:{columns}">{"".join(cells)}</div>'


def _color(value: float, largest: float) -> str:
    strength = _STRONGEST * min(abs(value) / largest, 1.0)
    return theme.faint(_POSITIVE if value > 0 else _NEGATIVE, round(strength, 3))
