"""The language switch in a browser: the page, its address and its scripts change over, and no choice is lost."""

import re

import pytest
from playwright.sync_api import expect

from resnet_core.families import get_spec
from tests.browser.support import assert_accessible, open_page, wait_app
from tests.stored_runs import store_run


@pytest.mark.slow
def test_a_switch_keeps_every_choice_and_tells_screen_readers(server, page):
    open_page(page, f"{server.url}/train?study=widths&size=full&seeds=2")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    for name, lang, title in (("한국어", "ko", "훈련"), ("English", "en", "Train"), ("한국어", "ko", "훈련")):
        page.get_by_role("radio", name=name).click()
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        wait_app(page)
        expect(page.locator("html")).to_have_attribute("lang", lang)
        assert page.url.endswith(f"/train?study=widths&size=full&seeds=2&lang={lang}")


def test_the_browsers_language_is_followed_and_components_speak_it(server, new_page):
    page = new_page(locale="ko-KR", viewport={"width": 390, "height": 800})
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


@pytest.mark.slow
def test_a_report_that_is_downloaded_from_a_korean_page_is_korean(start_server, page, tmp_path, monkeypatch):
    server = start_server()
    monkeypatch.setenv("RESNET_LAB_HOME", str(server.home))
    runs = [
        store_run(f"r-{name}", get_spec(f"pocket_{name}20"), [(0.9, 0.8), (error, error)])
        for name, error in (("resnet", 0.2), ("plain", 0.5))
    ]
    for lang, words in (("ko", "최종 수치"), ("en", "Final numbers")):
        open_page(page, f"{server.url}/compare?runs={','.join(runs)}&lang={lang}")
        with page.expect_download() as download:
            page.locator(".st-key-compare-take-report-html button").click()
        path = tmp_path / f"{lang}.html"
        download.value.save_as(path)
        text = path.read_text("utf-8")
        assert f'<html lang="{lang}"' in text and words in text
        assert (re.search("[가-힣]", text) is not None) == (lang == "ko")
