"""Everything about one run of a comparison, and the buttons that act on it."""

from collections.abc import Callable, Sequence

import streamlit as st

from app import theme
from app.recipe_words import in_words
from app.run import Run
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
    st.header("One run in full", anchor=False)
    by_id = {run.job.id: run for run in runs}
    place = f"{key}:run"
    if st.session_state.get(place) not in by_id:
        st.session_state[place] = None
    chosen = st.pills("Run", list(by_id), format_func=lambda job_id: by_id[job_id].label, key=place)
    if chosen:
        with st.container(border=True):
            _details(by_id[chosen], f"{key}:{chosen}", when_deleted)
    else:
        st.caption("Choose a run to see its network, recipe, versions and log, to train it again, or to delete it.")


def _details(run: Run, key: str, when_deleted: Callable[[str], None]) -> None:
    job = run.job
    spec = make_spec(job.spec)
    st.markdown(f"{state_badge(job)} {as_text(job.message)}")
    for note in job.notes:
        st.markdown(f":material/info: {as_text(note)}")
    note_editor(job, key=f"{key}:note")
    network, training, machine = st.columns(3, gap="medium")
    with network:
        counts = {"Parameters": theme.count(job.params or 0), "MACs": theme.big(job.macs or 0)}
        _facts("Network", _network(spec) | counts)
    with training:
        _facts("Training", _training(run))
    with machine:
        _facts("Ran on", _machine(run))
    if job.state in UNWELL:
        _log(job.id)
    run_files(job, key=f"{key}:files")
    _actions(run, spec, key, when_deleted)


def _network(spec: ResNetSpec) -> dict[str, str]:
    facts = {
        "Layers": f"{spec.depth}, {'residual' if spec.residual else 'plain'}",
        "Blocks": f"{spec.block}, {' + '.join(map(str, spec.stages))}",
        "Width": f"{spec.width} channels in the first stage",
        "Input": f"{spec.input_size} × {spec.input_size} × {spec.channels}",
        "Classes": str(spec.classes),
    }
    if spec.residual:
        facts["Shortcut"] = spec.shortcut.value
    told = {"stages", "residual", "shortcut", "block", "width", "input_size", "channels", "classes"}
    for name, info in ResNetSpec.model_fields.items():
        value = getattr(spec, name)
        if name not in told and value != info.default:
            facts[name.replace("_", " ").capitalize()] = {True: "yes", False: "no"}.get(value, str(value))
    return facts


def _training(run: Run) -> dict[str, str]:
    job = run.job
    facts = {"Recipe": in_words(make_recipe(job.recipe)), "Data": job.data or "", "Seed": str(job.seed)}
    if job.train_images:
        facts["Images"] = (
            f"{theme.count(job.train_images)} to train on, {theme.count(job.val_images or 0)} to validate on"
        )
    if run.seconds is not None:
        facts["Time"] = f"{theme.seconds(run.seconds)}, {theme.speed(run.images_per_second or 0)}"
    return facts


def _machine(run: Run) -> dict[str, str]:
    job = run.job
    facts = {"Device": job.device or "has not begun"}
    backend = read_environment(job.id).get("backend")
    # Of the backends that are installed only one trained it.
    facts |= {name: str(version) for name, version in job.versions.items() if name in (backend, *COMMON) or not backend}
    if job.data_fingerprint:
        facts["Data fingerprint"] = job.data_fingerprint
    return facts | {"Study": job.study or "none", "Id": job.id}


def _facts(title: str, facts: dict[str, str]) -> None:
    lines = [f"**{title}**", *(f":small[{name}: {as_text(value)}]" for name, value in facts.items())]
    st.markdown("  \n".join(lines))


def _log(job_id: str) -> None:
    text = read_log(job_id, LOG_BYTES).strip()
    st.markdown("**The end of its log**")
    if text:
        st.code(text, language=None, wrap_lines=True, height=min(320, 60 + 22 * text.count("\n")))
    else:
        st.caption("Its worker wrote nothing: it ended before it began, or its folder is gone.")


def _actions(run: Run, spec: ResNetSpec, key: str, when_deleted: Callable[[str], None]) -> None:
    job = run.job
    with st.container(horizontal=True):
        if st.button("Open in Build", icon=":material/account_tree:", key=f"{key}:build"):
            remember(BuildState(spec=spec))
            st.switch_page("views/build.py")
        if st.button("Train again", icon=":material/replay:", key=f"{key}:train"):
            remember(TrainState((spec,), job.data or "shapes", make_recipe(job.recipe), job.seed))
            st.switch_page("views/train.py")
        if job.resumable and st.button(
            "Resume",
            icon=":material/play_arrow:",
            key=f"{key}:resume",
            help="Let it go on after its last finished epoch, as if it had never been interrupted",
        ):
            resume([job], run.label)
        if job.active and st.button("Stop", icon=":material/stop_circle:", key=f"{key}:stop"):
            _act(queue.stop, job.id)
        with st.popover("Delete", icon=":material/delete:"):
            st.markdown(
                f"{'Stop and delete' if job.active else 'Delete'} **{run.label}** ({job.id}) with its epochs, weights "
                "and log? The trash, at the foot of Train, keeps it for a while."
            )
            if st.button("Delete this run", type="primary", key=f"{key}:delete"):
                _act(queue.delete, job.id, then=when_deleted)


def _act(what: Callable[[str], object], job_id: str, then: Callable[[str], None] = lambda _: None) -> None:
    """Do something to a run and show the page anew, or say in one line why it cannot be done."""
    try:
        what(job_id)
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        return
    then(job_id)
    st.rerun()
