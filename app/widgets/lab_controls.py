"""A lab's controls, made from the fields of its values."""

from collections.abc import Callable, Collection, Mapping
from enum import Enum
from typing import Any, Literal, get_args, get_origin
from unicodedata import east_asian_width

import streamlit as st
from pydantic.fields import FieldInfo

from app.field_bounds import field_bounds
from app.language import _
from app.projection import adopt, form_key, form_said, project
from app.widgets.sketch import sketch_pad
from resnet_core.errors import LessonError, one_line
from resnet_core.lessons.blocks import Sketch
from resnet_core.lessons.labs import LabValues

MOST_SEGMENTS, MOST_LETTERS = 5, 36
"""What fits side by side in a column; more options make a list."""

COLUMNS = 3

Limits = Callable[[LabValues], Mapping[str, int]]


def lab_controls(values: LabValues, shown: Collection[str], *, key: str, limits: Limits | None = None) -> LabValues:
    """Show a control for each field and return what the reader made of the values.

    A value past its limit stays until the reader moves it: its slider shows the limit.

    Args:
        values: as the page's state holds them.
        shown: the fields that have a control here.
        key: of this widget in its page.
        limits: where the sliders of some fields end, for the values of the fields above them.
    """
    fields = {name: info for name, info in type(values).model_fields.items() if name in shown}
    form = form_key(key, _said(values, fields))
    changed: dict[str, Any] = {}
    narrow = [name for name in fields if name != "seed" and not _is_curve(fields[name])]
    for first in range(0, len(narrow), COLUMNS):
        row = narrow[first : first + COLUMNS]
        columns = (
            st.columns(COLUMNS, gap="medium", vertical_alignment="bottom") if len(narrow) > 1 else [st.container()]
        )
        for name, column in zip(row, columns, strict=False):
            with column:
                most = limits(values.model_copy(update=changed)).get(name) if limits else None
                changed[name] = _said_within(most, fields[name], getattr(values, name), f"{form}:{name}")
    for name in fields:
        needed = _extra(fields[name]).get("shown_when", {})
        if _is_curve(fields[name]) and all({**values.model_dump(), **changed}[of] == needed[of] for of in needed):
            changed[name] = _curve(fields[name], getattr(values, name), f"{form}:{name}")
    if "seed" in fields and st.button(
        _("Another seed (now {seed})").format(seed=values.seed), icon=":material/casino:", key=f"{key}:seed"
    ):
        changed["seed"] = _next_seed(fields["seed"], values.seed)
    try:
        values = values.changed(**changed)
    except LessonError as error:
        # Two values may exclude each other: what was there before stays.
        st.warning(one_line(error), icon=":material/error:")
    form_said(key, _said(values, fields))
    return values


def choices_of(info: FieldInfo) -> list[Any]:
    """Return what a field may be, where that is a list; else nothing."""
    options = _extra(info).get("options")
    if options:
        return list(options)
    if get_origin(info.annotation) is Literal:
        return list(get_args(info.annotation))
    if isinstance(info.annotation, type) and issubclass(info.annotation, Enum):
        return list(info.annotation)
    return []


def breadth(text: str) -> int:
    """Return how many letters' room a text takes; one of Hangul takes two.

    Example:
        >>> breadth("Sine"), breadth("사인")
        (4, 4)
    """
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _said(values: LabValues, fields: Collection[str]) -> dict[str, str]:
    """Return what the controls say, as it stands in the page's link: a link rounds."""
    return {name: text for name, text in values.texts().items() if name in fields}


def _said_within(most: int | None, info: FieldInfo, value: Any, key: str) -> Any:
    """Show a control, up to a limit where there is one, and return what it makes of the value."""
    if most is None:
        return adopt(key, _control(info, value, key))
    key, near = f"{key}:{most}", min(value, most)
    said = adopt(key, _control(info, near, key, most))
    return value if said == near else said


def _control(info: FieldInfo, value: Any, key: str, most: int | None = None) -> Any:
    label, options = _label(info), choices_of(info)
    common = {"key": project(key, value), "help": _(info.description) if info.description else None}
    labels = _extra(info).get("labels", {})

    def written(option: Any) -> str:
        return _(labels[option]) if option in labels else f"{option:g}" if isinstance(option, float) else str(option)

    if options and all(isinstance(option, int | float) for option in options) and "options" in _extra(info):
        return st.select_slider(label, options, format_func=written, **common)
    if 0 < len(options) <= MOST_SEGMENTS and breadth("".join(map(written, options))) <= MOST_LETTERS:
        return st.segmented_control(label, options, format_func=written, required=True, **common)
    if options:
        return st.selectbox(label, options, format_func=written, **common)
    if info.annotation is bool:
        return st.toggle(label, **common)
    low, high, step = _bounds(info)
    high = high if most is None else most
    number_format = _extra(info).get("format")
    if low is None or high is None:
        return st.number_input(label, low, high, step=step, format=number_format, **common)
    return st.slider(label, low, high, step=step, format=number_format, **common)


def _curve(info: FieldInfo, value: tuple[float, ...], key: str) -> tuple[float, ...]:
    extra = _extra(info)
    sketch = Sketch(x=extra["x"], x_label=_(extra["x_label"]), y_label=_(extra["y_label"]), y_range=extra["y_range"])
    st.markdown(f":small[{_label(info)}]")
    return sketch_pad(sketch, key=key, values=value) or value


def _label(info: FieldInfo) -> str:
    unit = _extra(info).get("unit")
    title = _(info.title or "")
    return f"{title} ({_(unit)})" if unit else title


def _extra(info: FieldInfo) -> dict[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}


def _is_curve(info: FieldInfo) -> bool:
    return get_origin(info.annotation) is tuple


def _bounds(info: FieldInfo) -> tuple[Any, Any, Any]:
    """Return the lowest and highest value and the step, all of the field's own type."""
    low, high = field_bounds(info)
    if info.annotation is int:
        return low, high, int(_extra(info).get("step") or 1)
    step = _extra(info).get("step") or ((high - low) / 100 if None not in (low, high) else None)
    return low, high, None if step is None else float(step)


def _next_seed(info: FieldInfo, seed: int) -> int:
    _low, high, _step = _bounds(info)
    return seed + 1 if high is None or seed < high else 0
