"""All layers of a network as a table, and their sums for each stage."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from app import cache
from app.tables import CONVENTION, csv, layer_table, stage_table
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
        st.markdown(f"**All {len(table):,} layers** of one forward pass with one image")
        _save("Layers", table, f"{spec.name}-layers.csv", f"{key}:layers_csv")
    _rows(spec, table, node, key, change)
    card, sums = st.columns([2, 3], gap="medium")
    with card:
        if node:
            node_card(costs, node)
        else:
            st.caption("Choose a row to see how its numbers come about.")
    with sums:
        stages = stage_table(costs)
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown("**Sums of each part**")
            _save("Sums", stages, f"{spec.name}-stages.csv", f"{key}:stages_csv")
        st.dataframe(stages, hide_index=True, column_config=_COLUMNS, key=f"{key}:stages", height="content")
    st.caption(CONVENTION)


def _rows(spec: ResNetSpec, table: pd.DataFrame, node: str | None, key: str, change: Change) -> None:
    names = list(table["layer"])
    widget = f"{key}:rows:{spec.key}"
    chosen = [names.index(node)] if node in names else []
    if _selected(widget) != chosen:
        st.session_state[widget] = {"selection": {"rows": chosen}}
    st.dataframe(
        table,
        hide_index=True,
        column_config=_COLUMNS,
        key=widget,
        height=330,
        selection_mode="single-row",
        on_select=lambda: change(node=next((names[row] for row in _selected(widget)), None)),
    )


def _selected(widget: str) -> list[int]:
    return list((st.session_state.get(widget) or {}).get("selection", {}).get("rows", []))


def _save(what: str, table: pd.DataFrame, name: str, key: str) -> None:
    st.download_button(
        f"{what} as CSV",
        lambda: csv(table),
        name,
        "text/csv",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )


def _count(label: str, help: str | None = None):
    return st.column_config.NumberColumn(label, format="localized", help=help)


_COLUMNS = {
    "layer": st.column_config.TextColumn("Layer", pinned=True, width=205),
    "part": st.column_config.TextColumn("Part", pinned=True),
    "layers": _count("Layers"),
    "what": st.column_config.TextColumn("What"),
    "output": st.column_config.TextColumn("Output", help="height x width x channels of one image"),
    "params": _count("Parameters", "all, moving statistics of batch norm included"),
    "trainable": _count("Trained", "parameters that training changes"),
    "macs": _count("MACs", "multiply-accumulates of convolutions and dense layers"),
    "flops": _count("FLOPs", "2 x MACs plus element-wise work"),
    "memory": st.column_config.NumberColumn("Activation memory", format="bytes", help="4 bytes a value, one image"),
    "receptive_field": _count("Receptive field", "side in input pixels; it may exceed the image"),
}
