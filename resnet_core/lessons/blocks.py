"""The live blocks of a lesson: what stands in its fences, as frozen values."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Id = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$")]
"""Small letters, digits and underscores; the same in all languages, and unique in a lesson."""

Words = Annotated[str, Field(min_length=1, max_length=4_000)]


class Block(BaseModel):
    """Base of all blocks: nothing may stand in one that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


class Sketch(Block):
    """A curve that the reader draws before seeing it: one value for each x."""

    x: Annotated[tuple[float, ...], Field(min_length=2, max_length=16)]
    x_label: Words
    y_label: Words
    y_range: tuple[float, float]

    @model_validator(mode="after")
    def _rise(self) -> Self:
        if list(self.x) != sorted(set(self.x)):
            raise ValueError(f"x must rise, received {list(self.x)}: sort it and name each once")
        if self.y_range[0] >= self.y_range[1]:
            raise ValueError(f"y_range must rise, received {list(self.y_range)}")
        return self


class Predict(Block):
    """A question that is answered before the lab that follows is shown.

    Attributes:
        choices, sketch: one of the two.
        answer: of the choices, counted from 1, what happens; None where it depends on the run.
        reveal: Markdown, shown with the lab: what happened and why.
    """

    id: Id
    question: Words
    choices: Annotated[tuple[Words, ...], Field(min_length=2, max_length=6)] | None = None
    answer: int | None = None
    sketch: Sketch | None = None
    reveal: Words

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.choices is None) == (self.sketch is None):
            raise ValueError("give either choices or a sketch")
        if self.sketch and self.answer is not None:
            raise ValueError("a sketch has no answer: the lab's own curve is drawn over it; leave answer out")
        if self.choices and self.answer is not None and not 1 <= self.answer <= len(self.choices):
            raise ValueError(f"answer must be from 1 to {len(self.choices)}, or null, received {self.answer}")
        return self


class LabBlock(Block):
    """A lab, by its name in `LABS`.

    Attributes:
        id: the prefix of its parameters in the URL; the name where it is left out.
        values: where it starts; the rest takes the lab's own defaults.
        hide: controls that are not shown here.
    """

    name: str
    id: Id = ""
    values: dict[str, Any] = {}
    hide: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        return {**data, "id": data.get("id") or data.get("name")} if isinstance(data, dict) else data


class Measured(Block):
    """A number and how it is recomputed.

    Attributes:
        measure: a name in `MEASURES`.
        of: its arguments.
        number: what the lesson says.
        tolerance: how far the recomputed number may be from it.
    """

    measure: str
    of: dict[str, Any] = {}
    number: float
    tolerance: float = Field(0, ge=0)

    def holds(self, value: float) -> bool:
        """Say whether a recomputed number agrees."""
        return _near(value, self.number, self.tolerance)


class Claim(Measured):
    """A sentence whose number is recomputed by the tests, and on the page by a click."""

    id: Id
    text: Words


class Choice(Block):
    """One answer of a question, and why it is right or wrong."""

    text: Words
    right: bool = False
    why: Words


class Common(Block):
    """A typical wrong number, and what leads to it."""

    answer: float
    why: Words


class Number(Block):
    """A question whose answer is typed."""

    answer: float
    tolerance: float = Field(0, ge=0)
    unit: str = ""
    why: Words
    common: tuple[Common, ...] = ()

    def accepts(self, value: float) -> bool:
        """Say whether a typed number is right."""
        return _near(value, self.answer, self.tolerance)


class Order(Block):
    """Things to put in order; they stand here in the right one."""

    items: Annotated[tuple[Words, ...], Field(min_length=3, max_length=8)]
    why: Words

    @field_validator("items")
    @classmethod
    def _differ(cls, items: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(items)) < len(items):
            raise ValueError("two items are the same: reword one")
        return items


class Quiz(Block):
    """A question with feedback for each answer.

    Attributes:
        choices, number, order: one of the three.
        because: numbers that the right answer rests on, recomputed by the tests.
        source: a paper and section, where it rests on one.
    """

    id: Id
    question: Words
    choices: Annotated[tuple[Choice, ...], Field(min_length=2, max_length=6)] | None = None
    number: Number | None = None
    order: Order | None = None
    because: tuple[Measured, ...] = ()
    source: str = ""

    @field_validator("choices")
    @classmethod
    def _one_is_right(cls, choices: tuple[Choice, ...] | None) -> tuple[Choice, ...] | None:
        right = sum(choice.right for choice in choices or ())
        if choices and right != 1:
            raise ValueError(f"{right} answers are marked `right: true`: mark exactly one")
        return choices

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if sum(part is not None for part in (self.choices, self.number, self.order)) != 1:
            raise ValueError("give exactly one of choices, number and order")
        if not self.because and not self.source:
            raise ValueError("say why it is right: `because` with a measure, or `source` with a paper and section")
        if self.number and not any(item.number == self.number.answer for item in self.because):
            raise ValueError(f"`because` must recompute the answer {self.number.answer:g}: give a measure of it")
        return self


Page = Literal["home", "learn", "build", "data", "train", "compare"]


class Open(Block):
    """A link to another page in a given state.

    Attributes:
        page: its name in the address.
        state: that page's URL parameters.
    """

    page: Page
    label: Words
    state: dict[str, str] = {}

    @field_validator("state", mode="before")
    @classmethod
    def _as_text(cls, state: Any) -> Any:
        return {str(name): str(value) for name, value in state.items()} if isinstance(state, dict) else state


class Code(Block):
    """A function whose source is shown, folded."""

    function: Annotated[str, Field(pattern=r"^(resnet_core|app)(\.\w+)+$")]


BLOCKS: dict[str, type[Block]] = {
    "predict": Predict,
    "lab": LabBlock,
    "quiz": Quiz,
    "claim": Claim,
    "open": Open,
    "code": Code,
}
"""Each block by the word after its fence."""


def _near(value: float, number: float, tolerance: float) -> bool:
    """Say whether two numbers agree; the tolerance is widened by a rounding of the last bit."""
    return abs(value - number) <= tolerance + 1e-9 * max(abs(number), 1e-3)
