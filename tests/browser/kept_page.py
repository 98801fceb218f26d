"""One page that tests lend one after the other: what it has loaded and compiled stays, nothing that a test did does."""

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.support import COUNT_ANSWERS, Faults

VIEWPORT = {"width": 1280, "height": 800}
PATIENCE = 30.0
"""Seconds that an action or an expectation waits: two cores are shared by pages, servers and training."""
CALM = {"reduced_motion": "reduce"}
"""Without a graphics card every frame of an animation takes the processor from the pages and their servers."""


def open_context(browser: Browser, **options) -> BrowserContext:
    """Return a context of its own, as another student's browser would be; options are Playwright's."""
    context = browser.new_context(**{"viewport": VIEWPORT, **CALM, **options})
    context.set_default_timeout(PATIENCE * 1000)
    context.add_init_script(COUNT_ANSWERS)
    return context


class KeptPage:
    """A page of 1280 x 800 pixels; opening the app in it again takes half of the processor's time of a new one.

    Attributes:
        faults: what went wrong in it since it was lent.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Page | None = None
        self.faults = Faults()

    def lend(self) -> Page:
        """Return the page, empty and without memory of any visit."""
        if self._page is None:
            self._page = open_context(self._browser).new_page()
            self.faults = Faults()
            self.faults.watch(self._page)
        return self._page

    def take_back(self) -> None:
        """Forget what the test left: what the browser keeps for its address, other tabs, the size and the colors."""
        page = self._page
        if page.is_closed():
            self.discard()
            return
        for tab in page.context.pages:
            if tab is not page:
                tab.close()
        origin = page.evaluate("origin")
        page.goto("about:blank")  # ends the visit, so that nothing is kept anew
        page.unroute_all()
        page.context.clear_cookies()
        line = page.context.new_cdp_session(page)
        line.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        line.detach()
        page.set_viewport_size(VIEWPORT)
        page.emulate_media(color_scheme="null")
        page.mouse.move(0, 0)
        self.faults.forget()

    def discard(self) -> None:
        """Close it; the next test gets another."""
        if self._page is not None:
            self._page.context.close()
            self._page = None
