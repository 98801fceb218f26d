"""The picture of a network with the card of the place that the reader chose in it."""

import streamlit as st

from app import cache
from app.language import _
from app.widgets.network_picture import Change, detail_bar, picture
from app.widgets.node_card import node_card
from resnet_core.drawing import Detail
from resnet_core.spec import ResNetSpec


def network_graph(spec: ResNetSpec, detail: Detail, node: str | None, *, key: str, change: Change) -> str | None:
    """Show a network's picture with the card of a place beside it.

    Args:
        spec: the network.
        detail: how deep the picture looks.
        node: the address that is chosen: of a layer, a block or a part.
        key: of this widget in its page.
        change: is called with `detail=` before the page runs again.

    Returns: the address that is chosen now.
    """
    left, right = st.columns([7, 3], gap="medium")
    with left:
        shown = detail_bar(spec, detail, key=key, change=change)
        node = picture(spec, shown, node, key=f"{key}:view", height=425)
    with right:
        if node:
            node_card(cache.costs(spec), node)
        else:
            _legend(spec, shown)
    return node


def _legend(spec: ResNetSpec, shown: Detail) -> None:
    lines = [
        _("Choose a place to see its shapes and how each of its numbers comes about."),
        _("Sizes are height x width x channels; **/2** halves the image."),
    ]
    if spec.residual and shown is not Detail.STAGES:
        lines.append(_("**Blue lines** are shortcuts: each block adds its input to what it computed."))
    st.caption("  \n".join(lines))
