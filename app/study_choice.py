"""Which study the Train page shows, as a part of its link."""

from dataclasses import dataclass, replace
from typing import Self

from app.language import _
from app.links import data_source, one_of, whole_number
from resnet_core.errors import InputError
from resnet_core.studies import Size, Study, get_study

MOST_SEEDS = 20


@dataclass(frozen=True)
class StudyChoice:
    """A study as the reader would start it, and the one that is shown.

    Attributes:
        name: of the study.
        size: quick or full.
        data: a source; empty for the size's own.
        seeds: how often all of it is repeated.
        group: the id of the one shown; empty for the newest of this study.
    """

    name: str = "degradation"
    size: Size = Size.QUICK
    data: str = ""
    seeds: int = 1
    group: str = ""

    @property
    def study(self) -> Study:
        """The study by that name."""
        return get_study(self.name)

    @property
    def source(self) -> str:
        """Where its images come from."""
        return self.data or self.study.size(self.size).data

    def to_query(self) -> dict[str, str]:
        query = {"study": self.name, "size": self.size.value, "seeds": str(self.seeds)}
        if self.data:
            query["on"] = self.data
        if self.group:
            query["group"] = self.group
        return query

    def with_query(self, name: str, text: str) -> Self:
        match name:
            case "study":
                return replace(self, name=get_study(text).name)
            case "size":
                return replace(self, size=Size(one_of(name, text, Size)))
            case "seeds":
                seeds = whole_number(name, text)
                if not 1 <= seeds <= MOST_SEEDS:
                    problem = _("seeds must be from 1 to {most}, received {seeds}")
                    raise InputError(problem.format(most=MOST_SEEDS, seeds=seeds))
                return replace(self, seeds=seeds)
            case "on":
                return replace(self, data=data_source(name, text))
            case "group":
                return replace(self, group=text[:40])
        raise InputError(_("a study knows no {name!r}").format(name=name))


QUERY_NAMES = frozenset({"study", "size", "seeds", "on", "group"})
