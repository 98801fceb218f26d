"""What there is to know about one place in a network: a layer with its formulas, a block or a stage with its sums."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from app import theme
from app.language import N_, _
from app.tables import BYTES
from resnet_core.costs import Costs
from resnet_core.drawing import layer_label, shape_label
from resnet_core.formulas import Formula, explain
from resnet_core.graph import Graph, Node, Shape

_NAMES = {
    "params": N_("Parameters"),
    "trainable": N_("trained of them"),
    "macs": "MACs",
    "flops": "FLOPs",
    "activations": N_("Values put out"),
    "receptive_field": N_("Receptive field"),
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
    reads = _("{kind} · reads {layers}").format(kind=node.kind, layers=", ".join(node.inputs)) if node.inputs else ""
    foot = f'<p class="reads">{escape(reads)}</p>' if reads else ""
    lines = "".join(_row(_(_NAMES[row.quantity]), _value(row), row) for row in rows.values())
    return _head(layer_label(node), node.name, shapes, node.output_shape) + f"<dl>{lines}</dl>{foot}"


def _group(costs: Costs, name: str, nodes: Sequence[Node]) -> str:
    graph, total = costs.graph, costs.of(nodes)
    first = nodes[0]
    shapes = [graph.node(before).output_shape for before in first.inputs] or [first.output_shape]
    lines = [
        _row(_("Layers"), len(nodes)),
        _row(_("Parameters"), total.params),
        _row(_("trained of them"), total.trainable),
        _row("MACs", total.macs),
        _row("FLOPs", total.flops),
        _row(_("Activation memory"), theme.memory(BYTES * total.activations)),
        _row(_("Receptive field"), f"{total.receptive_field:,} px"),
    ]
    shown = nodes[:_MOST_LAYERS]
    body = "".join(
        f"<tr><td>{escape(layer_label(node))}</td><td>{shape_label(node.output_shape)}</td>"
        f"<td>{costs.by_node[node.name].params:,}</td></tr>"
        for node in shown
    )
    table = (
        f"<table><thead><tr><th>{_('Layer')}</th><th>{_('Output')}</th><th>{_('Parameters')}</th></tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )
    more = len(nodes) - len(shown)
    rest = _("and {count:,} more: the Layers tab lists all").format(count=more)
    foot = f'<p class="reads">{rest}</p>' if more else ""
    return _head(_title(name), name, shapes, nodes[-1].output_shape) + f"<dl>{''.join(lines)}</dl>{table}{foot}"


def _head(title: str, address: str, inputs: Sequence[Shape], output: Shape) -> str:
    before = " + ".join(map(shape_label, inputs)) or _("image")
    return (
        f'<p class="name">{escape(title)}</p><p class="address">{escape(address)}</p>'
        f"<p>{before} → <strong>{shape_label(output)}</strong></p>"
    )


def _row(label: str, value: int | str, formula: Formula | None = None) -> str:
    text = f"{value:,}" if isinstance(value, int) else value
    row = f'<div><dt>{escape(label)}</dt><dd class="value">{escape(text)}</dd>'
    if formula:
        if formula.numbers != f"{formula.value:,}":
            row += f'<dd class="numbers">{escape(str(formula))}</dd>'
        row += f'<dd class="words">{escape(_(formula.words))}</dd>'
    return row + "</div>"


def _value(formula: Formula) -> int | str:
    return f"{formula.value:,} px" if formula.quantity == "receptive_field" else formula.value


def _title(name: str) -> str:
    part, block = name.partition("_block")[::2]
    stage = part.removeprefix("stage")
    if block:
        return _("Stage {stage}, block {block}").format(stage=stage, block=block)
    return _("Stage {stage}").format(stage=stage) if stage != part else part.capitalize()
