"""Components whose scripts come late, as over a slow network: the page is used before they are there."""

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.support import HEARD, open_page, wait_app

pytestmark = pytest.mark.slow

APP = "tests/browser/apps/widgets_app.py"
CURVE = ".st-key-left .lab-chart-plot"
CLICKS = 6
LEGEND_LINE = 30  # px, which only the browser can measure: a legend of two lines takes one more

AS_FILES = """
const { Blob: Plain } = window;
const own = URL.createObjectURL.bind(URL);
const scripts = window.lateScripts = [];
window.Blob = class extends Plain {
  constructor(parts, options) { super(parts, options); this.parts = parts; }
};
URL.createObjectURL = blob =>
  blob.type === "text/javascript" ? `/late-script-${scripts.push(blob.parts.join("")) - 1}.js` : own(blob);
"""
"""Streamlit hands a component's script to the browser as a blob, which no network delays: it becomes a file."""


@pytest.fixture(scope="module")
def address(start_server) -> str:
    """Return where the test page is served."""
    server = start_server(APP)
    yield server.url
    server.close()


def test_the_newest_is_shown_of_what_came_while_the_script_was_loading(new_page, address):
    page = new_page()
    page.add_init_script(AS_FILES)
    late: list[Route] = []
    page.route(re.compile("/late-script-"), lambda route: late.append(route))
    open_page(page, address)
    for points in range(61, 61 + CLICKS):
        page.get_by_role("button", name="Add a point").click()
        expect(page.get_by_text(f"points: {points}", exact=True)).to_be_visible()
        wait_app(page)
    assert late and page.locator(f"{CURVE} .main-svg").count() == 0
    for route in late:
        number = int(re.search(r"script-(\d+)", route.request.url)[1])
        script = page.evaluate("number => window.lateScripts[number]", number)
        route.fulfill(body=script, content_type="text/javascript")
    points = f"document.querySelector('{CURVE}')?._fullData?.[0].x.length"
    page.wait_for_function(f"() => {points} === {60 + CLICKS}")
    page.wait_for_timeout(HEARD)  # whatever waited has been called
    assert page.evaluate(points) == 60 + CLICKS


def test_a_chart_has_its_place_before_it_has_arrived(new_page, address):
    page = new_page()
    late: list[Route] = []
    page.route(re.compile("/BidiComponent"), lambda route: late.append(route))
    page.goto(address)
    below = page.get_by_text("points: 60", exact=True)
    expect(below).to_be_visible()
    before = _distance(page.get_by_text("chosen: None"), below)
    assert late and page.locator(CURVE).count() == 0
    for route in late:
        route.continue_()
    expect(page.locator(f"{CURVE} .main-svg").first).to_be_visible()
    wait_app(page)
    after = _distance(page.get_by_text("chosen: None"), below)
    assert after == pytest.approx(before, abs=LEGEND_LINE)


def _distance(above: Locator, below: Locator) -> float:
    """Return by how many pixels one element stands below another, both seen in one moment."""
    top = "element => element.getBoundingClientRect().top"
    return below.evaluate(f"(below, above) => ({top})(below) - ({top})(above)", above.element_handle())
