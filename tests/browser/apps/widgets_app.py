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
from resnet_core.dot import one_at_a_time

COLORS = {"conv": "#D6E6F4", "bn": "#E8E8EA", "relu": "#FBE3D2", "add": "#D4EFE3"}


@cache
def draw(blocks: int) -> str:
    """Draw a chain of residual blocks, seven layers each, as the Build page's layer view does."""
    # Two readers may come at once, which would end the server.
    with one_at_a_time, pygraphviz.AGraph(directed=True, rankdir="TB", nodesep=0.3, ranksep=0.3) as graph:
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


def curves(points: int, runs: int = 2, axis: str = "step") -> go.Figure:
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
    figure.update_layout(
        title_text="Training error of plain and residual networks as the steps go by",
        margin_t=76,
        xaxis_title=axis,
        yaxis_title="training error",
        yaxis_tickformat=".0%",
    )
    return style(figure)


HOSTILE = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 viewBox="0 0 200 100" onload="window.harmed=1"><script>window.harmed=1</script><style>@import "//evil"</style>
<g class="graph"><image href="//evil/x.png"/><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"
 onclick="window.harmed=1">evil</body></foreignObject><g class="node" onclick="window.harmed=1">
<title>&lt;img src=x onerror=harmed=1&gt;</title><a xlink:href="javascript:window.harmed=1">
<polygon points="10,10 190,10 190,90 10,90" fill="url(//evil)" stroke="black"/>
<text x="20" y="50" font-size="14">&lt;b&gt;bold&lt;/b&gt;</text></a></g></g></svg>"""

st.set_page_config(page_title="Widgets", layout="wide")
st.title("Widgets")
state = st.session_state
FIRST = {"svg": None, "chosen": None, "points": 60, "axis": "step", "ticking": False}
if "round" not in state:
    state.update(FIRST, round=1, points=int(st.query_params.get("points", 60)))
    state.blocks = int(st.query_params.get("blocks", 16))


def reset() -> None:
    """Put everything back, the reader's zoom included."""
    state.update(FIRST, round=state.round + 1)
    st.query_params.clear()


def live() -> None:
    """Start or stop the ticks."""
    state.ticking = not state.ticking


buttons = st.columns(10)
buttons[9].button("Reset", on_click=reset)
if buttons[0].button("Another graph"):
    state.svg = draw(3)
if buttons[1].button("Hostile graph"):
    state.svg = HOSTILE
if buttons[2].button("Broken graph"):
    state.svg = "no <svg"
if buttons[3].button("Choose from the page"):
    state.chosen = "stage1_block2_add"
buttons[4].button("Rerun")
if buttons[5].button("Add a point"):
    state.points += 1
buttons[6].button("Live", on_click=live)
if buttons[7].button("Seconds"):
    state.axis = "seconds"
if buttons[8].button("Keep in the address"):
    st.query_params["points"] = str(state.points)

state.chosen = graph_view(
    state.svg or draw(state.blocks), label="Graph of a test network", selected=state.chosen, key="graph", height=400
)
st.write(f"chosen: {state.chosen}")


@st.fragment(run_every=0.5 if state.ticking else None)
def charts() -> None:
    """Show the curves, a point longer at each tick while live."""
    if state.ticking:
        state.points += 1
    left, right = st.columns(2)
    with left:
        left_curves = curves(state.points, axis=state.axis).update_layout(uirevision=state.round)
        live_chart(left_curves, key="left", alt="Error falls with each step", filename="curves")
    with right:
        live_chart(curves(40, runs=8), key="right", alt="Eight runs", filename="eight")
    st.write(f"points: {state.points}")


charts()
