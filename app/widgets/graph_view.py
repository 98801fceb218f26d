"""The viewer of a drawn network: pan, zoom, pick a node by pointer, by keyboard or by name."""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Any

import streamlit as st

from app.language import _
from app.widgets.component import component, rerun_only

_viewer = component(
    "graph_view", scripts=("svg_clean.js", "graph_input.js", "graph_find.js", "graph_nodes.js", "graph_view.js")
)

# What the viewer does not draw: half of a large file, and the time to send and read it. Each begins with a text of its
# own, which is found in a fifth of the time that one expression for all of them takes.
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_EDGE = re.compile(
    r'<g id="[^"]*" class="edge">\n<title>[^<]*</title>\n<path ([^>]*) d="([^"]*)"/>\n'
    r'(?:<polygon ([^>]*) points="([^"]*)"/>\n)?</g>\n'
)
_FONT = re.compile(r' font-family="[^"]*"')
_EDGES = "<!--edges-->"  # where the first one stood
_NODE_TITLE = re.compile(r'<g [^>]*class="node\b[^>]*>\s*<title>(.*?)</title>', re.DOTALL)


def graph_view(svg: str, *, label: str, selected: str | None, key: str, height: int = 560) -> str | None:
    """Show an SVG as Graphviz writes it and return the name of the chosen node.

    The page keeps the result where it likes and hands it back as `selected` in the next run; handing in another name
    moves the choice and brings that node into view. Zoom and position survive reruns for as long as the same svg is
    shown; another svg starts anew, at a readable size.

    Args:
        svg: nodes are `<g class="node">` with their name in `<title>`; scripts and links in it are left out.
        label: what the graph shows, for a reader who hears it.
        selected: the last result, or the name of the node that the page wants chosen instead.
        key: of this widget; `key + ":choice"` in the session belongs to it too.
        height: pixels; on a low screen no more than 78 % of it.

    Returns:
        The chosen node's name, or None if none is chosen or this graph has no such node.
    """
    choice: _Choice = st.session_state.setdefault(f"{key}:choice", _Choice())
    pick = (st.session_state.get(key) or {}).get("pick")
    if choice.is_news(pick):
        choice.turn, choice.name = pick["turn"], pick["name"]
    elif selected != choice.told:
        choice.name = choice.moved_to = selected
        choice.moves += 1
    choice.told = choice.name if choice.name in _node_names(svg) else None
    # A pick leaves the data as it is, so the drawing is not sent again.
    _viewer(
        key=key,
        data={
            "svg": _slim(svg),
            "label": label,
            "key": key,
            "selected": choice.moved_to,
            "move": choice.moves,
            "height": height,
            "words": _words(),
        },
        on_pick_change=rerun_only,
    )
    return choice.told


def prepare(svg: str) -> None:
    """Do beforehand what a large drawing takes time for when it is shown."""
    _slim(svg)
    _node_names(svg)


@dataclass
class _Choice:
    """What is chosen in one viewer of one session, and who said so last.

    Attributes:
        name: the chosen node, even while a graph is shown that has no such node.
        turn: of the reader's last pick that was heeded; browsers repeat old ones.
        told: what the page was told last.
        moved_to, moves: the page's last own move, and how many there were.
    """

    name: str | None = None
    turn: float | None = None
    told: str | None = None
    moved_to: str | None = None
    moves: int = 0

    def is_news(self, pick: object) -> bool:
        """Say whether a value from the browser is a pick that has not been heeded yet."""
        if not isinstance(pick, dict) or not isinstance(pick.get("turn"), int | float):
            return False
        return pick["turn"] != self.turn and isinstance(pick.get("name"), str | None)


def _words() -> dict[str, Any]:
    """Return the viewer's own words, in the reader's language."""
    return {
        "hint": _("Click a node, or use the arrow keys · drag to move · Ctrl + wheel to zoom"),
        "touch": _("Tap a node · two fingers zoom"),
        "find": _("Layer, block or stage"),
        "unknown": _("No layer, block or stage has '{text}' in its name: try a part of it."),
        "zoom": _("Zoom"),
        "buttons": {
            "none": (_("Choose nothing"), _("Choose nothing (Esc)")),
            "out": (_("Zoom out"), _("Zoom out (−)")),
            "in": (_("Zoom in"), _("Zoom in (+)")),
            "fit": (_("Fit to width"), _("Readable size, from the start (0)")),
            "whole": (_("Show the whole graph"), _("Show the whole graph (9)")),
        },
        "chosen": _("{name} chosen"),
        "none": _("Nothing chosen"),
        "failed": _(
            "This graph could not be drawn: the picture that arrived is no SVG. Change a choice to draw it again."
        ),
    }


@lru_cache(maxsize=32)
def _slim(svg: str) -> str:
    return _join_edges(_FONT.sub("", _COMMENT.sub("", svg.replace(' xml:space="preserve"', ""))))


def _join_edges(svg: str) -> str:
    """Draw all edges that look alike as one: nobody chooses them, and each costs the browser as much as a node."""
    looks: dict[str, list[str]] = {}
    first = []

    def take(edge: re.Match[str]) -> str:
        line, course, head, corners = edge.groups()
        looks.setdefault(line, []).append(course)
        if head:
            looks.setdefault(head, []).append(f"M{corners}Z")
        if first:
            return ""
        first.append(edge)
        return _EDGES

    without = _EDGE.sub(take, svg)
    paths = "".join(f'<path {look} d="{" ".join(parts)}"/>' for look, parts in looks.items())
    return without.replace(_EDGES, f'<g class="edge">{paths}</g>\n', 1)


@lru_cache(maxsize=32)
def _node_names(svg: str) -> frozenset[str]:
    return frozenset(unescape(title) for title in _NODE_TITLE.findall(svg))
