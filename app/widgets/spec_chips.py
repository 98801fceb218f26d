"""Choosing several networks to train: chips, and their plain or residual twins with one click."""

import streamlit as st

from app import theme
from app.cache import costs
from app.language import _
from app.projection import form_key, form_said, project
from app.state import MOST_SPECS, read_spec, spec_token
from resnet_core.errors import SpecError, one_line
from resnet_core.families import PRESETS
from resnet_core.spec import ResNetSpec


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
        key=project(f"{form_key(key, specs)}:chosen", tokens),
        format_func=_label,
        max_selections=MOST_SPECS,
        placeholder=_("Type a name, as pocket_resnet20"),
    )
    specs = tuple(read_spec(token) for token in chosen)
    form_said(key, specs)
    twins, reasons = _twins(specs)
    about = _("A plain twin is the same network without shortcuts; a residual twin is the same network with them.")
    if st.button(
        _("Add the twin of each"),
        icon=":material/content_copy:",
        key=f"{key}:twins",
        disabled=not twins or len(specs) + len(twins) > MOST_SPECS,
        help="\n\n".join((about, *reasons)),
    ):
        specs += twins
    if specs:
        st.caption(" · ".join(_facts(spec) for spec in specs))
    return specs


def _twins(specs: tuple[ResNetSpec, ...]) -> tuple[tuple[ResNetSpec, ...], list[str]]:
    """Return the twins that are not among the networks, and why others cannot be."""
    twins, reasons = [], []
    for spec in specs:
        try:
            twins.append(spec.twin())
        except SpecError as error:
            reasons.append(f"{spec.name}: {one_line(error)}")
    return tuple(twin for twin in dict.fromkeys(twins) if twin not in specs), reasons


def _label(token: str) -> str:
    return token if token in PRESETS else read_spec(token).name


def _facts(spec: ResNetSpec) -> str:
    total = costs(spec).total
    return _("{network}: {params} parameters, {macs} MACs").format(
        network=spec.name, params=theme.big(total.params), macs=theme.big(total.macs)
    )
