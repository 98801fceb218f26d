"""Learn as a reader uses it in a browser: what is locked, kept, turned by keys, read by scrolling and heard."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support import HEARD, SlowLine, answered, assert_accessible, open_page, wait_app
from tests.course import TINY, write_course

KEPT = "() => JSON.parse(localStorage.getItem('resnet-lab:progress') ?? '{\"entries\": {}}').entries"
STUDY = "name: study\nvalues: {study: depth}\nhide: [study]"
LONG = "\n\n".join(["A line of text that says nothing in particular."] * 40)


@pytest.fixture(scope="module")
def school(start_server, tmp_path_factory):
    """Serve a course of two lessons: one whose first step is longer than a screen, and one whose lab is drawn on."""
    folder = tmp_path_factory.mktemp("course")
    path = write_course(folder, lesson=TINY.replace("## Predict", f"{LONG}\n\n## Predict"))
    more = TINY.replace("A tiny lesson", "Another lesson").replace(STUDY, "name: batch_norm_by_hand")
    path.with_name("02_more.md").write_text(more, "utf-8")
    server = start_server(environment={"RESNET_LAB_LESSONS": str(folder)})
    yield server.url
    server.close()


def predict(page: Page, choice: str = "resnet56") -> None:
    page.get_by_text(choice, exact=True).click()
    page.get_by_role("button", name="Keep my prediction").click()
    expect(page.get_by_text("The deeper one.")).to_be_visible()
    wait_app(page)


def kept(page: Page, end: str):
    """Return the value that the browser keeps for a step or an answer, once there is one."""
    page.wait_for_function(f"end => Object.keys(({KEPT})()).some(key => key.endsWith(end))", arg=end)
    return next(value for key, (_at, value) in page.evaluate(KEPT).items() if key.endswith(end))


def test_a_prediction_unlocks_the_figure_for_this_browser_alone_and_survives_a_reload(school, page, new_page):
    other = new_page()
    open_page(page, f"{school}/learn?lesson=tiny&step=2")
    expect(page.get_by_text("The figure is locked")).to_be_visible()
    expect(page.get_by_role("button", name="Keep my prediction")).to_be_disabled()
    predict(page)
    assert kept(page, "answer/more") == 2
    open_page(page, page.url)
    expect(page.get_by_text("As you predicted: resnet56.")).to_be_visible()
    open_page(other, f"{school}/learn?lesson=tiny&step=2")
    expect(other.get_by_text("The figure is locked")).to_be_visible()


@pytest.mark.slow
def test_two_tabs_of_one_browser_lose_nothing(school, page):
    second = page.context.new_page()
    for tab in (page, second):
        open_page(tab, f"{school}/learn?lesson=tiny&step=3")
    page.get_by_text("parameters", exact=True).click()
    kept(page, "answer/which")
    second.get_by_text("resnet20", exact=True).click()
    second.get_by_role("button", name="Keep my prediction").click()
    kept(second, "answer/more")
    assert kept(second, "answer/which") == 2
    open_page(page, f"{school}/learn")
    expect(page.get_by_text("1 of 1 predicted · 0 of 3 questions right")).to_be_visible()
    page.get_by_text("Your progress").click()
    page.get_by_role("button", name="Forget all of it").click()
    page.get_by_role("button", name="Forget it", exact=True).click()
    page.wait_for_function(f"() => Object.keys(({KEPT})()).length === 0")
    second.wait_for_timeout(2500)  # it has heard of it, and long since looked at what is in view
    assert page.evaluate(KEPT) == {}
    open_page(page, f"{school}/learn")
    expect(page.get_by_text("predicted", exact=False)).to_have_count(0)


@pytest.mark.slow
def test_an_answer_of_another_tab_is_not_taken_back_by_a_tab_that_has_not_shown_it_yet(school, page):
    second = page.context.new_page()
    line = SlowLine(second)
    for tab in (page, second):
        open_page(tab, f"{school}/learn?lesson=tiny&step=3")
    with line.held():
        page.get_by_text("parameters", exact=True).click()
        kept(page, "answer/which")
        line.wait("An identity has none.")
        second.get_by_text("resnet20", exact=True).click()
        second.wait_for_timeout(HEARD)
    expect(second.get_by_text("An identity has none.")).to_be_visible()
    second.get_by_role("button", name="Keep my prediction").click()
    assert kept(second, "answer/more") == 1
    assert kept(second, "answer/which") == 2
    expect(second.get_by_role("radio", name="parameters", exact=True)).to_be_checked()


def test_reading_to_the_end_of_a_step_counts_it_and_moves_the_link(school, page):
    open_page(page, f"{school}/learn?lesson=tiny")
    line = page.get_by_role("progressbar", name="How far you are in this lesson")
    before = int(line.get_attribute("aria-valuenow"))
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop === 0")
    assert not page.evaluate(KEPT), "its end was not in sight yet"
    page.locator(".st-key-lesson-step-2").scroll_into_view_if_needed()
    assert kept(page, "tiny/step/1") == 1
    page.wait_for_url(re.compile(r"lesson=tiny&step=2"))
    page.get_by_role("button", name="Next lesson").scroll_into_view_if_needed()
    assert kept(page, "tiny/step/3") == 1
    page.wait_for_function("before => Number(document.querySelector('[data-testid=stMain]').scrollTop) > 0", arg=before)
    expect(line).not_to_have_attribute("aria-valuenow", str(before))


def test_a_link_to_a_step_opens_there(school, page):
    open_page(page, f"{school}/learn?lesson=tiny&step=3")
    expect(page.get_by_role("heading", name="Check yourself")).to_be_in_viewport()


def test_links_and_the_browsers_back_lead_out_of_a_lesson(school, page):
    open_page(page, f"{school}/learn")
    page.get_by_role("link", name="1. A tiny lesson").click()
    expect(page.get_by_role("heading", name="A tiny lesson")).to_be_visible()
    page.wait_for_url(re.compile(r"lesson=tiny"))
    page.get_by_role("link", name="All lessons").click()
    expect(page.get_by_role("heading", name="Learn", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="A tiny lesson")).to_be_visible()
    wait_app(page)
    page.mouse.move(300, 400)
    page.mouse.wheel(0, 4_000)
    page.wait_for_url(re.compile(r"step=\d"))
    for _step in range(6):
        if "lesson" not in page.url:
            break
        with answered(page):
            page.go_back()
    expect(page.get_by_role("heading", name="Learn", exact=True)).to_be_visible()


def test_a_link_leads_into_the_same_lesson_again_and_again(school, page):
    open_page(page, f"{school}/learn")
    for answer in ("parameters", "its input"):
        page.get_by_role("link", name="1. A tiny lesson").click()
        page.get_by_text(answer, exact=True).click()
        page.get_by_role("link", name="All lessons").click()
        expect(page.get_by_role("heading", name="Learn", exact=True)).to_be_visible()
    expect(page.get_by_text("1 of 3 questions right")).to_be_visible()


def test_going_back_before_the_list_is_whole_leads_back(school, own_page):
    page, line = own_page, SlowLine(own_page)
    open_page(page, f"{school}/learn?lesson=tiny")
    with line.held("about 6 minutes in all"):
        page.get_by_role("link", name="All lessons").click()
        expect(page.get_by_role("heading", name="Learn", exact=True)).to_be_visible()
        line.wait("about 6 minutes in all")
        page.go_back()
    expect(page.get_by_role("heading", name="A tiny lesson")).to_be_visible()
    wait_app(page)
    assert "lesson=tiny" in page.url


def test_keys_turn_a_projectors_pages_and_leave_controls_their_own(school, page):
    open_page(page, f"{school}/learn?lesson=tiny&present=1")
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    expect(page.get_by_role("progressbar", name="How far you are")).to_be_visible()  # it hears the keys
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Predict", exact=True)).to_be_visible()
    page.get_by_role("radio", name="resnet20").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Keep my prediction")).to_be_enabled()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("PageDown")
    expect(page.get_by_role("heading", name="Check yourself")).to_be_visible()
    page.keyboard.press("PageUp")
    expect(page.get_by_role("heading", name="Predict", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stHeader")).to_be_visible()
    expect(page.get_by_role("heading", name="A tiny lesson")).to_be_visible()


def test_a_projectors_next_page_begins_at_its_top(school, page):
    page.set_viewport_size({"width": 1280, "height": 320})
    open_page(page, f"{school}/learn?lesson=tiny&step=2&present=1")
    expect(page.get_by_role("progressbar", name="How far you are")).to_be_visible()
    page.get_by_text("The figure is locked").scroll_into_view_if_needed()
    expect(page.get_by_role("heading", name="Predict", exact=True)).not_to_be_in_viewport()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Check yourself")).to_be_in_viewport()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", name="Predict", exact=True)).to_be_in_viewport()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", name="A tiny lesson")).to_be_in_viewport()


def test_a_labs_start_takes_back_what_was_drawn(school, page):
    open_page(page, f"{school}/learn?lesson=more&step=2")
    predict(page)
    first = page.get_by_role("slider", name="value, example 1")
    before = first.get_attribute("aria-valuenow")
    first.focus()
    first.press("Home")
    page.wait_for_url(re.compile("batch_norm_by_hand.batch="))
    assert first.get_attribute("aria-valuenow") != before
    page.get_by_role("button", name="Back to the start").click()
    expect(first).to_have_attribute("aria-valuenow", before)
    wait_app(page)
    assert "batch_norm_by_hand" not in page.url


@pytest.mark.slow
def test_a_click_before_a_labs_start_is_shown_leaves_it_there(school, own_page):
    page, line = own_page, SlowLine(own_page)
    open_page(page, f"{school}/learn?lesson=tiny&step=2")
    predict(page)
    page.get_by_role("radio", name="Full").click()
    page.wait_for_url(re.compile("study.size=full"))
    wait_app(page)
    with line.held():
        page.get_by_role("button", name="Back to the start").click()
        line.wait("Recorded on")
        page.get_by_text("parameters", exact=True).click()
        page.wait_for_timeout(HEARD)
    expect(page.get_by_text("An identity has none.")).to_be_visible()
    wait_app(page)
    assert "study.size" not in page.url
    expect(page.get_by_role("radio", name="Quick")).to_be_checked()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_a_reader_out(school, page, scheme):
    page.emulate_media(color_scheme=scheme)
    open_page(page, f"{school}/learn?lesson=tiny&step=2")
    predict(page, "resnet20")
    page.get_by_text("parameters", exact=True).click()
    expect(page.get_by_text("An identity has none.")).to_be_visible()  # it moves what follows
    page.get_by_role("button", name="Check this order").click()
    expect(page.get_by_text("stand where they belong")).to_be_visible()  # as does this
    page.get_by_role("button", name="Recompute this number").click()
    expect(page.get_by_text("Recomputed just now: 853,018")).to_be_visible()
    wait_app(page)
    assert_accessible(page)
    for address in ("learn?lesson=tiny&step=2&present=1", "learn", "glossary"):
        open_page(page, f"{school}/{address}")
        assert_accessible(page)


@pytest.mark.parametrize("width", [390, pytest.param(640, marks=pytest.mark.slow)])  # a phone; 1280 pixels at 200 %
def test_a_narrow_page_scrolls_in_one_direction_only(school, page, width):
    page.set_viewport_size({"width": width, "height": 800})
    for address in ("learn", "learn?lesson=tiny&step=2", "learn?lesson=tiny&step=3&present=1", "glossary"):
        open_page(page, f"{school}/{address}")
        if "step=2" in address:
            predict(page)
        assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth") <= 1, address


def test_the_glossary_writes_a_meaning_under_its_name(school, page):
    open_page(page, f"{school}/glossary")
    meaning = page.get_by_text("Layers that feed each other.")
    expect(meaning).to_be_visible()
    # Both in one moment: while the page opens, it moves.
    between = """node => {
        const of = text => document.evaluate(`//h2[contains(., "${text}")]`, document).iterateNext();
        const words = document.createRange();
        words.selectNodeContents(of("network"));
        return node.getBoundingClientRect().top - words.getBoundingClientRect().bottom;
    }"""
    assert meaning.evaluate(between) >= 0


def test_a_term_says_what_it_means_to_the_keyboard_too(school, page):
    open_page(page, f"{school}/learn?lesson=tiny")
    expect(page.get_by_role("progressbar", name="How far you are")).to_be_visible()
    wait_app(page)
    # Found by its address: while it shows its meaning, that is part of its name.
    term = page.locator("a[href='glossary?term=network']").first
    expect(term).to_have_accessible_name("network")
    expect(term).to_have_attribute("title", "Layers that feed each other.")
    page.keyboard.press("Tab")
    term.focus()
    expect(term).to_be_focused()
    shown = term.evaluate("link => getComputedStyle(link, '::after').content")
    assert json.loads(shown) == "Layers that feed each other."


@pytest.fixture(scope="module")
def pad(start_server):
    """Serve a page with nothing but a sketch pad."""
    server = start_server("tests/browser/apps/sketch_app.py")
    yield server.url
    server.close()


class TestSketch:
    def test_a_curve_is_drawn_by_pointer(self, pad, page):
        open_page(page, pad)
        page.locator("svg:has(.frame)").scroll_into_view_if_needed()  # waits until it moves no more
        box = page.locator("svg .frame").bounding_box()
        page.mouse.move(box["x"], box["y"] + 1)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"], box["y"] + box["height"] - 1, steps=3)
        page.mouse.up()
        # A straight line from 1 down to 0 over 4, 8, 20, 50 layers.
        said = page.get_by_text("drawn: [")
        expect(said).to_be_visible()
        values = json.loads(said.inner_text().removeprefix("drawn: "))
        assert values == pytest.approx([1, 1 - 4 / 46, 1 - 16 / 46, 0], abs=0.03)

    def test_and_by_keyboard_point_by_point(self, pad, page):
        open_page(page, pad)
        first = page.get_by_role("slider", name="training accuracy, layers 4")
        first.focus()
        page.keyboard.press("End")
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("slider", name="training accuracy, layers 8")).to_be_focused()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("PageDown")
        expect(page.get_by_text("drawn: [1.0, 0.42, 0.5, 0.5]")).to_be_visible()
        expect(first).to_have_attribute("aria-valuetext", "1")
        assert_accessible(page)

    def test_a_key_pressed_while_the_page_answers_another_counts(self, pad, own_page):
        page = own_page
        line = SlowLine(page)
        open_page(page, pad)
        page.get_by_role("slider", name="training accuracy, layers 4").focus()
        with line.held():
            page.keyboard.press("End")
            page.wait_for_timeout(HEARD)
            page.keyboard.press("PageDown")
        expect(page.get_by_text("drawn: [0.9, 0.5, 0.5, 0.5]")).to_be_visible()
