"""The Data page in a browser: its images and its chart are there, a click shows others, and axe finds no fault."""

from playwright.sync_api import expect

from tests.browser.support import answered, assert_accessible, open_page, wait_app


def test_samples_and_counts_can_be_seen_and_heard(server, page):
    open_page(page, f"{server.url}/data?data=shapes&size=16")
    first = page.get_by_alt_text("Image 1 of class disk")
    expect(first).to_be_visible()
    assert first.evaluate("image => image.naturalWidth") >= 64
    before = first.get_attribute("src")
    page.get_by_role("button", name="Show others").click()
    expect(first).not_to_have_attribute("src", before)
    assert "seed=1" in page.url
    wait_app(page)  # what is about to be replaced is drawn faint
    assert_accessible(page)
    with answered(page):
        page.get_by_role("tab", name="Counts and sizes").click()
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    expect(page.get_by_role("img", name="Each of the 10 classes has 1,200 images.")).to_be_visible()
    assert_accessible(page)


def test_no_image_is_missing_where_the_page_goes_on_before_its_files_are_there(server, own_page):
    """A server keeps a page's files until the page's next run: a slow line asks for them when they are gone."""
    page, files = own_page, []
    page.route("**/media/**", lambda file: files.append(file))
    open_page(page, f"{server.url}/data?data=shapes&size=16")
    with answered(page):
        page.get_by_role("button", name="Show others").click()
    for file in files:
        file.continue_()
    page.unroute("**/media/**")
    images = page.get_by_test_id("stImage").locator("img")
    expect(images).to_have_count(80)
    page.wait_for_function("() => [...document.images].every(image => image.complete && image.naturalWidth >= 64)")
