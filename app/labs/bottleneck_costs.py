"""What a basic and a bottleneck block cost over their channels, and the two networks of equal cost."""

from dataclasses import dataclass
from functools import cache

import pandas as pd
import plotly.graph_objects as go

from app import theme
from app.charts.stage_costs import describe, stage_costs
from app.labs.block_shapes import COLORS, NAMES
from app.labs.lab import Panel
from app.language import N_, _, language
from app.tables import BYTES
from resnet_core.choices import Block
from resnet_core.costs import Cost, count_costs
from resnet_core.families import get_spec
from resnet_core.graph import build_graph
from resnet_core.lessons.labs.building import BottleneckCostsValues
from resnet_core.lone_block import lone_block

TITLE = N_("When does a bottleneck save?")
CODE = (lone_block, count_costs)

CHANNELS = (64, 128, 192, 256, 384, 512, 768, 1024)
NETWORKS = {"ResNet-34": "resnet34", "ResNet-50": "resnet50"}
_TITLES = {
    "params": N_("Parameters of one block"),
    "macs": N_("MACs of one block"),
    "activations": N_("Activation memory of one block"),
}


@dataclass(frozen=True)
class Answer:
    """Amounts of both blocks.

    Attributes:
        channels: where they were counted.
        basic, bottleneck: at each of them; activations in bytes.
        at_basic, at_bottleneck: at the channels that the reader chose.
    """

    channels: tuple[int, ...]
    basic: tuple[int, ...]
    bottleneck: tuple[int, ...]
    at_basic: int
    at_bottleneck: int

    @property
    def ratio(self) -> float:
        """The bottleneck's amount over the basic block's."""
        return self.at_bottleneck / self.at_basic


def answer(values: BottleneckCostsValues) -> Answer:
    """Count both blocks at every number of channels."""
    channels = tuple(sorted({*CHANNELS, values.channels}))
    basic = tuple(_amount(values, Block.BASIC, number) for number in channels)
    bottleneck = tuple(_amount(values, Block.BOTTLENECK, number) for number in channels)
    place = channels.index(values.channels)
    return Answer(channels, basic, bottleneck, basic[place], bottleneck[place])


def panels(values: BottleneckCostsValues, answer: Answer) -> list[Panel]:
    """Draw both curves, and the paper's two networks that cost about the same."""
    title = _(_TITLES[values.quantity])
    where = _("channels outside of the block") if values.same == "outer" else _("channels inside of the block")
    figure = go.Figure(
        layout={
            "title": {"text": title},
            "xaxis": {"title": {"text": where}, "type": "log", "tickvals": CHANNELS, "ticktext": CHANNELS},
            "yaxis": {"title": {"text": _unit(values)}, "type": "log", "tickformat": "~s", "dtick": 1},
            "legend": {"y": 0.99, "yanchor": "top", "x": 0.01},
        }
    )
    for block, amounts in ((Block.BASIC, answer.basic), (Block.BOTTLENECK, answer.bottleneck)):
        figure.add_scatter(
            x=answer.channels,
            y=amounts,
            mode="lines+markers",
            name=_(NAMES[block]),
            line={"color": COLORS[block], "width": 3},
            marker={"size": [13 if number == values.channels else 6 for number in answer.channels]},
            text=[_write(values, amount) for amount in amounts],
            hovertemplate=_(NAMES[block]) + ": %{text}<extra></extra>",
        )
    first = Panel(title, f"{title}. {sentence(values, answer)}", figure=theme.style(figure))
    return [first, _whole_networks(language())]


def sentence(values: BottleneckCostsValues, answer: Answer) -> str:
    """Say how the two compare at the chosen channels."""
    if values.same == "outer":
        text = _("With {channels} channels outside, the bottleneck has {bottleneck}, the basic block {basic}: {ratio}.")
    else:
        text = _("With {channels} channels inside, the bottleneck has {bottleneck}, the basic block {basic}: {ratio}.")
    if answer.ratio < 1:
        ratio = _("{times:.1f} times less").format(times=1 / answer.ratio)
    else:
        ratio = _("{times:.1f} times as much").format(times=answer.ratio)
    if 0.9 < answer.ratio < 1.1:
        ratio = _("{percent:.0f} % of it, about the same").format(percent=100 * answer.ratio)
    return text.format(
        channels=values.channels,
        bottleneck=_write(values, answer.at_bottleneck, unit=True),
        basic=_write(values, answer.at_basic),
        ratio=ratio,
    )


def table(values: BottleneckCostsValues, answer: Answer) -> pd.DataFrame:
    """Return both curves."""
    name = {"activations": "activation_bytes"}.get(values.quantity, values.quantity)
    return pd.DataFrame(
        {
            f"{values.same}_channels": answer.channels,
            f"basic_{name}": answer.basic,
            f"bottleneck_{name}": answer.bottleneck,
        }
    )


@cache
def _whole_networks(language: str) -> Panel:
    """Draw the paper's two networks of nearly equal cost; no value changes this picture, only the language."""
    networks = [(name, count_costs(build_graph(get_spec(preset)))) for name, preset in NETWORKS.items()]
    title = _("The same blocks in two whole networks")
    return Panel(title, f"{title}. {describe(networks)}", figure=stage_costs(networks), height=340)


def _amount(values: BottleneckCostsValues, block: Block, channels: int) -> int:
    inner = channels // block.expansion if values.same == "outer" else channels
    total: Cost = lone_block(block, inner, values.size).total
    match values.quantity:
        case "params":
            return total.trainable
        case "macs":
            return total.macs
        case "activations":
            return BYTES * total.activations


def _write(values: BottleneckCostsValues, amount: int, unit: bool = False) -> str:
    if values.quantity == "activations":
        return theme.memory(amount)
    return f"{theme.big(amount)} {_unit(values)}" if unit else theme.big(amount)


def _unit(values: BottleneckCostsValues) -> str:
    return {"params": _("parameters"), "macs": _("MACs"), "activations": _("bytes")}[values.quantity]
