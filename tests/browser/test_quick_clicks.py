"""A reader who clicks before a page has settled loses no choice."""

from playwright.sync_api import expect

from tests.browser.support import wait_app

TRIES = 4


def test_clicks_on_a_page_that_opens_leave_its_form_alone(server, new_page):
    for _ in range(TRIES):
        page = new_page()
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
        page.context.close()
