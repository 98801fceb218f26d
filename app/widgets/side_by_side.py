"""Two networks side by side: what sets them apart in words, in numbers for each stage, and as pictures."""

from functools import partial

import streamlit as st

from app import cache
from app.charts.stage_costs import describe, stage_costs
from app.comparison import SHORTCUTS, differing, in_words, title, titles
from app.language import _
from app.tables import csv, difference_table, option_table
from app.widgets.cost_strip import cost_strip
from app.widgets.live_chart import live_chart
from app.widgets.network_picture import Change, detail_bar, picture
from app.widgets.node_card import find, node_card
from resnet_core.choices import Block, Shortcut
from resnet_core.drawing import Detail
from resnet_core.errors import SpecError, one_line
from resnet_core.families import PRESETS, preset_of
from resnet_core.spec import ResNetSpec


def side_by_side(
    spec: ResNetSpec, other: ResNetSpec | None, detail: Detail, node: str | None, *, key: str, change: Change
) -> str | None:
    """Compare a network with a second one.

    Args:
        spec: the network on the left.
        other: the one on the right; None for the twin without (or with) shortcuts, if there is one.
        detail: how deep the pictures look.
        node: the address that is chosen; it is marked on both sides.
        key: of this widget in its page.
        change: is called with `other=`, `spec=` or `detail=` before the page runs again.

    Returns: the address that is chosen now.
    """
    quick, refused = choices(spec)
    other = other or next(iter(quick.values()))
    _choose(spec, other, quick, refused, key, change)
    pair = [(name, cache.costs(each)) for name, each in zip(titles(spec, other), (spec, other), strict=True)]
    (first_name, first), (second_name, second) = pair
    st.info(in_words(first, second), icon=":material/balance:")
    fields = differing(spec, other)
    if fields:
        changes = " · ".join(f"{name} {one} → {new}" for name, (one, new) in fields.items())
        st.caption(_("Different: {fields}").format(fields=changes))
    st.markdown(_("**{second}** against {first}").format(second=second_name, first=first_name))
    cost_strip(second, against=first)
    node = _pictures(pair, detail, node, key, change)
    _differences(pair, key)
    _options(spec)
    return node


def choices(spec: ResNetSpec) -> tuple[dict[str, ResNetSpec], dict[str, str]]:
    """Return the comparisons that are worth a click, the twin first, and why others cannot be made.

    Example:
        >>> found, refused = choices(ResNetSpec())
        >>> list(found)
        ['Plain twin', 'Bottleneck blocks', 'Option B', 'Option C']
    """
    block = Block.BASIC if spec.block is Block.BOTTLENECK else Block.BOTTLENECK
    wanted = {
        _("Plain twin") if spec.residual else _("Residual twin"): spec.twin,
        _("Bottleneck blocks") if block is Block.BOTTLENECK else _("Basic blocks"): partial(spec.changed, block=block),
    }
    for shortcut in (Shortcut.A, Shortcut.B, Shortcut.C):
        wanted[_("Option {name}").format(name=shortcut.value)] = partial(spec.changed, residual=True, shortcut=shortcut)
    found: dict[str, ResNetSpec] = {}
    refused: dict[str, str] = {}
    for name, build in wanted.items():
        try:
            option = build()
        except SpecError as error:
            refused[name] = one_line(error)
        else:
            if option not in (spec, *found.values()):
                found[name] = option
    return found, refused


def _choose(
    spec: ResNetSpec,
    other: ResNetSpec,
    quick: dict[str, ResNetSpec],
    refused: dict[str, str],
    key: str,
    change: Change,
) -> None:
    names = list(quick)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.session_state[f"{key}:quick"] = next((name for name in names if quick[name] == other), None)
        st.pills(
            _("Against {network}").format(network=title(spec)),
            names,
            key=f"{key}:quick",
            help="\n\n".join(f"{name}: {reason}" for name, reason in refused.items()) or None,
            on_change=lambda: change(other=quick.get(st.session_state[f"{key}:quick"])),
        )
        preset = preset_of(other)
        st.session_state[f"{key}:preset"] = preset.name if preset else None
        st.selectbox(
            _("Or any preset"),
            list(PRESETS),
            key=f"{key}:preset",
            format_func=lambda name: f"{_(PRESETS[name].family)} · {name}",
            placeholder=other.name,
            width=230,
            on_change=lambda: _take_preset(key, change),
        )
        st.button(
            _("Swap"),
            icon=":material/swap_horiz:",
            key=f"{key}:swap",
            help=_("Put the right network on the left, where its fields can be changed"),
            on_click=lambda: change(spec=other, other=spec),
        )


def _take_preset(key: str, change: Change) -> None:
    name = st.session_state[f"{key}:preset"]
    if name in PRESETS:
        change(other=PRESETS[name].spec)


def _pictures(pair: list, detail: Detail, node: str | None, key: str, change: Change) -> str | None:
    larger = max((costs.graph for _name, costs in pair), key=lambda graph: len(graph.nodes))
    detail = detail_bar(larger.spec, detail, key=key, change=change, downloads=False)
    left, right = st.columns(2, gap="medium")
    first, second = (costs for _name, costs in pair)
    with left:
        node = picture(first.graph.spec, detail, node, key=f"{key}:left", height=400)
    with right:
        picked = picture(second.graph.spec, detail, node, key=f"{key}:right", height=400)
    if picked != node:
        change(node=picked)
        st.rerun()  # the left picture is on its way already, with the old mark
    if node:
        for column, (_name, costs) in zip(st.columns(2, gap="medium"), pair, strict=True):
            with column:
                if find(costs.graph, node):
                    node_card(costs, node)
                else:
                    st.caption(_("{network} has no {node}.").format(network=title(costs.graph.spec), node=node))
    return node


def _differences(pair: list, key: str) -> None:
    (one, first), (other, second) = pair
    table = difference_table(first, second)
    live_chart(stage_costs(pair), key=f"{key}:chart", alt=describe(pair), filename=f"{one}-{other}", height=320)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(_("**Difference for each part** (parameters that are trained, MACs of one image)"))
        st.download_button(
            _("Differences as CSV"),
            csv(table),
            f"{one}-{other}.csv",
            "text/csv",
            key=f"{key}:csv",
            icon=":material/download:",
            on_click="ignore",
        )
    names = {
        "part": _("Part"),
        "params_1": _("Parameters {network}").format(network=one),
        "params_2": _("Parameters {network}").format(network=other),
        "params_change": _("Difference"),
        "macs_1": f"MACs {one}",
        "macs_2": f"MACs {other}",
        "macs_change": _("Difference") + " ",  # each column needs a name of its own
    }
    numbers = {
        text: st.column_config.NumberColumn(format="localized") for name, text in names.items() if name != "part"
    }
    st.dataframe(
        table.rename(columns=names), hide_index=True, column_config=numbers, key=f"{key}:table", height="content"
    )


def _options(spec: ResNetSpec) -> None:
    """List what every kind of shortcut costs in the network on the left."""
    networks = {_("plain, no shortcuts"): cache.costs(spec.plain_twin())}
    for shortcut in Shortcut:
        networks[_(SHORTCUTS[shortcut])] = cache.costs(spec.model_copy(update={"residual": True, "shortcut": shortcut}))
    st.markdown(_("**Every kind of shortcut in {network}**").format(network=title(spec)))
    st.dataframe(
        option_table(networks),
        hide_index=True,
        height="content",
        column_config={
            "network": _("Shortcuts"),
            "trainable": st.column_config.NumberColumn(_("Trained parameters"), format="localized"),
            "params_change": st.column_config.NumberColumn(_("More than plain"), format="localized"),
            "macs": st.column_config.NumberColumn("MACs", format="localized"),
            "macs_change": st.column_config.NumberColumn(_("More than plain "), format="localized"),
            "memory": st.column_config.NumberColumn(f"{_('Activation memory')} (B)", format="localized"),
        },
    )
