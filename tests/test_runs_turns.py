"""Owners take turns, whoever submitted first and however much."""

from collections import Counter
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from resnet_core.runs.turns import Turns


@dataclass(frozen=True)
class Waiting:
    owner: str
    number: int


def test_who_submits_one_run_waits_for_one_run_of_each_other():
    waiting = [Waiting("ada", number) for number in range(40)] + [Waiting("bob", 0), Waiting("eve", 0)]
    turns = Turns()
    began = run_all(waiting, turns)
    assert [job.owner for job in began[:5]] == ["ada", "bob", "eve", "ada", "ada"]
    late = [*(Waiting("ada", number) for number in range(40, 45)), Waiting("bob", 1)]
    assert run_all(late, turns)[0] == Waiting("bob", 1), "ada was served last"


def test_who_holds_more_of_several_gpus_comes_later():
    waiting = [Waiting("ada", 2), Waiting("bob", 0)]
    assert Turns().order(waiting, in_work=[Waiting("ada", 0), Waiting("ada", 1)]) == waiting[::-1]


@given(st.lists(st.sampled_from("abcd"), max_size=40))
def test_nobody_is_a_turn_ahead_and_nobody_s_own_runs_change_places(owners):
    numbers = Counter()
    waiting = []
    for owner in owners:
        waiting.append(Waiting(owner, numbers[owner]))
        numbers[owner] += 1
    began = run_all(waiting, Turns())
    assert sorted(began, key=waiting.index) == waiting
    served = Counter()
    for job in began:
        assert job.number == served[job.owner]
        assert all(served[job.owner] <= served[other] for other, wanted in numbers.items() if served[other] < wanted)
        served[job.owner] += 1


def run_all(waiting: list[Waiting], turns: Turns) -> list[Waiting]:
    """Return jobs in the order in which a single slot takes them."""
    left, began = list(waiting), []
    while left:
        job = turns.order(left)[0]
        turns.serve(job.owner)
        left.remove(job)
        began.append(job)
    return began
