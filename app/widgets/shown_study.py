"""Which study a page shows: the one that its link names, or the newest."""

import streamlit as st

from app.text import as_text
from resnet_core.errors import InputError, one_line
from resnet_core.runs import groups
from resnet_core.runs.groups import Group
from resnet_core.studies import Study


def shown_study(group_id: str, study: Study) -> Group | None:
    """Return a group, or the newest of a study; None where there is none.

    Args:
        group_id: which one; empty for the newest. One whose runs are gone is said in a line, and is not the end of the
            page.
        study: whose newest group.
    """
    if group_id:
        try:
            return groups.load(group_id)
        except InputError as error:
            st.warning(as_text(one_line(error)), icon=":material/link_off:")
    return groups.newest(study)
