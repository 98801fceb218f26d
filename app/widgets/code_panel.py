"""The Keras code of exactly one network, to read and to take home."""

import streamlit as st

from app import cache
from app.language import N_, _
from resnet_core.code import network_code, notebook
from resnet_core.errors import DataError, one_line
from resnet_core.spec import ResNetSpec


def code_panel(spec: ResNetSpec, *, key: str) -> None:
    """Show the code that builds a network, and offer it as a script, a notebook and a spec.

    Args:
        spec: the network.
        key: of this panel in its page.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(_("**Keras code of this network**"))
        _downloads(spec, key)
    st.code(network_code(spec), language="python", line_numbers=True, wrap_lines=True)


def _downloads(spec: ResNetSpec, key: str) -> None:
    try:
        script = cache.code(spec)
    except DataError as error:
        st.caption(_("No script to train it: {reason}").format(reason=one_line(error)))
        script = None
    files = [("spec.json", "application/json", lambda: spec.model_dump_json(indent=2) + "\n")]
    if script is not None:
        files = [
            ("train.py", "text/x-python", script),
            ("notebook.ipynb", "application/x-ipynb+json", lambda: _notebook(spec)),
            *files,
        ]
    for name, mime, data in files:
        kind = name.partition(".")[2]
        st.download_button(
            f".{kind}",
            data,
            f"{spec.name}.{kind}",
            mime,
            key=f"{key}:{kind}",
            icon=":material/download:",
            on_click="ignore",
            help=_(_HELP[kind]),
        )


_HELP = {
    "py": N_("A script that builds this network and trains it; it needs Keras, TensorFlow and NumPy alone"),
    "ipynb": N_("The same as a notebook"),
    "json": N_("The spec: open it here again, or give it to `python -m resnet_core`"),
}


def _notebook(spec: ResNetSpec) -> str:
    import nbformat

    return nbformat.writes(notebook(spec))
