"""All layers of a network as a table, and their sums for each stage."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from app import cache
from app.language import _
from app.projection import form_key, form_said, is_form
from app.tables import CONVENTION, csv, layer_table, stage_table
from app.widgets.cost_strip import seen
from app.widgets.node_card import node_card
from resnet_core.spec import ResNetSpec

Change = Callable[..., None]


def layer_list(spec: ResNetSpec, node: str | None, *, key: str, change: Change) -> None:
    """Show every layer's row; the row that is chosen is the node that is chosen.

    Args:
        spec: the network.
        node: the address that is chosen.
        key: of this widget in its page.
        change: is called with `node=` before the page runs again.
    """
    costs = cache.costs(spec)
    table = layer_table(costs)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(_("**All {count:,} layers** of one forward pass with one image").format(count=len(table)))
        _save(_("Layers as CSV"), table, f"{spec.name}-layers.csv", f"{key}:layers_csv")
    _rows(table, node, key, change)
    if node:
        node_card(costs, node)
    else:
        st.caption(_("Choose a row to see how its numbers come about."))
    stages = stage_table(costs)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(_("**Sums of each part**"))
        _save(_("Sums as CSV"), stages, f"{spec.name}-stages.csv", f"{key}:stages_csv")
    st.dataframe(stages, hide_index=True, column_config=_columns(), key=f"{key}:stages", height="content")
    text = _("Receptive field of head and total: {all:,} px with the average pooling, {features:,} px before it.")
    st.caption(text.format(all=costs.total.receptive_field, features=seen(costs)))
    st.caption(_(CONVENTION))


def _rows(table: pd.DataFrame, node: str | None, key: str, change: Change) -> None:
    names = list(table["layer"])
    place = f"{key}:rows"
    chosen = [names.index(node)] if node in names else []
    # It stays for another network where the choice does: for a new grid a browser needs a tenth of a second.
    widget = form_key(place, chosen)
    if _selected(widget) != chosen:
        st.session_state[widget] = {"selection": {"rows": chosen}}

    def choose() -> None:
        if is_form(place, widget):
            rows = _selected(widget)
            form_said(place, rows)
            change(node=next((names[row] for row in rows), None))

    st.dataframe(
        table,
        hide_index=True,
        column_config=_columns(),
        key=widget,
        height=330,
        selection_mode="single-row",
        on_select=choose,
    )


def _selected(widget: str) -> list[int]:
    return list((st.session_state.get(widget) or {}).get("selection", {}).get("rows", []))


def _save(what: str, table: pd.DataFrame, name: str, key: str) -> None:
    st.download_button(
        what,
        lambda: csv(table),
        name,
        "text/csv",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )


def _count(label: str, width: int, help: str | None = None):
    return st.column_config.NumberColumn(label, format="localized", width=width, help=help)


def _columns() -> dict:
    """Return the columns; their widths in pixels put every one in sight on a screen of 1280."""
    return {
        "layer": st.column_config.TextColumn(_("Layer"), pinned=True, width=168),
        "part": st.column_config.TextColumn(_("Part"), pinned=True, width=100),
        "layers": _count(_("Layers"), 90),
        "what": st.column_config.TextColumn(_("What"), width=108),
        "output": st.column_config.TextColumn(_("Output"), width=90, help=_("height x width x channels of one image")),
        "params": _count(_("Parameters"), 86, _("all, moving statistics of batch norm included")),
        "trainable": _count(_("Trained"), 80, _("parameters that training changes")),
        "macs": _count("MACs", 104, _("multiply-accumulates of convolutions and dense layers")),
        "flops": _count("FLOPs", 104, _("2 x MACs plus element-wise work")),
        # Bytes as they are: Streamlit's own format for them mixes units of two languages in Korean.
        "memory": _count(f"{_('Memory')} (B)", 92, _("activation memory: 4 bytes for each value put out, one image")),
        "receptive_field": _count(
            _("Rec. field"), 76, _("receptive field: side in input pixels; it may exceed the image")
        ),
    }
