"""The app's frame: `streamlit run app/Home.py`."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parents[1])
if ROOT not in sys.path:  # Streamlit puts only app/ there
    sys.path.insert(0, ROOT)

import streamlit as st  # noqa: E402

from app import startup  # noqa: E402
from app.boundary import guarded  # noqa: E402
from resnet_core.runs import supervision  # noqa: E402

st.set_page_config(page_title="ResNet Lab", page_icon=f"{ROOT}/assets/icon.png", layout="wide")
st.html(Path(ROOT, "app", "page.css"))

PAGES = [
    st.Page("views/home.py", title="Home", icon=":material/home:", default=True),
    st.Page("views/build.py", title="Build", icon=":material/account_tree:"),
    st.Page("views/data.py", title="Data", icon=":material/photo_library:"),
    st.Page("views/train.py", title="Train", icon=":material/play_circle:"),
    st.Page("views/compare.py", title="Compare", icon=":material/stacked_line_chart:"),
]

page = st.navigation(PAGES, position="top")
with guarded(page.title):
    page.run()
startup.finish()
if page.title in ("Home", "Train"):
    supervision.prepare()  # after the page is on the screen, so that a click on it finds Keras imported
