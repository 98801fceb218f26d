"""A network's picture at three depths, in the viewer; what is too large to draw at once is drawn when asked for."""

import functools
from collections.abc import Callable

import streamlit as st

from app import cache
from app.language import N_, _
from app.projection import adopt, project
from app.startup import when_shown
from app.widgets.graph_view import graph_view, prepare
from app.widgets.node_card import find
from resnet_core.drawing import Detail
from resnet_core.families import PRESETS
from resnet_core.graph import Graph
from resnet_core.spec import ResNetSpec

MOST_BOXES = 1_500
"""A picture with more is drawn only for a reader who asks for it: it takes seconds."""

LARGE = range(100, 300)
"""Layers of a network whose picture takes a tenth of a second: presets' are drawn before anybody chooses them."""

Change = Callable[..., None]

_DETAILS = {Detail.STAGES: N_("Stages"), Detail.BLOCKS: N_("Blocks"), Detail.LAYERS: N_("Layers")}
_LABELS = {
    Detail.STAGES: N_("{network} as {count:,} stages, from its input to its {classes:,} outputs"),
    Detail.BLOCKS: N_("{network} as {count:,} blocks, from its input to its {classes:,} outputs"),
    Detail.LAYERS: N_("{network} as {count:,} layers, from its input to its {classes:,} outputs"),
}

_MIME = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}


def picture(spec: ResNetSpec, detail: Detail, node: str | None, *, key: str, height: int) -> str | None:
    """Show a network's picture and return the address that is chosen now.

    Args:
        spec: the network.
        detail: how deep the picture looks.
        node: the address that is chosen: of a layer, a block or a part. A coarser picture marks the box that holds it.
        key: of this widget in its page.
        height: pixels.
    """
    drawing = cache.drawing(spec, detail)
    names = frozenset(box.name for box in drawing.layout.boxes)
    here = place_in(cache.graph(spec), names, node)
    picked = graph_view(
        cache.shown_picture(spec, detail),
        label=_(_LABELS[detail]).format(network=spec.name, count=len(names), classes=spec.classes),
        key=key,
        selected=here,
        height=height,
    )
    return node if picked == here else picked


def detail_bar(spec: ResNetSpec, detail: Detail, *, key: str, change: Change, downloads: bool = True) -> Detail:
    """Offer the depth of the picture and its downloads; return the depth to draw, which may be less than was chosen."""
    shown = _affordable(spec, detail, key)
    place = f"{key}:detail"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.segmented_control(
            _("Depth of the picture"),
            list(Detail),
            format_func=lambda each: _(_DETAILS[each]),
            key=project(place, detail),
            required=True,
            label_visibility="collapsed",
            on_change=lambda: change(detail=adopt(place, st.session_state[place]).value),
        )
        if downloads:
            menu = st.popover(_("Download"), icon=":material/download:", key=f"{key}:download", on_change="rerun")
            if menu.open:
                with menu:
                    _downloads(spec, shown, key)
    if shown is not detail:
        boxes = count_boxes(cache.graph(spec), detail)
        text = {
            (Detail.LAYERS, Detail.BLOCKS): _("{count:,} layers take some seconds to draw: here are the blocks."),
            (Detail.LAYERS, Detail.STAGES): _("{count:,} layers take some seconds to draw: here are the stages."),
            (Detail.BLOCKS, Detail.STAGES): _("{count:,} blocks take some seconds to draw: here are the stages."),
        }[detail, shown]
        st.info(text.format(count=boxes), icon=":material/hourglass_empty:")
        every = _("Draw all {count:,} layers") if detail is Detail.LAYERS else _("Draw all {count:,} blocks")
        st.button(every.format(count=boxes), key=f"{key}:all", on_click=_ask, args=(key, spec, detail))
    return shown


@functools.cache
def draw_ahead() -> None:
    """Draw the large pictures of presets in the background, once a process, while a reader looks at the first one."""
    when_shown(_draw_large)


def _draw_large() -> None:
    for preset in PRESETS.values():
        if preset.spec.depth in LARGE:
            prepare(cache.shown_picture(preset.spec, Detail.LAYERS))


def count_boxes(graph: Graph, detail: Detail) -> int:
    """Return about how many boxes a picture has, without drawing it."""
    match detail:
        case Detail.STAGES:
            return len(graph.spec.stages) + 2
        case Detail.BLOCKS:
            return sum(graph.spec.stages) * (2 if graph.spec.residual else 1) + 2
        case Detail.LAYERS:
            return len(graph.nodes)


def place_in(graph: Graph, names: frozenset[str], node: str | None) -> str | None:
    """Return the box of a picture that holds an address: its own, its block's or its part's; None if none does.

    Args:
        graph: the network.
        names: of the picture's boxes.
        node: an address.
    """
    inside = find(graph, node) if node else ()
    if not inside:
        return None
    first = inside[0]
    owners = (node, f"stage{first.stage}_block{first.block}", first.part)
    whole = {layer.name for layer in inside}
    # A box stands for an address only if it holds all of it.
    return next(
        (name for name in owners if name in names and whole <= {layer.name for layer in find(graph, name)}), None
    )


def _affordable(spec: ResNetSpec, detail: Detail, key: str) -> Detail:
    asked = st.session_state.get(f"{key}:asked") == (spec.key, detail)
    depths = list(Detail)
    while not asked and detail is not Detail.STAGES and count_boxes(cache.graph(spec), detail) > MOST_BOXES:
        detail = depths[depths.index(detail) - 1]
    return detail


def _ask(key: str, spec: ResNetSpec, detail: Detail) -> None:
    st.session_state[f"{key}:asked"] = (spec.key, detail)


def _downloads(spec: ResNetSpec, detail: Detail, key: str) -> None:
    for kind in ("svg", "png", "pdf"):
        st.download_button(
            kind.upper(),
            functools.partial(cache.picture, spec, detail, kind),
            f"{spec.name}-{detail}.{kind}",
            _MIME[kind],
            key=f"{key}:{kind}",
            on_click="ignore",
            width="stretch",
        )
    st.download_button(
        _("DOT"),
        lambda: cache.drawing(spec, detail).dot,
        f"{spec.name}-{detail}.dot",
        "text/vnd.graphviz",
        key=f"{key}:dot",
        on_click="ignore",
        width="stretch",
    )
