"""One network, many "G": the same forward pass counted by different conventions."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from app import theme
from app.labs.lab import Panel
from app.language import N_, _
from resnet_core.choices import StrideOn
from resnet_core.conventions import Convention, count_operations, operation_groups
from resnet_core.costs import Cost, count_costs
from resnet_core.families import get_spec
from resnet_core.graph import build_graph
from resnet_core.lessons.labs.building import ConventionsValues
from resnet_core.published import RESNET50_READINGS, Reading

TITLE = N_('One network, many "G"')
CODE = (count_operations, operation_groups)

NEAR = 0.001
"""Readings are printed with three or four digits: within a thousandth it is the same count."""

_GROUPS = {
    "products": (N_("convolutions and dense layer"), theme.RESIDUAL),
    "biases": (N_("biases"), theme.OKABE_ITO["orange"]),
    "batch_norm": (N_("batch norm"), theme.OKABE_ITO["green"]),
    "elementwise": (N_("ReLU, sums, pooling"), theme.OKABE_ITO["purple"]),
}


@dataclass(frozen=True)
class Answer:
    """The reader's count.

    Attributes:
        total: of the whole batch.
        groups: of one image, by what is counted.
        cost: by this lab's own conventions.
        near: the printed readings that it explains; none for another network than ResNet-50.
    """

    total: int
    groups: dict[str, int]
    cost: Cost
    near: tuple[Reading, ...]


def answer(values: ConventionsValues) -> Answer:
    """Count the network as the reader says."""
    changes = {"stride_on": StrideOn(values.stride_on), "conv_bias": values.conv_bias}
    costs = count_costs(build_graph(get_spec(values.network).model_copy(update=changes)))
    convention = Convention(
        per_mac=values.per_mac,
        biases=values.elementwise,
        batch_norm=values.batch_norm,
        elementwise=values.elementwise,
        images=values.images,
    )
    total = count_operations(costs, convention)
    near = tuple(row for row in RESNET50_READINGS if abs(1e9 * row.billions - total) <= NEAR * total)
    return Answer(total, operation_groups(costs, convention), costs.total, near if _is_50(values) else ())


def panels(values: ConventionsValues, answer: Answer) -> list[Panel]:
    """Draw the reader's count among the printed ones, and the parameters by both conventions."""
    shown = [Panel(_("Parameters are counted in two ways, too"), _two_ways(answer), table=_parameters(answer))]
    title = _("{network}, counted in billions").format(network=_name(values))
    readings = RESNET50_READINGS if _is_50(values) else ()
    names = [_("your count: {billions:.4g}").format(billions=answer.total / 1e9), *(_(row.source) for row in readings)]
    figure = go.Figure()
    for group, (label, color) in _GROUPS.items():
        amount = values.images * answer.groups[group] / 1e9
        if amount:
            figure.add_bar(
                x=[amount],
                y=names[:1],
                orientation="h",
                name=_(label),
                marker={"color": color},
                hovertemplate=f"{_(label)}: {amount:.4g} G<extra></extra>",
            )
    figure.add_bar(
        x=[row.billions for row in readings],
        y=names[1:],
        orientation="h",
        name=_("as printed"),
        marker={"color": [theme.OKABE_ITO["gray" if row not in answer.near else "sky"] for row in readings]},
        text=[f"{row.billions:g}" for row in readings],
        customdata=[_(row.convention) for row in readings],
        hovertemplate="%{text} G: %{customdata}<extra></extra>",
    )
    figure.update_layout(
        title={"text": title, "xref": "container"},
        barmode="stack",
        bargap=0.3,
        hovermode="closest",
        xaxis={"title": {"text": _("billions of operations (G)")}, "rangemode": "tozero", "showgrid": True},
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "ticktext": [_wrapped(name) for name in names],
            "tickvals": names,
        },
        legend={"y": -0.2, "yanchor": "top"},
    )
    printed = "; ".join(f"{_(row.source)} {row.billions:g}" for row in readings)
    alt = f"{title}: {answer.total / 1e9:.4g}. {printed}".strip()
    return [Panel(title, alt, figure=theme.style(figure), height=200 + 34 * len(names)), *shown]


def sentence(values: ConventionsValues, answer: Answer) -> str:
    """Say the reader's number and whose it is."""
    number = _("{network}: {count} operations, {billions:.4g} G.").format(
        network=_name(values), count=theme.count(answer.total), billions=answer.total / 1e9
    )
    if not _is_50(values):
        return number
    if not answer.near:
        return number + " " + _("None of the printed figures is this one.")
    who = ", ".join(f"{_(row.source)} ({row.billions:g})" for row in answer.near)
    return number + " " + _("The same figure: {who}.").format(who=who)


def table(values: ConventionsValues, answer: Answer) -> pd.DataFrame:
    """Return the groups of the reader's count."""
    return pd.DataFrame(
        [
            {"group": group, "one_image": amount, "batch": values.images * amount}
            for group, amount in {**answer.groups, "total": sum(answer.groups.values())}.items()
        ]
    )


def _is_50(values: ConventionsValues) -> bool:
    return values.network == "resnet50"


def _name(values: ConventionsValues) -> str:
    return f"ResNet-{get_spec(values.network).depth}"


def _two_ways(answer: Answer) -> str:
    return _("{trainable} that training changes; {params} with the moving means and variances of batch norm.").format(
        trainable=theme.count(answer.cost.trainable), params=theme.count(answer.cost.params)
    )


def _parameters(answer: Answer) -> pd.DataFrame:
    cost = answer.cost
    rows = (
        (_("trained: weights, biases, gamma, beta"), cost.trainable, _("torchvision, the paper")),
        (_("moving means and variances of batch norm"), cost.non_trainable, _("buffers in PyTorch")),
        (_("all"), cost.params, _("Keras' count_params()")),
    )
    return pd.DataFrame(
        [{_("what"): what, _("parameters"): theme.count(n), _("who counts so"): who} for what, n, who in rows]
    )


def _wrapped(name: str) -> str:
    """Break a long source in lines for a narrow axis."""
    return (
        name.replace(": ", ":<br>").replace(", Deep Residual Learning for Image Recognition", "").replace("; ", ";<br>")
    )
