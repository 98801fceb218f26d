"""Choosing several networks to train: chips, and their plain or residual twins with one click."""

import streamlit as st

from app import theme
from app.cache import costs
from app.language import _
from app.state import project, read_spec, spec_token
from resnet_core.families import PRESETS
from resnet_core.spec import ResNetSpec

MOST = 12


def spec_chips(specs: tuple[ResNetSpec, ...], *, key: str) -> tuple[ResNetSpec, ...]:
    """Show the networks chosen and return what the reader made of them.

    Args:
        specs: as the page's state holds them; networks made on the Build page keep their own chip.
        key: of this widget in its page.
    """
    tokens = [spec_token(spec) for spec in specs]
    options = list(dict.fromkeys([*tokens, *PRESETS]))
    chosen = st.multiselect(
        _("Networks"),
        options,
        key=project(f"{key}:chosen", tokens),
        format_func=_label,
        max_selections=MOST,
        placeholder=_("Type a name, as pocket_resnet20"),
    )
    specs = tuple(read_spec(token) for token in chosen)
    twins = [twin for spec in specs if (twin := spec.twin()) not in specs]
    if st.button(
        _("Add the twin of each"),
        icon=":material/content_copy:",
        key=f"{key}:twins",
        disabled=not twins or len(specs) + len(set(twins)) > MOST,
        help=_("A plain twin is the same network without shortcuts; a residual twin is the same network with them."),
    ):
        specs += tuple(dict.fromkeys(twins))
    if specs:
        st.caption(" · ".join(_facts(spec) for spec in specs))
    return specs


def _label(token: str) -> str:
    return token if token in PRESETS else read_spec(token).name


def _facts(spec: ResNetSpec) -> str:
    total = costs(spec).total
    return _("{network}: {params} parameters, {macs} MACs").format(
        network=spec.name, params=theme.big(total.params), macs=theme.big(total.macs)
    )
