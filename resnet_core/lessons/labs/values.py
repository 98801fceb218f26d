"""LabValues: what a reader can set in a lab, as checked values that round-trip through a URL."""

from typing import Any, ClassVar, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator

from resnet_core.errors import LessonError, one_line

LONGEST_TEXT = 400


class LabValues(BaseModel):
    """The values of one lab. Every field has a default and a title; the frame makes its control from it.

    A whole or decimal number with bounds becomes a slider (`json_schema_extra={"unit": "layers", "step": 2}`), a
    Literal or an Enum a choice (`json_schema_extra={"labels": {"A": "zero-padded"}}` names its options), a number with
    `"options": [0, 0.9]` one of these alone, a bool a switch, a number called `seed` a button that takes the next one,
    a tuple of numbers a curve to draw, which may be `"shown_when": {"target": "drawn"}` alone. A lab that draws itself
    makes the controls of fields with `"own_control": True`.

    Attributes:
        takes_sketch: whether a curve that the reader sketched can be laid over it; then its file has `curve`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    takes_sketch: ClassVar[bool] = False

    @field_validator("*")
    @classmethod
    def _is_among_its_options(cls, value: Any, info: ValidationInfo) -> Any:
        extra = cls.model_fields[info.field_name].json_schema_extra
        options = extra.get("options") if isinstance(extra, dict) else None
        if options and value not in options:
            raise ValueError(f"expected one of {', '.join(map(_to_text, options))}")
        return value

    @classmethod
    def framed(cls) -> list[str]:
        """Return the fields whose controls the frame makes."""
        extras = {name: info.json_schema_extra for name, info in cls.model_fields.items()}
        return [name for name, extra in extras.items() if not (isinstance(extra, dict) and extra.get("own_control"))]

    def to_query(self, start: Self) -> dict[str, str]:
        """Return the fields that differ from where the lesson starts, as texts for a URL."""
        return {name: text for name, text in self.texts().items() if getattr(self, name) != getattr(start, name)}

    def texts(self) -> dict[str, str]:
        """Return every field as its text for a URL."""
        return {name: _to_text(getattr(self, name)) for name in type(self).model_fields}

    def with_query(self, query: dict[str, str]) -> Self:
        """Return these values changed by texts from a URL.

        Raises:
            LessonError: a field is unknown, or its text is out of bounds.
        """
        return self.changed(**{name: self._from_text(name, text) for name, text in query.items()})

    def changed(self, **fields: Any) -> Self:
        """Return these values with some changed.

        Raises:
            LessonError: a field is unknown or out of bounds.
        """
        try:
            return type(self)(**{**self.model_dump(), **fields})
        except ValidationError as error:
            raise LessonError(one_line(error)) from error

    @classmethod
    def _from_text(cls, name: str, text: str) -> Any:
        info = cls.model_fields.get(name)
        if info is None:
            raise LessonError(f"this lab has no {name[:40]!r}: it has {', '.join(cls.model_fields)}")
        text = text[:LONGEST_TEXT]
        if get_origin(info.annotation) is tuple:
            return [part for part in text.split(",") if part]
        if get_origin(info.annotation) is Literal:
            return next((option for option in get_args(info.annotation) if str(option) == text), text)
        return text


def _to_text(value: Any) -> str:
    match value:
        case bool():
            return str(int(value))
        case float():
            return f"{value:g}"
        case tuple():
            return ",".join(map(_to_text, value))
        case _:
            return str(value)
