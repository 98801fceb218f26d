"""The language switch in a browser: the page, its address and its scripts change over, and no choice is lost."""

from playwright.sync_api import expect

from tests.browser.support import assert_accessible, open_page, wait_app


def test_a_switch_keeps_every_choice_and_tells_screen_readers(server, page):
    open_page(page, f"{server.url}/train?study=widths&size=full&seeds=2")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    for name, lang, title in (("한국어", "ko", "훈련"), ("English", "en", "Train"), ("한국어", "ko", "훈련")):
        page.get_by_role("radio", name=name).click()
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        wait_app(page)
        expect(page.locator("html")).to_have_attribute("lang", lang)
        assert page.url.endswith(f"/train?study=widths&size=full&seeds=2&lang={lang}")


def test_the_browsers_language_is_followed_and_components_speak_it(server, browser):
    context = browser.new_context(locale="ko-KR", viewport={"width": 390, "height": 800})
    try:
        page = context.new_page()
        open_page(page, f"{server.url}/build?spec=resnet20")
        expect(page.locator("html")).to_have_attribute("lang", "ko")
        expect(page.get_by_role("button", name="너비에 맞추기")).to_be_visible()
        assert "lang=" not in page.url  # nobody chose: a link opens in the language of whoever gets it
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert_accessible(page)
        page.get_by_role("radio", name="English").click()
        expect(page.get_by_role("button", name="Fit to width")).to_be_visible()
        wait_app(page)
        assert "lang=en" in page.url
    finally:
        context.close()
