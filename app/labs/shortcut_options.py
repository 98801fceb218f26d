"""Shortcut options A, B, C and 3x3 in one network: what each adds, and in which blocks."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from app import theme
from app.labs.lab import Panel
from app.language import N_, _
from resnet_core.choices import Shortcut
from resnet_core.costs import Costs, count_costs
from resnet_core.drawing import shape_label
from resnet_core.families import get_spec
from resnet_core.graph import build_graph
from resnet_core.lessons.labs.building import ShortcutOptionsValues

TITLE = N_("What passes a block by, and what it costs")
CODE = (build_graph, count_costs)


@dataclass(frozen=True)
class Option:
    """A network with one kind of shortcut."""

    shortcut: str
    params: int
    macs: int


@dataclass(frozen=True)
class Bridge:
    """The shortcut of one block, where it is more than the input itself.

    Attributes:
        block: as `stage2_block1`.
        before, after: shapes (h, w, c) of what comes in and what is added.
        kernel: side of the convolution; 0 where pixels are skipped and zeros appended.
        strides: pixels that it steps by.
        params, macs: of its layers.
    """

    block: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    kernel: int
    strides: int
    params: int
    macs: int


@dataclass(frozen=True)
class Answer:
    """One network with each option; its plain twin is the measure.

    Attributes:
        depth: layers on the main path.
        plain: without shortcuts.
        options: with each kind.
        bridges: of the option that the reader chose.
        identities: blocks of it whose shortcut is the input itself.
    """

    depth: int
    plain: Option
    options: tuple[Option, ...]
    bridges: tuple[Bridge, ...]
    identities: int

    def option(self, shortcut: str) -> Option:
        """Return the network with one kind of shortcut."""
        return next(option for option in self.options if option.shortcut == shortcut)


def answer(values: ShortcutOptionsValues) -> Answer:
    """Count the network with every option."""
    spec = get_spec(values.network)
    counted = {
        shortcut: count_costs(build_graph(spec.model_copy(update={"shortcut": shortcut}))) for shortcut in Shortcut
    }
    chosen = counted[Shortcut(values.shortcut)]
    bridges = _bridges(chosen)
    return Answer(
        spec.depth,
        _option("", count_costs(build_graph(spec.plain_twin()))),
        tuple(_option(shortcut.value, costs) for shortcut, costs in counted.items()),
        bridges,
        sum(spec.stages) - len(bridges),
    )


def panels(values: ShortcutOptionsValues, answer: Answer) -> list[Panel]:
    """Draw what each option adds to the plain network, and list the chosen one's blocks."""
    name = f"ResNet-{answer.depth}"
    first = _bars(answer, "params", _("parameters"), _("{network}: parameters added").format(network=name))
    second = _bars(answer, "macs", _("MACs"), _("{network}: MACs added").format(network=name))
    title = _("Option {option}: blocks whose shortcut is more than the input itself").format(
        option=_name(values.shortcut)
    )
    if not answer.bridges:
        return [first, second]
    about = _("Of one image and one forward pass; parameters are those that training changes.")
    return [first, second, Panel(title, about, table=_shown(answer))]


def sentence(values: ShortcutOptionsValues, answer: Answer) -> str:
    """Say what the chosen option adds."""
    option = answer.option(values.shortcut)
    extra, work = option.params - answer.plain.params, option.macs - answer.plain.macs
    return _(
        "Option {option} adds {params} parameters ({share:.2g} %) and {macs} MACs to the plain network; "
        "in {identities} of {blocks} blocks the shortcut is the input itself."
    ).format(
        option=_name(values.shortcut),
        params=theme.count(extra),
        share=100 * extra / answer.plain.params,
        macs=theme.count(work),
        identities=answer.identities,
        blocks=answer.identities + len(answer.bridges),
    )


def table(values: ShortcutOptionsValues, answer: Answer) -> pd.DataFrame:
    """Return the totals of every option, the plain network first."""
    rows = [("none", answer.plain), *((option.shortcut, option) for option in answer.options)]
    return pd.DataFrame(
        [
            {
                "shortcut": name,
                "trainable": option.params,
                "added_params": option.params - answer.plain.params,
                "macs": option.macs,
                "added_macs": option.macs - answer.plain.macs,
            }
            for name, option in rows
        ]
    )


def _name(shortcut: str) -> str:
    return "3×3" if shortcut == Shortcut.CONV3X3 else shortcut


def _option(shortcut: str, costs: Costs) -> Option:
    return Option(shortcut, costs.total.trainable, costs.total.macs)


def _bridges(costs: Costs) -> tuple[Bridge, ...]:
    graph, found = costs.graph, []
    for name, nodes in graph.blocks().items():
        layers = [node for node in nodes if node.on_shortcut]
        if layers:
            source = graph.node(layers[0].inputs[0])
            first, cost = layers[0], costs.of(layers)
            kernel = first.attributes.get("kernel_size", 0)
            strides = first.attributes["strides"]
            after = layers[-1].output_shape
            found.append(Bridge(name, source.output_shape, after, kernel, strides, cost.trainable, cost.macs))
    return tuple(found)


def _bars(answer: Answer, quantity: str, unit: str, title: str) -> Panel:
    base = getattr(answer.plain, quantity)
    extra = [getattr(option, quantity) - base for option in answer.options]
    words = [theme.count(amount) for amount in extra]
    figure = go.Figure(
        {
            "type": "bar",
            "orientation": "h",
            "x": extra,
            "y": [_name(option.shortcut) for option in answer.options],
            "text": [f"+{word}" if amount else "0" for word, amount in zip(words, extra, strict=True)],
            "textposition": "outside",
            "cliponaxis": False,
            "marker": {"color": theme.RESIDUAL},
            "hovertemplate": [
                f"{theme.count(base + amount)} = {theme.count(base)} + {word}<extra></extra>"
                for word, amount in zip(words, extra, strict=True)
            ],
        },
        {
            "title": {"text": title},
            "xaxis": {
                "title": {"text": unit},
                "tickformat": "~s",
                "range": [0, 1.3 * max(extra)],
                "showgrid": True,
                "nticks": 5,
            },
            "yaxis": {"autorange": "reversed", "showgrid": False, "title": {"text": _("shortcut")}},
            "hovermode": "closest",
            "bargap": 0.35,
        },
    )
    told = ", ".join(f"{_name(option.shortcut)} {word}" for option, word in zip(answer.options, words, strict=True))
    alt = _("{title}: {told}; the plain network has {base}.").format(title=title, told=told, base=theme.count(base))
    return Panel(title, alt, figure=theme.style(figure), height=280, wide=False)


def _shown(answer: Answer) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("block"): bridge.block,
                _("comes in"): shape_label(bridge.before),
                _("is added"): shape_label(bridge.after),
                _("how"): _how(bridge),
                _("parameters"): theme.count(bridge.params),
                _("MACs"): theme.count(bridge.macs),
            }
            for bridge in answer.bridges
        ]
    )


def _how(bridge: Bridge) -> str:
    if not bridge.kernel:
        return _("skip pixels, append channels of zeros")
    kernel = f"{bridge.kernel}×{bridge.kernel}"
    if bridge.strides == 1:
        return _("{kernel} convolution").format(kernel=kernel)
    return _("{kernel} convolution, stride {strides}").format(kernel=kernel, strides=bridge.strides)
