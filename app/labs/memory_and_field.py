"""Along a network: the memory of its activations, and how much of the image a value sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import pandas as pd
import plotly.graph_objects as go

from app import theme
from app.labs.lab import Panel
from app.language import N_, _, ngettext
from app.tables import BYTES
from resnet_core.costs import count_costs
from resnet_core.families import get_spec
from resnet_core.graph import build_graph
from resnet_core.lessons.labs.building import MemoryAndFieldValues
from resnet_core.memory import needed_activations

TITLE = N_("Memory and receptive field, layer by layer")
CODE = (count_costs, needed_activations)


@dataclass(frozen=True)
class Answer:
    """Every layer in order.

    Attributes:
        name: of the network.
        pixels: side of its image.
        layers: names.
        memory: bytes in memory when a layer has computed, for the batch.
        fields: side of the square of input pixels that a value of the layer sees, up to the average pooling.
        params_bytes: of the parameters.
        stages: index of each part's first layer.
        on_shortcut: layers that lie on a shortcut, where a value sees less.
    """

    name: str
    pixels: int
    layers: tuple[str, ...]
    memory: tuple[int, ...]
    fields: tuple[int, ...]
    params_bytes: int
    stages: dict[str, int]
    on_shortcut: frozenset[str]

    @property
    def most(self) -> int:
        """Bytes at the highest moment."""
        return max(self.memory)


def answer(values: MemoryAndFieldValues) -> Answer:
    """Walk the network once."""
    spec = get_spec(values.network)
    spec = spec if values.residual else spec.plain_twin()
    graph = build_graph(spec)
    costs = count_costs(graph)
    if values.keep == "all":
        numbers = list(accumulate(cost.activations for cost in costs.by_node.values()))
    else:
        numbers = list(needed_activations(graph).values())
    names = tuple(node.name for node in graph.nodes)
    before_pool = names.index("head_pool")
    return Answer(
        spec.name,
        spec.input_size,
        names,
        tuple(BYTES * values.images * number for number in numbers),
        tuple(costs.by_node[name].receptive_field for name in names[:before_pool]),
        BYTES * costs.total.params,
        {part: names.index(nodes[0].name) for part, nodes in graph.stages().items()},
        frozenset(node.name for node in graph.nodes if node.on_shortcut),
    )


def panels(values: MemoryAndFieldValues, answer: Answer) -> list[Panel]:
    """Draw both along the layers."""
    color = theme.kind_color(values.residual)
    if values.keep == "all":
        title = _("Memory kept up to each layer")
    else:
        title = _("Memory needed at each layer")
    memory = _along(answer, answer.memory, color, [theme.memory(size) for size in answer.memory])
    memory.update_layout(
        title_text=title, yaxis={"title": {"text": _("bytes")}, "tickformat": "~s", "rangemode": "tozero"}
    )
    seen = _("Receptive field at each layer")
    main_path = [
        None if layer in answer.on_shortcut else side for layer, side in zip(answer.layers, answer.fields, strict=False)
    ]
    field = _along(answer, main_path, color, [f"{side} × {side}" for side in answer.fields])
    field.update_layout(title_text=seen, yaxis={"title": {"text": _("pixels")}, "rangemode": "tozero"})
    field.add_hline(
        y=answer.pixels,
        line={"color": theme.OKABE_ITO["gray"], "dash": "dash", "width": 2},
        annotation={"text": _("the image: {pixels} pixels").format(pixels=answer.pixels), "xanchor": "left", "x": 0},
    )
    return [
        Panel(title, f"{title}. {sentence(values, answer)}", figure=memory, height=320),
        Panel(seen, f"{seen}. {_field(answer)}", figure=field, height=320),
    ]


def sentence(values: MemoryAndFieldValues, answer: Answer) -> str:
    """Say how much memory the activations take beside the parameters, and what the last features see."""
    where = answer.layers[answer.memory.index(answer.most)]
    if values.keep == "all":
        text = ngettext(
            "{images} image through {network}: its activations take {memory}, the parameters {params}.",
            "{images} images through {network}: their activations take {memory}, the parameters {params}.",
            values.images,
        )
    else:
        text = ngettext(
            "{images} image through {network}: at most {memory} at a time, at {layer}; the parameters take {params}.",
            "{images} images through {network}: at most {memory} at a time, at {layer}; the parameters take {params}.",
            values.images,
        )
    memory = text.format(
        network=answer.name,
        images=values.images,
        memory=theme.memory(answer.most),
        layer=where,
        params=theme.memory(answer.params_bytes),
    )
    return f"{memory} {_field(answer)}"


def table(values: MemoryAndFieldValues, answer: Answer) -> pd.DataFrame:
    """Return both for every layer; the receptive field is left empty in the head, where it is the whole image."""
    missing = [None] * (len(answer.layers) - len(answer.fields))
    fields = pd.array([*answer.fields, *missing], dtype="Int64")
    return pd.DataFrame({"layer": answer.layers, "memory_bytes": answer.memory, "receptive_field": fields})


def _along(answer: Answer, amounts: Sequence[int | None], color: str, words: list[str]) -> go.Figure:
    """Draw an amount as steps over the layers, with the stages named under them."""
    starts = answer.stages
    figure = go.Figure(
        {
            "type": "scatter",
            "mode": "lines",
            "x": list(range(len(amounts))),
            "y": amounts,
            "line": {"color": color, "width": 2.5, "shape": "hvh"},
            "connectgaps": True,
            "fill": "tozeroy",
            "fillcolor": theme.faint(color, 0.15),
            "text": [f"{layer}: {word}" for layer, word in zip(answer.layers, words, strict=False)],
            "hovertemplate": "%{text}<extra></extra>",
            "showlegend": False,
        },
        {
            "xaxis": {
                "title": {"text": _("layers in order")},
                # The stem is a few layers: its name would lie under that of the first stage.
                "tickvals": [start for part, start in starts.items() if part.startswith("stage")],
                "ticktext": [part for part in starts if part.startswith("stage")],
                "tickangle": 0,
                "showgrid": True,
                "hoverformat": "d",
            },
            "hovermode": "x",
        },
    )
    return theme.style(figure)


def _field(answer: Answer) -> str:
    last = answer.fields[-1]
    whole = next(
        (layer for layer, field in zip(answer.layers, answer.fields, strict=False) if field >= answer.pixels), ""
    )
    if not whole:
        return _("The last features see {last} of {pixels} pixels.").format(last=last, pixels=answer.pixels)
    return _(
        "From {layer} on a value can see the whole image of {pixels} pixels; the last features could see {last}."
    ).format(layer=whole, pixels=answer.pixels, last=last)
