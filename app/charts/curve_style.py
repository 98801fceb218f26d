"""How each curve of a comparison looks: the kind of network by hue, depth by shade and weight, repeats by dash."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from app import theme

SHADES: dict[bool, tuple[str, ...]] = {
    False: (theme.PLAIN, theme.OKABE_ITO["orange"]),
    True: (theme.RESIDUAL, theme.OKABE_ITO["sky"]),
}
"""Shades of plain (False) and residual (True) networks, for the deepest first; they repeat with another dash."""

THINNEST = 2.5
"""Pixels of a validation curve, however shallow the network: bold beside the thin training curve."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


@dataclass(frozen=True)
class Style:
    """The looks of one run's curves.

    Attributes:
        color: as `#RRGGBB`.
        dash: as Plotly names it.
        width: of the validation curve, in pixels.
    """

    color: str
    dash: str
    width: float


def styles(networks: Iterable[tuple[bool, int]]) -> list[Style]:
    """Give each run of a comparison its looks; up to twelve runs of a kind all differ in color or dash.

    Args:
        networks: for each run whether it is residual, and its depth.

    Example:
        >>> [style.color for style in styles([(True, 20), (True, 56)])]
        ['#56B4E9', '#0072B2']
    """
    networks = list(networks)
    depths = {kind: sorted({depth for other, depth in networks if other is kind}, reverse=True) for kind in SHADES}
    given: Counter[str] = Counter()
    found: dict[int, Style] = {}
    # Deeper runs choose first; among equals the earlier one does, and so the order of a page decides.
    for position in sorted(range(len(networks)), key=lambda at: -networks[at][1]):
        residual, depth = networks[position]
        shades = SHADES[residual]
        color = shades[depths[residual].index(depth) % len(shades)]
        dash = DASHES[given[color] % len(DASHES)]
        given[color] += 1
        found[position] = Style(color, dash, max(theme.line_width(depth) + 0.5, THINNEST))
    return [found[position] for position in range(len(networks))]
