"""What the parts of a network do: kind of shortcut, kind of block, width, batch normalization."""

from collections.abc import Sequence

from resnet_core.choices import Block
from resnet_core.published import IMAGENET_ERRORS, WIDE_ERRORS, published_for
from resnet_core.studies.arms import Arm, above, points
from resnet_core.words import N_, Said, percent, say, together

EQUAL_COST = 0.1
"""Two networks whose MACs differ by less than this fraction cost the same."""


def read_shortcuts(arms: Sequence[Arm]) -> Said | None:
    """Compare options A, B and C with each other and with the plain network, beside the paper's Table 3."""
    plain = next((arm for arm in arms if not arm.spec.residual), None)
    options = {arm.spec.shortcut.value: arm for arm in arms if arm.spec.residual}
    if not options or len(options) + (plain is not None) < 2:
        return None
    named = ([(N_("plain"), plain)] if plain else []) + list(options.items())
    depth = arms[0].spec.depth
    sentences = [
        say("Final validation error with {depth} layers: {numbers}.", depth=depth, numbers=_listed(named)),
    ]
    if plain:
        sentences.append(_against_plain(plain, options))
    if len(options) > 1:
        sentences.append(_among_options(options))
    return together(sentences)


def read_bottleneck(arms: Sequence[Arm]) -> Said | None:
    """Compare bottleneck networks with basic ones of equal cost."""
    pairs = _equal_cost_pairs(arms)
    if not pairs:
        return None
    numbers = together((_pair(basic, deep) for basic, deep in pairs), "; ")
    return together([say("Final validation error: {numbers}.", numbers=numbers), *_at_equal_cost(pairs)])


def read_widths(arms: Sequence[Arm]) -> Said | None:
    """Say what more channels do at one depth."""
    by_width = {arm.spec.width: arm for arm in sorted(arms, key=lambda arm: arm.spec.width)}
    if len(by_width) < 2:
        return None
    named = [(say("{width} channels", width=width), arm) for width, arm in by_width.items()]
    narrow, wide = by_width[min(by_width)], by_width[max(by_width)]
    theirs = say(
        "{source} reports {errors} for 1, 2 and 4 times the width",
        source=next(iter(WIDE_ERRORS.values())).source,
        errors=", ".join(percent(figure.value, 2) for figure in WIDE_ERRORS.values()),
    )
    sentences = [
        say(
            "Final validation error with {depth} layers, by the first stage: {numbers}.",
            depth=arms[0].spec.depth,
            numbers=_listed(named),
        )
    ]
    if above(narrow.val, wide.val):
        sentences.append(
            say(
                "More width lowers the error, by {points} from end to end, as published: {theirs}.",
                points=points(narrow.val, wide.val),
                theirs=theirs,
            )
        )
    elif above(wide.val, narrow.val):
        sentences.append(
            say(
                "The widest network is worse than the narrowest here, which contradicts what was published: {theirs}.",
                theirs=theirs,
            )
        )
    else:
        sentences.append(say("Width makes no clear difference here; {theirs}.", theirs=theirs))
    best = min(by_width.values(), key=lambda arm: arm.val.mean)
    if best is not wide and above(wide.val, best.val):
        sentences.append(say("The best of these is {width} channels.", width=best.spec.width))
    return together(sentences)


def read_batch_norm(arms: Sequence[Arm]) -> Said | None:
    """Say what batch normalization does, and what its momentum does to validation in a short run."""
    without = next((arm for arm in arms if not arm.spec.batch_norm), None)
    by_momentum = {arm.spec.bn_momentum: arm for arm in arms if arm.spec.batch_norm}
    sentences = []
    if without and by_momentum:
        sentences.append(_with_and_without(by_momentum[min(by_momentum)], without))
    if len(by_momentum) > 1:
        sentences.append(_momenta(by_momentum[min(by_momentum)], by_momentum[max(by_momentum)]))
    return together(sentences) if sentences else None


def _against_plain(plain: Arm, options: dict[str, Arm]) -> Said:
    reported = say(
        "{plain} plain against {options} on ImageNet with 34 layers",
        plain=percent(IMAGENET_ERRORS["plain34"].value, 2),
        options=_reported(options),
    )
    failing = [name for name, arm in options.items() if not above(plain.val, arm.val)]
    if failing:
        return say(
            "{options} did not beat the plain network here: this contradicts the paper ({reported}).",
            options=_and(failing),
            reported=reported,
        )
    if len(options) > 1:
        return say("Every option beats the plain network, as in the paper ({reported}).", reported=reported)
    return say(
        "{option} beats the plain network, as in the paper ({reported}).", option=next(iter(options)), reported=reported
    )


def _among_options(options: dict[str, Arm]) -> Said:
    ours = sorted(options, key=lambda name: options[name].val.mean)
    if not above(options[ours[-1]].val, options[ours[0]].val):
        return say(
            "{options} are too close to tell apart; the paper too found small differences only.",
            options=_and(list(options)),
        )
    theirs = sorted(options, key=lambda name: IMAGENET_ERRORS[f"resnet34-{name}"].value)
    order = ", ".join(ours)
    if ours == theirs:
        return say("From best to worst: {order}, the paper's order.", order=order)
    return say(
        "From best to worst: {order}; this contradicts the paper's order, {theirs}, though its differences are small.",
        order=order,
        theirs=", ".join(theirs),
    )


def _reported(options: dict[str, Arm]) -> str:
    return ", ".join(f"{percent(IMAGENET_ERRORS[f'resnet34-{name}'].value, 2)} {name}" for name in options)


def _pair(basic: Arm, deep: Arm) -> Said:
    return say(
        "{basic_depth} basic layers {basic_error}, {deep_depth} bottleneck layers {deep_error} "
        "({basic_macs:.1f} and {deep_macs:.1f} million MACs)",
        basic_depth=basic.spec.depth,
        basic_error=str(basic.val),
        basic_macs=basic.macs / 1e6,
        deep_depth=deep.spec.depth,
        deep_error=str(deep.val),
        deep_macs=deep.macs / 1e6,
    )


def _multiply_adds(preset: str) -> str:
    """Return what the paper counts."""
    return next(figure.text for figure in published_for(preset) if figure.quantity == "macs")


def _at_equal_cost(pairs: list[tuple[Arm, Arm]]) -> list[Said]:
    paper = say(
        "the paper's 50 bottleneck layers reach {bottleneck} on ImageNet with {deep} multiply-adds, its 34 basic ones "
        "{basic} with {few}",
        bottleneck=percent(IMAGENET_ERRORS["resnet50"].value, 2),
        basic=percent(IMAGENET_ERRORS["resnet34-B"].value, 2),
        deep=_multiply_adds("resnet50"),
        few=_multiply_adds("resnet34"),
    )
    if all(above(basic.val, deep.val) for basic, deep in pairs):
        return [say("At equal cost the deeper bottleneck network is better, as in the paper: {paper}.", paper=paper)]
    if not any(above(deep.val, basic.val) for basic, deep in pairs):
        return [say("At equal cost no clear difference shows here; {paper}.", paper=paper)]
    sentences = [
        say("The bottleneck network is worse at equal cost here: this contradicts the paper; {paper}.", paper=paper)
    ]
    if any(deep.still_falls for _, deep in pairs):
        sentences.append(N_("Its training error was still falling when it ended, and deeper networks need longer."))
    return sentences


def _equal_cost_pairs(arms: Sequence[Arm]) -> list[tuple[Arm, Arm]]:
    """Pair each basic network with the bottleneck one of nearest cost, if it is near enough."""
    counted = [arm for arm in arms if arm.macs]
    bottlenecks = [arm for arm in counted if arm.spec.block is Block.BOTTLENECK]
    pairs = []
    for basic in (arm for arm in counted if arm.spec.block is Block.BASIC):
        near = [arm for arm in bottlenecks if abs(arm.macs / basic.macs - 1) < EQUAL_COST]
        pairs += [(basic, min(near, key=lambda arm: abs(arm.macs - basic.macs)))] if near else []
    return pairs


def _with_and_without(normal: Arm, without: Arm) -> Said:
    numbers = say(
        "Without batch normalization training error ends at {without}, with it at {normal}.",
        without=str(without.train),
        normal=str(normal.train),
    )
    if above(without.train, normal.train):
        reading = N_(
            "It makes the network train faster at this learning rate; the paper uses it after every convolution and "
            "reports no comparison."
        )
    elif above(normal.train, without.train):
        reading = N_(
            "The network trained better without it here; the paper uses it after every convolution and reports no "
            "comparison."
        )
    else:
        reading = N_(
            "That is no clear difference; the paper uses it after every convolution and reports no comparison."
        )
    return together([numbers, reading])


def _momenta(short: Arm, long: Arm) -> Said:
    numbers = say(
        "With momentum {long:g} instead of {short:g} training error is {long_train} against {short_train} (momentum "
        "acts in validation only), validation error {long_first} against {short_first} after the first epoch and "
        "{long_last} against {short_last} after the last.",
        long=long.spec.bn_momentum,
        short=short.spec.bn_momentum,
        long_train=str(long.train),
        short_train=str(short.train),
        long_first=str(long.val_after(0)),
        short_first=str(short.val_after(0)),
        long_last=str(long.val),
        short_last=str(short.val),
    )
    if above(long.val, short.val):
        reading = N_(
            "The slower moving statistics have not caught up with the weights: a validation error to distrust."
        )
    elif above(long.val_after(0), short.val_after(0)):
        reading = N_("The slower moving statistics lag at first and have caught up by the end.")
    else:
        reading = N_("No lag shows here.")
    return together([numbers, reading])


def _listed(named: Sequence[tuple[str, Arm]]) -> Said:
    return together(
        (
            say("{name} {error} (training {training})", name=name, error=str(arm.val), training=str(arm.train))
            for name, arm in named
        ),
        ", ",
    )


def _and(names: Sequence[str]) -> str | Said:
    if len(names) == 1:
        return names[0]
    return say("{names} and {last}", names=", ".join(names[:-1]), last=names[-1])
