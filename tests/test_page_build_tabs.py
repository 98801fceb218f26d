"""The tabs of the Build page as a script: picture, layers, side by side, code and the check in Keras."""

import json
import shutil
import time

import pytest
from streamlit.testing.v1 import AppTest

from app.state import read_spec
from app.widgets.network_picture import MOST_BOXES, count_boxes, place_in
from app.widgets.side_by_side import choices
from resnet_core.choices import Block
from resnet_core.drawing import Detail, draw
from resnet_core.families import get_spec
from resnet_core.graph import build_graph
from resnet_core.home import lab_home
from resnet_core.recipes import get_recipe
from resnet_core.runs import queue, store, supervision, writes
from tests.build_page import LARGE_PLAIN, ONE_BLOCK, card_of, keys_of, open_build, widget_of
from tests.pages import query_of


@pytest.fixture(autouse=True)
def own_home(fresh_home):
    """Give each test a lab of its own, without the checks of another."""
    return fresh_home


class TestGraph:
    def test_a_layer_shows_its_formula_with_the_numbers_put_in(self):
        page = open_build(spec="resnet20", detail="layers", node="stage2_block1_conv1")
        assert "3 × 3 × 16 × 32 + 0 = 4,608" in card_of(page)
        assert "3 × 3 × 16 × 16 × 16 × 32 = 1,179,648" in card_of(page)
        assert "32x32x16 → <strong>16x16x32</strong>" in card_of(page)
        assert query_of(page)["node"] == "stage2_block1_conv1"

    def test_a_block_shows_its_sums_and_its_layers(self):
        card = card_of(open_build(spec="resnet20", node="stage2_block1"))
        assert "Stage 2, block 1" in card
        # 9 * 16 * 32 + 9 * 32 * 32 weights, and 4 * 32 numbers for each of two batch norms.
        assert f">{4_608 + 9_216 + 256:,}</dd>" in card
        assert card.count("<tr>") == 1 + 8

    def test_a_layer_stays_chosen_where_the_picture_shows_blocks_only(self):
        page = open_build(spec="resnet20", detail="layers", node="stage2_block1_conv1")
        page.button_group(key="build:graph:detail").set_value(Detail.STAGES).run()
        assert query_of(page) == {
            "spec": "resnet20",
            "detail": "stages",
            "tab": "graph",
            "node": "stage2_block1_conv1",
        }
        assert "4,608" in card_of(page)

    @pytest.mark.parametrize(
        ("spec", "detail", "drawn"),
        [("resnet20", "blocks", True), ("resnet20", "stages", False), ("plain20", "layers", False)],
    )
    def test_shortcuts_are_spoken_of_where_they_are_drawn(self, spec, detail, drawn):
        page = open_build(spec=spec, detail=detail)
        assert any("Blue lines" in caption.value for caption in page.caption) is drawn
        assert ("class=shortcut" in draw(build_graph(read_spec(spec)), detail).dot) is drawn

    def test_a_huge_picture_waits_until_it_is_asked_for(self):
        page = open_build(spec="stages.80-80-80", detail="layers")
        assert "1,688 layers take some seconds to draw: here are the blocks" in page.info[0].value
        assert _boxes(page) < MOST_BOXES
        page.button(key="build:graph:all").click().run()
        assert not page.info
        assert _boxes(page) == 1_688


def _boxes(page: AppTest) -> int:
    """Return how many boxes the picture of the page has."""
    given = [json.loads(part.proto.json) for part in page.get("bidi_component")]
    (svg,) = [data["svg"] for data in given if "svg" in data]
    return svg.count('class="node')


class TestPictures:
    @pytest.mark.parametrize("name", ["resnet20", "plain20", "resnet50", "resnet1202"])
    def test_boxes_are_counted_before_they_are_drawn(self, name):
        graph = build_graph(get_spec(name))
        for detail in (Detail.STAGES, Detail.LAYERS):
            assert count_boxes(graph, detail) == len(draw(graph, detail).layout.boxes)
        counted, drawn = count_boxes(graph, Detail.BLOCKS), len(draw(graph, Detail.BLOCKS).layout.boxes)
        assert abs(counted - drawn) <= len(graph.spec.stages) + 1  # shortcuts with a box of their own

    @pytest.mark.parametrize(
        ("detail", "node", "box"),
        [
            ("layers", "stage2_block1_bn1", "stage2_block1_bn1"),
            ("blocks", "stage2_block1_bn1", "stage2_block1"),
            ("blocks", "stage2_block1_add", "stage2_block1_add"),
            ("stages", "stage2_block1_bn1", "stage2"),
            ("stages", "stage2_block1", "stage2"),
            ("stages", "head_dense", "head"),
            ("blocks", "input", "stem"),
            ("layers", "stage2_block1", None),
            ("blocks", "stage2", None),
            ("blocks", "stage7", None),
            ("blocks", None, None),
        ],
    )
    def test_a_place_is_marked_at_the_box_that_holds_all_of_it(self, detail, node, box):
        graph = build_graph(get_spec("resnet20"))
        names = frozenset(drawn.name for drawn in draw(graph, detail).layout.boxes)
        assert place_in(graph, names, node) == box


class TestLayers:
    def test_all_layers_and_the_sums_of_each_part_are_listed(self):
        page = open_build(spec="resnet152", tab="layers")
        layers, sums = (frame.value for frame in page.dataframe)
        assert len(layers) == 515
        assert layers["trainable"].sum() == 60_192_808
        assert dict(zip(sums["part"], sums["macs"], strict=True))["total"] == 11_282_415_616
        assert any("multiply-adds" in caption.value for caption in page.caption)

    def test_the_receptive_fields_of_the_strip_and_of_the_sums_are_told_apart(self):
        page = open_build(spec="resnet20", tab="layers")
        sums = page.dataframe[1].value.set_index("part")["receptive_field"]
        # By hand: 3 + 12 + (2 + 20) + (4 + 40) = 81, and the average of 8x8 values goes 7 steps of 4 pixels further.
        assert sums["total"] == sums["head"] == 109
        assert any("109 px with the average pooling, 81 px before it" in text.value for text in page.caption)

    def test_the_chosen_node_has_its_card_here_too(self):
        assert "3 × 3 × 16 × 32 + 0 = 4,608" in card_of(open_build(tab="layers", node="stage2_block1_conv1"))


class TestSideBySide:
    def test_the_plain_twin_comes_first(self):
        page = open_build(spec="resnet56", tab="side")
        assert "resnet56 has exactly as many parameters and MACs as plain56" in page.info[0].value
        assert "other" not in query_of(page)

    def test_one_click_for_each_comparison_of_the_paper(self):
        page = open_build(spec="resnet20", tab="side")
        page.button_group(key="build:side:quick").set_value("Option B").run()
        assert "Option B adds 2,752 trained parameters (+1.0 %)" in page.info[0].value
        assert query_of(page)["other"] == "shortcut.B"
        page.button_group(key="build:side:quick").set_value("Bottleneck blocks").run()
        assert "MACs" in page.info[0].value
        page.selectbox(key="build:side:preset").select("resnet110").run()
        assert page.info[0].value.startswith("Against resnet20, resnet110 has 6.4 times the trained parameters")

    def test_both_sides_change_places(self):
        page = open_build(spec="resnet34", other="resnet50", tab="side")
        page.button(key="build:side:swap").click().run()
        assert (query_of(page)["spec"], query_of(page)["other"]) == ("resnet50", "resnet34")
        assert widget_of(page, "block").value == Block.BOTTLENECK

    def test_every_option_of_the_paper_is_in_one_table(self):
        page = open_build(spec="resnet20", tab="side")
        table = page.dataframe[-1].value.set_index("network")
        changes = table["params_change"]
        assert list(changes[:3]) == [0, 0, 2_752]
        # Kernels of 9 weights instead of 1; the batch norms after them are the same.
        assert changes["3x3 projections"] == 9 * (16 * 32 + 32 * 64) + 2 * (32 + 64)
        # Seven blocks more have a projection: three of 16 channels, two of 32, two of 64.
        assert changes["option C"] == 2_752 + 3 * (16 * 16 + 32) + 2 * (32 * 32 + 64) + 2 * (64 * 64 + 128)
        assert table["macs"]["option B"] == 40_813_184

    def test_choices_never_offer_the_network_itself(self):
        for name in ("resnet20", "plain20", "resnet50", "study_resnet20_nadam"):
            spec = get_spec(name)
            found, refused = choices(spec)
            assert spec not in found.values() and not refused
            assert len(set(found.values())) == len(found)

    def test_a_network_that_would_be_too_large_is_not_offered_and_says_why(self):
        page = open_build(spec=LARGE_PLAIN, tab="side")
        quick = page.button_group(key="build:side:quick")
        assert quick.options == ["Option A"] and quick.value == "Option A"
        assert "Residual twin: about 207,704,040 parameters received" in quick.help
        page.button(key="build:side:swap").click().run()
        assert not page.error and read_spec(query_of(page)["spec"]).residual


class TestCode:
    def test_it_shows_the_code_of_this_network_and_offers_it_whole(self):
        page = open_build(spec="stages.1-1~width.8~input_size.16", tab="code")
        assert "STAGES = (1, 1)" in page.code[0].value
        assert "WIDTH = 8" in page.code[0].value
        assert {"build:code:py", "build:code:ipynb", "build:code:json"} <= keys_of(page, "download_button")

    def test_a_network_for_other_images_has_no_training_script_and_says_why(self):
        page = open_build(spec="channels.5", tab="code")
        assert any("5" in caption.value and "channels" in caption.value for caption in page.caption)
        assert "CHANNELS = 5" in page.code[0].value
        assert not page.error


class TestCheck:
    """Jobs wait, because the test holds the supervisor's lock."""

    @pytest.fixture(autouse=True)
    def no_supervisor(self, own_home):
        with supervision.exclusive(lab_home()):
            yield

    def test_it_is_submitted_once_and_can_be_taken_back(self):
        page = open_build(spec=ONE_BLOCK, tab="code")
        page.button(key="build:check:verify").click().run()
        (job,) = store.jobs(kind="check")
        assert (job.spec["width"], job.state) == (4, "queued")
        assert page.info[0].value == "Waits for a worker."
        assert "build:check:verify" not in keys_of(page, "button")
        page.button(key="build:check:cancel").click().run()
        assert store.job(job.id).state == "stopped"
        assert "stopped before it was done" in page.info[0].value

    def test_it_says_which_run_it_waits_for(self):
        spec = read_spec(ONE_BLOCK)
        first = queue.submit(get_spec("resnet20"), get_recipe("quick"), "shapes")
        queue.submit(get_spec("plain20"), get_recipe("quick"), "shapes")
        queue.submit(spec, kind="check")
        writes.advance(first, {"queued"}, "starting")
        page = open_build(spec=ONE_BLOCK, tab="code")
        assert page.info[0].value == "Waits: resnet20 is training, and 1 more before this check."

    @pytest.mark.parametrize(
        ("state", "kind"), [("starting", "info"), ("running", "info"), ("failed", "error"), ("lost", "error")]
    )
    def test_it_says_how_far_it_is_or_why_it_ended(self, state, kind):
        job = queue.submit(read_spec(ONE_BLOCK), kind="check")
        writes.advance(job, {"queued"}, state, message="the reason")
        page = open_build(spec=ONE_BLOCK, tab="code")
        (box,) = page.get(kind)
        assert ("the reason" in box.value) == (kind == "error")
        assert ("build:check:verify" in keys_of(page, "button")) == (kind == "error")

    def test_a_difference_is_listed(self):
        found = {"ok": False, "layers": [], "params": 1, "differences": ["stem_conv: params is 1 in Keras, 2 here"]}
        job = queue.submit(read_spec(ONE_BLOCK), kind="check")
        writes.advance(job, {"queued"}, "finished", result=json.dumps(found), finished=time.time())
        page = open_build(spec=ONE_BLOCK, tab="code")
        assert "Keras differs in 1 place" in page.error[0].value
        assert page.dataframe[0].value["Difference"][0] == "stem_conv: params is 1 in Keras, 2 here"

    def test_the_outcome_is_that_of_this_network(self):
        job = queue.submit(get_spec("resnet20"), kind="check")
        writes.advance(job, {"queued"}, "stopped")
        assert not open_build(spec=ONE_BLOCK, tab="code").info
        assert open_build(spec="resnet20", tab="code").info

    def test_a_home_that_cannot_be_written_is_one_line(self, own_home):
        page = open_build(spec=ONE_BLOCK, tab="code")
        runs = own_home / "runs"
        shutil.rmtree(runs, ignore_errors=True)
        runs.write_text("in the way")
        page.button(key="build:check:verify").click().run()
        assert len(page.error) == 1
        assert len(page.error[0].value.splitlines()) == 1
        assert str(runs) in page.error[0].value
