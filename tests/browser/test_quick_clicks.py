"""A reader who clicks before a page has settled loses no choice."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.support import HEARD, SlowLine, open_page, wait_app

pytestmark = pytest.mark.slow

TRIES = 4


def test_clicks_on_a_page_that_opens_leave_its_form_alone(server, new_page):
    page = new_page(reduced_motion="no-preference")
    for _ in range(TRIES):
        page.goto(f"{server.url}/train", wait_until="domcontentloaded")
        fold = page.get_by_text("Disk and trash")
        for pause in (60, 120, 180, 240):
            fold.click()
            page.wait_for_timeout(pause)
        wait_app(page)
        expect(page.get_by_text("momentum, learning rate 0.02, batches of 64")).to_be_visible()
        expect(page.get_by_label("Learning rate")).to_have_value("0.02")
        expect(page.get_by_test_id("stMultiSelect").get_by_text("pocket_plain20")).to_be_visible()
        expect(page.get_by_role("button", name="Launch")).to_be_enabled()


def test_a_click_before_a_chosen_network_is_shown_leaves_it_chosen(server, own_page):
    page, line = own_page, SlowLine(own_page)
    open_page(page, f"{server.url}/build?spec=resnet20")
    box = page.get_by_test_id("stSelectbox").filter(has=page.get_by_text("Preset", exact=True)).get_by_role("combobox")
    with line.held():
        box.fill("resnet50")
        page.get_by_role("option", name="ImageNet · resnet50", exact=True).click()
        line.wait("25.6")
        page.get_by_role("radio", name="Stages").click()
        page.wait_for_timeout(HEARD)
    page.wait_for_url(re.compile(r"spec=resnet50&detail=stages"))
    page.wait_for_timeout(HEARD)
    wait_app(page)
    assert "spec=resnet50&detail=stages" in page.url
    expect(page.get_by_role("heading", name="resnet50", exact=True)).to_be_visible()
    expect(page.get_by_role("textbox", name="Blocks per stage")).to_have_value("3-4-6-3")
    page.get_by_role("radio", name="Basic").click()
    expect(page.get_by_role("heading", name="resnet34", exact=False)).to_be_visible()


@pytest.mark.parametrize(
    ("address", "choice", "answer", "chosen", "shown"),
    [
        pytest.param("recipe=quick", "The paper's", "batches of 128", "recipe=paper", "batches of 128", id="recipe"),
        pytest.param(
            "study=degradation",
            "Full",
            "size=full",
            r"\?study=degradation&size=full&seeds=1$",  # and no other data
            "learn CIFAR-10 by the paper's recipe",
            id="study",
        ),
    ],
)
def test_a_click_before_a_choice_on_train_is_shown_leaves_it_chosen(
    server, own_page, address, choice, answer, chosen, shown
):
    page, line = own_page, SlowLine(own_page)
    open_page(page, f"{server.url}/train?{address}")
    with line.held():
        page.get_by_role("radio", name=choice, exact=True).click()
        line.wait(answer)
        page.get_by_text("Disk and trash").click()
        page.wait_for_timeout(HEARD)
    page.wait_for_url(re.compile(chosen))
    page.wait_for_timeout(HEARD)
    wait_app(page)
    assert re.search(chosen, page.url)
    expect(page.get_by_text(shown)).to_be_visible()
    expect(page.get_by_role("radio", name=choice, exact=True)).to_be_checked()


def test_an_error_of_a_run_that_a_click_has_replaced_is_nobodys(start_server, page):
    """Its traceback in the server's log would fail this test."""
    server = start_server("tests/browser/apps/replaced_app.py")
    page.goto(server.url)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("run 2")).to_be_visible()
    page.wait_for_timeout(3_500)  # the first run works for three seconds
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    server.close()
