"""The frame around every page: an error becomes one line on the page, and its traceback goes to the terminal."""

import contextlib
import logging
from collections.abc import Iterator

import streamlit as st

from app.language import _
from app.widgets.until_back import until_back
from resnet_core.errors import HomeError, LabError, StoreError, one_line

_log = logging.getLogger("resnet_lab")


@contextlib.contextmanager
def guarded(where: str) -> Iterator[None]:
    """Show an error that a page raised as one line.

    Args:
        where: the page's title, for the log.
    """
    try:
        yield
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        if isinstance(error, StoreError | HomeError):
            until_back()
    except Exception as error:
        _end_if_replaced()
        _log.exception("%s failed", where)
        text = _(
            "This page met an error of its own ({error}). Nothing was lost: reload the page; the terminal that runs "
            "the app shows the details."
        )
        st.error(text.format(error=f"{type(error).__name__}: {one_line(error)}"), icon=":material/bug_report:")


def _end_if_replaced() -> None:
    """End a run in whose place another has begun, as after a reader's next click: what it met is of no account.

    Both work on one session state for a moment, without a lock between them. Any use of that state ends such a run.
    """
    st.session_state.get("any")
