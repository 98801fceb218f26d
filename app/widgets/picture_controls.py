"""The controls of a comparison's picture: which one, how it is drawn, and what is grouped, pinned, hidden."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from app.compare_state import CompareState, Picture, Size, Watched
from app.curve_layout import Axis, Layout
from app.grouping import SEPARATE, Group, grouped, title, varying
from app.language import N_, _
from app.projection import project
from app.run import Run
from app.state import keep_state, open_state

MOST_PILLS = 24


def picture_controls(state: CompareState, runs: Sequence[Run]) -> None:
    """Show the controls; a change goes into the state, and so into the address, before the page runs again.

    Args:
        state: the reader's choices.
        runs: of the comparison.
    """
    with st.container(horizontal=True):
        st.segmented_control(
            _("Picture"),
            list(Picture),
            format_func=lambda picture: _(_PICTURES[picture]),
            required=True,
            label_visibility="collapsed",
            **_of("picture", state.picture),
        )
        _groups(state, runs)
    # A toggle has no label above it.
    with st.container(horizontal=True, vertical_alignment="top" if state.picture is Picture.CURVES else "bottom"):
        match state.picture:
            case Picture.CURVES:
                _curves(state)
            case Picture.DEPTH:
                _scale(state)
                _paper(state)
            case Picture.SIZE:
                st.segmented_control(
                    _("Size"),
                    list(Size),
                    format_func=lambda size: _(_SIZES[size]),
                    required=True,
                    **_of("size", state.size),
                )
                _scale(state)
                _paper(state)
            case Picture.TIME:
                _time(state)


def _curves(state: CompareState) -> None:
    if state.split == SEPARATE:
        st.segmented_control(
            _("Layout"),
            list(Layout),
            format_func=lambda layout: _(_LAYOUTS[layout]),
            required=True,
            **_of("layout", state.layout),
        )
    st.segmented_control(
        _("Along x"), list(Axis), format_func=lambda axis: _(_AXES[axis]), required=True, **_of("x", state.x)
    )
    _scale(state)
    st.slider(
        _("Smoothing"),
        0.0,
        0.99,
        step=0.01,
        help=_("A running mean of the past: no point changes when later ones arrive. The raw curve stays, faint."),
        width=150,
        **_of("smoothing", state.smoothing),
    )


def _scale(state: CompareState) -> None:
    scales = st.segmented_control
    scales(
        _("Error axis"), [False, True], format_func=lambda log: _(_SCALES[log]), required=True, **_of("log", state.log)
    )


def _paper(state: CompareState) -> None:
    st.toggle(
        _("Published figures"),
        help=_("Marks for what papers report about these very networks, where they were trained on the same data."),
        **_of("paper", state.paper),
    )


def _time(state: CompareState) -> None:
    st.segmented_control(
        _("Error"),
        list(Watched),
        format_func=lambda error: _(_WATCHED[error]),
        required=True,
        **_of("watched", state.watched),
    )
    key = project("compare:target", None if state.target is None else round(100 * state.target, 2))
    st.number_input(
        _("To reach (%)"),
        0.0,
        100.0,
        step=1.0,
        placeholder=_("automatic"),
        help=_(
            "The first epoch whose error is at most this counts, with all the seconds until its end. Left empty: an "
            "error that half of the runs reach."
        ),
        width=170,
        key=key,
        on_change=_aim,
        args=(key,),
    )


def _groups(state: CompareState, runs: Sequence[Run]) -> None:
    groups = grouped(runs, state.group)
    fields = varying(runs)
    by = {_("Group"): state.group, _("Panels"): state.split if state.picture is Picture.CURVES else SEPARATE}
    chosen = [f"{word}: {title(field)}" for word, field in by.items() if field != SEPARATE]
    name = " · ".join(chosen) or _("Group, compare, hide")
    with st.popover(name, icon=":material/workspaces:", type="tertiary"):
        options = [SEPARATE, *dict.fromkeys([*fields, *([state.group] if state.group else [])])]
        st.selectbox(
            _("One curve for all runs with the same"),
            options,
            format_func=lambda field: title(field) if field else _("nothing: every run is drawn"),
            help=_("The mean of each group, with a band of one standard deviation. Only what differs is offered."),
            **_of("group", state.group),
        )
        if state.picture is Picture.CURVES:
            options = [SEPARATE, *dict.fromkeys([*fields, *([state.split] if state.split else [])])]
            st.selectbox(
                _("One panel for each"),
                options,
                format_func=lambda field: title(field) if field else _("nothing: as the layout says"),
                **_of("split", state.split),
            )
        _one_of(_("Baseline: differences in the table are taken to"), "baseline", state.baseline, groups, _("nothing"))
        _one_of(_("Show only"), "solo", state.solo, groups, _("all that are not hidden"))
        if len(groups) <= MOST_PILLS:
            _shown(state, groups)


def _one_of(label: str, field: str, value: str, groups: Sequence[Group], nothing: str) -> None:
    labels = {group.key: group.label for group in groups}
    options = ["", *labels, *([value] if value and value not in labels else [])]
    st.selectbox(
        label,
        options,
        format_func=lambda key: labels.get(key, _("{group} (not among these)").format(group=key)) if key else nothing,
        **_of(field, value),
    )


def _shown(state: CompareState, groups: Sequence[Group]) -> None:
    labels = {group.key: group.label for group in groups}
    keys = list(labels)
    key = project("compare:shown", [each for each in keys if each not in state.hidden])
    st.pills(
        _("Shown (click to hide)"),
        keys,
        format_func=labels.__getitem__,
        selection_mode="multi",
        key=key,
        on_change=_hide,
        args=(key, keys),
    )


def _of(field: str, value: Any) -> dict[str, Any]:
    key = project(f"compare:{field}", value)
    return {"key": key, "on_change": _choose, "args": (field, key)}


def _choose(field: str, key: str) -> None:
    value = st.session_state[key]
    if value is None:
        return  # two quick clicks on one choice: the browser let go of it, the page keeps it
    state = replace(open_state(CompareState), **{field: value})
    if field == "group":
        # They name groups that are no more.
        state = replace(state, baseline="", hidden=(), solo="")
    keep_state(state)


def _hide(key: str, keys: Sequence[str]) -> None:
    shown = st.session_state[key]
    keep_state(replace(open_state(CompareState), hidden=tuple(each for each in keys if each not in shown)))


def _aim(key: str) -> None:
    percent = st.session_state[key]
    keep_state(replace(open_state(CompareState), target=None if percent is None else percent / 100))


_PICTURES = {
    Picture.CURVES: N_("Curves"),
    Picture.DEPTH: N_("Error by depth"),
    Picture.SIZE: N_("Error by size"),
    Picture.TIME: N_("Time to an error"),
}
_LAYOUTS = {Layout.SIDES: N_("Plain | residual"), Layout.ONE: N_("All in one")}
_AXES = {Axis.EPOCH: N_("Epoch"), Axis.STEP: N_("Step"), Axis.SECONDS: N_("Seconds")}
_SCALES = {False: N_("Linear"), True: N_("Log")}
_SIZES = {Size.PARAMS: N_("Parameters"), Size.MACS: "MACs"}
_WATCHED = {Watched.VALIDATION: N_("Validation"), Watched.TRAINING: N_("Training")}
