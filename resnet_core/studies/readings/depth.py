"""What depth does without shortcuts and with them."""

from collections.abc import Sequence

from resnet_core.published import published_for
from resnet_core.studies.arms import Arm, above, points

PAPER_STEPS = 64_000
DEEP = 32
"""The paper's plain networks are worse than shallower ones, and than residual ones, from here on (its Figure 6)."""

NEAR = 0.01
"""A point: as near to a published test error as a repeat of the recipe can be expected to come."""

_NAMES = {False: "plain", True: "residual"}


def read_degradation(arms: Sequence[Arm]) -> str | None:
    """Compare the training errors of the shallowest and the deepest network, without shortcuts and with them."""
    plain, residual = (_by_depth(arms, kind) for kind in (False, True))
    sides = [(_NAMES[kind], side) for kind, side in ((False, plain), (True, residual)) if len(side) > 1]
    if not sides:
        return None
    shallow, deep = min(sides[0][1]), max(sides[0][1])
    changes = [f"the {name} network's training error went {_from_to(side)}" for name, side in sides]
    changes[1:] = [change.replace("training error went ", "") for change in changes[1:]]
    numbers = f"From {shallow} to {deep} layers {', '.join(changes)}."
    return f"{numbers} {_degradation(plain, residual)}{_residual_worsens(residual)}"


def read_depths(arms: Sequence[Arm]) -> str | None:
    """Say at which depth each kind of network trains best, and what shortcuts change for the deepest."""
    plain, residual = (_by_depth(arms, kind) for kind in (False, True))
    if max(len(plain), len(residual)) < 2:
        return None
    lists = [f"{_NAMES[kind]} {_listed(side)}" for kind, side in ((False, plain), (True, residual)) if side]
    sentences = [f"Final training error by layers: {'; '.join(lists)}."]
    if len(plain) > 1:
        sentences.append(_plain_trend(plain))
    if len(residual) > 1:
        sentences.append(_residual_trend(residual))
    common = sorted(set(plain) & set(residual))
    if common:
        deep = common[-1]
        sentences.append(_shortcuts_at(deep, plain[deep], residual[deep]))
    return " ".join(sentences)


def read_cifar10_paper(arms: Sequence[Arm]) -> str | None:
    """Read depth as above, then set the test errors beside the paper's Table 6 where the recipe was its own."""
    text = read_depths(arms)
    return text and f"{text} {_beside_table_6(arms)}"


def _by_depth(arms: Sequence[Arm], residual: bool) -> dict[int, Arm]:
    return {
        arm.spec.depth: arm for arm in sorted(arms, key=lambda arm: arm.spec.depth) if arm.spec.residual is residual
    }


def _from_to(side: dict[int, Arm]) -> str:
    return f"from {side[min(side)].train} to {side[max(side)].train}"


def _degradation(plain: dict[int, Arm], residual: dict[int, Arm]) -> str:
    # At one depth and cost only the shortcuts differ, and the error is that on the training images: no over-fitting.
    if len(plain) < 2:
        return "Whether plain networks degrade with depth cannot be said from one of them."
    deep = max(plain)
    if not above(plain[deep].train, plain[min(plain)].train):
        return "The plain network did not degrade with depth here: this contradicts the paper. Try more depth."
    if deep not in residual:
        return "The plain network degrades with depth; no residual one of that depth shows what shortcuts change."
    if not above(plain[deep].train, residual[deep].train):
        return "The plain network degrades with depth, but shortcuts did not help here: this contradicts the paper."
    return (
        f"That is the degradation: the deeper plain network is worse on the very images it trains on, "
        f"and shortcuts alone take {points(plain[deep].train, residual[deep].train)} off at {deep} layers."
    )


def _residual_worsens(residual: dict[int, Arm]) -> str:
    if len(residual) < 2 or not above(residual[max(residual)].train, residual[min(residual)].train):
        return ""
    return f" The residual network did not gain from depth either, and the paper's did{_unless_longer(residual)}."


def _plain_trend(plain: dict[int, Arm]) -> str:
    best, deep = min(plain, key=lambda depth: plain[depth].train.mean), max(plain)
    if above(plain[deep].train, plain[best].train):
        return (
            f"Plain networks degrade, as in the paper: {deep} layers train worse than {best}, "
            f"by {points(plain[deep].train, plain[best].train)}."
        )
    against = ": this contradicts the paper" if deep >= DEEP else ""
    return f"Plain networks did not degrade up to {deep} layers{against}."


def _residual_trend(residual: dict[int, Arm]) -> str:
    best, shallow, deep = min(residual, key=lambda depth: residual[depth].train.mean), min(residual), max(residual)
    if above(residual[deep].train, residual[best].train):
        worse = points(residual[deep].train, residual[best].train)
        return (
            f"Residual networks trained worse with {deep} layers than with {best}, by {worse}: "
            f"this contradicts the paper{_unless_longer(residual)}."
        )
    if above(residual[shallow].train, residual[deep].train):
        return f"Residual networks gain from depth, as in the paper: {_from_to(residual)}."
    return f"Residual networks are as good with {deep} layers as with {shallow}, within chance."


def _unless_longer(side: dict[int, Arm]) -> str:
    deep = side[max(side)]
    return ", though its training error was still falling when it ended" if deep.still_falls else ""


def _shortcuts_at(deep: int, plain: Arm, residual: Arm) -> str:
    against = ": this contradicts the paper" if deep >= DEEP else ""
    if above(plain.train, residual.train):
        return f"At {deep} layers shortcuts take {points(plain.train, residual.train)} of training error off."
    if above(residual.train, plain.train):
        return f"At {deep} layers shortcuts add {points(residual.train, plain.train)} of training error{against}."
    return f"At {deep} layers shortcuts make no clear difference{against}."


def _beside_table_6(arms: Sequence[Arm]) -> str:
    reported = {depth: _table_6(depth) for depth in (20, 110)}
    whole = [arm for arm in arms if (arm.recipe.steps or 0) >= PAPER_STEPS and arm.spec.input_size == 32]
    if not whole:
        steps = max(run.epochs[-1].step for arm in arms for run in arm.runs)
        return (
            f"The paper's test errors ({reported[20]:.2%} with 20 layers to {reported[110]:.2%} with 110) are of "
            f"{PAPER_STEPS:,} steps on CIFAR-10; these runs took {steps:,} on {arms[0].data}: compare the order only."
        )
    rows = [(depth, arm.test, _table_6(depth)) for depth, arm in _by_depth(whole, True).items() if arm.test]
    rows = [(depth, ours, theirs) for depth, ours, theirs in rows if theirs is not None]
    if not rows:
        return "No residual network was measured on test images, so the paper's Table 6 cannot be set beside them."
    listed = ", ".join(f"{depth} layers {ours} ({theirs:.2%})" for depth, ours, theirs in rows)
    far = [str(depth) for depth, ours, theirs in rows if abs(ours.mean - theirs) > NEAR]
    close = (
        f"With {' and '.join(far)} layers that is more than a point off: this contradicts the paper"
        if far
        else "All are within a point of it"
    )
    return f"Test error after the last step on {arms[0].data}, the paper's Table 6 in brackets: {listed}. {close}."


def _table_6(depth: int) -> float | None:
    figures = published_for(f"resnet{depth}")
    return next((figure.value for figure in figures if figure.quantity == "test_error"), None)


def _listed(side: dict[int, Arm]) -> str:
    return ", ".join(f"{depth}: {arm.train}" for depth, arm in side.items())
