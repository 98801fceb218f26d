"""DOT text with every place in it, and Graphviz to turn it into SVG, PNG or PDF."""

import threading
from collections.abc import Iterator
from itertools import groupby
from typing import Literal

from resnet_core.layout import Arrow, Box, Layout, Point, Region

Format = Literal["svg", "png", "pdf"]

FONT = "Helvetica"
TEXT = "#1A1A1A"
LINE = "#808080"  # reads on white and on black
RESIDUAL = "#0072B2"
# Fill and frame: light tints of the Okabe-Ito colors, so that dark text reads in light and dark mode.
COLORS: dict[str, tuple[str, str]] = {
    "InputLayer": ("#F2F2F2", "#808080"),
    "ZeroPadding2D": ("#F2F2F2", "#808080"),
    "Conv2D": ("#D3EAF8", "#56B4E9"),
    "BatchNormalization": ("#FBF7C5", "#B8AC1C"),
    "Activation": ("#CDEBE0", "#009E73"),
    "MaxPooling2D": ("#F4DDE9", "#CC79A7"),
    "GlobalAveragePooling2D": ("#F4DDE9", "#CC79A7"),
    "Dense": ("#FCE6BF", "#E69F00"),
    "Add": ("#FFFFFF", RESIDUAL),
    "PadShortcut": ("#CCE3F0", RESIDUAL),
    "stem": ("#F2F2F2", "#808080"),
    "block": ("#D3EAF8", "#56B4E9"),
    "head": ("#FCE6BF", "#E69F00"),
}
MAX_PNG_PIXELS = 24_000_000
MAX_PNG_SIDE = 16_000


def write_dot(title: str, layout: Layout) -> str:
    """Write a layout as DOT text; `dot` finds `layout=nop2` in it and keeps every place."""
    lines = [
        f"digraph {_quote(title)} {{",
        f'graph [layout=nop2, charset="UTF-8", bgcolor=transparent, bb="{_frame(0, 0, layout.width, layout.height)}", '
        f'fontname={FONT}, fontsize=15, fontcolor="{LINE}"];',
        f'node [shape=box, style="rounded,filled", fixedsize=shape, fontname={FONT}, fontsize=10, fontcolor="{TEXT}"];',
        f'edge [color="{LINE}", arrowsize=0.6];',
    ]
    lines += _regions(layout)
    lines += [_arrow(arrow) for arrow in layout.arrows]
    return "\n".join([*lines, "}", ""])


one_at_a_time = threading.Lock()
"""Held by whoever calls Graphviz, which keeps its state in global variables."""


def render(dot: str, format: Format) -> bytes:
    """Turn DOT text that carries its layout into an image.

    A PNG has two pixels to the point, and fewer where the picture would get larger than 24 megapixels.

    Example:
        >>> from resnet_core import build_graph, get_spec
        >>> from resnet_core.drawing import to_dot
        >>> render(to_dot(build_graph(get_spec("resnet20"))), "pdf")[:5]
        b'%PDF-'
    """
    # Imported here: costs and exports do without.
    import pygraphviz

    with one_at_a_time, pygraphviz.AGraph(string=dot) as picture:
        picture.has_layout = True
        if format == "png":
            left, bottom, right, top = map(float, picture.graph_attr["bb"].split(","))
            width, height = right - left, top - bottom
            scale = min(2.0, (MAX_PNG_PIXELS / (width * height)) ** 0.5, MAX_PNG_SIDE / max(width, height))
            picture.graph_attr["dpi"] = f"{72 * scale:.2f}"
        return picture.draw(format=format)


def _regions(layout: Layout) -> Iterator[str]:
    """Write the boxes, those within a frame inside its cluster."""
    for number, (region, boxes) in enumerate(groupby(layout.boxes, key=layout.region_of)):
        if region is None:
            yield from map(_box, boxes)
        else:
            yield from (_cluster(number, region), *map(_box, boxes), "}")


def _cluster(number: int, region: Region) -> str:
    frame = _frame(region.left, region.top, region.right, region.bottom)
    return (
        f"subgraph cluster_{number} {{\n"
        f'graph [label={_quote(region.title)}, bb="{frame}", '
        f'lp="{_place((region.left + len(region.title) * 4 + 8, region.top + 12))}", '
        f'style="rounded,filled", color="{LINE}55", fillcolor="{LINE}14"];'
    )


def _box(box: Box) -> str:
    fill, frame = COLORS[box.style]
    name = _quote(box.name)
    shape = ", shape=circle, fontsize=14" if box.round else ""
    label = "\\n".join(map(_escape, box.label))
    return (
        f'{name} [id={name}, class={_quote(box.style)}, label="{label}", pos="{_place((box.x, box.y))}", '
        f"width={box.width / 72:.3f}, height={box.height / 72:.3f}, "
        f'fillcolor="{fill}", color="{frame}"{shape}];'
    )


def _arrow(arrow: Arrow) -> str:
    *curve, tip = arrow.points
    points = " ".join(map(_place, curve))
    style = f', class=shortcut, color="{RESIDUAL}", penwidth=2' if arrow.shortcut else ""
    return f'{_quote(arrow.tail)} -> {_quote(arrow.head)} [pos="e,{_place(tip)} {points}"{style}];'


def _place(point: Point) -> str:
    """Write a point for Graphviz, whose y runs upwards."""
    return f"{point[0]:.1f},{-point[1]:.1f}"


def _frame(left: float, top: float, right: float, bottom: float) -> str:
    return f"{left:.1f},{-bottom:.1f},{right:.1f},{-top:.1f}"


def _quote(text: str) -> str:
    return f'"{_escape(text)}"'


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
