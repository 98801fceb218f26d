"""The paper's networks for ImageNet, recounted beside the figures that the paper and torchvision print."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from app import theme
from app.labs.lab import Panel
from app.language import N_, _
from resnet_core.choices import Block, Shortcut, StrideOn
from resnet_core.costs import count_costs
from resnet_core.families import get_spec
from resnet_core.graph import build_graph
from resnet_core.lessons.labs.building import ImagenetTableValues
from resnet_core.published import ROUNDED, Published, published_for

TITLE = N_("The ImageNet table, recomputed")
CODE = (build_graph, count_costs, published_for)

PRESETS = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
PARTS = ("stem", "stage1", "stage2", "stage3", "stage4", "head")
_COLORS = [theme.OKABE_ITO[name] for name in ("gray", "sky", "blue", "green", "purple", "orange")]


@dataclass(frozen=True)
class Row:
    """One network.

    Attributes:
        depth: its layers.
        block: basic or bottleneck.
        stages: blocks in each.
        parts: the amount of the stem, of each stage and of the head.
        published: what is printed of it.
    """

    depth: int
    block: str
    stages: tuple[int, ...]
    parts: tuple[int, ...]
    published: Published

    @property
    def total(self) -> int:
        """The amount of the whole network."""
        return sum(self.parts)

    @property
    def difference(self) -> float:
        """How far the published figure is from the count, as a fraction of the count."""
        return (self.published.value - self.total) / self.total


@dataclass(frozen=True)
class Answer:
    """All five networks, the shallowest first."""

    rows: tuple[Row, ...]


def answer(values: ImagenetTableValues) -> Answer:
    """Count all five, with the reader's stride and shortcut."""
    return Answer(tuple(_row(values, preset) for preset in PRESETS))


def panels(values: ImagenetTableValues, answer: Answer) -> list[Panel]:
    """Draw what each part costs, the published figures as marks, and list the numbers."""
    by_macs = values.quantity == "macs"
    title = _("MACs of one image, stage by stage") if by_macs else _("Trained parameters, stage by stage")
    names = [f"ResNet-{row.depth}" for row in answer.rows]
    depths = [str(row.depth) for row in answer.rows]
    figure = go.Figure()
    for place, (part, color) in enumerate(zip(PARTS, _COLORS, strict=True)):
        amounts = [row.parts[place] for row in answer.rows]
        figure.add_bar(
            x=depths,
            y=amounts,
            name=part,
            marker={"color": color},
            text=[theme.big(amount) for amount in amounts],
            textposition="none",
            hovertemplate=f"{part}: %{{text}}<extra></extra>",
        )
    figure.add_scatter(
        x=depths,
        y=[row.published.value for row in answer.rows],
        mode="markers",
        name=_("the paper") if by_macs else "torchvision",
        marker={"symbol": "diamond-open", "size": 12, "color": theme.PLAIN, "line": {"width": 2.5}},
        text=[row.published.text for row in answer.rows],
        hovertemplate=_("published") + ": %{text}<extra></extra>",
    )
    figure.update_layout(
        title_text=title,
        barmode="stack",
        bargap=0.4,
        xaxis={"type": "category", "title": {"text": _("layers")}, "tickangle": 0},
        yaxis={"tickformat": "~s", "rangemode": "tozero", "title": {"text": _unit(values)}},
        legend={"y": -0.22, "yanchor": "top"},
    )
    told = "; ".join(
        _("{network} {count}, published {published}").format(
            network=name, count=theme.count(row.total), published=row.published.text
        )
        for name, row in zip(names, answer.rows, strict=True)
    )
    return [
        Panel(title, f"{title}: {told}.", figure=theme.style(figure), height=420),
        Panel(_("Counted and published"), _about(values), table=_shown(values, answer)),
    ]


def sentence(values: ImagenetTableValues, answer: Answer) -> str:
    """Say how well the counts agree."""
    if not any(row.difference for row in answer.rows):
        return _("All {all} networks have exactly the published parameters.").format(all=len(answer.rows))
    agreeing = [row for row in answer.rows if row.published.agrees(row.total)]
    farthest = max(answer.rows, key=lambda row: abs(row.difference))
    return _(
        "{agreeing} of {all} networks agree with the published figures; the farthest is ResNet-{depth}, published as "
        "{published}, counted as {count}: {difference:+.1f} %."
    ).format(
        agreeing=len(agreeing),
        all=len(answer.rows),
        depth=farthest.depth,
        published=farthest.published.text,
        count=theme.count(farthest.total),
        difference=100 * farthest.difference,
    )


def table(values: ImagenetTableValues, answer: Answer) -> pd.DataFrame:
    """Return the amounts of every part."""
    return pd.DataFrame(
        [
            {
                "layers": row.depth,
                **{f"{part}_{values.quantity}": amount for part, amount in zip(PARTS, row.parts, strict=True)},
                f"total_{values.quantity}": row.total,
                "published": row.published.value,
                "source": row.published.source,
            }
            for row in answer.rows
        ]
    )


def _row(values: ImagenetTableValues, preset: str) -> Row:
    changes = {"stride_on": StrideOn(values.stride_on), "shortcut": Shortcut(values.shortcut)}
    spec = get_spec(preset).model_copy(update=changes)
    parts = count_costs(build_graph(spec)).by_stage()
    amounts = tuple(getattr(parts[part], values.quantity) for part in PARTS)
    published = next(row for row in published_for(preset) if row.quantity == values.quantity)
    return Row(spec.depth, spec.block.value, spec.stages, amounts, published)


def _shown(values: ImagenetTableValues, answer: Answer) -> pd.DataFrame:
    blocks = {Block.BASIC.value: _("basic"), Block.BOTTLENECK.value: _("bottleneck")}
    return pd.DataFrame(
        [
            {
                _("network"): f"ResNet-{row.depth}",
                _("block"): blocks[row.block],
                _("blocks"): " + ".join(map(str, row.stages)),
                _unit(values): theme.count(row.total),
                _("published"): row.published.text,
                _("difference"): f"{100 * row.difference:+.1f} %" if row.difference else "0",
                _("agree"): "✓" if row.published.agrees(row.total) else "✗",
            }
            for row in answer.rows
        ]
    )


def _about(values: ImagenetTableValues) -> str:
    if values.quantity == "macs":
        return _(
            "The paper rounds to two digits, not always to the nearest: within {percent:.2g} % means that it agrees."
        ).format(percent=100 * ROUNDED)
    return _("torchvision's networks are exact integers, with projections (B) and without moving statistics.")


def _unit(values: ImagenetTableValues) -> str:
    return _("MACs") if values.quantity == "macs" else _("parameters")
