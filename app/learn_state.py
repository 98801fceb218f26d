"""What the Learn page shows, as its link: the lesson, the step, the labs' values, and how much of it is shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from app.language import _
from app.links import flag, listed, unknown, whole_number
from resnet_core.errors import InputError

MOST_LAB_VALUES = 40
_LAB_VALUE = re.compile(r"[a-z0-9_]{1,60}\.[a-z0-9_]{1,60}")
_WORD = re.compile(r"[a-z0-9_]{1,60}")


@dataclass(frozen=True)
class LearnState:
    """One place in the course.

    Attributes:
        lesson: a slug; empty for the list of lessons.
        step: counted from 1.
        present: the projector view: one step at a time, in large type.
        only: names of the labs' controls that are shown; None for all.
        labs: by `id.field`, what the reader set otherwise than the lesson does, as texts.
    """

    lesson: str = ""
    step: int = 1
    present: bool = False
    only: tuple[str, ...] | None = None
    labs: Mapping[str, str] = field(default_factory=dict)

    def to_query(self) -> dict[str, str]:
        query: dict[str, str] = {}
        if self.lesson:
            query["lesson"] = self.lesson
            if self.step > 1:
                query["step"] = str(self.step)
            query |= self.labs
        if self.present:
            query["present"] = "1"
        if self.only is not None:
            query["only"] = ",".join(self.only)
        return query

    def with_query(self, name: str, text: str) -> Self:
        match name:
            case "lesson":
                if not _WORD.fullmatch(text):
                    raise InputError(_("no lesson is called {name!r}").format(name=text[:60]))
                return replace(self, lesson=text)
            case "step":
                return replace(self, step=max(whole_number(name, text), 1))
            case "present":
                return replace(self, present=flag(name, text))
            case "only":
                return replace(self, only=tuple(word for word in listed(text) if _WORD.fullmatch(word)))
            case _ if _LAB_VALUE.fullmatch(name) and len(self.labs) < MOST_LAB_VALUES:
                return replace(self, labs={**self.labs, name: text[:400]})
        raise unknown(name)

    def lab(self, block: str) -> dict[str, str]:
        """Return what the reader set in one lab, by its fields."""
        prefix = f"{block}."
        return {name.removeprefix(prefix): text for name, text in self.labs.items() if name.startswith(prefix)}

    def with_lab(self, block: str, values: Mapping[str, str]) -> Self:
        """Return the state with one lab set otherwise."""
        others = {name: text for name, text in self.labs.items() if not name.startswith(f"{block}.")}
        return replace(self, labs={**others, **{f"{block}.{name}": text for name, text in values.items()}})

    def at(self, lesson: str, step: int = 1) -> Self:
        """Return another place, seen in the same way."""
        labs = self.labs if lesson == self.lesson else {}
        return replace(self, lesson=lesson, step=step, labs=labs)


@dataclass(frozen=True)
class GlossaryState:
    """Which entry of the glossary was asked for, and what is searched."""

    term: str = ""
    search: str = ""

    def to_query(self) -> dict[str, str]:
        return {name: text for name, text in (("term", self.term), ("search", self.search)) if text}

    def with_query(self, name: str, text: str) -> Self:
        if name in ("term", "search"):
            return replace(self, **{name: text[:80]})
        raise unknown(name)
