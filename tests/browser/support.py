"""What browser tests do with a page: open it, wait for it, look for faults in it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

LOOKS = 3
FADED = 500.0
"""Milliseconds from one look at a page to the next."""
WAITED, LOOK_MS = 30_000.0, 50.0
HEARD = 1_000.0
"""Milliseconds in which a server has long since heard a click."""
STATE = "data-test-script-state"
COUNT_ANSWERS = """
window.heard = 0;
window.WebSocket = class extends WebSocket {
    constructor(...address) {
        super(...address);
        this.addEventListener("message", () => { window.heard += 1; });
    }
};
"""
"""A script for a page, before all others: it counts what the page's server says."""
WATCH_STATE = """state => {
    window.stateChanged = new Promise(changed => {
        const app = document.querySelector("[data-testid=stApp]");
        new MutationObserver(changed).observe(app, { attributeFilter: [state] });
    });
    return window.heard;
}"""
SHOW_ANSWER = """longest => Promise.race([window.stateChanged, new Promise(shown => setTimeout(shown, longest))])"""
"""Of a short answer the page shows the result only, and never that its script runs."""
SETTLED = f"[data-testid=stApp][{STATE}=notRunning]:not(:has([data-testid=stSkeleton]))"
"""A page whose script has run and whose parts have all loaded: until then it grows under the pointer."""

STREAMLIT_PROBES = ("/_stcore/health", "/_stcore/host-config")
"""Opened at /build, Streamlit first looks for its server below /build/, and the browser logs the two answers of 404."""

STREAMLIT_ACCESSIBILITY_FAULTS = {"list", "listitem"}
"""Rules that Streamlit's own sidebar navigation breaks; they are allowed there and nowhere else."""


def wait_app(page: Page, timeout: float = 30.0) -> None:
    """Wait until the script has run and the page shows its result, all of it.

    Args:
        page: shows the app.
        timeout: seconds.
    """
    expect(page.locator(SETTLED)).to_be_visible(timeout=timeout * 1000)


@contextmanager
def answered(page: Page) -> Iterator[None]:
    """Wait, after an act that the server answers, until the page shows its answer.

    A page that waits for an answer looks as settled as one that has it, and what is done to it then is done to what
    was shown before.
    """
    wait_app(page)  # an answer to something before is none to this
    before = page.evaluate(WATCH_STATE, STATE)
    yield
    page.wait_for_function("before => window.heard > before", arg=before)
    page.evaluate(SHOW_ANSWER, HEARD / 2)
    wait_app(page)


def open_page(page: Page, address: str, timeout: float = 30.0) -> None:
    """Go to an address and wait until the page there is complete."""
    page.goto(address, wait_until="domcontentloaded")
    wait_app(page, timeout)


def until(condition: Callable[[], object], patience: float = 60.0) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


class SlowLine:
    """A page's line to its server, on which a test holds back what the server says. Make it before the page is opened.

    It stays as long as the page does: lay it on a page of the test's own.

    Clicks go through at once, as they do on a slow or busy machine whose reader is quicker than the page.
    """

    def __init__(self, page: Page) -> None:
        self._from: bytes | None = None
        self._holding = False
        self._held: list[tuple[WebSocketRoute, bytes]] = []
        page.route_web_socket("**/_stcore/stream", self._connect)
        self._page = page

    @contextmanager
    def held(self, start: str = "") -> Iterator[None]:
        """Hold the server's messages within the block, from the first one that has this text in it."""
        self._from, self._holding = start.encode(), not start
        yield
        self._from, self._holding = None, False
        for socket, message in self._held:
            socket.send(message)
        self._held.clear()

    def wait(self, text: str) -> None:
        """Wait until the server has said this, and it is held."""
        for _ in range(int(WAITED / LOOK_MS)):
            if any(text.encode() in message for _, message in self._held):
                return
            self._page.wait_for_timeout(LOOK_MS)
        raise AssertionError(f"the server did not say {text!r} within {WAITED / 1000:g} s")

    def _connect(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def said(message: bytes) -> None:
            self._holding = self._holding or (self._from is not None and self._from in message)
            if self._holding:
                self._held.append((socket, message))
            else:
                socket.send(message)

        server.on_message(said)


def moved(page: Page, seconds: float) -> list[str]:
    """Watch a page that nobody touches and return the texts of what moved in it, one for each time that it did."""
    return page.evaluate(
        """async milliseconds => {
            const seen = [];
            const watch = shifts => seen.push(...shifts.map(shift => shift.sources[0]?.node?.textContent ?? ""));
            const observer = new PerformanceObserver(list => watch(list.getEntries()));
            observer.observe({ type: "layout-shift" });
            await new Promise(resolve => setTimeout(resolve, milliseconds));
            watch(observer.takeRecords());
            observer.disconnect();
            return seen;
        }""",
        seconds * 1000,
    )


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of the select box with this label, and wait until the page has followed."""
    box = page.get_by_test_id("stSelectbox").filter(has=page.get_by_text(label, exact=True)).get_by_role("combobox")
    box.fill(option)  # long lists hold only the options in sight; typing brings the others there
    with answered(page):
        page.get_by_role("option", name=option, exact=True).click()


def click_row(page: Page, table: Locator, row: int) -> None:
    """Choose a row of a table, 0 for its header, by its check box, which is drawn, not an element."""
    expect(table.locator("canvas").first).to_be_visible()
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    page.mouse.move(box["x"] + 18, box["y"] + 35 * row + 17)
    # A hand is slower than this, too.
    page.evaluate("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    page.mouse.down()
    page.mouse.up()


def unfold(page: Page, name: str, inside: Locator) -> None:
    """Open the expander of this name and wait until what is in it stands still.

    Args:
        inside: an element that is shown when it is open.
    """
    page.get_by_text(name, exact=True).click()
    inside.wait_for()
    wait_app(page)
    page.wait_for_function("() => document.getAnimations().every(one => one.playState !== 'running')")


def assert_accessible(page: Page) -> None:
    """Fail if axe finds a fault of the WCAG 2 rules or best practices, other than Streamlit's own known ones.

    Streamlit fades what a new run of the script will replace. A fault counts if it is there each time one looks.
    """
    for _ in range(LOOKS):
        faults = _accessibility_faults(page)
        if not faults:
            return
        page.wait_for_timeout(FADED)
    raise AssertionError(f"{len(faults)} accessibility faults on {page.url}:\n" + "\n".join(faults))


def _accessibility_faults(page: Page) -> list[str]:
    faults = []
    for violation in Axe().run(page).response["violations"]:
        for node in violation["nodes"]:
            if violation["id"] in STREAMLIT_ACCESSIBILITY_FAULTS and _in_sidebar_navigation(page, node["target"]):
                continue
            faults.append(f"{violation['id']} ({violation['impact']}): {violation['help']}\n    {node['html'][:300]}")
    return faults


def _in_sidebar_navigation(page: Page, target: list) -> bool:
    """Tell whether an axe target (a chain of selectors, one for each frame or shadow root) lies in the navigation."""
    if len(target) != 1 or not isinstance(target[0], str):
        return False
    return page.locator(target[0]).first.evaluate("node => node.closest('[data-testid=stSidebarNav]') !== null")


@dataclass
class Faults:
    """What went wrong in a page while a test used it."""

    console: list[str] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    foreign_requests: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.exceptions.append(str(error)))
        page.on("request", self._on_request)

    def forget(self) -> None:
        """Begin anew."""
        for found in (self.console, self.exceptions, self.foreign_requests):
            found.clear()

    def assert_none(self) -> None:
        """Fail if the page logged an error, threw an exception or asked another machine for something."""
        assert not self.exceptions, f"exceptions in the page: {self.exceptions}"
        assert not self.console, f"errors on the page's console: {self.console}"
        assert not self.foreign_requests, f"the page must work offline, but asked for {self.foreign_requests}"

    def _on_console(self, message) -> None:
        address = message.location.get("url", "")
        if message.type == "error" and not ("404" in message.text and address.endswith(STREAMLIT_PROBES)):
            self.console.append(f"{message.text} ({address})")

    def _on_request(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in {"127.0.0.1", "localhost"}:
            self.foreign_requests.append(request.url)
