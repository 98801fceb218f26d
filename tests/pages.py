"""Driving a page of the app as a script: open it for a link, read the link that it makes."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlencode

from streamlit.testing.v1 import AppTest

HOME = str(Path(__file__).resolve().parents[1] / "app" / "Home.py")


def page_at(view: str, query: dict[str, str]) -> AppTest:
    """Return a page with a link's parameters, before its first run."""
    page = AppTest.from_file(HOME, default_timeout=60).switch_page(f"views/{view}.py")
    for name, text in query.items():
        page.query_params[name] = text
    return page


def query_of(page: AppTest) -> dict[str, str]:
    """Return the parameters that the page has put into its address."""
    assert not page.exception
    return {name: values[0] for name, values in parse_qs(urlencode(page.query_params, doseq=True)).items()}


def charts_of(page: AppTest) -> list[dict]:
    """Return what each chart of the page was given: its figure as JSON, its alternative text, its height."""
    return [json.loads(part.proto.json) for part in page.get("bidi_component") if "figure" in part.proto.json]
