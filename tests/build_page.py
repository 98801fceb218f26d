"""Driving the Build page as a script: open it for a link, read what it shows."""

import re

from streamlit.testing.v1 import AppTest

from tests.pages import page_at

ONE_BLOCK = "stages.1~width.4~input_size.8"
LARGE_PLAIN = (
    "stages.3-8-36-3~width.120~block.bottleneck~residual.0~shortcut.B~stem.imagenet~input_size.224~classes.1000"
)
"""A network whose residual twin has more parameters than are allowed."""
WIDGETS = ("text_input", "number_input", "selectbox", "toggle", "button_group")


def open_build(*, more: bool = False, **query: str) -> AppTest:
    """Open the page with a link's parameters; `more` unfolds the rest of the form."""
    page = page_at("build", query)
    page.session_state["build:spec:more"] = more
    page.run()
    assert not page.exception
    return page


def strip_of(page: AppTest) -> str:
    """Return the strip of numbers at the top, as HTML."""
    return _html(page, "lab-strip")


def card_of(page: AppTest) -> str:
    """Return the card of the chosen node, as HTML."""
    return _html(page, "lab-card")


def widget_of(page: AppTest, field: str):
    """Return the widget of a spec's field; another widget each time a network was chosen elsewhere than in the form."""
    key = re.compile(rf"build:spec(:\d+)?:{field}")
    return next(widget for kind in WIDGETS for widget in page.get(kind) if key.fullmatch(str(widget.key)))


def keys_of(page: AppTest, kind: str) -> set[str]:
    """Return the keys of all widgets of a kind."""
    return {widget.key for widget in page.get(kind)}


def upload(page: AppTest, content: bytes) -> None:
    """Open a file in the form."""
    uploader = page.file_uploader(key="build:spec:file")
    uploader.set_value(("spec.json", content, "application/json")).run()


def _html(page: AppTest, css_class: str) -> str:
    bodies = (element.proto.body.rpartition("</style>")[2] for element in page.get("html"))
    return next(body for body in bodies if css_class in body)
