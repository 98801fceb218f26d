"""A network in five numbers, each with what was published about it and how it is counted."""

from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

import streamlit as st

from app import theme
from app.comparison import change, signed
from app.language import _
from app.tables import BYTES
from resnet_core.costs import Costs
from resnet_core.families import HE_2015, preset_of
from resnet_core.published import Published, published_for

_STYLE = f"<style>{Path(__file__).with_suffix('.css').read_text('utf-8')}</style>"


@dataclass(frozen=True)
class Figure:
    """One number of the strip.

    Attributes:
        label: what it is.
        amount: the number itself.
        value: the same to read at a glance.
        note: the exact number.
        convention: what it counts.
        published: what others report of it.
        difference: how far it is from another network's.
    """

    label: str
    amount: int
    value: str
    note: str
    convention: str
    published: Published | None = None
    difference: str = ""


def cost_strip(costs: Costs, against: Costs | None = None) -> None:
    """Show layers, parameters, MACs, activation memory and receptive field; hovering tells how each is counted.

    Args:
        costs: of the network.
        against: of another one, to show how far each number is from it.
    """
    cells = figures(costs)
    if against:
        pairs = zip(cells, figures(against), strict=True)
        cells = [replace(cell, difference=_difference(other.amount, cell.amount)) for cell, other in pairs]
    st.html(_STYLE + f'<dl class="lab-strip">{"".join(map(_cell, cells))}</dl>')


def figures(costs: Costs) -> list[Figure]:
    """Return the five numbers of a network."""
    spec, total = costs.graph.spec, costs.total
    preset = preset_of(spec)
    reported = {row.quantity: row for row in published_for(preset.name)} if preset else {}
    field = seen(costs)
    return [
        Figure(
            _("Layers"),
            spec.depth,
            theme.count(spec.depth),
            _("{count:,} in Keras").format(count=len(costs.graph.nodes)),
            _(
                "Convolutions on the main path and the dense layer, as the paper counts; Keras counts batch norms, "
                "activations, sums and the rest too."
            ),
        ),
        Figure(
            _("Trained parameters"),
            total.trainable,
            theme.big(total.trainable),
            theme.count(total.trainable),
            _(
                "What training changes. Keras also counts {moving:,} moving means and variances of batch norm: {all:,} "
                "in all."
            ).format(moving=total.non_trainable, all=total.params),
            reported.get("trainable") or reported.get("params"),
        ),
        Figure(
            "MACs",
            total.macs,
            theme.big(total.macs),
            theme.count(total.macs),
            _(
                "Multiply-accumulates of convolutions and dense layers for one image, the paper's multiply-adds; with "
                "element-wise work it is {flops:,} FLOPs."
            ).format(flops=total.flops),
            reported.get("macs"),
        ),
        Figure(
            _("Activation memory"),
            total.activations,
            theme.memory(BYTES * total.activations),
            _("{count:,} values").format(count=total.activations),
            _(
                "Everything that all layers put out for one image, 4 bytes a value (float32), nothing computed in "
                "place."
            ),
        ),
        Figure(
            _("Receptive field"),
            field,
            f"{field:,} px",
            (_("beyond the {size} px image") if field > spec.input_size else _("of the {size} px image")).format(
                size=spec.input_size
            ),
            _("Side of the square of input pixels that one value sees before the average pooling."),
        ),
    ]


def seen(costs: Costs) -> int:
    """Return the receptive field of the last features: what the average pooling reads."""
    pool = costs.graph.node("head_pool")
    return costs.by_node[pool.inputs[0]].receptive_field


def _cell(figure: Figure) -> str:
    lines = [f'<dd class="note">{escape(figure.note)}</dd>']
    if figure.difference:
        lines.append(f'<dd class="note strong">{escape(figure.difference)}</dd>')
    if figure.published:
        lines.append(f'<dd class="note strong">{escape(_reported(figure.published, figure.amount))}</dd>')
    return (
        f'<div title="{escape(_hover(figure))}"><dt>{escape(figure.label)}</dt>'
        f'<dd class="value">{escape(figure.value)}</dd>{"".join(lines)}</div>'
    )


def _difference(before: int, after: int) -> str:
    return f"{signed(after - before)} ({change(before, after)})" if before != after else _("the same")


def _reported(row: Published, amount: int) -> str:
    return f"{_short(row.source)}: {_(row.text)}{' ✓' if row.agrees(amount) else ''}"


def _hover(figure: Figure) -> str:
    row = figure.published
    if not row:
        return figure.convention
    text = _("Published: {figure} ({convention}; {source}).")
    published = text.format(figure=_(row.text), convention=_(row.convention), source=_(row.source))
    return f"{figure.convention} {published}"


def _short(source: str) -> str:
    """Name a source in a word."""
    if source.startswith(HE_2015):
        return _("paper")
    return source.partition(".")[0] if "." in source else _("notes")
