"""Take the README's picture: start the app in a fresh lab, click the button on Home, wait for the verdict."""

import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import processes
from tests.browser.chromium import LAUNCH_ARGUMENTS, find_browser
from tests.browser.server import Server
from tests.browser.support import open_page, wait_app

PICTURE = Path(__file__).parents[2] / "assets" / "home.png"


def main() -> None:
    """Take the picture, and print how long the study took from the click to its first curve and to its verdict."""
    processes.mark_session()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server("app/Home.py", Path(folder) / "home")
        try:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=LAUNCH_ARGUMENTS)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            open_page(page, server.url)
            page.get_by_role("button", name="Run the two-minute experiment").click()
            clicked = time.monotonic()
            page.wait_for_function(FIRST_POINT, timeout=120_000)
            print(f"first curve after {time.monotonic() - clicked:.0f} s")
            page.get_by_text("training error went from").wait_for(timeout=900_000)
            print(f"verdict after {time.monotonic() - clicked:.0f} s")
            print(page.get_by_text("training error went from").inner_text())
            wait_app(page)
            page.screenshot(path=PICTURE)
            browser.close()
        finally:
            server.close()


FIRST_POINT = """() => [...document.querySelectorAll('.js-plotly-plot')]
    .some(gd => gd._fullData && gd._fullData.some(trace => trace.x && trace.x.length > 1))"""

if __name__ == "__main__":
    main()
