"""A basic and a bottleneck block, convolution by convolution: channels, parameters, MACs."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from app import theme
from app.labs.lab import Panel
from app.language import N_, _
from resnet_core.choices import Block
from resnet_core.costs import count_costs
from resnet_core.lessons.labs.building import BlockShapesValues
from resnet_core.lone_block import LoneBlock, lone_block

TITLE = N_("Inside two blocks")
CODE = (lone_block, count_costs)

NAMES = {Block.BASIC: N_("basic"), Block.BOTTLENECK: N_("bottleneck")}
COLORS = {Block.BASIC: theme.RESIDUAL, Block.BOTTLENECK: theme.group_color(0)}


@dataclass(frozen=True)
class Convolution:
    """One convolution of a block; params are its weights, without batch normalization."""

    kernel: int
    channels_in: int
    channels_out: int
    params: int
    macs: int


@dataclass(frozen=True)
class Shapes:
    """One block; its totals include batch normalization.

    Attributes:
        outer: channels that come in and go out.
    """

    outer: int
    convolutions: tuple[Convolution, ...]
    params: int
    macs: int


@dataclass(frozen=True)
class Answer:
    """Both blocks."""

    basic: Shapes
    bottleneck: Shapes

    def blocks(self) -> dict[Block, Shapes]:
        """Return each under its kind."""
        return {Block.BASIC: self.basic, Block.BOTTLENECK: self.bottleneck}


def answer(values: BlockShapesValues) -> Answer:
    """Count both blocks with the same channels inside, or outside."""
    inner = values.width if values.same == "inner" else values.width // Block.BOTTLENECK.expansion
    return Answer(
        _shapes(lone_block(Block.BASIC, values.width, values.size)),
        _shapes(lone_block(Block.BOTTLENECK, inner, values.size)),
    )


def panels(values: BlockShapesValues, answer: Answer) -> list[Panel]:
    """Draw the channels along each block, and what each convolution costs."""
    highest = max(shapes.outer for shapes in answer.blocks().values())
    drawn = [_channels(block, shapes, highest) for block, shapes in answer.blocks().items()]
    costs = [
        _costs(answer, "params", _("Weights of each convolution"), _("weights")),
        _costs(answer, "macs", _("MACs of each convolution"), _("MACs")),
    ]
    about = _("Weights and MACs of each convolution; the sums include gamma and beta of batch normalization.")
    return [*drawn, *costs, Panel(_("Step by step"), about, table=_shown(answer))]


def sentence(values: BlockShapesValues, answer: Answer) -> str:
    """Set the two totals against each other."""
    return _(
        "The basic block needs {basic} MACs for {basic_outer} channels, the bottleneck {bottleneck} for "
        "{bottleneck_outer}: {percent:.3g} % of it."
    ).format(
        basic=theme.big(answer.basic.macs),
        basic_outer=answer.basic.outer,
        bottleneck=theme.big(answer.bottleneck.macs),
        bottleneck_outer=answer.bottleneck.outer,
        percent=100 * answer.bottleneck.macs / answer.basic.macs,
    )


def table(values: BlockShapesValues, answer: Answer) -> pd.DataFrame:
    """List every convolution."""
    rows = [
        {"block": block.value, "convolution": number, **vars(convolution)}
        for block, shapes in answer.blocks().items()
        for number, convolution in enumerate(shapes.convolutions, start=1)
    ]
    return pd.DataFrame(rows)


def _shapes(block: LoneBlock) -> Shapes:
    costs = block.costs.by_node
    convolutions = tuple(
        Convolution(
            node.attributes["kernel_size"],
            block.channels_in(node),
            node.output_shape[-1],
            costs[node.name].params,
            costs[node.name].macs,
        )
        for node in block.convolutions
    )
    return Shapes(convolutions[0].channels_in, convolutions, block.total.trainable, block.total.macs)


def _channels(block: Block, shapes: Shapes, highest: int) -> Panel:
    """Draw the channels of each tensor as a column: a bottleneck has a waist."""
    heights = [shapes.outer, *(convolution.channels_out for convolution in shapes.convolutions)]
    names = [_("input"), *(f"{convolution.kernel}×{convolution.kernel}" for convolution in shapes.convolutions)]
    title = _("Channels along a {block} block").format(block=_(NAMES[block]))
    figure = go.Figure(
        {
            "type": "bar",
            "x": list(range(len(heights))),
            "y": heights,
            "text": heights,
            "textposition": "outside",
            "cliponaxis": False,
            "marker": {"color": [theme.OKABE_ITO["gray"], *[COLORS[block]] * len(shapes.convolutions)]},
            "hovertemplate": "%{y} " + _("channels") + "<extra></extra>",
        },
        {
            "title": {"text": title},
            "xaxis": {
                "tickvals": list(range(len(heights))),
                "ticktext": names,
                "title": {"text": _("after each convolution")},
            },
            "yaxis": {"title": {"text": _("channels")}, "range": [0, 1.15 * highest]},
            "bargap": 0.35,
            "hovermode": "closest",
        },
    )
    told = ", ".join(f"{name} {height}" for name, height in zip(names, heights, strict=True))
    return Panel(title, f"{title}: {told}.", figure=theme.style(figure), height=300, wide=False)


def _costs(answer: Answer, quantity: str, title: str, unit: str) -> Panel:
    figure, told = go.Figure(), []
    # Both blocks may have a convolution of the same shape: each bar has a place of its own.
    labels: list[str] = []
    for block, shapes in answer.blocks().items():
        amounts = [getattr(convolution, quantity) for convolution in shapes.convolutions]
        figure.add_bar(
            x=list(range(len(labels), len(labels) + len(amounts))),
            y=amounts,
            name=f"{_(NAMES[block])}: {theme.big(sum(amounts))}",
            marker={"color": COLORS[block]},
            customdata=[theme.count(amount) for amount in amounts],
            hovertemplate="%{customdata}<extra></extra>",
        )
        told.append(f"{_(NAMES[block])} {', '.join(map(theme.big, amounts))}")
        labels += map(_label, shapes.convolutions)
    figure.update_layout(
        title_text=title,
        hovermode="closest",
        bargap=0.3,
        xaxis={
            "tickvals": list(range(len(labels))),
            "ticktext": labels,
            "tickangle": 0,
            "tickfont": {"size": 12},
            "title": {"text": _("convolution and its channels")},
        },
        yaxis={"tickformat": "~s", "rangemode": "tozero", "title": {"text": unit}},
        legend={"y": -0.4, "yanchor": "top"},
    )
    return Panel(title, f"{title}: {'; '.join(told)}.", figure=theme.style(figure), height=360, wide=False)


def _label(convolution: Convolution) -> str:
    kernel = f"{convolution.kernel}×{convolution.kernel}"
    return f"{kernel}<br>{convolution.channels_in}→{convolution.channels_out}"


def _shown(answer: Answer) -> pd.DataFrame:
    rows = []
    for block, shapes in answer.blocks().items():
        for item in shapes.convolutions:
            formula = f"{item.kernel} × {item.kernel} × {item.channels_in} × {item.channels_out}"
            rows.append(
                {
                    _("block"): _(NAMES[block]),
                    _("convolution"): f"{item.kernel}×{item.kernel}",
                    _("channels"): f"{item.channels_in} → {item.channels_out}",
                    _("weights"): f"{formula} = {theme.count(item.params)}",
                    _("MACs"): theme.count(item.macs),
                }
            )
        total = {_("block"): _(NAMES[block]), _("convolution"): _("all, with batch norm"), _("channels"): ""}
        rows.append(total | {_("weights"): theme.count(shapes.params), _("MACs"): theme.count(shapes.macs)})
    return pd.DataFrame(rows)
