"""Verify in Keras: build the network there as a job, and say whether every layer agrees with what this page counted."""

import time

import streamlit as st

from app import theme
from app.language import _, ngettext
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
            what = _("Keras builds the network") if job.state == "running" else _("A worker starts and imports Keras")
            elapsed = theme.seconds(max(time.time() - began, 0))  # the clock may have been set back
            st.info(f"{what} · {elapsed}", icon=":material/hourglass_top:")
        case "finished":
            _outcome(job)
        case "stopped":
            st.info(_("The check was stopped before it was done."), icon=":material/stop_circle:")
        case _:
            text = _("The check {state}: {message}")
            st.error(text.format(state=_(job.state), message=job.message), icon=":material/error:")


def _button(spec: ResNetSpec, job: Job | None, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pressed = st.button(
            _("Verify again") if job else _("Verify in Keras"),
            icon=":material/fact_check:",
            key=f"{key}:verify",
        )
        st.caption(
            _("Builds the network in Keras, in a process of its own, and compares every layer with these counts.")
        )
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
        text = _("Waits: {run} is training{done}{more}.")
        if first.kind != "train":
            text = _("Waits: {run} is being checked{more}.")
        done = _(", {fraction} done").format(fraction=theme.percent(first.progress)) if first.progress else ""
        others = len(ahead) - 1
        more = _(", and {count} more before this check").format(count=others) if others else ""
        text = text.format(run=first.name, done=done, more=more)
    else:
        text = _("Waits for a worker.")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.info(text, icon=":material/hourglass_empty:", width="stretch")
        if st.button(_("Do not check"), key=f"{key}:cancel"):
            try:
                queue.stop(job.id)
            except LabError as error:
                st.error(one_line(error), icon=":material/error:")
            else:
                st.rerun()


def _outcome(job: Job) -> None:
    found = job.result or {}
    versions = job.versions
    keras = f" {versions['keras']}" if "keras" in versions else ""
    ago = theme.seconds(max(time.time() - (job.finished or job.created), 1))
    when = _("Checked {time} ago, built in {duration}.").format(
        time=ago, duration=theme.seconds(found.get("seconds", 0))
    )
    if found.get("ok"):
        st.success(
            _(
                "Keras{version} agrees: {layers:,} layers, each with the same kind, inputs, shape and parameters; "
                "{params:,} parameters in all, {trainable:,} of them trained."
            ).format(version=keras, layers=len(found["layers"]), params=found["params"], trainable=found["trainable"])
            + f" {when}",
            icon=":material/verified:",
        )
        return
    differences = found.get("differences", [])
    text = ngettext(
        "Keras{version} differs in {count:,} place.", "Keras{version} differs in {count:,} places.", len(differences)
    ).format(version=keras, count=len(differences))
    st.error(f"{text} {when}", icon=":material/error:")
    st.dataframe({_("Difference"): differences}, hide_index=True)
