"""Fixtures of the browser tests: one Chromium for the run, servers with homes of their own, pages without a past."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import LAUNCH_ARGUMENTS, NoBrowserError, find_browser
from tests.browser.kept_page import PATIENCE, VIEWPORT, KeptPage, open_context
from tests.browser.server import Server
from tests.browser.support import Faults

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """Return the Chromium to drive; a machine without one fails the tests and is told what to do."""
    try:
        return find_browser()
    except NoBrowserError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def browser(browser_path) -> Iterator[Browser]:
    """Return the one Chromium of this run."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path, args=LAUNCH_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def servers() -> Iterator[list[Server]]:
    """Return the servers of this run; they end with it, and with them whatever works in their homes."""
    started: list[Server] = []
    yield started
    for server in started:
        server.close()


@pytest.fixture(scope="session")
def start_server(servers, tmp_path_factory) -> Callable[..., Server]:
    """Return a function that starts another server; without a home it gets a fresh one, without a port a free one.

    A test that ends its server itself calls `close()`, which may be called twice.
    """

    def start(
        script: str = "app/Home.py",
        home: Path | None = None,
        port: int | None = None,
        environment: dict[str, str] | None = None,
    ) -> Server:
        server = Server(script, home or tmp_path_factory.mktemp("server") / "home", port, environment)
        servers.append(server)
        return server

    return start


@pytest.fixture(scope="session")
def server(start_server) -> Server:
    """Return the server that tests share when they need none of their own."""
    return start_server()


@pytest.fixture(autouse=True)
def no_traceback_in_logs(servers) -> Iterator[None]:
    """Fail a test during which a server logged an exception that nothing caught."""
    yield
    logs = {server.url: server.unread_log() for server in servers}
    for url, log in logs.items():
        if "Traceback" in log:
            pytest.fail(f"the server {url} logged an exception during this test:\n{log}", pytrace=False)


@pytest.fixture
def new_page(browser, request, tmp_path) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page in a context of its own, as another student's browser would.

    At the end of the test each page must be free of console errors, exceptions and requests to other machines.
    A failed test leaves a picture of each page in its temporary folder.
    """
    opened: list[tuple[Page, Faults]] = []

    def make(**options) -> Page:
        page, faults = open_context(browser, **options).new_page(), Faults()
        faults.watch(page)
        opened.append((page, faults))
        return page

    yield make
    failed = request.node.stash.get(FAILED, False)
    for number, (page, _) in enumerate(opened, start=1):
        if failed:
            _take_picture(page, request.node.name, tmp_path, f"-page{number}")
        page.context.close()
    if not failed:
        for _, faults in opened:
            faults.assert_none()


@pytest.fixture
def own_page(new_page) -> Page:
    """Return a page for a test that changes how it talks to its server, or what it loads."""
    return new_page()


@pytest.fixture(scope="session")
def kept_page(browser) -> Iterator[KeptPage]:
    """Return the page that tests lend one after the other."""
    kept = KeptPage(browser)
    yield kept
    kept.discard()


@pytest.fixture
def page(kept_page, request, tmp_path) -> Iterator[Page]:
    """Return a page of 1280 x 800 pixels that remembers no visit, and check it at the end as `new_page` does its own.

    It may be given other colors, another size, other tabs. A failed test closes it.
    """
    page = kept_page.lend()
    yield page
    if request.node.stash.get(FAILED, False):
        for number, tab in enumerate(page.context.pages):
            _take_picture(tab, request.node.name, tmp_path, f"-tab{number}" if number else "")
        kept_page.discard()
        return
    try:
        kept_page.faults.assert_none()
    except AssertionError:
        kept_page.discard()
        raise
    kept_page.take_back()


def _take_picture(page: Page, test: str, folder: Path, which: str) -> None:
    if page.is_closed():
        return
    _unroll(page)
    name = re.sub(r"\W+", "_", test)[:60]
    path = folder / f"{name}{which}.png"
    page.screenshot(path=path)
    print(f"a picture of the page: {path}")


def _unroll(page: Page) -> None:
    """Make the window as high as what the app scrolls, which is a part of the page and not the page itself."""
    height = page.evaluate("() => document.querySelector('[data-testid=stMain]')?.scrollHeight ?? 0")
    page.set_viewport_size({**page.viewport_size, "height": max(height + 100, VIEWPORT["height"])})


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Remember for `new_page` whether the test itself failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report
