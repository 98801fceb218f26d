"""What there is to know about one place in a network: a layer with its formulas, a block or a stage with its sums."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from app import theme
from app.tables import BYTES
from resnet_core.costs import Costs
from resnet_core.drawing import layer_label, shape_label
from resnet_core.formulas import Formula, explain
from resnet_core.graph import Graph, Node, Shape

_NAMES = {
    "params": "Parameters",
    "trainable": "trained of them",
    "macs": "MACs",
    "flops": "FLOPs",
    "activations": "Values put out",
    "receptive_field": "Receptive field",
}
_STYLE = f"<style>{Path(__file__).with_suffix('.css').read_text('utf-8')}</style>"
_MOST_LAYERS = 40


def node_card(costs: Costs, name: str) -> None:
    """Show a layer, or the sums of a block, a stage, the stem or the head.

    Args:
        costs: of the network.
        name: as `find` knows it.
    """
    nodes = find(costs.graph, name)
    is_layer = name in costs.graph
    st.html(
        _STYLE
        + '<div class="lab-card">'
        + (_layer(costs, *nodes) if is_layer else _group(costs, name, nodes))
        + "</div>"
    )


def find(graph: Graph, name: str) -> tuple[Node, ...]:
    """Return the layers at an address: of a layer, a block or a part; none if the network has no such address."""
    if name in graph:
        return (graph.node(name),)
    return graph.blocks().get(name) or graph.stages().get(name) or ()


def _layer(costs: Costs, node: Node) -> str:
    graph = costs.graph
    shapes = [graph.node(name).output_shape for name in node.inputs]
    rows = {row.quantity: row for row in explain(costs, node.name)}
    if rows["trainable"].numbers == rows["params"].numbers:
        del rows["trainable"]
    reads = f'<p class="reads">{node.kind} · reads {escape(", ".join(node.inputs))}</p>' if node.inputs else ""
    lines = "".join(_row(_NAMES[row.quantity], row.value, row) for row in rows.values())
    return _head(layer_label(node), node.name, shapes, node.output_shape) + f"<dl>{lines}</dl>{reads}"


def _group(costs: Costs, name: str, nodes: Sequence[Node]) -> str:
    graph, total = costs.graph, costs.of(nodes)
    first = nodes[0]
    shapes = [graph.node(before).output_shape for before in first.inputs] or [first.output_shape]
    lines = [
        _row("Layers", len(nodes)),
        _row("Parameters", total.params),
        _row("trained of them", total.trainable),
        _row("MACs", total.macs),
        _row("FLOPs", total.flops),
        _row("Activation memory", theme.memory(BYTES * total.activations)),
        _row("Receptive field", total.receptive_field),
    ]
    shown = nodes[:_MOST_LAYERS]
    body = "".join(
        f"<tr><td>{escape(layer_label(node))}</td><td>{shape_label(node.output_shape)}</td>"
        f"<td>{costs.by_node[node.name].params:,}</td></tr>"
        for node in shown
    )
    table = (
        f"<table><thead><tr><th>Layer</th><th>Output</th><th>Parameters</th></tr></thead><tbody>{body}</tbody></table>"
    )
    more = len(nodes) - len(shown)
    rest = f'<p class="reads">and {more:,} more: the Layers tab lists all</p>' if more else ""
    return _head(_title(name), name, shapes, nodes[-1].output_shape) + f"<dl>{''.join(lines)}</dl>{table}{rest}"


def _head(title: str, address: str, inputs: Sequence[Shape], output: Shape) -> str:
    before = " + ".join(map(shape_label, inputs)) or "image"
    return (
        f'<p class="name">{escape(title)}</p><p class="address">{escape(address)}</p>'
        f"<p>{before} → <strong>{shape_label(output)}</strong></p>"
    )


def _row(label: str, value: int | str, formula: Formula | None = None) -> str:
    text = f"{value:,}" if isinstance(value, int) else value
    unit = " px" if label == "Receptive field" else ""
    row = f'<div><dt>{escape(label)}</dt><dd class="value">{escape(text)}{unit}</dd>'
    if formula:
        if formula.numbers != text:
            row += f'<dd class="numbers">{escape(str(formula))}</dd>'
        row += f'<dd class="words">{escape(formula.words)}</dd>'
    return row + "</div>"


def _title(name: str) -> str:
    stage, _, block = name.partition("_block")
    title = stage.replace("stage", "Stage ").capitalize()
    return f"{title}, block {block}" if block else title
