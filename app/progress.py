"""What a reader has read, predicted and answered: plain values that a browser keeps and that merge without loss."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

from app.language import _
from resnet_core.errors import InputError
from resnet_core.lessons.blocks import Predict, Quiz
from resnet_core.lessons.document import Lesson

VERSION = 1
MOST_ENTRIES = 2_000
MOST_BYTES = 200_000
MOST_NUMBERS = 32

Kind = Literal["step", "answer"]
Answer = int | float | tuple[float, ...] | None
"""A choice counted from 1, a number, the places of an order, the values of a sketch; None where it was taken back."""

_KEY = re.compile(r"[a-z0-9_]{1,80}/(step|answer)/[a-z0-9_]{1,60}")


@dataclass(frozen=True)
class Entry:
    """One thing that was done, and when in seconds since 1970: of two entries for one thing the later one counts."""

    at: float
    value: Answer = 1


@dataclass(frozen=True)
class Progress:
    """All entries of one reader.

    Attributes:
        entries: by `slug/step/2` or `slug/answer/id`.
        cleared: when everything was reset; older entries are gone, wherever they turn up.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    cleared: float = 0.0

    def began(self, slug: str) -> bool:
        """Say whether anything of a lesson was read or answered."""
        return any(key.startswith(f"{slug}/") for key in self.entries)

    def answer(self, slug: str, block: str) -> Answer:
        """Return what was answered to a block; None for nothing."""
        entry = self.entries.get(f"{slug}/answer/{block}")
        return entry.value if entry else None

    def has_read(self, slug: str, step: int) -> bool:
        """Say whether a step, counted from 1, was read."""
        return f"{slug}/step/{step}" in self.entries

    def with_entry(self, slug: str, kind: Kind, name: str | int, value: Answer, at: float) -> Self:
        """Return the progress with one thing more."""
        return self.merged(Progress({f"{slug}/{kind}/{name}": Entry(at, value)}))

    def merged(self, other: "Progress") -> Self:
        """Return what two browsers, tabs or files know together."""
        cleared = max(self.cleared, other.cleared)
        entries = dict(self.entries)
        for key, entry in other.entries.items():
            if key not in entries or entries[key].at < entry.at:
                entries[key] = entry
        kept = {key: entry for key, entry in entries.items() if entry.at > cleared}
        newest = sorted(kept, key=lambda key: kept[key].at, reverse=True)[:MOST_ENTRIES]
        return replace(self, entries={key: kept[key] for key in sorted(newest)}, cleared=cleared)

    def to_json(self) -> str:
        """Write it as the browser keeps it, and as the file for another browser."""
        entries = {key: [entry.at, entry.value] for key, entry in sorted(self.entries.items())}
        return json.dumps({"resnet_lab_progress": VERSION, "cleared": self.cleared, "entries": entries})


@dataclass(frozen=True)
class Done:
    """How far one lesson is: counts of things done, and of all there are."""

    read: int
    steps: int
    predicted: int
    predictions: int
    right: int
    questions: int

    @property
    def fraction(self) -> float:
        """The part of all things that is done, 0..1."""
        whole = self.steps + self.predictions + self.questions
        return (self.read + self.predicted + self.right) / whole if whole else 0.0


def done(progress: Progress, lesson: Lesson) -> Done:
    """Count what a reader has done of a lesson; a question counts when its answer is right."""
    predictions, questions = lesson.blocks(Predict), lesson.blocks(Quiz)
    return Done(
        sum(progress.has_read(lesson.slug, step) for step in range(1, len(lesson.steps) + 1)),
        len(lesson.steps),
        sum(progress.answer(lesson.slug, block.id) is not None for block in predictions),
        len(predictions),
        sum(is_right(block, progress.answer(lesson.slug, block.id)) for block in questions),
        len(questions),
    )


def is_right(quiz: Quiz, answer: Answer) -> bool:
    """Say whether an answer to a question is the right one."""
    match answer:
        case int() | float() if quiz.number:
            return quiz.number.accepts(answer)
        case int() if quiz.choices and 1 <= answer <= len(quiz.choices):
            return quiz.choices[answer - 1].right
        case tuple() if quiz.order:
            return answer == tuple(range(1, len(quiz.order.items) + 1))
    return False


def read_progress(text: str) -> Progress:
    """Read what a browser or a file holds; entries that make no sense are left out.

    Raises:
        InputError: it is no progress of this lab, or too much of it.
    """
    if len(text) > MOST_BYTES:
        problem = _("this file has {size:,} characters, progress at most {most:,}: choose the file saved here")
        raise InputError(problem.format(size=len(text), most=MOST_BYTES))
    try:
        document = json.loads(text)
        version = document["resnet_lab_progress"]
        cleared, entries = _number(document["cleared"]), dict(_entries(document["entries"]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InputError(
            _("this is no progress saved by this lab: choose the file that `Save progress` gave")
        ) from None
    if version != VERSION:
        problem = _("this progress has version {version}, this lab reads version {own}")
        raise InputError(problem.format(version=str(version)[:20], own=VERSION))
    return Progress().merged(Progress(entries, cleared))


def _entries(values: dict[str, Any]) -> Iterator[tuple[str, Entry]]:
    for key, value in values.items():
        if _KEY.fullmatch(key) and isinstance(value, list) and len(value) == 2:
            at, answer = value
            try:
                yield key, Entry(_number(at), _answer(answer))
            except ValueError:
                continue


def _answer(value: Any) -> Answer:
    if isinstance(value, list) and len(value) <= MOST_NUMBERS:
        return tuple(map(_number, value))
    return None if value is None else _number(value)


def _number(value: Any) -> float:
    # NaN is not below anything; an integer may be too large to be asked whether it is finite.
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e15:
        raise ValueError(f"no number: {value!r}")
    return value
