"""What depth does without shortcuts and with them."""

from collections.abc import Sequence

from resnet_core.published import published_for
from resnet_core.studies.arms import Arm, above, points
from resnet_core.words import N_, Said, say, together

PAPER_STEPS = 64_000
DEEP = 32
"""The paper's plain networks are worse than shallower ones, and than residual ones, from here on (its Figure 6)."""

NEAR = 0.01
"""A point: as near to a published test error as a repeat of the recipe can be expected to come."""


def read_degradation(arms: Sequence[Arm]) -> Said | None:
    """Compare the training errors of the shallowest and the deepest network, without shortcuts and with them."""
    plain, residual = (_by_depth(arms, kind) for kind in (False, True))
    numbers = _changes(plain, residual)
    return numbers and together([numbers, _degradation(plain, residual), _residual_worsens(residual)])


def read_depths(arms: Sequence[Arm]) -> Said | None:
    """Say at which depth each kind of network trains best, and what shortcuts change for the deepest."""
    plain, residual = (_by_depth(arms, kind) for kind in (False, True))
    if max(len(plain), len(residual)) < 2:
        return None
    lists = [say("plain {errors}", errors=_listed(plain))] if plain else []
    lists += [say("residual {errors}", errors=_listed(residual))] if residual else []
    sentences = [say("Final training error by layers: {lists}.", lists=together(lists, "; "))]
    if len(plain) > 1:
        sentences.append(_plain_trend(plain))
    if len(residual) > 1:
        sentences.append(_residual_trend(residual))
    common = sorted(set(plain) & set(residual))
    if common:
        deep = common[-1]
        sentences.append(_shortcuts_at(deep, plain[deep], residual[deep]))
    return together(sentences)


def read_cifar10_paper(arms: Sequence[Arm]) -> Said | None:
    """Read depth as above, then set the test errors beside the paper's Table 6 where the recipe was its own."""
    text = read_depths(arms)
    return text and together([text, _beside_table_6(arms)])


def _by_depth(arms: Sequence[Arm], residual: bool) -> dict[int, Arm]:
    return {
        arm.spec.depth: arm for arm in sorted(arms, key=lambda arm: arm.spec.depth) if arm.spec.residual is residual
    }


def _changes(plain: dict[int, Arm], residual: dict[int, Arm]) -> Said | None:
    """Say how training error went from the shallowest to the deepest network of each kind that has two."""
    side = plain if len(plain) > 1 else residual
    if len(side) < 2:
        return None
    first, last = _ends(side)
    changes = {"shallow": min(side), "deep": max(side), "first": first, "last": last}
    if side is residual:
        return say(
            "From {shallow} to {deep} layers the residual network's training error went from {first} to {last}.",
            **changes,
        )
    if len(residual) < 2:
        return say(
            "From {shallow} to {deep} layers the plain network's training error went from {first} to {last}.",
            **changes,
        )
    residual_first, residual_last = _ends(residual)
    return say(
        "From {shallow} to {deep} layers the plain network's training error went from {first} to {last}, the residual "
        "network's from {residual_first} to {residual_last}.",
        residual_first=residual_first,
        residual_last=residual_last,
        **changes,
    )


def _ends(side: dict[int, Arm]) -> tuple[str, str]:
    return str(side[min(side)].train), str(side[max(side)].train)


def _degradation(plain: dict[int, Arm], residual: dict[int, Arm]) -> Said:
    # At one depth and cost only the shortcuts differ, and the error is that on the training images: no over-fitting.
    if len(plain) < 2:
        return N_("Whether plain networks degrade with depth cannot be said from one of them.")
    deep = max(plain)
    if not above(plain[deep].train, plain[min(plain)].train):
        return N_("The plain network did not degrade with depth here: this contradicts the paper. Try more depth.")
    if deep not in residual:
        return N_("The plain network degrades with depth; no residual one of that depth shows what shortcuts change.")
    if not above(plain[deep].train, residual[deep].train):
        return N_("The plain network degrades with depth, but shortcuts did not help here: this contradicts the paper.")
    return say(
        "That is the degradation: the deeper plain network is worse on the very images it trains on, "
        "and shortcuts alone take {points} off at {deep} layers.",
        points=points(plain[deep].train, residual[deep].train),
        deep=deep,
    )


def _residual_worsens(residual: dict[int, Arm]) -> Said | str:
    if len(residual) < 2 or not above(residual[max(residual)].train, residual[min(residual)].train):
        return ""
    if _still_falls(residual):
        return N_(
            "The residual network did not gain from depth either, and the paper's did, though its training error was "
            "still falling when it ended."
        )
    return N_("The residual network did not gain from depth either, and the paper's did.")


def _plain_trend(plain: dict[int, Arm]) -> Said:
    best, deep = min(plain, key=lambda depth: plain[depth].train.mean), max(plain)
    if above(plain[deep].train, plain[best].train):
        return say(
            "Plain networks degrade, as in the paper: {deep} layers train worse than {best}, by {points}.",
            deep=deep,
            best=best,
            points=points(plain[deep].train, plain[best].train),
        )
    if deep >= DEEP:
        return say("Plain networks did not degrade up to {deep} layers: this contradicts the paper.", deep=deep)
    return say("Plain networks did not degrade up to {deep} layers.", deep=deep)


def _residual_trend(residual: dict[int, Arm]) -> Said:
    best, shallow, deep = min(residual, key=lambda depth: residual[depth].train.mean), min(residual), max(residual)
    if above(residual[deep].train, residual[best].train):
        worse = {"deep": deep, "best": best, "points": points(residual[deep].train, residual[best].train)}
        if _still_falls(residual):
            return say(
                "Residual networks trained worse with {deep} layers than with {best}, by {points}: this contradicts "
                "the paper, though its training error was still falling when it ended.",
                **worse,
            )
        return say(
            "Residual networks trained worse with {deep} layers than with {best}, by {points}: this contradicts the "
            "paper.",
            **worse,
        )
    if above(residual[shallow].train, residual[deep].train):
        first, last = _ends(residual)
        return say(
            "Residual networks gain from depth, as in the paper: from {first} to {last}.", first=first, last=last
        )
    return say(
        "Residual networks are as good with {deep} layers as with {shallow}, within chance.", deep=deep, shallow=shallow
    )


def _still_falls(side: dict[int, Arm]) -> bool:
    return side[max(side)].still_falls


def _shortcuts_at(deep: int, plain: Arm, residual: Arm) -> Said:
    if above(plain.train, residual.train):
        return say(
            "At {deep} layers shortcuts take {points} of training error off.",
            deep=deep,
            points=points(plain.train, residual.train),
        )
    if above(residual.train, plain.train):
        more = {"deep": deep, "points": points(residual.train, plain.train)}
        if deep >= DEEP:
            return say("At {deep} layers shortcuts add {points} of training error: this contradicts the paper.", **more)
        return say("At {deep} layers shortcuts add {points} of training error.", **more)
    if deep >= DEEP:
        return say("At {deep} layers shortcuts make no clear difference: this contradicts the paper.", deep=deep)
    return say("At {deep} layers shortcuts make no clear difference.", deep=deep)


def _beside_table_6(arms: Sequence[Arm]) -> Said:
    whole = [arm for arm in arms if (arm.recipe.steps or 0) >= PAPER_STEPS and arm.spec.input_size == 32]
    if not whole:
        return say(
            "The paper's test errors ({error_20:.2%} with 20 layers to {error_110:.2%} with 110) are of "
            "{paper_steps:,} steps on CIFAR-10; these runs took {steps:,} on {data}: compare the order only.",
            error_20=_table_6(20),
            error_110=_table_6(110),
            paper_steps=PAPER_STEPS,
            steps=max(run.epochs[-1].step for arm in arms for run in arm.runs),
            data=arms[0].data,
        )
    rows = [(depth, arm.test, _table_6(depth)) for depth, arm in _by_depth(whole, True).items() if arm.test]
    rows = [(depth, ours, theirs) for depth, ours, theirs in rows if theirs is not None]
    if not rows:
        return N_("No residual network was measured on test images, so the paper's Table 6 cannot be set beside them.")
    listed = together(
        (
            say("{depth} layers {ours} ({theirs:.2%})", depth=depth, ours=str(ours), theirs=theirs)
            for depth, ours, theirs in rows
        ),
        ", ",
    )
    numbers = say(
        "Test error after the last step on {data}, the paper's Table 6 in brackets: {numbers}.",
        data=arms[0].data,
        numbers=listed,
    )
    return together([numbers, _near_table_6([depth for depth, ours, theirs in rows if abs(ours.mean - theirs) > NEAR])])


def _near_table_6(far: list[int]) -> Said:
    """Say which depths are more than a point off."""
    if not far:
        return N_("All are within a point of it.")
    depths: Said | str = str(far[0])
    for depth in far[1:]:
        depths = say("{first} and {second}", first=depths, second=depth)
    return say("With {depths} layers that is more than a point off: this contradicts the paper.", depths=depths)


def _table_6(depth: int) -> float | None:
    figures = published_for(f"resnet{depth}")
    return next((figure.value for figure in figures if figure.quantity == "test_error"), None)


def _listed(side: dict[int, Arm]) -> str:
    return ", ".join(f"{depth}: {arm.train}" for depth, arm in side.items())
