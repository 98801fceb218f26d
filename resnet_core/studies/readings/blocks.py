"""What the parts of a network do: kind of shortcut, kind of block, width, batch normalization."""

from collections.abc import Sequence

from resnet_core.choices import Block
from resnet_core.published import IMAGENET_ERRORS, WIDE_ERRORS
from resnet_core.studies.arms import Arm, above, points

EQUAL_COST = 0.1
"""Two networks whose MACs differ by less than this fraction cost the same."""


def read_shortcuts(arms: Sequence[Arm]) -> str | None:
    """Compare options A, B and C with each other and with the plain network, beside the paper's Table 3."""
    plain = next((arm for arm in arms if not arm.spec.residual), None)
    options = {arm.spec.shortcut.value: arm for arm in arms if arm.spec.residual}
    if not options or len(options) + (plain is not None) < 2:
        return None
    named = ([("plain", plain)] if plain else []) + list(options.items())
    text = f"Final validation error with {arms[0].spec.depth} layers: {_listed(named)}."
    if plain:
        text += f" {_against_plain(plain, options)}"
    if len(options) > 1:
        text += f" {_among_options(options)}"
    return text


def read_bottleneck(arms: Sequence[Arm]) -> str | None:
    """Compare bottleneck networks with basic ones of equal cost."""
    pairs = _equal_cost_pairs(arms)
    if not pairs:
        return None
    rows = [
        f"{basic.spec.depth} basic layers {basic.val}, {deep.spec.depth} bottleneck layers {deep.val} "
        f"({basic.macs / 1e6:.1f} and {deep.macs / 1e6:.1f} million MACs)"
        for basic, deep in pairs
    ]
    paper = (
        f"the paper's 50 bottleneck layers reach {IMAGENET_ERRORS['resnet50'].value:.2%} on ImageNet, its 34 basic "
        f"ones {IMAGENET_ERRORS['resnet34-B'].value:.2%}, for 6 % more MACs"
    )
    better = [above(basic.val, deep.val) for basic, deep in pairs]
    worse = [above(deep.val, basic.val) for basic, deep in pairs]
    if all(better):
        reading = f"At equal cost the deeper bottleneck network is better, as in the paper: {paper}."
    elif any(worse):
        reading = f"The bottleneck network is worse at equal cost here: this contradicts the paper; {paper}."
        if any(deep.still_falls for _, deep in pairs):
            reading += " Its training error was still falling when it ended, and deeper networks need longer."
    else:
        reading = f"At equal cost no clear difference shows here; {paper}."
    return f"Final validation error: {'; '.join(rows)}. {reading}"


def read_widths(arms: Sequence[Arm]) -> str | None:
    """Say what more channels do at one depth."""
    by_width = {arm.spec.width: arm for arm in sorted(arms, key=lambda arm: arm.spec.width)}
    if len(by_width) < 2:
        return None
    named = [(f"{width} channels", arm) for width, arm in by_width.items()]
    narrow, wide = by_width[min(by_width)], by_width[max(by_width)]
    published = ", ".join(f"{figure.value:.2%}" for figure in WIDE_ERRORS.values())
    theirs = f"{next(iter(WIDE_ERRORS.values())).source} reports {published} for 1, 2 and 4 times the width"
    if above(narrow.val, wide.val):
        reading = f"More width lowers the error, by {points(narrow.val, wide.val)} from end to end"
        reading += f", as published: {theirs}."
    elif above(wide.val, narrow.val):
        reading = (
            f"The widest network is worse than the narrowest here, which contradicts what was published: {theirs}."
        )
    else:
        reading = f"Width makes no clear difference here; {theirs}."
    best = min(by_width.values(), key=lambda arm: arm.val.mean)
    if best is not wide and above(wide.val, best.val):
        reading += f" The best of these is {best.spec.width} channels."
    return f"Final validation error with {arms[0].spec.depth} layers, by the first stage: {_listed(named)}. {reading}"


def read_batch_norm(arms: Sequence[Arm]) -> str | None:
    """Say what batch normalization does, and what its momentum does to validation in a short run."""
    without = next((arm for arm in arms if not arm.spec.batch_norm), None)
    by_momentum = {arm.spec.bn_momentum: arm for arm in arms if arm.spec.batch_norm}
    sentences = []
    if without and by_momentum:
        sentences.append(_with_and_without(by_momentum[min(by_momentum)], without))
    if len(by_momentum) > 1:
        sentences.append(_momenta(by_momentum[min(by_momentum)], by_momentum[max(by_momentum)]))
    return " ".join(sentences) or None


def _against_plain(plain: Arm, options: dict[str, Arm]) -> str:
    reported = f"{IMAGENET_ERRORS['plain34'].value:.2%} plain against {_reported(options)} on ImageNet with 34 layers"
    failing = [name for name, arm in options.items() if not above(plain.val, arm.val)]
    if failing:
        return f"{_and(failing)} did not beat the plain network here: this contradicts the paper ({reported})."
    every = "Every option beats" if len(options) > 1 else f"{next(iter(options))} beats"
    return f"{every} the plain network, as in the paper ({reported})."


def _among_options(options: dict[str, Arm]) -> str:
    ours = sorted(options, key=lambda name: options[name].val.mean)
    if not above(options[ours[-1]].val, options[ours[0]].val):
        return f"{_and(list(options))} are too close to tell apart; the paper too found small differences only."
    theirs = sorted(options, key=lambda name: IMAGENET_ERRORS[f"resnet34-{name}"].value)
    order = f"From best to worst: {', '.join(ours)}"
    if ours == theirs:
        return f"{order}, the paper's order."
    return f"{order}; this contradicts the paper's order, {', '.join(theirs)}, though its differences are small."


def _reported(options: dict[str, Arm]) -> str:
    return ", ".join(f"{IMAGENET_ERRORS[f'resnet34-{name}'].value:.2%} {name}" for name in options)


def _equal_cost_pairs(arms: Sequence[Arm]) -> list[tuple[Arm, Arm]]:
    """Pair each basic network with the bottleneck one of nearest cost, if it is near enough."""
    counted = [arm for arm in arms if arm.macs]
    bottlenecks = [arm for arm in counted if arm.spec.block is Block.BOTTLENECK]
    pairs = []
    for basic in (arm for arm in counted if arm.spec.block is Block.BASIC):
        near = [arm for arm in bottlenecks if abs(arm.macs / basic.macs - 1) < EQUAL_COST]
        pairs += [(basic, min(near, key=lambda arm: abs(arm.macs - basic.macs)))] if near else []
    return pairs


def _with_and_without(normal: Arm, without: Arm) -> str:
    numbers = f"Without batch normalization training error ends at {without.train}, with it at {normal.train}."
    if above(without.train, normal.train):
        reading = "It makes the network train faster at this learning rate"
    elif above(normal.train, without.train):
        reading = "The network trained better without it here"
    else:
        reading = "That is no clear difference"
    return f"{numbers} {reading}; the paper uses it after every convolution and reports no comparison."


def _momenta(short: Arm, long: Arm) -> str:
    a, b = f"{short.spec.bn_momentum:g}", f"{long.spec.bn_momentum:g}"
    text = (
        f"With momentum {b} instead of {a} training error is {long.train} against {short.train} (momentum acts in "
        f"validation only), validation error {long.val_after(0)} against {short.val_after(0)} after the first epoch "
        f"and {long.val} against {short.val} after the last."
    )
    if above(long.val, short.val):
        return (
            f"{text} The slower moving statistics have not caught up with the weights: a validation error to distrust."
        )
    if above(long.val_after(0), short.val_after(0)):
        return f"{text} The slower moving statistics lag at first and have caught up by the end."
    return f"{text} No lag shows here."


def _listed(named: Sequence[tuple[str, Arm]]) -> str:
    return ", ".join(f"{name} {arm.val} (training {arm.train})" for name, arm in named)


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
