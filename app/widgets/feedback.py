"""What a question says to an answer."""

import streamlit as st

from app.language import _


def feedback(right: bool, why: str) -> None:
    """Say that an answer is right or not, and why."""
    if right:
        st.success(f"**{_('Right.')}** {why}", icon=":material/check:")
    else:
        st.warning(f"**{_('Not yet.')}** {why}", icon=":material/close:")
