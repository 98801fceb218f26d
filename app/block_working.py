"""How a number in a block comes about, in words and as HTML; and which numbers it is computed from."""

from dataclasses import dataclass
from html import escape

import numpy as np

from app.language import _
from app.tensor_cards import Cell, number, style, tensor
from resnet_core.workings import Convolved, Moved, Normalized, Place, Rectified, Summed, Working


@dataclass(frozen=True, eq=False)
class Layer:
    """One tensor of a block and where it comes from.

    Attributes:
        name: within its block, as `conv1`; `x` is what the block reads.
        kind: Keras' class name; empty for what comes in.
        reads: places of its inputs in the list of layers.
        values: (h, w, c).
        kernel, strides: of a convolution; 0 elsewhere.
        on_shortcut: whether it lies on the shortcut.
    """

    name: str
    kind: str
    reads: tuple[int, ...]
    values: np.ndarray
    kernel: int = 0
    strides: int = 0
    on_shortcut: bool = False


def read_cells(layer: Layer, place: Place, working: Working | None) -> dict[int, set[Cell]]:
    """Return, for each layer that is read, the cells that the number at a place is computed from."""
    channel = place[-1]
    match working:
        case Convolved():
            size, channels = len(working.kernel), working.kernel.shape[-1]
            top, left = working.corner
            cells = {
                (top + i, left + j, k)
                for i, j in np.ndindex(size, size)
                if working.inside[i, j]
                for k in range(channels)
            }
            return {layer.reads[0]: cells}
        case Normalized():
            return {layer.reads[0]: {(i, j, channel) for i, j in np.ndindex(layer.values.shape[:2])}}
        case Moved():
            return {layer.reads[0]: {working.source}} if working.source else {}
        case Rectified() | Summed():
            return {at: {place} for at in layer.reads}
    return {}


def place_of(layer: Layer, place: Place) -> str:
    """Name a place in a layer, counted from 1."""
    return _("{layer}, row {row}, column {column}, channel {channel}").format(
        layer=layer.name, row=place[0] + 1, column=place[1] + 1, channel=place[2] + 1
    )


def say(layer: Layer, place: Place, working: Working | None) -> str:
    """Say in a sentence what the number is and what made it."""
    where = place_of(layer, place)
    value = number(float(layer.values[place]))
    match working:
        case Convolved():
            text = _("{where}: {value}, the sum of {count} products.").format(
                where=where, value=value, count=working.kernel.size
            )
        case Normalized():
            text = _(
                "{where}: {before} becomes {value}, as its channel has mean {mean} and variance {variance}."
            ).format(
                where=where,
                before=number(working.before),
                value=value,
                mean=number(working.mean),
                variance=number(working.variance),
            )
        case Rectified():
            text = _("{where}: the larger of 0 and {before} is {value}.").format(
                where=where, before=number(working.before), value=value
            )
        case Summed():
            text = _("{where}: {residual} from the residual path and {shortcut} from the shortcut are {value}.").format(
                where=where, residual=number(working.residual), shortcut=number(working.shortcut), value=value
            )
        case Moved(source=None):
            text = _("{where}: 0, as the input has no such channel.").format(where=where)
        case Moved():
            text = _("{where}: {value}, taken from row {row}, column {column} of x.").format(
                where=where, value=value, row=working.source[0] + 1, column=working.source[1] + 1
            )
        case _:
            text = _("{where}: {value}, as the block before left it.").format(where=where, value=value)
    return text


def working_html(working: Working | None) -> str:
    """Write the formula with its numbers put in."""
    lines: list[str] = []
    match working:
        case Convolved():
            lines += _products(working)
        case Normalized():
            lines += _normalization(working)
        case Rectified():
            lines.append(_sum(f"max(0, {_exact(working.before)}) = {_exact(working.value)}"))
        case Summed():
            residual, shortcut, value = map(_exact, (working.residual, working.shortcut, working.value))
            exact = _equals(np.array([working.residual, working.shortcut]))
            lines.append(_sum(f"{residual} + {_bracketed(shortcut)} {exact} {value}"))
            lines.append(_small(_("The residual path says what to change, the shortcut what to keep.")))
        case Moved():
            lines.append(_small(_("No arithmetic: pixels are skipped, and new channels begin as zeros.")))
        case None:
            lines.append(_small(_("Move the step on to compute the block's first layer.")))
    return f'{style()}<div class="lab-working">{"".join(lines)}</div>'


def _products(working: Convolved) -> list[str]:
    """Lay each channel's window beside its weights, and add the sums of their products."""
    parts = (working.window * working.kernel).sum((0, 1))
    pictures = []
    outside = {(i, j, 0) for i, j in np.argwhere(~working.inside).tolist()}
    for channel, part in enumerate(parts):
        name = escape(_("channel {n}").format(n=channel + 1))
        window = tensor(working.window[..., channel : channel + 1], outside=outside)
        kernel = tensor(working.kernel[..., channel : channel + 1])
        pictures.append(
            f'<div class="lab-product"><span><small>{name}</small>{window}</span>'
            f"<b>·</b><span><small>{escape(_('weights'))}</small>{kernel}</span><b>= {_exact(float(part))}</b></div>"
        )
    lines = [f'<div class="lab-products">{"".join(pictures)}</div>']
    if len(parts) > 1:
        terms = " + ".join(_bracketed(_exact(float(part))) for part in parts)
        lines.append(_sum(f"{terms} {_equals(parts)} {_exact(working.value)}"))
    note = _(
        "Each number is multiplied by the weight at its place; hatched cells lie outside of the image and count as 0."
    )
    return [*lines, _small(note)]


def _normalization(working: Normalized) -> list[str]:
    before, mean, variance, gamma, beta = map(
        _exact, (working.before, working.mean, working.variance, working.gamma, working.beta)
    )
    formula = "γ · (x − mean) / √(variance + ε) + β"
    numbers = f"{gamma} · ({before} − {_bracketed(mean)}) / √({variance} + {number(working.epsilon, 5)}) + {beta}"
    note = _(
        "Mean and variance are those of the {count} numbers of this channel, as in training with a batch of one image."
    )
    return [
        _sum(escape(formula)),
        _sum(f"{numbers} {_equals(np.array([working.value]))} {_exact(working.value)}"),
        _small(note.format(count=working.values)),
    ]


def _sum(text: str) -> str:
    return f'<p class="sum">{text}</p>'


def _small(text: str) -> str:
    return f"<p><small>{escape(text)}</small></p>"


def _exact(value: float) -> str:
    """Write a number so that rounded terms still seem to add up."""
    return number(value, 3)


def _bracketed(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def _equals(values: np.ndarray) -> str:
    """Return = for whole numbers, ≈ for rounded ones."""
    return "=" if np.array_equal(values, np.round(values)) else "≈"
