"""Take the README's picture: start the app in a fresh lab, click the button on Home, wait for the verdict."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import processes
from tests.browser.chromium import LAUNCH_ARGUMENTS, find_browser
from tests.browser.server import Server
from tests.browser.support import open_page, wait_app

PICTURE = Path(__file__).parents[2] / "assets" / "home.png"


@dataclass(frozen=True)
class StudyTimes:
    """Seconds from the click on Home to the first curve and to the verdict, and the verdict itself."""

    first_curve: float
    verdict: float
    text: str


def run_study(picture: Path | None = None) -> StudyTimes:
    """Run the degradation study as a newcomer does, in a fresh lab, and save a picture of its end if asked to."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server("app/Home.py", Path(folder) / "home")
        try:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=LAUNCH_ARGUMENTS)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            open_page(page, server.url)
            page.get_by_role("button", name="Run the two-minute experiment").click()
            clicked = time.monotonic()
            page.wait_for_function(FIRST_CURVE, timeout=120_000)
            first_curve = time.monotonic() - clicked
            verdict = page.get_by_text("training error went from")
            verdict.wait_for(timeout=900_000)
            times = StudyTimes(first_curve, time.monotonic() - clicked, verdict.inner_text())
            if picture:
                wait_app(page)
                page.screenshot(path=picture)
            browser.close()
            return times
        finally:
            server.close()


FIRST_CURVE = """() => [...document.querySelectorAll('.js-plotly-plot')]
    .some(gd => gd._fullData && gd._fullData.some(trace => trace.x && trace.x.length > 1))"""

if __name__ == "__main__":
    processes.mark_session()
    times = run_study(PICTURE)
    print(f"first curve after {times.first_curve:.0f} s, verdict after {times.verdict:.0f} s: {times.text}")
