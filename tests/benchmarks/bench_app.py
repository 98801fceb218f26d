"""How soon the app answers, and what it weighs: measured in Chromium against the command that the README gives."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from resnet_core.families import PRESETS
from tests import processes
from tests.benchmarks import Row
from tests.browser.chromium import LAUNCH_ARGUMENTS, find_browser
from tests.browser.server import Server
from tests.browser.support import open_page, wait_app

HEAVY = ("libtensorflow", "optree", "h5py")
"""Compiled files that Keras or TensorFlow load: none of them may be mapped into the server."""


ROUNDS = 3
LOOK_SECONDS = 3.0
"""A reader looks at a page before choosing something on it; the server draws large pictures meanwhile."""

DEEP = "ImageNet · resnet152"


def run() -> list[Row]:
    home = Path(os.environ[processes.HOME_VARIABLE])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=LAUNCH_ARGUMENTS)
        visits, empty, least = [], [], []
        for number in range(ROUNDS):
            visits.append(_visit(browser, home / f"app{number}"))
            empty.append(_empty(browser, home / f"empty{number}"))
            least.append(_least(browser, home / f"least{number}"))
        browser.close()
    first = min(visit.first_page for visit in visits)
    graph = min(visit.graph for visit in visits)
    table = min(visit.table for visit in visits)
    memory = max(visit.megabytes for visit in visits)
    heavy = max(visit.heavy for visit in visits)
    return [
        Row("App: from the command to the first usable page", first, "s", "under 4 s", first < 4),
        Row("App: the same of an app of one title, which is Streamlit's own", min(empty), "s", "", True),
        Row("App: its first page over that one's", first / min(empty), "x", "", True),
        Row("Build: from choosing resnet152 to its graph of layers", graph, "s", "under 0.5 s", graph < 0.5),
        Row("Build: from choosing resnet152 to its table of layers", table, "s", "under 0.5 s", table < 0.5),
        Row("Build: the same choice in an app of one list and one line, Streamlit's own", min(least), "s", "", True),
        Row("Build: its graph over that line", graph / min(least), "x", "", True),
        Row("App: memory after visiting every page", memory, "MB", "under 300 MB", memory < 300),
        Row("App: libraries of Keras in its process", heavy, "files", "none", heavy == 0),
    ]


@dataclass(frozen=True)
class _Visit:
    """What one fresh server took: seconds, megabytes, and files of Keras that it loaded."""

    first_page: float
    graph: float
    table: float
    megabytes: float
    heavy: int


def _visit(browser: Browser, home: Path) -> _Visit:
    """Start a server that has cached nothing yet, and use it as a reader would."""
    with _server(home) as (server, began), _page(browser) as page:
        open_page(page, server.url, timeout=60)
        first = time.perf_counter() - began
        _visit_every_page(page)
        graph = _choose_deep(page, server, "graph", _GRAPH_IS_THERE)
        table = _choose_deep(page, server, "layers", _TABLE_IS_THERE)
        memory = psutil.Process(server.process.pid).memory_info().rss / 1e6
        return _Visit(first, graph, table, memory, len(_mapped(server.process.pid)))


def _empty(browser: Browser, folder: Path) -> float:
    """Return the seconds from the command to the page of an app of one title: what Streamlit itself takes here."""
    with _small_app(browser, folder, _TITLE) as (_opened, seconds):
        return seconds


def _least(browser: Browser, folder: Path) -> float:
    """Return the seconds from the same choice to its name, in an app that does nothing else."""
    with _small_app(browser, folder, _LIST) as (page, _seconds):
        return _seconds_from_choice(page, _LINE_IS_THERE)


@contextmanager
def _small_app(browser: Browser, folder: Path, script: str) -> Iterator[tuple[Page, float]]:
    """Open an app of a few lines; the second value is the seconds from its command to its page."""
    folder.mkdir(parents=True)
    (folder / "app.py").write_text(script)
    with _server(folder / "home", str(folder / "app.py")) as (server, began), _page(browser) as page:
        open_page(page, server.url, timeout=60)
        yield page, time.perf_counter() - began


@contextmanager
def _server(home: Path, script: str = "app/Home.py") -> Iterator[tuple[Server, float]]:
    """Start the app; the second value is when its command was given."""
    began = time.perf_counter()
    server = Server(script, home)
    try:
        yield server, began
    finally:
        server.close()


@contextmanager
def _page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def _visit_every_page(page: Page) -> None:
    """Click through the navigation."""
    for link in page.get_by_test_id("stTopNavLink").all():
        link.click()
        wait_app(page)


def _choose_deep(page: Page, server: Server, tab: str, is_there: str) -> float:
    """Choose resnet152 in a tab of Build that shows resnet20, and return the seconds until its result is painted."""
    open_page(page, f"{server.url}/build?spec=resnet20&detail=layers&tab={tab}")
    return _seconds_from_choice(page, is_there)


def _seconds_from_choice(page: Page, is_there: str) -> float:
    """Choose resnet152; the page's own clock runs from the click to the second frame after the result stands there."""
    select = page.get_by_test_id("stSelectbox").filter(has=page.get_by_text("Preset", exact=True))
    select.get_by_role("combobox").fill("resnet152")
    option = page.get_by_role("option", name=DEEP, exact=True)
    option.wait_for()
    page.wait_for_timeout(1000 * LOOK_SECONDS)
    page.evaluate(_CLOCK, is_there)
    option.click()
    return page.evaluate("() => window.benchSeconds")


_CLOCK = """isThere => {
  const ready = new Function(`return (${isThere})()`);
  window.benchSeconds = new Promise(resolve => {
    document.addEventListener("click", () => {
      const began = performance.now();
      const done = () => requestAnimationFrame(() => resolve((performance.now() - began) / 1000));
      const look = () => (ready() ? requestAnimationFrame(done) : requestAnimationFrame(look));
      look();
    }, { capture: true, once: true });
  });
}"""

_TITLE = """import streamlit as st

st.title("One title")
"""

_LIST = f"""import streamlit as st

st.text(st.selectbox("Preset", [{DEEP!r}, *(f"preset {{number}}" for number in range({len(PRESETS) - 1}))], index=1))
"""

_LINE_IS_THERE = f"""() => document.querySelector("[data-testid=stText]")?.textContent === {DEEP!r}"""

_GRAPH_IS_THERE = """() => {
  const host = [...document.querySelectorAll(".st-key-build-graph-view *")].find(element => element.shadowRoot);
  const nodes = host?.shadowRoot.querySelectorAll("g.node") ?? [];
  return nodes.length > 500 && nodes[0].querySelector("text") !== null;
}"""
"""The nodes in sight hold their words; the others get them as they come into sight."""

_TABLE_IS_THERE = """() => [...document.querySelectorAll(".dvn-scroller")].some(grid => grid.scrollHeight > 500 * 30)"""
"""The cells are on the canvas with the grid's new height; its table for readers who hear it follows a third of a second
later, on purpose.
"""


def _mapped(pid: int) -> list[str]:
    paths = (item.path for item in psutil.Process(pid).memory_maps())
    return [path for path in paths if any(name in path for name in HEAVY)]
