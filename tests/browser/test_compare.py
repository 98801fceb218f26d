"""Compare as a reader uses it: two networks that were really trained, their picture, its link and its files."""

import csv
import re
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from app import theme
from resnet_core import Recipe, ResNetSpec
from resnet_core.results import Epoch
from resnet_core.runs import queue, store, writes
from tests.browser.server import Server
from tests.browser.support import HEARD, SlowLine, answered, assert_accessible, open_page, wait_app
from tests.stored_runs import epochs, store_run

TINY = ResNetSpec(stages=(1,), width=4, input_size=8)
TWIN = ResNetSpec(stages=(1,), width=4, input_size=8, residual=False)
RECIPE = Recipe(learning_rate=0.05, batch_size=64, epochs=3, train_size=512, validation_size=256)
PLOT = ".js-plotly-plot"


@pytest.fixture(scope="module")
def lab(start_server) -> Iterator[Server]:
    """Return a server in whose home a tiny network and its plain twin were trained by the lab's own workers."""
    server = start_server()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESNET_LAB_HOME", str(server.home))
        patch.setenv("RESNET_LAB_SPARE", "1")  # one process trains both
        requests = [queue.Request(spec, RECIPE, "shapes") for spec in (TINY, TWIN)]
        server.runs = queue.submit_many(requests, study=queue.new_study("set"))
        deadline = time.monotonic() + 150
        while any(job.active for job in store.jobs(ids=server.runs)):
            assert time.monotonic() < deadline, [(job.state, job.message) for job in store.jobs()]
            time.sleep(0.1)
        yield server
    server.close()


def open_runs(page: Page, lab: Server, runs: list[str], **query: str) -> None:
    """Open a comparison and wait until its picture is drawn."""
    more = "".join(f"&{name}={value}" for name, value in query.items())
    open_page(page, f"{lab.url}/compare?runs={','.join(runs)}{more}")
    drawn(page)


def drawn(page: Page, condition: str = "true") -> None:
    """Wait until the picture is there and a condition on it, written with `plot`, holds."""
    page.wait_for_function(
        f"() => {{ const plot = document.querySelector('{PLOT}'); return plot?._fullLayout?.xaxis && ({condition}); }}"
    )


def read(page: Page, expression: str):
    """Return the value of an expression on the picture, written with `plot`."""
    return page.locator(PLOT).first.evaluate(f"plot => {expression}")


def curve(page: Page, name: str) -> list[float]:
    return read(page, f"[...plot._fullData.find(trace => trace.name === '{name}').y]")


def press(page: Page, control: str, option: str) -> None:
    """Choose an option of a control and wait until the page has followed."""
    with answered(page):
        page.locator(f".st-key-compare-{control}").get_by_text(option, exact=True).click()


def box(page: Page, name: str):
    return page.locator(".picker").get_by_role("checkbox", name=re.compile(name))


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_two_trained_runs_stand_side_by_side_on_one_axis(lab, page):
    open_page(page, f"{lab.url}/compare")  # a first visit opens the newest runs that were launched together
    drawn(page, "plot._fullData.length === 4")
    assert read(page, "plot._fullLayout.yaxis.range") == read(page, "plot._fullLayout.yaxis2.range")
    assert read(page, "plot._fullLayout.xaxis.range") == read(page, "plot._fullLayout.xaxis2.range")
    for job in store.jobs(ids=lab.runs, with_epochs=True):
        assert curve(page, job.name) == pytest.approx([100 * epoch.val_error for epoch in job.epochs], rel=1e-5)
        assert curve(page, f"{job.name} training") == pytest.approx(
            [100 * epoch.train_error for epoch in job.epochs], rel=1e-5
        )
        right = read(page, f"plot._fullData.find(trace => trace.name === '{job.name}').xaxis") == "x2"
        assert right is job.spec["residual"]
        expect(page.locator(f"{PLOT} .legendtext", has_text=job.name)).to_be_visible()
    expect(page.get_by_test_id("stAlert")).to_contain_text("final validation error by")
    expect(page.locator(f"{PLOT} [role=img]")).to_have_attribute("aria-label", re.compile("after epoch 3"))
    assert_accessible(page)


def test_log_smoothing_and_layout_redraw_and_a_link_reopens_the_same(lab, page, new_page):
    open_runs(page, lab, lab.runs)
    raw = curve(page, TINY.name)
    press(page, "log", "Log")
    drawn(page, "plot._fullLayout.yaxis.type === 'log' && plot._fullLayout.yaxis2.type === 'log'")
    press(page, "layout", "All in one")
    drawn(page, "!plot._fullLayout.xaxis2")
    press(page, "x", "Step")
    drawn(page, "plot._fullLayout.xaxis.title.text === 'training step'")
    slider = page.locator(".st-key-compare-smoothing").get_by_role("slider")
    with answered(page):
        slider.press("End")
    drawn(page, f"plot._fullData.some(trace => trace.name === '{TINY.name} validation raw')")
    assert curve(page, f"{TINY.name} validation raw") == raw
    assert curve(page, TINY.name) != raw and curve(page, TINY.name)[0] == raw[0]
    expected = {"layout": "one", "x": "step", "log": "1", "smoothing": "0.99", "runs": ",".join(lab.runs)}
    page.wait_for_url(lambda url: query(url) == expected)
    page.get_by_role("button", name="Link to this picture").click()
    link = page.get_by_test_id("stCode").filter(has_text="/compare?").inner_text().strip()
    other = new_page()
    open_page(other, link)
    drawn(other)
    assert query(other.url) == expected
    state = "plot._fullData.map(trace => [trace.name, [...trace.x], [...trace.y], trace.line.color])"
    assert read(other, state) == read(page, state)


@pytest.mark.slow
def test_a_click_before_a_picked_run_is_shown_keeps_it_and_hides_nothing(lab, own_page):
    page, line = own_page, SlowLine(own_page)
    open_runs(page, lab, lab.runs[:1])
    with line.held():
        box(page, TWIN.name).check()
        line.wait(f"%2C{lab.runs[1]}")
        page.locator(".st-key-compare-log").get_by_text("Log", exact=True).click()
        page.wait_for_timeout(HEARD)
    drawn(page, "plot._fullLayout.yaxis.type === 'log'")
    page.wait_for_timeout(HEARD)
    wait_app(page)
    assert query(page.url) == {"runs": ",".join(lab.runs), "log": "1", "layout": "sides", "x": "epoch"}


def test_the_list_finds_chooses_and_takes_away_and_back_undoes_it(lab, page):
    open_runs(page, lab, lab.runs[:1])
    for name, kind in ((TINY.name, "residual"), (TWIN.name, "plain")):
        expect(page.locator(".picker .run", has_text=name).locator(".about")).to_contain_text(f"{kind} · shapes")
    page.get_by_label("Search runs").fill("plain no-such")
    expect(page.get_by_text("No run matches this search.")).to_be_visible()
    page.get_by_label("Search runs").fill("plain")
    expect(box(page, TINY.name)).to_have_count(0)
    box(page, TWIN.name).check()
    page.wait_for_url(lambda url: query(url).get("runs") == ",".join(lab.runs))
    drawn(page, "plot._fullData.length === 4")
    page.get_by_label("Search runs").fill("")
    expect(box(page, "2 runs launched together")).to_be_checked()
    box(page, "2 runs launched together").press("ArrowDown")
    page.keyboard.press("Space")  # the first run under the heading
    page.wait_for_url(lambda url: query(url).get("runs") == lab.runs[1])
    expect(box(page, "2 runs launched together")).to_have_js_property("indeterminate", True)
    page.go_back()
    expect(page.locator(".picker .count")).to_have_text("2 chosen")
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Choose runs in the list")).to_be_visible()


def test_the_files_hold_what_the_store_holds(lab, page, tmp_path):
    open_runs(page, lab, lab.runs)
    rows = _download(page, "All epochs (CSV)", tmp_path)
    for job in store.jobs(ids=lab.runs, with_epochs=True):
        mine = [row for row in rows if row["run"] == job.id]
        assert {(row["network"], row["data"], row["seed"]) for row in mine} == {(job.name, "shapes", "0")}
        fields = Epoch.__dataclass_fields__
        assert [Epoch(*(fields[name].type(row[name]) for name in fields)) for row in mine] == list(job.epochs)
    table = {row["run"]: row for row in _download(page, "Table (CSV)", tmp_path)}
    for job in store.jobs(ids=lab.runs):
        row = table[job.id]
        assert (int(row["params"]), int(row["macs"]), int(row["epochs"])) == (job.params, job.macs, 3)
        assert float(row["final_val_error"]) == job.last_epoch.val_error
    with page.expect_download() as picture:
        page.locator(PLOT).hover()
        page.locator(f"{PLOT} .modebar-btn[data-title*=PNG]").click()
    assert picture.value.suggested_filename == "resnet-lab-comparison.png"
    assert picture.value.path().read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def _download(page: Page, button: str, folder) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_pictures_change_in_place_and_the_report_opens_without_a_network(lab, page, new_page, tmp_path):
    open_runs(page, lab, lab.runs, group="residual")
    drawn(page, "plot._fullData.filter(trace => trace.showlegend).map(trace => trace.name).join() === 'plain,residual'")
    press(page, "picture", "Error by depth")
    drawn(page, "plot._fullLayout.title.text.startsWith('Final error by depth')")
    marks = "plot._fullData.filter(trace => trace.showlegend).map(trace => [trace.name, [...trace.y]])"
    for name, ys in read(page, marks):
        job = next(job for job in store.jobs(ids=lab.runs) if job.spec["residual"] is (name == "residual"))
        assert ys == pytest.approx([100 * job.last_epoch.train_error], rel=1e-5)
    page.locator(PLOT).hover()  # the pointer tints the button that it is on
    page.wait_for_function("() => document.getAnimations().every(animation => animation.playState === 'finished')")
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Report (HTML)").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    other = new_page(color_scheme="dark", offline=True)
    other.goto(path.as_uri())
    other.wait_for_function("() => document.querySelectorAll('.chart [role=img]').length >= 2")
    assert other.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 23, 30)"
    first = other.locator(".plot").first
    assert first.evaluate("plot => plot._fullData.at(-1).line.color.toUpperCase()") in theme.DARK_VARIANTS.values()
    expect(other.get_by_text("Final numbers")).to_be_visible()
    assert_accessible(other)


def test_a_run_that_goes_on_grows_until_its_verdict_and_keeps_the_readers_zoom(lab, page):
    going = store_run("r-going2", TINY, [(0.9, 0.9)], recipe=RECIPE, state="running", seed=5)
    twin = store_run("r-twin22", TWIN, [(0.9, 0.9), (0.8, 0.8)], recipe=RECIPE, seed=5)
    try:
        open_runs(page, lab, [twin, going], layout="one")
        expect(page.get_by_text("1 of 2 runs is going on")).to_be_visible()
        page.locator(f"{PLOT} .modebar-btn[data-title='Zoom in']").click()
        drawn(page, "!plot._fullLayout.xaxis.autorange")
        zoom = read(page, "plot._fullLayout.xaxis.range")
        writes.write_rows(going, epochs([(0.5, 0.6)], first=2), [])
        grown = f"plot._fullData.find(trace => trace.name.startsWith('{TINY.name}')).x.length === 2"
        drawn(page, grown)
        assert read(page, "plot._fullLayout.xaxis.range") == zoom
        expect(page.locator(".picker .run", has_text="running")).to_have_attribute("title", f"{going}: running")
        writes.advance(going, {"running"}, "finished")
        expect(page.locator(".picker .run", has_text="running")).to_have_count(0)
        expect(page.get_by_text("Shortcuts lower the final validation error by 20.0 points")).to_be_visible()
        expect(page.get_by_text("Pause live updates")).to_have_count(0)
    finally:
        for job_id in (going, twin):
            writes.write_columns(job_id, state="finished")
            queue.delete(job_id)


def test_a_run_is_deleted_after_a_question_and_leaves_list_and_picture(lab, page):
    doomed = store_run("r-doomed", TINY, [(0.9, 0.9)], recipe=RECIPE, seed=9)
    open_runs(page, lab, [*lab.runs, doomed])
    page.locator(".st-key-compare-details-run").get_by_text("seed 9").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("The trash, at the foot of Train, keeps it for a while.")).to_be_visible()
    page.get_by_role("button", name="Delete this run").click()
    expect(page.locator(".picker .count")).to_have_text("2 chosen")
    expect(box(page, "seed 9")).to_have_count(0)
    drawn(page, "plot._fullData.length === 4")
    assert query(page.url)["runs"] == ",".join(lab.runs)
    assert doomed not in [job.id for job in store.jobs()]


@pytest.mark.slow
def test_twelve_runs_keep_a_readable_legend_on_a_dark_page_and_on_a_phone(lab, new_page):
    runs = [
        store_run(f"r-many{kind}{seed}", spec, [(0.5, 0.5 + 0.01 * seed)] * 3, recipe=RECIPE, seed=20 + seed)
        for kind, spec in enumerate((TINY, TWIN))
        for seed in range(6)
    ]
    for options in ({"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}):
        page = new_page(**options)
        open_runs(page, lab, runs)
        drawn(page, f"plot.querySelectorAll('.legendtext').length === {len(runs)}")
        boxes = page.locator(f"{PLOT} .legendtext").evaluate_all(
            "texts => texts.map(text => text.getBoundingClientRect()).map(({left, right, top}) => [left, right, top])"
        )
        plot = page.locator(PLOT).bounding_box()
        assert all(plot["x"] <= left and right <= plot["x"] + plot["width"] for left, right, _ in boxes)
        for one in boxes:
            assert not any(o is not one and abs(o[2] - one[2]) < 8 and o[0] < one[1] and one[0] < o[1] for o in boxes)
        height = read(page, "plot._fullLayout._size.h")
        assert height >= 180, f"the legend leaves the curves only {height} pixels"
        looks = read(page, "plot._fullData.filter(t => t.showlegend).map(t => t.line.color + t.line.dash)")
        assert len(set(looks)) == len(runs)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert_accessible(page)


def test_a_long_list_is_searched_whole_and_drawn_as_it_is_scrolled(lab, page):
    row = {"kind": "train", "state": "finished", "name": TINY.name, "spec": TINY.model_dump_json(), "message": ""}
    row |= {"recipe": RECIPE.model_dump_json(), "data": "shapes"}
    writes.add([{**row, "id": f"r-long{number}", "seed": 1000 + number, "created": 1.0} for number in range(300)])
    open_runs(page, lab, lab.runs)
    expect(box(page, "seed 1299")).to_have_count(1)
    page.get_by_label("Search runs").fill("1000")
    expect(page.locator(".picker .run")).to_have_count(1)
    box(page, "seed 1000").check()
    page.wait_for_url(lambda url: "r-long0" in query(url)["runs"])
    page.get_by_label("Search runs").fill("long")
    runs = page.locator(".picker .run")
    assert runs.count() < 300
    deadline = time.monotonic() + 15
    while runs.count() < 300:
        assert time.monotonic() < deadline, runs.count()
        page.locator(".picker .list").evaluate("list => (list.scrollTop = list.scrollHeight)")
    expect(box(page, "seed 1000")).to_be_checked()
    page.get_by_label("Search runs").fill("")
    box(page, "seed 1299").press("End")
    assert page.locator(".picker").evaluate("picker => picker.getRootNode().activeElement.type") == "checkbox"
