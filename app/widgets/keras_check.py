"""Verify in Keras: build the network there as a job, and say whether every layer agrees with what this page counted."""

import time

import streamlit as st

from app import theme
from app.owner import owner
from resnet_core.errors import LabError, one_line
from resnet_core.results import ACTIVE
from resnet_core.runs import queue, store
from resnet_core.runs.records import Job
from resnet_core.spec import ResNetSpec

_TICK = 1.0
_RECENT = 20


def keras_check(spec: ResNetSpec, *, key: str) -> None:
    """Offer the check, follow it while it waits and runs, and keep its outcome on the page.

    The database remembers: after a reload, or from another browser, the last check of the same network is shown.
    """
    try:
        job = last_check(spec)
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        return

    @st.fragment(run_every=_TICK if job and job.active else None)
    def follow() -> None:
        try:
            now = store.job(job.id) if job else None
        except LabError as error:
            st.error(one_line(error), icon=":material/error:")
            return
        if job and job.active and not now.active:
            st.rerun()  # the whole page, so that the ticks end
        _show(spec, now, key)

    follow()


def last_check(spec: ResNetSpec) -> Job | None:
    """Return the newest check of exactly this network among the recent ones."""
    fields = spec.model_dump(mode="json")
    return next((job for job in store.jobs(kind="check", limit=_RECENT) if job.spec == fields), None)


def _show(spec: ResNetSpec, job: Job | None, key: str) -> None:
    if job is None or not job.active:
        _button(spec, job, key)
    if job is None:
        return
    match job.state:
        case "queued":
            _waits(job, key)
        case "starting" | "running":
            began = job.running_since or job.started or job.created
            what = "Keras builds the network" if job.state == "running" else "A worker starts and imports Keras"
            st.info(f"{what} · {theme.seconds(time.time() - began)}", icon=":material/hourglass_top:")
        case "finished":
            _outcome(job)
        case "stopped":
            st.info("The check was stopped before it was done.", icon=":material/stop_circle:")
        case _:
            st.error(f"The check {job.state}: {job.message}", icon=":material/error:")


def _button(spec: ResNetSpec, job: Job | None, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pressed = st.button(
            "Verify again" if job else "Verify in Keras",
            icon=":material/fact_check:",
            key=f"{key}:verify",
        )
        st.caption("Builds the network in Keras, in a process of its own, and compares every layer with these counts.")
    if not pressed:
        return
    try:
        queue.submit(spec, kind="check", owner=owner())
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
    else:
        st.rerun()


def _waits(job: Job, key: str) -> None:
    active = store.jobs(states=ACTIVE)  # the newest first
    ids = [other.id for other in active]
    ahead = active[ids.index(job.id) + 1 :] if job.id in ids else []
    running = [other for other in ahead if other.state in ("starting", "running")]
    if running:
        first = running[-1]
        doing = "training" if first.kind == "train" else "being checked"
        done = f", {theme.percent(first.progress)} done" if first.kind == "train" and first.progress else ""
        others = len(ahead) - 1
        more = f", and {others} more before this check" if others else ""
        text = f"Waits: {first.name} is {doing}{done}{more}."
    else:
        text = "Waits for a worker."
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.info(text, icon=":material/hourglass_empty:", width="stretch")
        if st.button("Do not check", key=f"{key}:cancel"):
            queue.stop(job.id)
            st.rerun()


def _outcome(job: Job) -> None:
    found = job.result or {}
    versions = job.versions
    keras = f" {versions['keras']}" if "keras" in versions else ""
    ago = theme.seconds(max(time.time() - (job.finished or job.created), 1))
    when = f"{ago} ago, built in {theme.seconds(found.get('seconds', 0))}"
    if found.get("ok"):
        st.success(
            f"Keras{keras} agrees: {len(found['layers']):,} layers, each with the same kind, inputs, shape and "
            f"parameters; {found['params']:,} parameters in all, {found['trainable']:,} of them trained. "
            f"Checked {when}.",
            icon=":material/verified:",
        )
        return
    differences = found.get("differences", [])
    places = f"{len(differences):,} place{'s' if len(differences) != 1 else ''}"
    st.error(f"Keras{keras} differs in {places}. Checked {when}.", icon=":material/error:")
    st.dataframe({"Difference": differences}, hide_index=True)
