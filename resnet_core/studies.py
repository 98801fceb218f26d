"""Named comparisons as data: which runs they are made of, and the sentence that reads their outcome."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from resnet_core.errors import InputError
from resnet_core.families import get_spec
from resnet_core.recipes import Recipe
from resnet_core.results import Epoch, State
from resnet_core.spec import ResNetSpec


@dataclass(frozen=True)
class PlannedRun:
    """One run of a study, before it is started."""

    spec: ResNetSpec
    recipe: Recipe
    data: str
    seed: int = 0


@dataclass(frozen=True)
class Outcome:
    """One run of a study as far as it has come."""

    spec: ResNetSpec
    state: State
    epochs: tuple[Epoch, ...]


@dataclass(frozen=True)
class Study:
    """A comparison that starts with one click.

    Attributes:
        name: as it is typed on the command line.
        title: a heading.
        question: what it answers.
        runs: what is trained, in this order.
        read: turns the outcomes of all runs into a sentence with the numbers in it.
    """

    name: str
    title: str
    question: str
    runs: tuple[PlannedRun, ...]
    read: Callable[[tuple[Outcome, ...]], str]

    def plan(self, data: str | None = None, seed: int = 0) -> tuple[PlannedRun, ...]:
        """Return the runs, on other data or from another seed if asked for."""
        return tuple(replace(run, data=data or run.data, seed=seed) for run in self.runs)

    def verdict(self, outcomes: Iterable[Outcome]) -> str | None:
        """Return the sentence that the runs support, or None while they are still going on."""
        outcomes = tuple(outcomes)
        if len(outcomes) < len(self.runs) or any(o.state in {"queued", "starting", "running"} for o in outcomes):
            return None
        return self.read(outcomes)


def _read_degradation(outcomes: tuple[Outcome, ...]) -> str:
    """Compare final training errors by depth and by shortcuts, and say when they contradict the paper."""
    ended = {(o.spec.residual, o.spec.depth): o.epochs[-1].train_error for o in outcomes if o.state == "finished"}
    failed = [f"{o.spec.name} {o.state}" for o in outcomes if o.state != "finished"]
    left_out = f" Left out: {', '.join(failed)}." if failed else ""
    shallow, deep = (f(o.spec.depth for o in outcomes) for f in (min, max))
    missing = [key for key in ((False, shallow), (False, deep), (True, shallow), (True, deep)) if key not in ended]
    if missing:
        return f"Too few runs finished for a verdict.{left_out}"
    plain = (ended[False, shallow], ended[False, deep])
    residual = (ended[True, shallow], ended[True, deep])
    numbers = (
        f"From {shallow} to {deep} layers the plain network's training error went from {plain[0]:.1%} to "
        f"{plain[1]:.1%}, the residual network's from {residual[0]:.1%} to {residual[1]:.1%}."
    )
    worse, helped = plain[1] > plain[0], residual[1] < plain[1]
    # At one depth and cost only the shortcuts differ, and the error is that on the training images: no over-fitting.
    if worse and helped:
        reading = (
            f"That is the degradation: the deeper plain network is worse on the very images it trains on, "
            f"and shortcuts alone take {plain[1] - residual[1]:.1%} off at {deep} layers."
        )
    elif worse:
        reading = "The plain network degrades with depth, but shortcuts did not help here: this contradicts the paper."
    else:
        reading = "The plain network did not degrade with depth here: this contradicts the paper. Try more depth."
    return f"{numbers} {reading}{left_out}"


_POCKET = Recipe(learning_rate=0.02, batch_size=32, epochs=3, train_size=2_048, validation_size=500)
"""Enough for the residual networks and for 20 plain layers; 56 plain layers need far more, which is the point."""

STUDIES: dict[str, Study] = {
    study.name: study
    for study in (
        Study(
            name="degradation",
            title="The degradation problem",
            question="Why do deeper plain networks train worse, and what does a shortcut change?",
            runs=tuple(
                PlannedRun(get_spec(f"pocket_{name}"), _POCKET, "shapes")
                for name in ("resnet20", "plain20", "plain56", "resnet56")
            ),
            read=_read_degradation,
        ),
    )
}


def get_study(name: str) -> Study:
    """Return a study by its name.

    Raises:
        InputError: no study has that name; the line lists those that exist.
    """
    try:
        return STUDIES[name]
    except KeyError:
        raise InputError(f"no study is called {name!r}: choose one of {', '.join(STUDIES)}") from None
