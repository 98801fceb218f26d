"""The graph viewer and the live chart on one page, with buttons for what a real page does to them."""

import sys
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

import plotly.graph_objects as go
import pygraphviz
import streamlit as st

from app.theme import kind_color, line_width, style
from app.widgets.graph_view import graph_view
from app.widgets.live_chart import live_chart

COLORS = {"conv": "#D6E6F4", "bn": "#E8E8EA", "relu": "#FBE3D2", "add": "#D4EFE3"}


@cache
def draw(blocks: int) -> str:
    """Draw a chain of residual blocks, seven layers each, as the Build page's layer view does."""
    graph = pygraphviz.AGraph(directed=True, rankdir="TB", nodesep=0.3, ranksep=0.3)
    graph.node_attr.update(shape="box", style="filled,rounded", fontname="Helvetica", fontsize=12, color="#5B6B7B")
    graph.edge_attr.update(color="#5B6B7B", arrowsize=0.7)
    graph.add_node("input", label="input\n32×32×3", fillcolor="white")
    last = "input"
    for block in range(1, blocks + 1):
        names = []
        for part in ("conv1", "bn1", "relu1", "conv2", "bn2", "add", "relu"):
            name = f"stage1_block{block}_{part}"
            kind = part.rstrip("12")
            graph.add_node(name, label=f"{name}\n32×32×16", fillcolor=COLORS[kind])
            graph.add_edge(names[-1] if names else last, name)
            names.append(name)
        graph.add_edge(last, names[5], color=kind_color(residual=True), penwidth=2)
        graph.add_subgraph(
            names, name=f"cluster_block{block}", label=f"block {block}", fontname="Helvetica", color="#C5CDD6"
        )
        last = names[-1]
    return graph.draw(format="svg", prog="dot").decode()


def curves(points: int, runs: int = 2) -> go.Figure:
    """Draw error curves of `points` steps, plain and residual in turn."""
    figure = go.Figure()
    for run in range(runs):
        residual, depth = run % 2 == 1, (20, 56, 110, 32)[run // 2 % 4]
        floor = 0.1 + 0.1 * run
        figure.add_scatter(
            x=[10 * step for step in range(1, points + 1)],
            y=[floor + (0.9 - floor) / (1 + step / 20) for step in range(1, points + 1)],
            name=f"{'residual' if residual else 'plain'} {depth}",
            line={"color": kind_color(residual), "width": line_width(depth)},
            hovertemplate="%{y:.2%}",
        )
    figure.update_layout(xaxis_title="step", yaxis_title="training error", yaxis_tickformat=".0%")
    return style(figure)


st.set_page_config(page_title="Widgets", layout="wide")
st.title("Widgets")
state = st.session_state
state.setdefault("blocks", 71)
state.setdefault("chosen", None)
state.setdefault("points", 60)
state.setdefault("ticking", False)

columns = st.columns(6)
if columns[0].button("Another graph"):
    state.blocks = 3 if state.blocks == 71 else 71
if columns[1].button("Choose from the page"):
    state.chosen = "stage1_block2_add"
columns[2].button("Rerun")
if columns[3].button("Add a point"):
    state.points += 1
if columns[4].button("Live"):
    state.ticking = not state.ticking
if columns[5].button("Many"):
    state.points = 300

state.chosen = graph_view(draw(state.blocks), label="Graph of a test network", selected=state.chosen, key="graph")
st.write(f"chosen: {state.chosen}")


@st.fragment(run_every=0.5 if state.ticking else None)
def live() -> None:
    """Show the curves, a point longer at each tick while live."""
    if state.ticking:
        state.points += 1
    left, right = st.columns(2)
    with left:
        live_chart(curves(state.points), key="left", alt="Error falls with each step", filename="curves")
    with right:
        live_chart(curves(40, runs=8), key="right", alt="Eight runs", filename="eight")
    st.write(f"points: {state.points}")


live()
