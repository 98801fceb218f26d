"""Progress as a file: save it, bring it to another browser, or forget all of it."""

import streamlit as st

from app.language import _
from app.widgets.lesson_reader import import_progress, progress, reset_progress
from resnet_core.errors import InputError, one_line


def progress_file(*, key: str) -> None:
    """Show the three actions, folded.

    Args:
        key: of this widget in its page.
    """
    with st.expander(_("Your progress"), icon=":material/bookmark:", key=f"{key}:file"):
        st.markdown(_("It is kept in this browser alone, without an account. Save it to go on in another one."))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.download_button(
                _("Save progress"),
                lambda: progress().to_json(),
                "resnet-lab-progress.json",
                "application/json",
                key=f"{key}:save",
                icon=":material/download:",
                on_click="ignore",
            )
            with st.popover(_("Forget all of it"), icon=":material/delete:", key=f"{key}:forget"):
                st.markdown(_("Everything that was read, predicted and answered in this browser is forgotten."))
                if st.button(_("Forget it"), type="primary", key=f"{key}:reset"):
                    reset_progress()
                    st.rerun()
        brought = st.file_uploader(_("Bring saved progress"), type="json", key=f"{key}:bring", max_upload_size=1)
        if brought is not None and st.session_state.get(f"{key}:brought") != brought.file_id:
            try:
                import_progress(brought.getvalue().decode("utf-8", "replace"))
            except InputError as error:
                st.error(one_line(error), icon=":material/error:")
                return
            st.session_state[f"{key}:brought"] = brought.file_id
            st.rerun()
