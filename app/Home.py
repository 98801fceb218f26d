"""The app's frame: `streamlit run app/Home.py`."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parents[1])
if ROOT not in sys.path:  # Streamlit puts only app/ there
    sys.path.insert(0, ROOT)

from app import startup  # noqa: E402

startup.begin()

import streamlit as st  # noqa: E402

from app.boundary import guarded  # noqa: E402
from app.language import _  # noqa: E402
from app.reader_language import settle_language  # noqa: E402
from app.widgets.language_switch import language_switch  # noqa: E402
from resnet_core.runs import supervision  # noqa: E402

st.set_page_config(page_title="ResNet Lab", page_icon=f"{ROOT}/assets/icon.png", layout="wide")
st.html(Path(ROOT, "app", "page.css"))
st.html(f"<script>{Path(ROOT, 'app', 'page.js').read_text('utf-8')}</script>", unsafe_allow_javascript=True)
unknown_language = settle_language()

PAGES = [
    st.Page("views/home.py", title=_("Home"), icon=":material/home:", default=True),
    st.Page("views/learn.py", title=_("Learn"), icon=":material/school:"),
    st.Page("views/build.py", title=_("Build"), icon=":material/account_tree:"),
    st.Page("views/data.py", title=_("Data"), icon=":material/photo_library:"),
    st.Page("views/train.py", title=_("Train"), icon=":material/play_circle:"),
    st.Page("views/compare.py", title=_("Compare"), icon=":material/stacked_line_chart:"),
    st.Page("views/glossary.py", title=_("Glossary"), icon=":material/menu_book:"),
]

page = st.navigation(PAGES, position="top")
language_switch()
if unknown_language:
    st.warning(unknown_language, icon=":material/link_off:")
with guarded(page.url_path or "home"):
    page.run()
if page.url_path in ("", "train"):
    startup.when_shown(supervision.prepare)  # a click on it finds Keras imported
startup.finish()
