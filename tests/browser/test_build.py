"""The Build page as a reader uses it: choose a network, look into its picture, take it home, have Keras verify it."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from resnet_core.drawing import Detail, draw
from resnet_core.families import get_spec
from resnet_core.graph import build_graph
from tests.browser.support import answered, assert_accessible, choose, click_row, open_page, unfold, wait_app

ONE_BLOCK = "stages.1~width.4~input_size.8"
SHOWN = {
    "graph": ".node",
    "layers": "[data-testid=stDataFrame] canvas",
    "side": ".lab-chart-plot .main-svg",
    "code": "[data-testid=stCode] .token",
}
MAGIC = {"SVG": b"<?xml", "PNG": b"\x89PNG\r\n\x1a\n", "PDF": b"%PDF-", "DOT": b'digraph "resnet20"'}


@pytest.fixture
def build(page, server) -> Callable[[str], Page]:
    """Return a function that opens the Build page with a query."""

    def open_build(query: str) -> Page:
        open_page(page, f"{server.url}/build?{query}")
        return page

    return open_build


class TestPicture:
    def test_another_preset_is_another_picture(self, build):
        page = build("spec=resnet20&detail=layers")
        expect(_nodes(page)).to_have_count(71)
        choose(page, "Preset", "ImageNet · resnet50")
        expect(_nodes(page)).to_have_count(175)
        expect(page.get_by_role("heading", name="resnet50")).to_be_visible()
        expect(page.locator(".lab-strip")).to_contain_text("torchvision: 25,557,032 ✓")
        expect(page).to_have_url(re.compile(r"spec=resnet50&detail=layers"))

    def test_a_click_on_a_layer_opens_its_card(self, build):
        page = build("spec=resnet20&detail=layers")
        _node(page, "stage1_block1_conv1").click()
        card = page.locator(".lab-card")
        expect(card).to_contain_text("3 × 3 × 16 × 16 + 0 = 2,304")
        expect(card).to_contain_text("3 × 3 × 16 × 32 × 32 × 16 = 2,359,296")
        expect(card).to_contain_text("32x32x16 → 32x32x16")
        expect(page).to_have_url(re.compile("node=stage1_block1_conv1"))

    def test_every_depth_and_its_clicks(self, build):
        page = build("spec=resnet20&detail=blocks")
        for detail, count, node, title in (
            ("Stages", 5, "stage1", "Stage 1"),
            ("Layers", 71, "stem_bn", "Batch norm"),
            ("Blocks", 22, "stage1_block2", "Stage 1, block 2"),
        ):
            page.get_by_role("radio", name=detail, exact=True).or_(
                page.get_by_role("button", name=detail, exact=True)
            ).click()
            expect(_nodes(page)).to_have_count(count)
            _node(page, node).click()
            expect(page.locator(".lab-card .name")).to_have_text(title)

    def test_the_field_lists_every_box_and_chooses_in_the_picture(self, build):
        page = build("spec=resnet20&detail=stages")
        field = page.get_by_role("combobox", name="Layer, block or stage")
        for detail in (Detail.STAGES, Detail.LAYERS, Detail.BLOCKS):
            page.get_by_role("radio", name=detail.capitalize(), exact=True).click()
            boxes = [box.name for box in draw(build_graph(get_spec("resnet20")), detail).layout.boxes]
            expect(_nodes(page)).to_have_count(len(boxes))
            field.focus()
            listed = page.locator("#names option").evaluate_all("all => all.map(option => option.value)")
            assert sorted(listed) == sorted(boxes)
        choose(page, "Preset", "CIFAR-10 · resnet56")
        field.fill("stage3_block9")
        field.press("Enter")
        expect(_node(page, "stage3_block9")).to_have_class(re.compile("chosen"))
        box, stage = _node(page, "stage3_block9").bounding_box(), page.locator(".stage").bounding_box()
        assert stage["x"] <= box["x"] <= stage["x"] + stage["width"]
        expect(page.locator(".lab-card .name")).to_have_text("Stage 3, block 9")
        expect(page).to_have_url(re.compile("node=stage3_block9"))
        page.get_by_role("button", name="Choose nothing").click()
        expect(page.locator(".lab-card")).to_have_count(0)

    @pytest.mark.parametrize("kind", MAGIC)
    def test_downloads_are_what_their_names_say(self, build, kind):
        page = build("spec=resnet20&detail=stages")
        page.get_by_role("button", name="Download").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=kind, exact=True).click()
        assert download.value.suggested_filename == f"resnet20-stages.{kind.lower()}"
        assert download.value.path().read_bytes().startswith(MAGIC[kind])


class TestTable:
    def test_a_row_is_the_node(self, build):
        page = build("spec=resnet20&tab=layers")
        _click_row(page, 1)  # the header is row 0, the input row 1 of what is read aloud
        expect(page.locator(".lab-card .name")).to_be_visible()
        node = re.search("node=([a-z0-9_]+)", page.url)[1]
        expect(page.locator(".lab-card .address")).to_have_text(node)

    def test_another_network_marks_the_row_of_the_same_layer_and_rows_go_on_being_chosen(self, build):
        page = build("spec=resnet20&tab=layers&node=stage1_block1_conv1")
        # The one for ImageNet has a pooling layer more before it.
        marked = page.get_by_test_id("stDataFrame").first.locator("tr[aria-selected=true]")
        for preset in ("CIFAR-10 · resnet56", "ImageNet · resnet50", "CIFAR-10 · resnet20"):
            choose(page, "Preset", preset)
            expect(page).to_have_url(re.compile("node=stage1_block1_conv1"))
            expect(marked).to_have_count(1)
            expect(marked).to_contain_text("stage1_block1_conv1")
        _click_row(page, 2)
        expect(page.locator(".lab-card .address")).to_have_text("stem_conv")
        choose(page, "Preset", "ImageNet · resnet152")
        expect(page.locator(".lab-card .address")).to_have_text("stem_conv")
        expect(marked).to_contain_text("stem_conv")
        _click_row(page, 2)
        expect(page.locator(".lab-card")).to_have_count(0)
        choose(page, "Preset", "CIFAR-10 · resnet20")
        expect(page.get_by_text("All 71 layers")).to_be_visible()
        expect(marked).to_have_count(0)
        _click_row(page, 3)
        expect(page.locator(".lab-card .address")).to_have_text("stem_bn")

    def test_csv_holds_every_layer(self, build):
        page = build("spec=resnet20&tab=layers")
        with page.expect_download() as download:
            page.get_by_role("button", name="Layers as CSV").click()
        lines = download.value.path().read_text().splitlines()
        assert download.value.suggested_filename == "resnet20-layers.csv"
        assert len(lines) == 1 + 71
        assert lines[2].startswith('stem_conv,"Conv 3x3, 16",32x32x16,432,432,442368')


class TestSideBySide:
    def test_a_click_on_one_side_marks_both(self, build):
        page = build("spec=resnet20&tab=side&other=plain20")
        expect(page.get_by_text("resnet20 has exactly as many parameters and MACs as plain20")).to_be_visible()
        sides = [page.locator(f".st-key-build-side-{side}") for side in ("left", "right")]
        sides[1].locator(".node[aria-label^='stage1_block1 ']").click()
        for side in sides:
            expect(side.locator(".node[aria-label^='stage1_block1 ']")).to_have_class(re.compile("chosen"))
        expect(page.locator(".lab-card")).to_have_count(2)
        expect(page.locator(".st-key-build-side-chart .main-svg").first).to_be_visible()


class TestCode:
    def test_downloads_hold_this_network(self, build):
        page = build(f"spec={ONE_BLOCK}&tab=code")
        files = {}
        for kind in ("py", "ipynb", "json"):
            with page.expect_download() as download:
                page.get_by_role("button", name=f".{kind}", exact=True).click()
            files[kind] = download.value.path().read_text()
        compile(files["py"], "train.py", "exec")
        assert "WIDTH = 4" in files["py"]
        assert json.loads(files["ipynb"])["nbformat"] == 4
        assert json.loads(files["json"])["stages"] == [1]

    def test_keras_verifies_one_block_and_the_page_remembers(self, build):
        page = build(f"spec={ONE_BLOCK}&tab=code")
        page.get_by_role("button", name="Verify in Keras").click()
        verdict = page.get_by_text(re.compile(r"agrees: 13 layers"))
        expect(verdict).to_be_visible(timeout=120_000)
        # 3x3 kernels: 3*4 + 4*4 + 4*4 channels; three batch norms of 4*4; the dense layer 4*10 + 10.
        expect(verdict).to_contain_text(f"{9 * (12 + 16 + 16) + 3 * 16 + 50:,} parameters in all")
        page.reload()
        wait_app(page)
        expect(verdict).to_be_visible()
        expect(page.get_by_role("button", name="Verify again")).to_be_visible()


class TestLinks:
    def test_a_link_reopens_the_same_screen(self, build, new_page):
        page = build("spec=resnet20&detail=blocks")
        choose(page, "Preset", "ImageNet · plain34")
        with answered(page):
            page.get_by_role("tab", name="Layers").click()
        page.get_by_role("tab", name="Graph").click()
        expect(_node(page, "stem")).to_be_visible()
        _node(page, "stage1_block1").click()
        expect(page).to_have_url(re.compile("node=stage1_block1"))
        other = new_page()
        open_page(other, page.url)
        expect(other.get_by_role("heading", name="plain34")).to_be_visible()
        expect(_node(other, "stage1_block1")).to_have_class(re.compile("chosen"))
        expect(other.locator(".lab-card .name")).to_have_text("Stage 1, block 1")
        assert other.url == page.url

    def test_each_press_of_back_takes_back_one_step_of_the_reader(self, server, page):
        open_page(page, server.url)
        page.get_by_test_id("stTopNavLink").filter(has_text="Build").click()
        expect(page).to_have_url(re.compile("spec=resnet20"))
        wait_app(page)
        choose(page, "Preset", "CIFAR-10 · resnet32")
        page.get_by_role("button", name="Train this").click()
        expect(page).to_have_url(re.compile("train.specs=resnet32"))
        wait_app(page)
        for network in ("resnet32", "resnet20"):
            page.go_back()
            expect(page.get_by_role("heading", name=network, exact=True)).to_be_visible()
            wait_app(page)
            expect(page.get_by_test_id("stAlert")).to_have_count(0)
        page.go_back()
        expect(page.get_by_role("button", name="Run the two-minute experiment")).to_be_visible()

    def test_a_mangled_link_is_one_line(self, build):
        page = build("spec=stages.0-%3Cscript%3E&tab=graph&detail=atoms&node=%22")
        expect(page.get_by_test_id("stAlert")).to_have_count(3)
        expect(page.get_by_role("heading", name="resnet20")).to_be_visible()
        expect(page.get_by_text("Traceback")).to_have_count(0)


class TestChoices:
    def test_an_invalid_draft_stays_beside_the_last_valid_network(self, build):
        page = build("spec=resnet20")
        stages = page.get_by_role("textbox", name="Blocks per stage")
        stages.fill("3-0-3")
        stages.press("Enter")
        expect(page.get_by_text("give each stage at least one block")).to_be_visible()
        expect(stages).to_have_value("3-0-3")
        expect(page.get_by_role("heading", name="resnet20")).to_be_visible()
        stages.fill("1-1-1")
        stages.press("Enter")
        expect(page.get_by_role("heading", name="resnet8")).to_be_visible()
        expect(page.get_by_text("give each stage at least one block")).to_have_count(0)

    def test_a_spec_saved_as_json_opens_again(self, build, tmp_path):
        page = build(f"spec={ONE_BLOCK}")
        save = page.get_by_role("button", name="Save as JSON")
        unfold(page, "More", save)
        with page.expect_download() as download:
            save.click()
        saved = tmp_path / "net.json"
        download.value.save_as(saved)
        build("spec=resnet20")
        unfold(page, "More", page.get_by_role("button", name="Save as JSON"))
        page.locator("input[type=file]").set_input_files(saved)
        expect(page).to_have_url(re.compile("width.4"))
        expect(page.get_by_role("heading", name="resnet4-1-w4-8px")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_tab_is_accessible(page, server, scheme):
    page.emulate_media(color_scheme=scheme)
    for tab in ("graph", "layers", "side", "code"):
        open_page(page, f"{server.url}/build?spec=resnet20&detail=blocks&node=stage2_block1&tab={tab}")
        expect(page.locator(".lab-strip").first).to_be_visible()
        expect(page.locator(SHOWN[tab]).first).to_be_visible()
        assert_accessible(page)


def test_it_fits_a_phone(new_page, server):
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    open_page(page, f"{server.url}/build?spec=resnet152&detail=stages&node=stage1")
    expect(_node(page, "stem")).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    for cell in page.locator(".lab-strip > div").all():
        assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth")


def _nodes(page: Page):
    return page.locator(".st-key-build-graph-view .node")


def _node(page: Page, name: str):
    return page.locator(f'.node[aria-label^="{name} "], .node[aria-label="{name}"]')


def _click_row(page: Page, row: int) -> None:
    """Choose a row of the table of layers."""
    with answered(page):
        click_row(page, page.get_by_test_id("stDataFrame").first, row)
