"""The list of runs and studies that a comparison is chosen from."""

from collections.abc import Sequence
from typing import Any, get_args

import streamlit as st

from app.language import _
from app.links import MOST_RUNS
from app.run_list import RunGroup
from app.widgets.component import component, rerun_only
from resnet_core.results import State

_picker = component("run_picker", scripts=("run_picker.js",))


def run_picker(groups: Sequence[RunGroup], chosen: tuple[str, ...], *, key: str, height: int = 560) -> tuple[str, ...]:
    """Show the list and return the runs that are chosen, in the order in which they were.

    Searching happens in the browser. The later word counts: a click of the reader, or another `chosen` of the page.

    Args:
        groups: the newest first.
        chosen: run ids as the page's state holds them; those that are not in the list stay chosen.
        key: of this widget in its page.
        height: of the list in pixels; less on a low or narrow screen.
    """
    heeded = f"{key}:turn"
    pick = (st.session_state.get(key) or {}).get("pick")
    # Browsers repeat old picks.
    if _is_pick(pick) and pick["turn"] != st.session_state.get(heeded):
        st.session_state[heeded] = pick["turn"]
        chosen = tuple(dict.fromkeys(pick["runs"]))[:MOST_RUNS]
    _picker(
        key=key,
        data={
            "groups": [group.as_json() for group in groups],
            "chosen": list(chosen),
            "heeded": st.session_state.get(heeded),
            "most": MOST_RUNS,
            "height": height,
            "words": _words(),
        },
        on_pick_change=rerun_only,
    )
    return chosen


def _is_pick(value: object) -> bool:
    """Say whether a value from the browser is what the list's script sends."""
    if not isinstance(value, dict) or not isinstance(value.get("turn"), int | float):
        return False
    runs = value.get("runs")
    return isinstance(runs, list) and all(isinstance(run, str) and len(run) <= 80 for run in runs)


def _words() -> dict[str, Any]:
    """Return the list's own words, in the reader's language."""
    return {
        "locale": _("en-GB"),
        "search": _("Search runs"),
        "clear": _("Clear"),
        "list": _("Runs, the newest first"),
        "unmatched": _("No run matches this search."),
        "chosen": _("{count} chosen"),
        "none": _("None chosen"),
        "full": _("One comparison holds {count} runs: take one out to add another."),
        "training": _("{error} train"),
        "errors": _("{run}: last validation error {validation}, training error {training}"),
        "kinds": {"plain": _("plain"), "residual": _("residual")},
        "states": {state: _(state) for state in get_args(State)},
    }
