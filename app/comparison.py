"""Two networks side by side, in words: what sets them apart and what that costs. Pure: no widget, no figure."""

from collections.abc import Iterable

from resnet_core.choices import Shortcut
from resnet_core.costs import Cost, Costs
from resnet_core.families import preset_of
from resnet_core.spec import ResNetSpec

SHORTCUTS = {
    Shortcut.A: "option A",
    Shortcut.B: "option B",
    Shortcut.C: "option C",
    Shortcut.CONV3X3: "3x3 projections",
}


def title(spec: ResNetSpec) -> str:
    """Return a network's preset name, or else the name that its fields give it."""
    preset = preset_of(spec)
    return preset.name if preset else spec.name


def titles(first: ResNetSpec, second: ResNetSpec) -> tuple[str, str]:
    """Return two names that tell two networks apart, even where they differ in a field that no name shows."""
    names = title(first), title(second)
    return names if names[0] != names[1] else (f"{names[0]} (left)", f"{names[1]} (right)")


def differing(first: ResNetSpec, second: ResNetSpec) -> dict[str, tuple[str, str]]:
    """Return the fields in which two networks differ, each with both values as text.

    Example:
        >>> differing(ResNetSpec(), ResNetSpec(stages=(2, 2), residual=False))
        {'stages': ('3-3-3', '2-2'), 'residual': ('yes', 'no')}
    """
    pairs = {name: (getattr(first, name), getattr(second, name)) for name in ResNetSpec.model_fields}
    return {name: (_text(one), _text(other)) for name, (one, other) in pairs.items() if one != other}


def in_words(first: Costs, second: Costs) -> str:
    """Say in a sentence or two what the second network costs against the first.

    Parameters are those that training changes; work and memory are for one image and one forward pass.

    Example:
        >>> from resnet_core import build_graph, count_costs, get_spec
        >>> plain, residual = (count_costs(build_graph(get_spec(name))) for name in ("plain56", "resnet56"))
        >>> print(in_words(residual, plain).partition(". ")[0])
        resnet56 has exactly as many parameters and MACs as plain56: option A's shortcuts are free
    """
    one, other = first.graph.spec, second.graph.spec
    fields = set(differing(one, other))
    if not fields:
        return "Both sides show the same network."
    if "residual" in fields and fields <= {"residual", "zero_gamma"}:
        return _twins(*((first, second) if one.residual else (second, first)))
    if fields == {"shortcut"} and one.residual:
        return _options(*sorted((first, second), key=lambda costs: (costs.total.params, costs.total.macs)))
    names = titles(one, other)
    parts = [
        _against(first.total.trainable, second.total.trainable, "trained parameters"),
        _against(first.total.macs, second.total.macs, "MACs"),
        _against(first.total.activations, second.total.activations, "activation memory", mass=True),
    ]
    return f"Against {names[0]}, {names[1]} has {_and(parts)}."


def signed(number: int) -> str:
    """Write a difference with its sign.

    Example:
        >>> signed(2752), signed(-1), signed(0)
        ('+2,752', '−1', '0')
    """
    return f"{number:+,}".replace("-", "−") if number else "0"


def change(before: float, after: float) -> str:
    """Write a relative change in percent, with two digits that say something.

    Example:
        >>> change(269722, 272474), change(100, 250), change(3, 3), change(1e9, 1e9 - 1)
        ('+1.0 %', '+150 %', '0 %', '−<0.01 %')
    """
    if before == after:
        return "0 %"
    if not before:
        return "new"
    percent = 100 * (after - before) / before
    size = abs(percent)
    digits = f"{size:,.{0 if size >= 99.5 else 1 if size >= 0.095 else 2}f}" if size >= 0.005 else "<0.01"
    return f"{'+' if percent > 0 else '−'}{digits} %"


def _twins(residual: Costs, plain: Costs) -> str:
    names = [title(costs.graph.spec) for costs in (residual, plain)]
    sums = [node for node in residual.graph.nodes if node.kind == "Add"]
    work = residual.of(sums).flops
    verb = "additions are" if len(sums) > 1 else "addition is"
    last = f"The {len(sums):,} {verb} {work:,} FLOPs ({change(plain.total.flops, plain.total.flops + work)})."
    if _same(residual.total, plain.total):
        padded = any(node.kind == "PadShortcut" for node in residual.graph.nodes)
        why = "option A's shortcuts are free" if padded else "its shortcuts pass on what they get"
        return f"{names[0]} has exactly as many parameters and MACs as {names[1]}: {why}. {last}"
    return f"The shortcuts of {names[0]} add {_added(plain.total, residual.total)} to {names[1]}. {last}"


def _options(low: Costs, high: Costs) -> str:
    names = [SHORTCUTS[costs.graph.spec.shortcut] for costs in (high, low)]
    if _same(low.total, high.total):
        return f"{_capital(names[0])} costs as much as {names[1]} here: both do the same in every block."
    return f"{_capital(names[0])} adds {_added(low.total, high.total)} to {names[1]}."


def _same(one: Cost, other: Cost) -> bool:
    return (one.params, one.macs) == (other.params, other.macs)


def _added(low: Cost, high: Cost) -> str:
    params = f"{high.trainable - low.trainable:,} trained parameters ({change(low.trainable, high.trainable)})"
    return f"{params} and {high.macs - low.macs:,} MACs ({change(low.macs, high.macs)})"


def _against(one: int, other: int, what: str, *, mass: bool = False) -> str:
    """Compare two amounts: as much, so much more or less, or so many times as much."""
    if one == other:
        return f"exactly as {'much' if mass else 'many'} {what}"
    ratio = other / one
    if ratio >= 2 or ratio <= 0.5:
        times = f"{ratio:,.1f}" if ratio >= 2 else f"{ratio:.2g}"
        return f"{times} times the {what}" + ("" if mass else f" ({other:,} against {one:,})")
    more = "more" if other > one else "less" if mass else "fewer"
    amount = "" if mass else f"{abs(other - one):,} "
    return f"{amount}{more} {what} ({change(one, other)})"


def _and(parts: Iterable[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _text(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple():
            return "-".join(map(str, value))
    return str(value)
