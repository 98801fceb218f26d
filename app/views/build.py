"""Build: choose a network; see its picture, its exact costs, its layers, its code; set it against another."""

from dataclasses import replace
from html import escape

import streamlit as st

from app import cache, theme
from app.comparison import title
from app.language import N_, _
from app.state import BuildState, TrainState, keep_state, open_state, remember
from app.widgets.code_panel import code_panel
from app.widgets.cost_strip import cost_strip
from app.widgets.keras_check import keras_check
from app.widgets.layer_list import layer_list
from app.widgets.network_graph import network_graph
from app.widgets.network_picture import draw_ahead
from app.widgets.node_card import find
from app.widgets.open_tab import open_tab
from app.widgets.side_by_side import side_by_side
from app.widgets.spec_form import spec_form
from resnet_core.drawing import Detail, shape_label
from resnet_core.errors import SpecError, one_line
from resnet_core.families import preset_of
from resnet_core.published import published_for
from resnet_core.spec import ResNetSpec

_STYLE = """<style>
.st-key-build-head > :has(.lab-caption) { flex: 1 1 14rem; }
.st-key-build-head .lab-caption { line-height: 1.35; }
.st-key-build-head h1 { font-size: 1.75rem; padding: 0; }
.st-key-build-results { gap: 0.6rem; }
.st-key-build-results [data-testid=stTabs] { margin-top: -0.4rem; }
</style>"""
TABS = {"graph": N_("Graph"), "layers": N_("Layers"), "side": N_("Side by side"), "code": N_("Code")}


def page() -> None:
    state = open_state(BuildState)
    if not _knows_node(state):
        text = _("The link's 'node' was left out: {network} has no {node}")
        st.warning(text.format(network=title(state.spec), node=repr(state.node)), icon=":material/link_off:")
        state = replace(state, node=None)
    choices, results = st.columns([1, 4], gap="medium")
    with choices:
        spec_form(state.spec, key="build:spec", choose=lambda spec: _change(spec=spec))
    with results, st.container(key="build:results"):
        _header(state.spec)
        cost_strip(cache.costs(state.spec))
        state = _tabs(state)
    keep_state(state)
    draw_ahead()


def _tabs(state: BuildState) -> BuildState:
    """Show the tab that is open; only its body runs."""
    spec, detail = state.spec, Detail(state.detail)
    with open_tab(TABS, state.tab, key="build:tab", change=_change):
        match state.tab:
            case "graph":
                node = network_graph(spec, detail, state.node, key="build:graph", change=_change)
                state = replace(state, node=node)
            case "layers":
                layer_list(spec, state.node, key="build:layers", change=_change)
            case "side":
                node = side_by_side(spec, state.other, detail, state.node, key="build:side", change=_change)
                state = replace(state, node=node)
            case "code":
                keras_check(spec, key="build:check")
                code_panel(spec, key="build:code")
    return state


def _header(spec: ResNetSpec) -> None:
    with st.container(key="build:head", horizontal=True, vertical_alignment="center"):
        st.title(title(spec), anchor=False, width="content")
        st.html(f'{_STYLE}<p class="lab-caption">{escape(_described(spec))}</p>')
        with st.container(horizontal=True, width="content", gap="small"):
            if st.button(_("Train this"), type="primary", icon=":material/play_arrow:", key="build:train"):
                _to_train(spec)
            _twin_button(spec)


def _twin_button(spec: ResNetSpec) -> None:
    try:
        networks, reason = (spec, spec.twin()), None
    except SpecError as error:
        networks, reason = (), one_line(error)
    label = _("Train with its plain twin") if spec.residual else _("Train with its residual twin")
    if st.button(label, icon=":material/compare_arrows:", key="build:twin", disabled=reason is not None, help=reason):
        _to_train(*networks)


def _described(spec: ResNetSpec) -> str:
    shape = shape_label((spec.input_size, spec.input_size, spec.channels))
    parts = [_("{shape} image → {classes:,} classes").format(shape=shape, classes=spec.classes)]
    preset = preset_of(spec)
    if preset:
        parts.append(_(preset.source))
        errors = [row.value for row in published_for(preset.name) if row.quantity == "test_error"]
        parts += [_("{error} test error published").format(error=theme.percent(error)) for error in errors]
    return " · ".join(parts)


def _to_train(*specs: ResNetSpec) -> None:
    remember(TrainState(specs=specs))
    st.switch_page("views/train.py")


def _change(**fields) -> None:
    """Take a choice over into the page's state, before the page runs again; a node that goes with it is let go."""
    state = replace(open_state(BuildState), **fields)
    keep_state(state if _knows_node(state) else replace(state, node=None))


def _knows_node(state: BuildState) -> bool:
    return state.node is None or bool(find(cache.graph(state.spec), state.node))


page()
