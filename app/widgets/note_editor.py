"""A note and tags for a run, to find it and group it by later."""

import streamlit as st

from app.language import _
from app.text import as_text
from resnet_core.errors import LabError, one_line
from resnet_core.runs.annotations import LONGEST_NOTE, MOST_TAGS, annotate
from resnet_core.runs.records import Job


def note_editor(job: Job, *, key: str) -> None:
    """Show what is written about a run, and a form that changes it.

    Args:
        job: the run.
        key: of this widget in its page.
    """
    tags = " ".join(f":gray-badge[{as_text(tag)}]" for tag in job.tags)
    if tags or job.note:
        st.markdown(f"{tags}  \n{as_text(job.note)}" if tags else as_text(job.note))
    with (
        st.popover(_("Note and tags"), icon=":material/edit_note:", key=f"{key}:popover"),
        st.form(f"{key}:form", border=False),
    ):
        note = st.text_area(_("Note"), job.note, max_chars=LONGEST_NOTE, key=f"{key}:note")
        words = st.text_input(
            _("Tags"),
            " ".join(job.tags),
            placeholder=_("as: baseline week-3"),
            help=_("Up to {count} words. Compare can group runs by them.").format(count=MOST_TAGS),
            key=f"{key}:tags",
        )
        if st.form_submit_button(_("Save"), type="primary"):
            try:
                annotate(job.id, note=note, tags=words.replace(",", " ").split())
            except LabError as error:
                st.error(one_line(error), icon=":material/error:")
            else:
                st.rerun()
