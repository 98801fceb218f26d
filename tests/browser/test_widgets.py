"""The graph viewer and the live chart as a reader uses them, on a page made for this test."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.kept_page import VIEWPORT, open_context
from tests.browser.support import Faults, answered, assert_accessible, open_page

APP = "tests/browser/apps/widgets_app.py"
BLOCKS = 16
LAST = f"stage1_block{BLOCKS}_relu"
CURVE = ".st-key-left .lab-chart-plot"


@pytest.fixture(scope="module")
def address(start_server) -> str:
    """Return where the test page is served."""
    server = start_server(APP)
    yield server.url
    server.close()


@pytest.fixture(scope="module")
def one_page(browser, address) -> Iterator[tuple[Page, Faults]]:
    """Return the test page, opened once for the module: loading it takes longer than most tests."""
    context = open_context(browser)
    page, faults = context.new_page(), Faults()
    faults.watch(page)
    yield _open(page, address), faults
    context.close()


@pytest.fixture
def widgets(one_page) -> Iterator[Page]:
    """Return the test page with everything as it was at first."""
    page, faults = one_page
    page.mouse.up()  # where a test failed in the midst of a drag
    page.set_viewport_size(VIEWPORT)
    past = page.locator(CURVE).evaluate("plot => plot._fullLayout.uirevision")
    _press(page, "Reset")
    expect(page.get_by_text("chosen: None")).to_be_visible()
    expect(page.get_by_text("points: 60", exact=True)).to_be_visible()
    expect(page.locator(".node")).to_have_count(1 + BLOCKS * 7)
    page.locator(".bar").get_by_role("button", name="Fit to width").click()
    page.evaluate("document.activeElement.blur(); document.querySelector('[data-testid=stMain]').scrollTop = 0")
    page.wait_for_function(
        f"""past => {{
        const {{ _fullLayout: layout, _fullData: data }} = document.querySelector('{CURVE}');
        return layout.uirevision > past && data[0].x.length === 60 && data.every(trace => trace.visible === true)
            && layout.xaxis.autorange && layout.yaxis.autorange && layout.xaxis.title.text === "step";
        }}""",
        arg=past,
    )
    yield page
    faults.assert_none()


class TestGraph:
    def test_a_click_on_a_node_tells_its_name(self, widgets):
        _node(widgets, "stage1_block1_bn1").click()
        expect(widgets.get_by_text("chosen: stage1_block1_bn1")).to_be_visible()
        expect(widgets.locator(".where")).to_have_value("stage1_block1_bn1 · 32×32×16")
        expect(_node(widgets, "stage1_block1_bn1")).to_have_class(re.compile("chosen"))

    def test_a_drag_moves_the_graph_and_chooses_nothing(self, widgets):
        before = _view(widgets)
        _drag(widgets, _node(widgets, "stage1_block1_bn1"), dx=-60, dy=-150)
        after = _view(widgets)
        assert after["y"] == pytest.approx(before["y"] - 150, abs=1)
        assert after["k"] == before["k"]
        expect(_node(widgets, "stage1_block1_add").locator("text").first).to_be_visible()
        _press(widgets, "Rerun")
        expect(widgets.get_by_text("chosen: None")).to_be_visible()

    def test_arrow_keys_walk_and_enter_chooses(self, widgets):
        stage = widgets.get_by_role("application", name="Graph of a test network")
        stage.focus()
        for key in ("Home", "ArrowDown", "ArrowRight", "ArrowUp"):
            stage.press(key)
        expect(widgets.get_by_text("chosen: None")).to_be_visible()
        stage.press("Enter")
        expect(widgets.get_by_text("chosen: stage1_block1_conv1")).to_be_visible()
        stage.press("End")
        stage.press("Enter")
        expect(widgets.get_by_text(f"chosen: {LAST}")).to_be_visible()
        assert _inside_stage(widgets, LAST)
        stage.press("Escape")
        expect(widgets.get_by_text("chosen: None")).to_be_visible()

    def test_a_part_of_a_name_finds_its_nodes_one_after_the_other(self, widgets):
        field = widgets.get_by_role("combobox", name="Layer, block or stage")
        field.press_sequentially("Block12_b")
        for name in ("stage1_block12_bn1", "stage1_block12_bn2", "stage1_block12_bn1"):
            field.press("Enter")
            expect(widgets.get_by_text(f"chosen: {name}")).to_be_visible()
            assert _inside_stage(widgets, name)
        field.press("Escape")
        expect(widgets.locator(".stage")).to_be_focused()
        expect(field).to_have_value("stage1_block12_bn1 · 32×32×16")

    def test_what_is_no_name_is_told_and_the_choice_stays(self, widgets):
        _node(widgets, "stage1_block1_bn1").click()
        field = widgets.get_by_role("combobox", name="Layer, block or stage")
        field.press_sequentially("block99")
        field.press("Enter")
        said = field.evaluate("field => field.validationMessage")
        assert said == "No layer, block or stage has 'block99' in its name: try a part of it."
        _press(widgets, "Rerun")
        expect(widgets.get_by_text("chosen: stage1_block1_bn1")).to_be_visible()
        expect(field).to_have_value("stage1_block1_bn1 · 32×32×16")
        assert field.evaluate("field => field.validity.valid")
        widgets.locator(".bar").get_by_role("button", name="Choose nothing").click()
        expect(widgets.get_by_text("chosen: None")).to_be_visible()
        expect(field).to_have_value("")
        expect(widgets.locator(".stage")).to_be_focused()

    def test_zoom_keys_buttons_and_wheel(self, widgets):
        first = _view(widgets)
        stage = widgets.locator(".stage")
        stage.focus()
        stage.press("+")
        assert _view(widgets)["k"] > first["k"]
        stage.press("0")
        assert _view(widgets) == pytest.approx(first)
        widgets.locator(".bar").get_by_role("button", name="Zoom out").click()
        assert _view(widgets)["k"] < first["k"]
        widgets.locator(".bar").get_by_role("button", name="Show the whole graph").click()
        assert _inside_stage(widgets, LAST)
        assert _inside_stage(widgets, "input")
        widgets.locator(".bar").get_by_role("button", name="Fit to width").click()
        assert _view(widgets) == pytest.approx(first)
        stage.hover()
        widgets.keyboard.down("Control")
        widgets.mouse.wheel(0, -100)
        widgets.keyboard.up("Control")
        widgets.wait_for_function("before => document.viewOf().k > before", arg=first["k"])

    def test_the_wheel_scrolls_the_page_until_the_graph_is_clicked(self, widgets):
        stage = widgets.locator(".stage")
        before = _view(widgets)
        stage.hover()
        widgets.mouse.wheel(0, 80)
        widgets.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 0")
        assert _view(widgets) == before
        stage.click(position={"x": 20, "y": 200})
        widgets.mouse.wheel(0, 80)
        widgets.wait_for_function("before => document.viewOf().y < before", arg=before["y"])

    def test_the_view_survives_a_rerun_and_another_graph_starts_anew(self, widgets):
        first = _view(widgets)
        _drag(widgets, widgets.locator(".stage"), dx=-40, dy=-170)
        widgets.locator(".bar").get_by_role("button", name="Zoom in").click()
        moved = _view(widgets)
        assert moved != first
        _press(widgets, "Rerun")
        _node(widgets, "stage1_block1_add").click()
        expect(widgets.get_by_text("chosen: stage1_block1_add")).to_be_visible()
        assert _view(widgets) == moved
        _press(widgets, "Another graph")
        expect(widgets.locator(".node")).to_have_count(1 + 3 * 7)
        expect(widgets.get_by_text("chosen: stage1_block1_add")).to_be_visible()
        assert _view(widgets)["y"] == pytest.approx(first["y"], abs=1)
        assert _view(widgets)["k"] != moved["k"]

    def test_the_page_can_move_the_choice_and_the_reader_can_take_it_back(self, widgets):
        _node(widgets, "stage1_block1_conv1").click()
        expect(widgets.get_by_text("chosen: stage1_block1_conv1")).to_be_visible()
        for _ in range(2):
            _press(widgets, "Choose from the page")
            expect(widgets.get_by_text("chosen: stage1_block2_add")).to_be_visible()
            expect(_node(widgets, "stage1_block2_add")).to_have_class(re.compile("chosen"))
            assert _inside_stage(widgets, "stage1_block2_add")
            _press(widgets, "Rerun")
            expect(widgets.get_by_text("chosen: stage1_block2_add")).to_be_visible()
            widgets.locator(".stage").focus()
            widgets.locator(".stage").press("Escape")
            expect(widgets.get_by_text("chosen: None")).to_be_visible()

    def test_a_very_deep_graph_is_readable_at_first_sight_and_seen_whole_on_a_click(self, new_page, address):
        page = _open(new_page(), f"{address}?blocks=71")
        assert page.locator(".node").count() == 1 + 71 * 7
        sizes = page.locator(".sheet text").evaluate_all(
            "texts => texts.map(text => parseFloat(getComputedStyle(text).fontSize) * document.viewOf().k)"
        )
        assert 11 <= min(sizes) <= 16
        last = _node(page, "stage1_block71_relu")
        page.locator(".stage").press("End")
        assert _inside_stage(page, "stage1_block71_relu")
        assert last.locator("text").all_text_contents() == ["stage1_block71_relu", "32×32×16"]
        page.locator(".bar").get_by_role("button", name="Show the whole graph").click()
        assert _inside_stage(page, "stage1_block71_relu")
        assert _inside_stage(page, "input")
        assert page.locator(".node text").count() == 2 * (1 + 71 * 7)


class TestHostileDrawing:
    def test_scripts_links_and_foreign_content_are_left_out(self, widgets):
        _press(widgets, "Hostile graph")
        expect(widgets.locator(".node")).to_have_count(1)
        assert widgets.evaluate("window.harmed") is None
        markup = widgets.locator(".sheet").inner_html()
        for word in ("script", "onload", "onclick", "foreignObject", "href", "evil", "<a", "<image", "<style"):
            assert word not in markup
        expect(_node(widgets, "<img src=x onerror=harmed=1>")).to_be_visible()

    def test_what_is_no_svg_says_so_and_has_no_names_to_find(self, widgets):
        _node(widgets, "stage1_block1_bn1").click()
        expect(widgets.get_by_text("chosen: stage1_block1_bn1")).to_be_visible()
        _press(widgets, "Broken graph")
        expect(widgets.get_by_text("This graph could not be drawn")).to_be_visible()
        expect(widgets.get_by_role("button", name="Choose nothing")).to_be_hidden()
        field = widgets.get_by_role("combobox", name="Layer, block or stage")
        expect(field).to_have_value("")
        field.press_sequentially("bn1")
        field.press("Enter")
        assert "has 'bn1' in its name" in field.evaluate("field => field.validationMessage")
        _press(widgets, "Reset")
        expect(widgets.get_by_text("chosen: stage1_block1_bn1")).to_be_visible()  # a graph has it again
        widgets.locator(".bar").get_by_role("button", name="Choose nothing").click()
        expect(widgets.get_by_text("chosen: None")).to_be_visible()


class TestChart:
    def test_zoom_hover_and_hidden_curves_survive_ticks(self, widgets):
        plot = widgets.locator(CURVE)
        widgets.locator(".st-key-left .legendtoggle").nth(1).click()
        widgets.wait_for_function(f"() => document.querySelector('{CURVE}')._fullData[1].visible === 'legendonly'")
        _drag(widgets, plot.locator(".nsewdrag"), dx=120, dy=90)
        widgets.wait_for_function(f"() => !document.querySelector('{CURVE}').layout.xaxis.autorange")
        zoomed = _ranges(plot)
        plot.locator(".nsewdrag").hover()
        expect(plot.locator(".hoverlayer text").first).to_be_visible()
        points = _points(plot)
        _press(widgets, "Live")
        _wait_points(widgets, points + 5)
        assert _ranges(plot) == zoomed
        assert plot.evaluate("plot => plot._fullData[1].visible") == "legendonly"
        _press(widgets, "Live")

    def test_the_hover_label_stays_while_points_arrive(self, widgets):
        plot = widgets.locator(CURVE)
        points = _points(plot)
        _press(widgets, "Live")
        plot.locator(".nsewdrag").hover()
        _wait_points(widgets, points + 6)
        expect(plot.locator(".hoverlayer text").first).to_be_visible()
        _press(widgets, "Live")

    def test_ticks_during_a_drag_do_not_move_what_it_frames(self, widgets):
        plot = widgets.locator(CURVE)
        points = _points(plot)
        _press(widgets, "Live")
        plot.locator(".nsewdrag").scroll_into_view_if_needed()
        box = plot.locator(".nsewdrag").bounding_box()
        widgets.mouse.move(box["x"] + 60, box["y"] + 60)
        widgets.mouse.down()
        widgets.mouse.move(box["x"] + 100, box["y"] + 100, steps=4)
        framed = plot.evaluate("plot => [60, 200].map(pixel => plot._fullLayout.xaxis.p2d(pixel))")
        widgets.wait_for_function(
            "least => Number(document.body.innerText.match(/points: (\\d+)/)?.[1] ?? 0) >= least", arg=points + 8
        )
        widgets.mouse.move(box["x"] + 200, box["y"] + 160, steps=4)
        widgets.mouse.up()
        _wait_points(widgets, points + 8)
        assert _ranges(plot)["x"] == pytest.approx(framed, rel=0.02)

    def test_a_reload_shows_the_complete_curve(self, widgets):
        for count in (61, 62):
            _press(widgets, "Add a point")
            widgets.wait_for_function(f"n => document.querySelector('{CURVE}')._fullData[0].x.length === n", arg=count)
        _press(widgets, "Keep in the address")
        expect(widgets).to_have_url(re.compile("points=62"))
        widgets.reload()
        _wait_drawn(widgets)
        x = widgets.locator(CURVE).evaluate("plot => Array.from(plot._fullData[0].x)")
        assert x == [10 * step for step in range(1, 63)]

    def test_an_unchanged_figure_is_not_drawn_again(self, widgets):
        plot = widgets.locator(CURVE)
        plot.evaluate("plot => { plot.redraws = 0; plot.on('plotly_afterplot', () => plot.redraws++); }")
        for _ in range(2):
            _press(widgets, "Rerun")
        assert plot.evaluate("plot => plot.redraws") == 0
        _press(widgets, "Add a point")
        widgets.wait_for_function(f"() => document.querySelector('{CURVE}').redraws > 0")

    def test_an_axis_that_means_something_else_drops_the_zoom(self, widgets):
        plot = widgets.locator(CURVE)
        _drag(widgets, plot.locator(".nsewdrag"), dx=120, dy=90)
        widgets.wait_for_function(f"() => !document.querySelector('{CURVE}').layout.xaxis.autorange")
        y = _ranges(plot)["y"]
        _press(widgets, "Seconds")
        widgets.wait_for_function(f"() => document.querySelector('{CURVE}')._fullLayout.xaxis.autorange")
        assert _ranges(plot)["y"] == y

    def test_the_picture_button_saves_a_png_of_twice_the_size(self, widgets):
        plot = widgets.locator(CURVE)
        plot.hover()
        with widgets.expect_download() as download:
            plot.get_by_role("button", name="Download as a picture (PNG)").click()
        assert download.value.suggested_filename == "curves.png"
        content = download.value.path().read_bytes()
        width, height = (int.from_bytes(content[start : start + 4]) for start in (16, 20))
        assert content.startswith(b"\x89PNG")
        assert (width, height) == (2 * round(plot.bounding_box()["width"]), 2 * 420)

    def test_it_follows_the_width_of_its_column(self, widgets):
        plot = widgets.locator(CURVE)
        wide = plot.bounding_box()["width"]
        widgets.set_viewport_size({"width": 900, "height": 800})
        widgets.wait_for_function(
            f"wide => {{ const plot = document.querySelector('{CURVE}');"
            " return plot.clientWidth < wide && plot._fullLayout.width === plot.clientWidth; }",
            arg=wide,
        )

    def test_it_is_named_and_its_buttons_take_the_keyboard(self, widgets):
        expect(widgets.get_by_role("img", name="Error falls with each step")).to_be_visible()
        button = widgets.locator(CURVE).get_by_role("button", name="Download as a picture (PNG)")
        button.focus()
        expect(button).to_be_focused()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_are_legible_and_accessible(new_page, address, scheme):
    page = _open(new_page(color_scheme=scheme), address)
    _node(page, "stage1_block1_conv1").click()
    expect(page.get_by_text("chosen: stage1_block1_conv1")).to_be_visible()
    assert_accessible(page)
    background = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    words = page.locator(".node text").first.evaluate("text => getComputedStyle(text).fill")
    lines = page.locator(".edge path").first.evaluate("path => getComputedStyle(path).stroke")
    ticks = page.locator(f"{CURVE} .xtick text").first.evaluate("text => getComputedStyle(text).fill")
    curves = [_rgb(page, color) for color in page.locator(CURVE).evaluate("p => p.data.map(trace => trace.line.color)")]
    boxes = page.locator(".node").nth(1).locator("path").first.evaluate("path => getComputedStyle(path).fill")
    assert _contrast(_rgb(page, words), _rgb(page, boxes)) >= 4.5
    assert _contrast(_rgb(page, ticks), _rgb(page, background)) >= 4.5
    assert _contrast(_rgb(page, lines), _rgb(page, background)) >= 3
    assert min(_contrast(curve, _rgb(page, background)) for curve in curves) >= 3


@pytest.mark.slow
def test_both_fit_a_phone_and_let_a_finger_scroll_past(new_page, address):
    page = _open(new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True), address)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    assert page.locator(CURVE).evaluate("plot => plot._fullLayout.width") <= 390
    assert page.locator(".stage").bounding_box()["height"] <= 0.78 * 844 + 1
    stage = page.locator(".stage")
    before = _view(page)
    assert _swipe(page, page.locator(CURVE)) > 0
    assert _swipe(page, stage) > 0
    assert _view(page) == before
    _node(page, "stage1_block1_conv1").tap()
    expect(page.get_by_text("chosen: stage1_block1_conv1")).to_be_visible()
    assert _swipe(page, stage, scrolls=False) == 0
    assert _view(page)["y"] == pytest.approx(before["y"] - 60, abs=10)


def test_a_legend_of_several_lines_stands_between_title_and_axes(new_page, address):
    page = _open(new_page(), address)
    plot = page.locator(".st-key-right .lab-chart-plot")
    names = plot.locator(".legendtext")
    title, first, last = (part.bounding_box() for part in (plot.locator(".gtitle"), names.first, names.last))
    top = plot.bounding_box()["y"] + plot.evaluate("plot => plot._fullLayout._size.t")
    assert first["y"] < last["y"], "two lines"
    assert title["y"] + title["height"] <= first["y"] + 1
    assert last["y"] + last["height"] <= top


def test_on_a_phone_a_charts_title_fits_below_its_buttons_and_its_legend_beneath_the_axes(new_page, address):
    page = _open(new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True), address)
    page.locator(f"{CURVE} .legend").wait_for()
    frame = page.locator(CURVE).bounding_box()
    buttons, title, legend, axis = (
        page.locator(f"{CURVE} {part}").first.bounding_box() for part in (".modebar", ".gtitle", ".legend", ".xtitle")
    )
    assert page.locator(f"{CURVE} .gtitle tspan").count() > 1
    assert title["x"] + title["width"] <= frame["x"] + frame["width"]
    assert buttons["y"] + buttons["height"] <= title["y"] + 2
    assert axis["y"] + axis["height"] <= legend["y"] + 2
    assert legend["y"] + legend["height"] <= frame["y"] + frame["height"] + 2


HELPERS = """
document.inViewer = (selector) => {
  for (const host of document.querySelectorAll("[data-testid=stBidiComponentIsolated]")) {
    const found = host.shadowRoot?.querySelector(selector);
    if (found) return found;
  }
};
document.viewOf = () => {
  const [x, y, k] = document.inViewer(".sheet").style.transform.match(/-?[\\d.]+/g).map(Number);
  return { x, y, k };
};
"""


def _open(page: Page, address: str) -> Page:
    page.add_init_script(HELPERS)
    open_page(page, address)
    _wait_drawn(page)
    return page


def _wait_drawn(page: Page) -> None:
    expect(page.locator(".node").first).to_be_visible()
    for key in ("left", "right"):
        expect(page.locator(f".st-key-{key} .lab-chart-plot .main-svg").first).to_be_visible()
    page.wait_for_function(f"() => document.querySelector('{CURVE}')._fullData?.length === 2")


def _press(page: Page, name: str) -> None:
    with answered(page):
        page.get_by_role("button", name=name, exact=True).click()


def _node(page: Page, name: str):
    return page.locator(f'.node[aria-label^="{name} "], .node[aria-label="{name}"]')


def _view(page: Page) -> dict[str, float]:
    return page.evaluate("document.viewOf()")


def _inside_stage(page: Page, name: str) -> bool:
    box, stage = _node(page, name).bounding_box(), page.locator(".stage").bounding_box()
    return stage["y"] <= box["y"] and box["y"] + box["height"] <= stage["y"] + stage["height"]


def _drag(page: Page, target, dx: float, dy: float) -> None:
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=5)
    page.mouse.up()


def _swipe(page: Page, target, scrolls: bool = True) -> float:
    """Draw a finger 60 pixels up over an element; return by how many pixels the page scrolled, once it does."""
    target.evaluate("element => element.scrollIntoView({ block: 'center' })")
    box = target.bounding_box()
    x, y = box["x"] + 30, box["y"] + 150
    top = "document.querySelector('[data-testid=stMain]').scrollTop"
    before = page.evaluate(top)
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 7):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y - 10 * step}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    if scrolls:
        page.wait_for_function(f"before => {top} > before", arg=before)
    page.evaluate("() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
    return page.evaluate(top) - before


def _points(plot) -> int:
    return plot.evaluate("plot => plot._fullData[0].x.length")


def _wait_points(page: Page, least: int) -> None:
    page.wait_for_function(f"least => document.querySelector('{CURVE}')._fullData[0].x.length >= least", arg=least)


def _ranges(plot) -> dict[str, list[float]]:
    return plot.evaluate("plot => ({ x: plot._fullLayout.xaxis.range, y: plot._fullLayout.yaxis.range })")


def _rgb(page: Page, color: str) -> list[float]:
    """Let the browser turn any color into red, green and blue, 0..255."""
    return page.evaluate(
        """color => {
            const brush = document.createElement("canvas").getContext("2d");
            brush.fillStyle = color;
            brush.fillRect(0, 0, 1, 1);
            return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""",
        color,
    )


def _contrast(one: list[float], other: list[float]) -> float:
    """Return the contrast ratio as WCAG 2 defines it."""

    def luminance(color):
        linear = [(c / 255 / 12.92) if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
