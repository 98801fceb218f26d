"""A network's fields as widgets. What they say together becomes a network only if it is a valid one.

As long as it is not, the widgets keep the reader's draft, one line says why, and the page keeps the last valid network.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from html import escape

import streamlit as st

from app.comparison import title
from app.language import N_, _, language, ngettext
from app.projection import form_key, form_said, is_form, say_again, set_widget
from app.widgets.spec_fields import more_fields
from resnet_core.choices import Block, Shortcut
from resnet_core.errors import SpecError, one_line
from resnet_core.families import PRESETS, preset_of
from resnet_core.spec import ResNetSpec, make_spec, parse_spec

Choose = Callable[[ResNetSpec], None]

LARGEST_UPLOAD = 64_000
"""Bytes of a JSON file; a spec has about 400."""


def spec_form(spec: ResNetSpec, *, key: str, choose: Choose) -> None:
    """Show a network as choices: its preset, its depth, its blocks, its shortcuts; everything else is folded.

    Args:
        spec: the last valid network.
        key: of this form in its page.
        choose: is told the network whenever a choice gives a valid one, before the page runs again.
    """
    form = _project(spec, key)
    fields = _fields(form)
    edited = {"on_change": _edit, "args": (key, form, spec, choose)}
    problem = st.session_state.get(f"{key}:problem")
    _preset(spec, key, choose)
    _depth(spec, key, form, choose, edited)
    if problem:
        _say(problem, spec, key)
    else:
        _count_layers(spec)
    st.segmented_control(
        _("Block"), list(Block), format_func=lambda kind: _(_BLOCKS[kind]), key=fields["block"], **_REQUIRED, **edited
    )
    st.segmented_control(
        _("Shortcuts"),
        [True, False],
        format_func=lambda kind: _(_KINDS[kind]),
        key=fields["residual"],
        **_REQUIRED,
        **edited,
    )
    st.segmented_control(
        _("Where the shape changes"),
        list(Shortcut),
        format_func=_SHORTCUTS.get,
        key=fields["shortcut"],
        disabled=not spec.residual,
        help=_(
            "**A** pads the identity with zeros and has no weights. **B** projects by a 1x1 convolution. "
            "**C** does so in every block, also where no shape changes. **3x3** projects by a 3x3 convolution."
        ),
        **_REQUIRED,
        **edited,
    )
    more = st.expander(_("More"), key=f"{key}:more", on_change="rerun")
    # Closed, its fields are left out of each run, unless a draft stands in one of them.
    if more.open or problem:
        with more:
            more_fields(spec, fields, edited)
            _files(spec, key, choose)


_REQUIRED = {"required": True, "width": "stretch"}
_BLOCKS = {Block.BASIC: N_("Basic"), Block.BOTTLENECK: N_("Bottleneck")}
_KINDS = {True: N_("Residual"), False: N_("Plain")}
_SHORTCUTS = {Shortcut.A: "A", Shortcut.B: "B", Shortcut.C: "C", Shortcut.CONV3X3: "3x3"}


def _fields(form: str) -> dict[str, str]:
    """Return the key of each field's widget."""
    return {field: f"{form}:{field}" for field in ResNetSpec.model_fields}


def _project(spec: ResNetSpec, key: str) -> str:
    """Set every widget from the network if it or the language is another than before; return what begins their keys."""
    state = st.session_state
    form = form_key(key, spec)
    mark = (form, spec, language())
    fresh = state.get(f"{key}:mark") != mark
    if fresh:
        state[f"{key}:mark"] = mark
        state[f"{key}:problem"] = None
    for field, widget in _fields(form).items():
        if fresh or widget not in state:
            value = getattr(spec, field)
            set_widget(widget, "-".join(map(str, value)) if field == "stages" else value)
        else:
            say_again(widget)
    return form


def _edit(key: str, form: str, spec: ResNetSpec, choose: Choose) -> None:
    """Read all widgets and take what they say if it is a network."""
    if not is_form(key, form):
        return
    state = st.session_state
    values = {field: state.get(widget, getattr(spec, field)) for field, widget in _fields(form).items()}
    try:
        values["stages"] = _read_stages(values["stages"])
        chosen = make_spec(values)
    except SpecError as error:
        state[f"{key}:problem"] = one_line(error)
    else:
        state[f"{key}:problem"] = None
        form_said(key, chosen)
        choose(chosen)


def _reset(key: str) -> None:
    form_said(key, None)


def _preset(spec: ResNetSpec, key: str, choose: Choose) -> None:
    preset = preset_of(spec)
    widget = f"{key}:preset"
    st.session_state[widget] = preset.name if preset else None
    st.selectbox(
        _("Preset"),
        list(PRESETS),
        format_func=lambda name: f"{_(PRESETS[name].family)} · {name}",
        key=widget,
        placeholder=_("Custom: none is like this"),
        on_change=_take_preset,
        args=(key, choose),
        help=f"{_(preset.source)}." if preset else _("Networks from papers and libraries. Type to search."),
    )


def _take_preset(key: str, choose: Choose) -> None:
    name = st.session_state[f"{key}:preset"]
    if name in PRESETS:
        _reset(key)
        choose(PRESETS[name].spec)


def _depth(spec: ResNetSpec, key: str, form: str, choose: Choose, edited: dict) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="bottom", gap="xsmall"):
        st.text_input(
            _("Blocks per stage"),
            key=f"{form}:stages",
            max_chars=40,
            help=_("One number for each stage, as 3-4-6-3. Each stage after the first halves the image."),
            **edited,
        )
        for step, text in ((-1, "−1"), (1, "+1")):
            st.button(
                text,
                key=f"{key}:step{step}",
                help=_("One block fewer in every stage") if step < 0 else _("One block more in every stage"),
                disabled=step < 0 and min(spec.stages) == 1,
                on_click=_step,
                args=(key, form, spec, choose, step),
            )


def _count_layers(spec: ResNetSpec) -> None:
    blocks = sum(spec.stages)
    text = ngettext(
        "{count:,} block × {convolutions} + 2 = {depth:,} layers",
        "{count:,} blocks × {convolutions} + 2 = {depth:,} layers",
        blocks,
    )
    words = text.format(count=blocks, convolutions=spec.block.convolutions, depth=spec.depth)
    _small(words)


def _say(problem: str, spec: ResNetSpec, key: str) -> None:
    """Say why the form's draft is no network, and what the page shows instead."""
    st.error(problem, icon=":material/error:")
    _small(_("{network}, the last valid network, is still what is shown.").format(network=title(spec)))
    st.button(_("Back to the last valid network"), key=f"{key}:back", on_click=_reset, args=(key,), type="tertiary")


def _small(text: str) -> None:
    st.html(f'<p class="lab-caption">{escape(text)}</p>')


def _step(key: str, form: str, spec: ResNetSpec, choose: Choose, step: int) -> None:
    """Add to what the field says, which may have been typed a moment ago; what cannot be read stays there."""
    if not is_form(key, form):
        return
    stages = f"{form}:stages"
    with suppress(SpecError):
        st.session_state[stages] = "-".join(str(blocks + step) for blocks in _read_stages(st.session_state[stages]))
    _edit(key, form, spec, choose)
    if not st.session_state[f"{key}:problem"]:
        _reset(key)


def _read_stages(text: str) -> tuple[int, ...]:
    parts = re.split(r"[\s,;x×-]+", text.strip())
    if not all(part.isascii() and part.isdigit() for part in parts):
        problem = _("blocks per stage {text!r} cannot be read: write one number for each stage, as 3-4-6-3")
        raise SpecError(problem.format(text=text))
    return tuple(map(int, parts))


def _files(spec: ResNetSpec, key: str, choose: Choose) -> None:
    st.download_button(
        _("Save as JSON"),
        spec.model_dump_json(indent=2) + "\n",
        f"{spec.name}.json",
        "application/json",
        key=f"{key}:save",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    st.file_uploader(
        _("Open a JSON file"),
        type="json",
        max_upload_size=1,
        key=f"{key}:file",
        on_change=_take_file,
        args=(key, choose),
        help=_("A spec as saved here, or as `python -m resnet_core export SPEC -o net.json` writes it."),
    )
    problem = st.session_state.get(f"{key}:file_problem")
    if problem:
        st.error(problem, icon=":material/error:")


def _take_file(key: str, choose: Choose) -> None:
    state = st.session_state
    state[f"{key}:file_problem"] = None
    file = state[f"{key}:file"]
    if file is None:
        return
    try:
        chosen = _read_file(file.getvalue())
    except SpecError as error:
        state[f"{key}:file_problem"] = one_line(error)
    else:
        _reset(key)
        choose(chosen)


def _read_file(content: bytes) -> ResNetSpec:
    if len(content) > LARGEST_UPLOAD:
        text = _("the file has {size:,} bytes, a spec has at most {most:,}: choose another")
        raise SpecError(text.format(size=len(content), most=LARGEST_UPLOAD))
    try:
        return parse_spec(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SpecError(_("the file is not text in UTF-8: choose a JSON file of a spec")) from error
