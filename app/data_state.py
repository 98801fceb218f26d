"""What the Data page shows, as one value that is its link."""

from dataclasses import dataclass, replace
from typing import Self

from app.language import N_
from app.links import data_source, one_of, unknown, whole_number

TABS = {
    "samples": N_("Samples"),
    "facts": N_("Counts and sizes"),
    "augmentation": N_("Augmentation"),
    "normalization": N_("Normalization"),
}
SIZES = (16, 32, 64, 96, 128, 224)


@dataclass(frozen=True)
class DataState:
    """Which data set is looked at, and how.

    Attributes:
        data: the source.
        tab: one of TABS.
        size: pixels of a side, as a network would read the images.
        seed: chooses the images that are shown and how they are shifted and mirrored.
        first: the class that the list of samples starts at; it matters where there are many.
    """

    data: str = "shapes"
    tab: str = "samples"
    size: int = 32
    seed: int = 0
    first: int = 0

    def to_query(self) -> dict[str, str]:
        query = {"data": self.data, "tab": self.tab, "size": str(self.size), "seed": str(self.seed)}
        if self.first:
            query["first"] = str(self.first)
        return query

    def with_query(self, name: str, text: str) -> Self:
        match name:
            case "data":
                return replace(self, data=data_source(name, text))
            case "tab":
                return replace(self, tab=one_of(name, text, TABS))
            case "size":
                return replace(self, size=int(one_of(name, text, map(str, SIZES))))
            case "seed" | "first":
                return replace(self, **{name: whole_number(name, text)})
        raise unknown(name)
