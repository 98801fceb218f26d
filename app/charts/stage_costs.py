"""Parameters and multiply-accumulates of each part of two networks, as bars side by side."""

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from app import theme
from app.language import N_, _
from resnet_core.costs import Cost, Costs

_PANELS = (("trainable", N_("trained parameters")), ("macs", N_("MACs of one image")))


def stage_costs(networks: Sequence[tuple[str, Costs]]) -> go.Figure:
    """Draw the parts of each network along x, from stem to head.

    Args:
        networks: a name and the costs of each.
    """
    figure = make_subplots(1, 2, subplot_titles=[_(text) for quantity, text in _PANELS], horizontal_spacing=0.1)
    for position, ((name, costs), color) in enumerate(zip(networks, _colors(networks), strict=True)):
        parts = costs.by_stage()
        for column, (quantity, text) in enumerate(_PANELS, start=1):
            values = [getattr(cost, quantity) for cost in parts.values()]
            figure.add_bar(
                x=list(parts),
                y=values,
                name=name,
                uid=f"{position}-{quantity}",
                legendgroup=name,
                showlegend=column == 1,
                marker={"color": color},
                customdata=[theme.count(value) for value in values],
                hovertemplate=f"{name}: %{{customdata}} {_(text)}<extra></extra>",
                row=1,
                col=column,
            )
    figure.update_layout(barmode="group", bargap=0.25, title_text=_("What each part costs"))
    # Parts in the order of the network, also those that only the later one has.
    order = list(dict.fromkeys(part for name, costs in networks for part in costs.by_stage() if part != "head"))
    figure.update_xaxes(categoryorder="array", categoryarray=[*order, "head"])
    figure.update_yaxes(rangemode="tozero", tickformat="~s")
    theme.style(figure)
    # The title stands on the left above both panels: the legend leaves it the room.
    return figure.update_layout(
        title={"y": 0.97, "yanchor": "top"}, legend={"x": 1, "xanchor": "right", "y": 1.16}, margin={"t": 76}
    )


def describe(networks: Sequence[tuple[str, Costs]]) -> str:
    """Say in words what the figure shows: the alternative text for a reader who hears it."""
    lines = []
    for name, costs in networks:
        parts = ", ".join(f"{part} {_amounts(cost)}" for part, cost in costs.by_stage().items())
        lines.append(f"{name}: {parts}")
    return _("Trained parameters and MACs of each part. {parts}.").format(parts="; ".join(lines))


def _amounts(cost: Cost) -> str:
    return _("{parameters} and {macs}").format(parameters=theme.big(cost.trainable), macs=theme.big(cost.macs))


def _colors(networks: Sequence[tuple[str, Costs]]) -> list[str]:
    """Color plain and residual as everywhere; where both are of one kind, the second takes a group's color."""
    kinds = [costs.graph.spec.residual for name, costs in networks]
    return [
        theme.kind_color(kind) if kind not in kinds[:position] else theme.group_color(position - 1)
        for position, kind in enumerate(kinds)
    ]
