"""Everything about one run of a comparison, and the buttons that act on it."""

from collections.abc import Callable, Sequence

import streamlit as st

from app import theme
from app.language import _
from app.recipe_words import in_words
from app.run import Run
from app.run_message import run_message
from app.state import BuildState, TrainState, remember
from app.text import as_text
from app.widgets.note_editor import note_editor
from app.widgets.run_cards import resume, state_badge
from app.widgets.run_files import run_files
from resnet_core.errors import LabError, one_line
from resnet_core.recipes import make_recipe
from resnet_core.runs import queue
from resnet_core.runs.folders import read_environment, read_log
from resnet_core.spec import ResNetSpec, make_spec

UNWELL = {"failed", "lost", "diverged"}
LOG_BYTES = 6_000
COMMON = ("python", "resnet-lab", "keras", "numpy")


def run_details(runs: Sequence[Run], *, key: str, when_deleted: Callable[[str], None]) -> None:
    """Show a button for each run, and everything about the one that is chosen.

    Args:
        runs: of the comparison.
        key: of this widget in its page.
        when_deleted: hears the id of a run that the reader deleted.
    """
    st.header(_("One run in full"), anchor=False)
    by_id = {run.job.id: run for run in runs}
    place = f"{key}:run"
    if st.session_state.get(place) not in {None, *by_id}:
        st.session_state[place] = None
    chosen = st.pills(_("Run"), list(by_id), format_func=lambda job_id: by_id[job_id].label, key=place)
    if chosen:
        with st.container(border=True):
            _details(by_id[chosen], f"{key}:{chosen}", when_deleted)
    else:
        st.caption(_("Choose a run to see its network, recipe, versions and log, to train it again, or to delete it."))


def _details(run: Run, key: str, when_deleted: Callable[[str], None]) -> None:
    job = run.job
    spec = make_spec(job.spec)
    st.markdown(f"{state_badge(job)} {as_text(run_message(job))}")
    for note in job.notes:
        st.markdown(f":material/info: {as_text(note)}")
    note_editor(job, key=f"{key}:note")
    network, training, machine = st.columns(3, gap="medium")
    with network:
        counts = {_("Parameters"): theme.count(job.params or 0), "MACs": theme.big(job.macs or 0)}
        _facts(_("Network"), _network(spec) | counts)
    with training:
        _facts(_("Training"), _training(run))
    with machine:
        _facts(_("Ran on"), _machine(run))
    if job.state in UNWELL:
        _log(job.id)
    run_files(job, key=f"{key}:files")
    _actions(run, spec, key, when_deleted)


def _network(spec: ResNetSpec) -> dict[str, str]:
    facts = {
        _("Layers"): f"{spec.depth}, {_('residual') if spec.residual else _('plain')}",
        _("Blocks"): f"{_(spec.block.value)}, {' + '.join(map(str, spec.stages))}",
        _("Width"): _("{width} channels in the first stage").format(width=spec.width),
        _("Input"): f"{spec.input_size} × {spec.input_size} × {spec.channels}",
        _("Classes"): str(spec.classes),
    }
    if spec.residual:
        facts[_("Shortcut")] = spec.shortcut.value
    told = {"stages", "residual", "shortcut", "block", "width", "input_size", "channels", "classes"}
    for name, info in ResNetSpec.model_fields.items():
        value = getattr(spec, name)
        if name not in told and value != info.default:
            facts[_(name.replace("_", " ").capitalize())] = {True: _("yes"), False: _("no")}.get(value, str(value))
    return facts


def _training(run: Run) -> dict[str, str]:
    job = run.job
    facts = {_("Recipe"): in_words(make_recipe(job.recipe)), _("Data"): job.data or "", _("Seed"): str(job.seed)}
    if job.train_images:
        facts[_("Images")] = _("{train} to train on, {validate} to validate on").format(
            train=theme.count(job.train_images), validate=theme.count(job.val_images or 0)
        )
    if run.seconds is not None:
        facts[_("Time")] = f"{theme.seconds(run.seconds)}, {theme.speed(run.images_per_second or 0)}"
    return facts


def _machine(run: Run) -> dict[str, str]:
    job = run.job
    facts = {_("Device"): job.device or _("has not begun")}
    backend = read_environment(job.id).get("backend")
    # Of the backends that are installed only one trained it.
    facts |= {name: str(version) for name, version in job.versions.items() if name in (backend, *COMMON) or not backend}
    if job.data_fingerprint:
        facts[_("Data fingerprint")] = job.data_fingerprint
    return facts | {_("Study"): job.study or _("none"), _("Id"): job.id}


def _facts(title: str, facts: dict[str, str]) -> None:
    lines = [f"**{title}**", *(f":small[{name}: {as_text(value)}]" for name, value in facts.items())]
    st.markdown("  \n".join(lines))


def _log(job_id: str) -> None:
    text = read_log(job_id, LOG_BYTES).strip()
    st.markdown(_("**The end of its log**"))
    if text:
        st.code(text, language=None, wrap_lines=True, height=min(320, 60 + 22 * text.count("\n")))
    else:
        st.caption(_("Its worker wrote nothing: it ended before it began, or its folder is gone."))


def _actions(run: Run, spec: ResNetSpec, key: str, when_deleted: Callable[[str], None]) -> None:
    job = run.job
    with st.container(horizontal=True):
        if st.button(_("Open in Build"), icon=":material/account_tree:", key=f"{key}:build"):
            remember(BuildState(spec=spec))
            st.switch_page("views/build.py")
        if st.button(_("Train again"), icon=":material/replay:", key=f"{key}:train"):
            remember(TrainState((spec,), job.data or "shapes", make_recipe(job.recipe), job.seed))
            st.switch_page("views/train.py")
        if job.resumable and st.button(
            _("Resume"),
            icon=":material/play_arrow:",
            key=f"{key}:resume",
            help=_("Let it go on after its last finished epoch, as if it had never been interrupted"),
        ):
            resume([job], run.label)
        if job.active and st.button(_("Stop"), icon=":material/stop_circle:", key=f"{key}:stop"):
            _act(queue.stop, job.id)
        with st.popover(_("Delete"), icon=":material/delete:"):
            text = (
                _(
                    "Stop and delete **{run}** ({id}) with its epochs, weights and log? The trash, at the foot of "
                    "Train, keeps it for a while."
                )
                if job.active
                else _(
                    "Delete **{run}** ({id}) with its epochs, weights and log? The trash, at the foot of Train, keeps "
                    "it for a while."
                )
            )
            st.markdown(text.format(run=run.label, id=job.id))
            if st.button(_("Delete this run"), type="primary", key=f"{key}:delete"):
                _act(queue.delete, job.id, then=when_deleted)


def _act(what: Callable[[str], object], job_id: str, then: Callable[[str], None] = lambda job_id: None) -> None:
    """Do something to a run and show the page anew, or say in one line why it cannot be done."""
    try:
        what(job_id)
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        return
    then(job_id)
    st.rerun()
