"""Two networks side by side, in words: what sets them apart and what that costs. Pure: no widget, no figure."""

from dataclasses import dataclass

from app.language import N_, _, capitalized, ngettext
from resnet_core.choices import Shortcut
from resnet_core.costs import Cost, Costs
from resnet_core.families import preset_of
from resnet_core.spec import ResNetSpec

SHORTCUTS = {
    Shortcut.A: N_("option A"),
    Shortcut.B: N_("option B"),
    Shortcut.C: N_("option C"),
    Shortcut.CONV3X3: N_("3x3 projections"),
}


def title(spec: ResNetSpec) -> str:
    """Return a network's preset name, or else the name that its fields give it."""
    preset = preset_of(spec)
    return preset.name if preset else spec.name


def titles(first: ResNetSpec, second: ResNetSpec) -> tuple[str, str]:
    """Return two names that tell two networks apart, even where they differ in a field that no name shows."""
    names = title(first), title(second)
    return (
        names
        if names[0] != names[1]
        else (_("{name} (left)").format(name=names[0]), _("{name} (right)").format(name=names[1]))
    )


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
        return _("Both sides show the same network.")
    if "residual" in fields and fields <= {"residual", "zero_gamma"}:
        return _twins(*((first, second) if one.residual else (second, first)))
    if fields == {"shortcut"} and one.residual:
        return _options(*sorted((first, second), key=lambda costs: (costs.total.params, costs.total.macs)))
    names = titles(one, other)
    text = _("Against {first}, {second} has {parameters}, {macs} and {memory}.")
    return text.format(
        first=names[0],
        second=names[1],
        parameters=_against(first.total.trainable, second.total.trainable, _PARAMETERS),
        macs=_against(first.total.macs, second.total.macs, _MACS),
        memory=_against(first.total.activations, second.total.activations, _MEMORY),
    )


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
        return _("new")
    percent = 100 * (after - before) / before
    size = abs(percent)
    digits = f"{size:,.{0 if size >= 99.5 else 1 if size >= 0.095 else 2}f}" if size >= 0.005 else "<0.01"
    return f"{'+' if percent > 0 else '−'}{digits} %"


def _twins(residual: Costs, plain: Costs) -> str:
    names = [title(costs.graph.spec) for costs in (residual, plain)]
    sums = [node for node in residual.graph.nodes if node.kind == "Add"]
    work = residual.of(sums).flops
    last = ngettext(
        "The {count:,} addition is {flops:,} FLOPs ({change}).",
        "The {count:,} additions are {flops:,} FLOPs ({change}).",
        len(sums),
    ).format(count=len(sums), flops=work, change=change(plain.total.flops, plain.total.flops + work))
    if _same(residual.total, plain.total):
        padded = any(node.kind == "PadShortcut" for node in residual.graph.nodes)
        if padded:
            text = _("{residual} has exactly as many parameters and MACs as {plain}: option A's shortcuts are free.")
        else:
            text = _(
                "{residual} has exactly as many parameters and MACs as {plain}: its shortcuts pass on what they get."
            )
        return f"{text.format(residual=names[0], plain=names[1])} {last}"
    text = _("The shortcuts of {residual} add {added} to {plain}.")
    return f"{text.format(residual=names[0], added=_added(plain.total, residual.total), plain=names[1])} {last}"


def _options(low: Costs, high: Costs) -> str:
    names = [_(SHORTCUTS[costs.graph.spec.shortcut]) for costs in (high, low)]
    if _same(low.total, high.total):
        text = _("{first} costs as much as {second} here: both do the same in every block.")
        return text.format(first=capitalized(names[0]), second=names[1])
    text = _("{first} adds {added} to {second}.")
    return text.format(first=capitalized(names[0]), added=_added(low.total, high.total), second=names[1])


def _same(one: Cost, other: Cost) -> bool:
    return (one.params, one.macs) == (other.params, other.macs)


def _added(low: Cost, high: Cost) -> str:
    return _("{params:,} trained parameters ({params_change}) and {macs:,} MACs ({macs_change})").format(
        params=high.trainable - low.trainable,
        params_change=change(low.trainable, high.trainable),
        macs=high.macs - low.macs,
        macs_change=change(low.macs, high.macs),
    )


@dataclass(frozen=True)
class _Amount:
    """The ways to compare an amount of one thing: the same of it, more, less, or a multiple."""

    same: str
    times: str
    more: str
    less: str


_PARAMETERS = _Amount(
    N_("exactly as many trained parameters"),
    N_("{times} times the trained parameters ({after:,} against {before:,})"),
    N_("{difference:,} more trained parameters ({change})"),
    N_("{difference:,} fewer trained parameters ({change})"),
)
_MACS = _Amount(
    N_("exactly as many MACs"),
    N_("{times} times the MACs ({after:,} against {before:,})"),
    N_("{difference:,} more MACs ({change})"),
    N_("{difference:,} fewer MACs ({change})"),
)
_MEMORY = _Amount(
    N_("exactly as much activation memory"),
    N_("{times} times the activation memory"),
    N_("more activation memory ({change})"),
    N_("less activation memory ({change})"),
)


def _against(one: int, other: int, what: _Amount) -> str:
    """Compare two amounts: as much, so much more or less, or so many times as much."""
    if one == other:
        return _(what.same)
    ratio = other / one
    if ratio >= 2 or ratio <= 0.5:
        times = f"{ratio:,.1f}" if ratio >= 2 else f"{ratio:.2g}"
        return _(what.times).format(times=times, before=one, after=other)
    text = what.more if other > one else what.less
    return _(text).format(difference=abs(other - one), change=change(one, other))


def _text(value: object) -> str:
    match value:
        case bool():
            return _("yes") if value else _("no")
        case tuple():
            return "-".join(map(str, value))
    return str(value)
