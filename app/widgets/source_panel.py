"""The source of a named function, folded."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.language import _
from resnet_core.errors import LabError, one_line
from resnet_core.lessons.sources import Source, source_of


def source_panel(name: str, *, label: str | None = None) -> None:
    """Show a function's source in an expander.

    Args:
        name: in full, as resnet_core.graph.build_graph.
        label: of the expander; None names the function.
    """
    try:
        source = source_of(name)
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        return
    with st.expander(label or _("The code of {name}").format(name=f"`{name}`"), icon=":material/code:"):
        show_source(source)


def full_name(function: Callable[..., Any]) -> str:
    """Return a function's name as `source_panel` takes it."""
    return f"{function.__module__}.{function.__qualname__}"


def show_source(source: Source) -> None:
    """Show a piece of code with its place."""
    st.caption(_("{path}, from line {line}").format(path=f"`{source.path}`", line=source.line))
    st.code(source.text, language="python", wrap_lines=True)
