"""How to repeat a run, and what to take of it: commands, downloads, and what its folder keeps."""

from functools import partial

import streamlit as st

from app import theme
from app.language import N_, _
from resnet_core.recursion import recursion_limit
from resnet_core.results import MODEL_FILE, WEIGHTS_FILE
from resnet_core.runs import exports
from resnet_core.runs.commands import export_command, install_command, train_command
from resnet_core.runs.events import PATTERN
from resnet_core.runs.folders import LOG_FILE
from resnet_core.runs.records import Job
from resnet_core.spec import make_spec

_KEPT = {
    WEIGHTS_FILE: N_("the weights of its last good epoch"),
    MODEL_FILE: N_("how Keras builds its network"),
    LOG_FILE: N_("its log"),
}


def run_files(job: Job, *, key: str) -> None:
    """Show the lines that repeat a run, a button for each of its files, and what is kept of it.

    Args:
        job: a training run or a check.
        key: of this widget in its page.
    """
    if job.kind == "train":
        st.markdown(_("**Repeat it**"))
        for about, line in _commands(job):
            st.caption(about)
            st.code(line, language="bash", wrap_lines=True)
    with st.popover(_("Download"), icon=":material/download:"), st.container(gap=None):
        offered = exports.available(job)
        limit = recursion_limit(make_spec(job.spec))
        if limit and any(kind.name == "net.keras" for kind in offered):
            text = _("Keras loads net.keras after `sys.setrecursionlimit({limit})`: it has many layers in a row.")
            st.caption(text.format(limit=limit))
        for kind in offered:
            st.download_button(
                f"{kind.name}: {_(kind.about)}",
                data=partial(exports.export, job.id, kind.name),
                file_name=f"{job.id}-{kind.name}",
                mime=kind.mime,
                on_click="ignore",
                type="tertiary",
                key=f"{key}:{kind.name}",
            )
    st.caption(_kept(job.id))


def _commands(job: Job) -> list[tuple[str, str]]:
    """Return the lines that repeat a run, each with what it does."""
    lines = [
        (
            _("Trains the same network on the same images, in the same order and from the same weights."),
            train_command(job),
        ),
        (
            _(
                "Writes a script that does so without this lab, and says of each epoch whether it is the same to the "
                "last bit: it is, on the same processor with the same versions."
            ),
            export_command(job),
        ),
        (_("Installs those versions."), install_command(job)),
    ]
    return [(about, line) for about, line in lines if line]


def _kept(job_id: str) -> str:
    """Say in a sentence what a run's folder holds, and where in the lab's home it lies."""
    files = exports.kept_files(job_id)
    parts = [f"{_(what)} ({theme.memory(files[name])})" for name, what in _KEPT.items() if name in files]
    events = sum(size for name, size in files.items() if name.startswith(PATTERN.rstrip("*")))
    if events:
        parts.append(f"{_('its events for TensorBoard')} ({theme.memory(events)})")
    if not parts:
        return _("Its folder keeps neither weights nor a log: it ended before it began, or the folder is gone.")
    text = _("Kept in `runs/{id}`, in the lab's home (`python -m resnet_core doctor` names it): {files}.")
    return text.format(id=job_id, files=_listed(parts))


def _listed(parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return _("{names} and {last}").format(names=", ".join(parts[:-1]), last=parts[-1])
