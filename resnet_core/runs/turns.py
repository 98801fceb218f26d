"""Whose turn it is: who submits forty runs waits no shorter for each of them than who submits one."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol, TypeVar


class Owned(Protocol):
    """What belongs to someone."""

    @property
    def owner(self) -> str: ...


Job = TypeVar("Job", bound=Owned)


class Turns:
    """Orders waiting jobs so that their owners take turns; an owner's own jobs keep the order of their submission."""

    def __init__(self) -> None:
        self._served: dict[str, int] = {}
        self._turn = 0

    def order(self, waiting: Sequence[Job], in_work: Sequence[Owned] = ()) -> list[Job]:
        """Return waiting jobs in the order in which they should be started.

        First comes who has the fewest jobs in work, and of those who was served longest ago.

        Args:
            waiting, in_work: in the order of their submission.
        """
        ahead = Counter(job.owner for job in in_work)
        places = []
        for number, job in enumerate(waiting):
            places.append((ahead[job.owner], self._served.get(job.owner, 0), number))
            ahead[job.owner] += 1
        return [waiting[number] for _, _, number in sorted(places)]

    def serve(self, owner: str) -> None:
        """Remember that a job of this owner was started just now."""
        self._turn += 1
        self._served[owner] = self._turn
