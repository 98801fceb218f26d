"""What else the lab is doing: the device with its load, and the runs that wait or run besides those shown."""

import streamlit as st

from app import theme
from app.language import _
from app.text import as_text
from app.widgets.run_cards import progress_line, state_badge
from resnet_core.errors import LabError, one_line
from resnet_core.results import ACTIVE
from resnet_core.runs import cluster, devices, queue, store
from resnet_core.runs.turns import Turns
from resnet_core.words import fill


@st.fragment(run_every=5)
def device_line() -> None:
    """Show the device by name, with its load and free memory, every five seconds; or the cluster that trains."""
    if address := cluster.address():
        text = _("Trains on the Ray cluster **{address}**").format(address=as_text(address))
        st.caption(f":material/lan: {text}")
        return
    found = devices.gpus() or (devices.cpu(),)
    for device in found:
        cores = _(", {count} cores").format(count=device.cores) if device.cores else ""
        text = _("Trains on **{device}**{cores} · load {load:.0%} · {free} of {total} memory free")
        line = fill(
            text,
            device=device.name,
            cores=cores,
            load=device.load,
            free=theme.memory(device.memory_free),
            total=theme.memory(device.memory_total),
        )
        st.caption(f":material/memory: {line}")


def other_runs(shown: tuple[str, ...]) -> None:
    """List the active runs that are not among those shown: those that run, then those that wait, as they will run."""
    active = store.jobs(states=ACTIVE)[::-1]
    in_work = [job for job in active if job.state != "queued"]
    waiting = Turns().order([job for job in active if job.state == "queued"], in_work)
    others = [job for job in (*in_work, *waiting) if job.id not in shown]
    if not others:
        return
    st.header(_("Also in the queue"))
    for job in others:
        with st.container(border=True):
            text, button = st.columns([5, 1], vertical_alignment="center")
            text.markdown(f"**{job.name}** {state_badge(job)} :small[{progress_line(job)}]")
            if button.button(_("Stop"), key=f"queue:stop:{job.id}", width="stretch"):
                try:
                    queue.stop(job.id)
                except LabError as error:
                    st.error(one_line(error), icon=":material/error:")
                else:
                    st.rerun()
