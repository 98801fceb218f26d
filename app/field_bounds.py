"""The bounds that a field declares, for the widget that shows it."""

from typing import Any

from pydantic.fields import FieldInfo


def field_bounds(info: FieldInfo) -> tuple[Any, Any]:
    """Return the lowest and the highest value, of the field's own type.

    None stands for no bound, and for an open one: no number inside is its nearest to say.
    """
    kind = int if info.annotation is int else float
    found = (
        next((getattr(rule, name) for rule in info.metadata if hasattr(rule, name)), None) for name in ("ge", "le")
    )
    low, high = (None if bound is None else kind(bound) for bound in found)
    return low, high
