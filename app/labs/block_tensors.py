"""One block, tensor by tensor: every number in it, and how a chosen one comes about."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.block_working import Layer, place_of, read_cells, say, working_html
from app.labs.lab import Panel
from app.language import N_, _
from app.tensor_cards import Card, block_picture, number
from resnet_core.choices import Order, Shortcut
from resnet_core.lessons.labs.building import BlockTensorsValues
from resnet_core.small_block import SmallBlock, small_block
from resnet_core.tensors import compute
from resnet_core.workings import Place, Working, explain_value

TITLE = N_("Inside a block, one tensor at a time")
CODE = (small_block, compute, explain_value)


@dataclass(frozen=True, eq=False)
class Answer:
    """The block, how far it is computed, and one of its numbers.

    Attributes:
        layers: in the order of computation; what comes in is the first.
        step: the newest that is computed.
        place: of the number that is explained, in that layer.
        working: how it comes about; None for what comes in.
    """

    layers: tuple[Layer, ...]
    step: int
    place: Place
    working: Working | None

    @property
    def layer(self) -> Layer:
        """The newest."""
        return self.layers[self.step]


def answer(values: BlockTensorsValues) -> Answer:
    """Compute the block; a step or place beyond its last means its last."""
    block = small_block(
        residual=values.network == "residual",
        shortcut=Shortcut(values.shortcut),
        order=Order(values.order),
        changes=values.changes,
        last_gamma=values.last_gamma,
        seed=values.seed,
    )
    layers = _layers(block)
    step = min(values.step, len(layers) - 1)
    wanted = (values.row, values.column, values.channel)
    place = tuple(min(at, size) - 1 for at, size in zip(wanted, layers[step].values.shape, strict=True))
    working = None
    if step:
        working = explain_value(block.nodes[step - 1], block.weights, block.tensors, place, training=True)
    return Answer(layers, step, place, working)


def limits(answer: Answer) -> dict[str, int]:
    """Return the block's last step, and how large the newest tensor is."""
    row, column, channel = answer.layer.values.shape
    return {"step": len(answer.layers) - 1, "row": row, "column": column, "channel": channel}


def panels(values: BlockTensorsValues, answer: Answer) -> list[Panel]:
    """Draw the block so far, and work out the chosen number."""
    read = read_cells(answer.layer, answer.place, answer.working)
    summed = next((at for at, layer in enumerate(answer.layers) if layer.kind == "Add"), None)
    cards = [
        Card(
            layer.name,
            _note(answer, layer),
            layer.values,
            "shortcut" if layer.on_shortcut else "both" if summed and (at == 0 or at >= summed) else "main",
            "now" if at == answer.step else "past" if at < answer.step else "later",
            answer.place if at == answer.step else None,
            read.get(at, ()),
            _numbers(layer) if at <= answer.step else _("{layer}: not computed yet").format(layer=layer.name),
        )
        for at, layer in enumerate(answer.layers)
    ]
    passes = summed is not None and not any(layer.on_shortcut for layer in answer.layers)
    title = _("The block after step {step} of {steps}: {layer}").format(
        step=answer.step, steps=len(answer.layers) - 1, layer=answer.layer.name
    )
    picture = block_picture(cards, identity=_("identity: x passes unchanged") if passes else "", label=title)
    where = _("{place}: how {value} comes about").format(
        place=place_of(answer.layer, answer.place), value=number(float(answer.layer.values[answer.place]))
    )
    return [
        Panel(title, _numbers(answer.layer), html=picture),
        Panel(where, sentence(values, answer), html=working_html(answer.working)),
    ]


def sentence(values: BlockTensorsValues, answer: Answer) -> str:
    """Say the chosen number and what made it."""
    return say(answer.layer, answer.place, answer.working)


def table(values: BlockTensorsValues, answer: Answer) -> pd.DataFrame:
    """Return every number that is computed so far; places are counted from 1."""
    return pd.DataFrame(
        [
            {
                "step": at,
                "layer": layer.name,
                "row": row + 1,
                "column": column + 1,
                "channel": channel + 1,
                "value": value,
            }
            for at, layer in enumerate(answer.layers[: answer.step + 1])
            for (row, column, channel), value in np.ndenumerate(layer.values)
        ]
    )


def _layers(block: SmallBlock) -> tuple[Layer, ...]:
    places = {block.source: 0, **{node.name: at for at, node in enumerate(block.nodes, start=1)}}
    layers = [Layer("x", "", (), block.tensors[block.source][0])]
    for node in block.nodes:
        layers.append(
            Layer(
                node.name.partition("_block1_")[2],
                node.kind,
                tuple(places[name] for name in node.inputs),
                block.tensors[node.name][0],
                node.attributes.get("kernel_size", 0),
                node.attributes.get("strides", 0),
                node.on_shortcut,
            )
        )
    return tuple(layers)


def _note(answer: Answer, layer: Layer) -> str:
    """Say in a few words what a layer does."""
    match layer.kind:
        case "":
            return _("what the block reads")
        case "Conv2D":
            channels = f"{answer.layers[layer.reads[0]].values.shape[-1]} → {layer.values.shape[-1]}"
            text = (
                _("convolution {kernel}×{kernel}, {channels}")
                if layer.strides == 1
                else _("convolution {kernel}×{kernel}, {channels}, stride {strides}")
            )
            return text.format(kernel=layer.kernel, channels=channels, strides=layer.strides)
        case "BatchNormalization":
            return _("batch norm of each channel")
        case "Activation":
            return _("ReLU: negative becomes 0")
        case "Add":
            return _("residual path + shortcut")
    return _("every second pixel, channels of zeros")


def _numbers(layer: Layer) -> str:
    """Write a tensor out for a reader who hears it."""
    height, width, channels = layer.values.shape
    parts = [
        _("channel {channel}: {numbers}").format(
            channel=channel + 1, numbers=" ".join(number(value, 1) for value in layer.values[..., channel].ravel())
        )
        for channel in range(channels)
    ]
    return f"{layer.name}, {height} × {width} × {channels}. " + "; ".join(parts)
