"""Training as a reader sees it: launch, watch, stop, reload, restart; real runs in real processes."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from resnet_core.runs import queue, store
from tests.browser.support import assert_accessible, open_page, until, wait_app

TINY = "stages.1~width.4~input_size.8"
TINY_PLAIN = f"{TINY}~residual.0"
LONG = "learning_rate.0.02~batch_size.32~epochs.2000~train_size.512"
SHORT = "learning_rate.0.02~batch_size.64~epochs.3~train_size.512"


@pytest.fixture
def lab(server, monkeypatch):
    """Look into the server's lab home from the test, and leave no run behind."""
    monkeypatch.setenv("RESNET_LAB_HOME", str(server.home))
    yield server
    for job in store.jobs():
        if job.active:
            queue.stop(job.id)
    until(lambda: not any(job.active for job in store.jobs()))


def launch(page: Page, server, specs: str, recipe: str) -> tuple[str, ...]:
    """Launch runs from a link to the Train page and return their ids, read from the page's own address."""
    open_page(page, f"{server.url}/train?specs={quote(specs)}&recipe={quote(recipe)}")
    page.get_by_role("button", name="Launch").click()
    page.wait_for_url("**watch=*")
    wait_app(page)
    return tuple(parse_qs(urlsplit(page.url).query)["watch"][0].split(","))


def points(page: Page) -> int:
    """Count the points that the chart shows."""
    count = "() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(gd => gd._fullData)"
    return page.evaluate(f"({count})().reduce((sum, trace) => sum + (trace.x ? trace.x.length : 0), 0)")


def test_a_run_and_its_plain_twin_train_to_the_end(lab, page):
    ids = launch(page, lab, f"{TINY},{TINY_PLAIN}", SHORT)
    assert len(ids) == 2
    expect(page.get_by_text("finished", exact=True)).to_have_count(2, timeout=120_000)
    expect(page.get_by_role("button", name="Open in Compare")).to_be_visible()
    assert [len(store.job(job_id).epochs) for job_id in ids] == [3, 3]
    assert points(page) >= 12
    top = page.evaluate("() => document.querySelector('.js-plotly-plot')._fullLayout.yaxis.range[1]")
    assert top > 20, "an untrained network's errors must be in sight"
    assert_accessible(page)


def test_a_curve_grows_survives_a_reload_and_stops_on_a_click(lab, page):
    (job_id,) = launch(page, lab, TINY, LONG)
    expect(page.get_by_text("epoch", exact=False).filter(has_text="images/s").first).to_be_visible(timeout=90_000)
    until(lambda: points(page) > 0)
    before = points(page)
    until(lambda: points(page) > before)
    open_page(page, page.url)  # a reload: the link knows the run
    until(lambda: points(page) > before)
    page.get_by_role("button", name="Stop").click()
    until(lambda: store.job(job_id).stop_requested)
    until(lambda: store.job(job_id).state == "stopped", patience=5)
    expect(page.get_by_text("stopped", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


@pytest.mark.slow
def test_a_run_goes_on_when_the_browser_and_the_server_are_gone(start_server, new_page, monkeypatch):
    server = start_server()
    monkeypatch.setenv("RESNET_LAB_HOME", str(server.home))
    page = new_page()
    (job_id,) = launch(page, server, TINY, LONG)
    address = urlsplit(page.url)
    until(lambda: store.job(job_id).epochs)
    page.close()
    server.process.kill()
    server.process.wait(10)
    done = len(store.job(job_id).epochs)
    until(lambda: len(store.job(job_id).epochs) > done + 1)
    server.start()
    other = new_page()
    open_page(other, f"{server.url}/train?{address.query}")
    expect(other.get_by_text("running", exact=True)).to_be_visible()
    other.get_by_role("button", name="Stop").click()
    until(lambda: store.job(job_id).stop_requested)
    until(lambda: store.job(job_id).state == "stopped", patience=5)


def test_data_that_do_not_exist_are_one_line_and_nothing_can_be_launched(lab, page):
    open_page(page, f"{lab.url}/train?specs={TINY}&data=folder:/no/such/folder")
    expect(page.get_by_text("/no/such/folder")).to_be_visible()
    expect(page.get_by_role("button", name="Launch")).to_have_count(0)


def test_a_mangled_link_is_one_line_and_the_page_works(lab, page):
    open_page(page, f"{lab.url}/train?specs=resnet57&recipe=epochs.0&seed=x&color=red")
    expect(page.get_by_test_id("stAlert").filter(has_text="was left out")).to_have_count(4)
    expect(page.get_by_role("button", name="Launch")).to_be_visible()
