"""Driving the Learn page as a script: a made-up course in a folder of its own, opened by a link."""

from streamlit.testing.v1 import AppTest

from tests.pages import page_at


def open_learn(view: str = "learn", **query: str) -> AppTest:
    """Open the page with a link's parameters; a dot in a name is written as two underscores."""
    page = page_at(view, {name.replace("__", "."): text for name, text in query.items()})
    page.run()
    assert not page.exception
    return page


def words(page: AppTest) -> str:
    """Return everything that the page says in text, messages and labels."""
    assert not page.exception
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "success", "warning", "error")
    return "\n".join(element.value for kind in kinds for element in getattr(page, kind))


def press(page: AppTest, label: str) -> AppTest:
    """Click the button with this label."""
    found = [button for button in page.button if button.label == label]
    assert len(found) == 1, f"{len(found)} buttons {label!r} among {[button.label for button in page.button]}"
    return found[0].click().run()
