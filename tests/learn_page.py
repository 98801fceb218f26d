"""Driving the Learn page as a script: a made-up course in a folder of its own, opened by a link."""

from pathlib import Path
from urllib.parse import parse_qs, urlencode

from streamlit.testing.v1 import AppTest

HOME = str(Path(__file__).resolve().parents[1] / "app" / "Home.py")


def open_learn(view: str = "learn", **query: str) -> AppTest:
    """Open the page with a link's parameters; a dot in a name is written as two underscores."""
    page = AppTest.from_file(HOME, default_timeout=60).switch_page(f"views/{view}.py")
    for name, text in query.items():
        page.query_params[name.replace("__", ".")] = text
    page.run()
    assert not page.exception
    return page


def query_of(page: AppTest) -> dict[str, str]:
    """Return the parameters that the page has put into its address."""
    assert not page.exception
    return {name: values[0] for name, values in parse_qs(urlencode(page.query_params, doseq=True)).items()}


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
