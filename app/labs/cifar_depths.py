"""n blocks in each of three stages: 6n + 2 layers, beside the paper's Table 6."""

from dataclasses import dataclass
from functools import cache

import pandas as pd
import plotly.graph_objects as go

from app import theme
from app.labs.lab import Panel
from app.language import N_, _
from resnet_core.choices import Shortcut
from resnet_core.costs import Costs, count_costs
from resnet_core.drawing import shape_label
from resnet_core.families import cifar, preset_of
from resnet_core.graph import build_graph
from resnet_core.lessons.labs.building import CifarDepthsValues
from resnet_core.published import Published, published_for

TITLE = N_("From n to 6n + 2 layers")
CODE = (cifar, build_graph, count_costs)

TABLE_6 = (3, 5, 7, 9, 18, 200)
"""The paper's n: 20, 32, 44, 56, 110 and 1202 layers."""

ALONG = (1, 2, *TABLE_6)


@dataclass(frozen=True)
class Part:
    """One row of the network's description.

    Attributes:
        name: stem, stage1, ... or head.
        layers: with weights, on the main path.
        output: its shape.
        params, macs: of the part.
    """

    name: str
    layers: int
    output: tuple[int, ...]
    params: int
    macs: int


@dataclass(frozen=True)
class Row:
    """One n of the paper's table: what we count, and what the paper prints."""

    n: int
    depth: int
    params: int
    published: Published
    error: Published


@dataclass(frozen=True)
class Answer:
    """One network, and those of the paper.

    Attributes:
        depth: its layers.
        parts: of it.
        params, macs: its totals.
        curve: depth and parameters over n.
        paper: Table 6.
    """

    depth: int
    parts: tuple[Part, ...]
    params: int
    macs: int
    curve: tuple[tuple[int, int], ...]
    paper: tuple[Row, ...]


def answer(values: CifarDepthsValues) -> Answer:
    """Count the network of n, and those around it."""
    costs = _costs(values.n, values.shortcut)
    curve = tuple((cifar(n).depth, _params(n, values.shortcut)) for n in sorted({*ALONG, values.n}))
    paper = tuple(_row(n, values.shortcut) for n in TABLE_6)
    total = costs.total
    return Answer(costs.graph.spec.depth, _parts(costs), total.trainable, total.macs, curve, paper)


def panels(values: CifarDepthsValues, answer: Answer) -> list[Panel]:
    """Draw parameters over depth with the paper's figures, and list the stages."""
    title = _("Parameters against depth")
    figure = go.Figure(
        layout={
            "title": {"text": title},
            "xaxis": {
                "title": {"text": _("layers")},
                "type": "log",
                "tickvals": [row.depth for row in answer.paper],
                # 44 stands too near to 56 for a phone to show both.
                "ticktext": ["" if row.depth == 44 else row.depth for row in answer.paper],
                "tickangle": 0,
            },
            "yaxis": {"title": {"text": _("parameters")}, "type": "log", "tickformat": "~s", "dtick": 1},
            "hovermode": "closest",
            "legend": {"x": 0.01, "y": 0.99, "yanchor": "top", "orientation": "v"},
        }
    )
    figure.add_scatter(
        x=[depth for depth, _params in answer.curve],
        y=[params for _depth, params in answer.curve],
        mode="lines",
        name=_("counted"),
        line={"color": theme.RESIDUAL, "width": 3},
        text=[theme.count(params) for _depth, params in answer.curve],
        hovertemplate="%{x} " + _("layers") + ": %{text}<extra></extra>",
    )
    figure.add_scatter(
        x=[row.depth for row in answer.paper],
        y=[row.published.value for row in answer.paper],
        mode="markers",
        name=_("the paper's Table 6"),
        marker={"symbol": "diamond-open", "size": 12, "color": theme.OKABE_ITO["gray"], "line": {"width": 2}},
        text=[row.published.text for row in answer.paper],
        hovertemplate="%{x} " + _("layers") + ": %{text}<extra></extra>",
    )
    figure.add_scatter(
        x=[answer.depth],
        y=[answer.params],
        mode="markers",
        name=f"n = {values.n}",
        marker={"size": 14, "color": theme.RESIDUAL},
        hovertemplate="%{x} " + _("layers") + f": {theme.count(answer.params)}<extra></extra>",
    )
    told = ", ".join(f"{row.depth}: {theme.count(row.params)} ({row.published.text})" for row in answer.paper)
    about = _("The paper prints rounded parameters; its errors were measured, and are not recomputed here.")
    stages = _("The network of n = {n}, part by part").format(n=values.n)
    return [
        Panel(stages, _("Layers are those with weights on the main path."), table=_shown(answer)),
        Panel(title, f"{title}: {told}.", figure=theme.style(figure)),
        Panel(_("The paper's Table 6, recomputed"), about, table=_table_6(answer)),
    ]


def sentence(values: CifarDepthsValues, answer: Answer) -> str:
    """Add up the layers."""
    return _("n = {n}: 1 + 3 × 2 × {n} + 1 = {depth} layers, {params} parameters, {macs} MACs.").format(
        n=values.n, depth=answer.depth, params=theme.count(answer.params), macs=theme.count(answer.macs)
    )


def table(values: CifarDepthsValues, answer: Answer) -> pd.DataFrame:
    """Return the paper's networks as we count them, and as it prints them."""
    return pd.DataFrame(
        [
            {
                "n": row.n,
                "layers": row.depth,
                "trainable": row.params,
                "paper_params": row.published.value,
                "paper_test_error": row.error.value,
            }
            for row in answer.paper
        ]
    )


@cache
def _params(n: int, shortcut: str) -> int:
    return _costs(n, shortcut).total.trainable


def _costs(n: int, shortcut: str) -> Costs:
    return count_costs(build_graph(cifar(n).model_copy(update={"shortcut": Shortcut(shortcut)})))


def _row(n: int, shortcut: str) -> Row:
    figures = {row.quantity: row for row in published_for(preset_of(cifar(n)).name)}
    return Row(n, cifar(n).depth, _params(n, shortcut), figures["params"], figures["test_error"])


def _parts(costs: Costs) -> tuple[Part, ...]:
    parts = []
    for name, nodes in costs.graph.stages().items():
        layers = sum(node.kind in ("Conv2D", "Dense") and not node.on_shortcut for node in nodes)
        cost = costs.of(nodes)
        parts.append(Part(name, layers, nodes[-1].output_shape, cost.trainable, cost.macs))
    return tuple(parts)


def _shown(answer: Answer) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("part"): part.name,
                _("layers"): part.layers,
                _("output"): shape_label(part.output),
                _("parameters"): theme.count(part.params),
                _("MACs"): theme.count(part.macs),
            }
            for part in answer.parts
        ]
    )


def _table_6(answer: Answer) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "n": row.n,
                _("layers"): row.depth,
                _("parameters"): theme.count(row.params),
                _("the paper's parameters"): row.published.text,
                _("agree"): "✓" if row.published.agrees(row.params) else "✗",
                _("the paper's test error"): _(row.error.text),
            }
            for row in answer.paper
        ]
    )
