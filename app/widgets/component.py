"""Components of our own, which show the newest of what a page told them, in whatever order the browser hears it.

Streamlit 1.67 calls a component's script once for each update. While the script still loads several calls wait for it,
and Chromium lets them go in no order: after a quick click a chart, or the page's language, would stay as it was before.
So each update has a number, and `component.js` leaves out one that is older than what is shown.
"""

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import streamlit as st

_FOLDER = Path(__file__).parent
_SERVER = uuid4().hex
"""Tells the updates of this process from those of the one before it, which an open page may have shown."""
_turns = itertools.count(1)


def component(name: str, *, scripts: tuple[str, ...], isolate_styles: bool = True) -> Callable[..., Any]:
    """Declare a component whose files lie in this folder: `name.html` and `name.css` where it has them, and scripts.

    Args:
        name: of the component, and of its files.
        scripts: joined in this order; the last one defines `mount({ data, parentElement, ... })`, which is called with
            what Streamlit gives a component and may return what ends it.
        isolate_styles: whether it stands in a shadow root.

    Returns:
        What puts it on a page. It takes `key`, `data` (a dictionary of JSON), and Streamlit's other arguments for a
        mounted component.
    """
    mounted = st.components.v2.component(
        f"resnet_lab_{name}",
        html=_text(f"{name}.html"),
        css=_text(f"{name}.css"),
        js="\n".join((_FOLDER / script).read_text("utf-8") for script in (*scripts, "component.js")),
        isolate_styles=isolate_styles,
    )

    def put(*, key: str, data: Mapping[str, Any], **options: Any) -> Any:
        slot = f"component:{key}"
        # Not the data itself: a session holds dozens of charts.
        content = hash(tuple((k, v if isinstance(v, str) else repr(v)) for k, v in data.items()))
        turn, last = st.session_state.get(slot, (0, None))
        if content != last:
            turn = next(_turns)
            st.session_state[slot] = (turn, content)
        return mounted(key=key, data={**data, "told_by": _SERVER, "told_as": turn}, **options)

    return put


def rerun_only() -> None:
    """Declare a value as a component's state, as its `on_NAME_change`; the rerun itself reads it."""


def _text(name: str) -> str | None:
    path = _FOLDER / name
    return path.read_text("utf-8") if path.is_file() else None
