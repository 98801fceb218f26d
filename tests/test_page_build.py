"""The Build page as a script: what it shows for a link, what it makes of choices, and what it says of bad ones."""

import pytest

from app.comparison import title
from app.widgets.spec_form import LARGEST_UPLOAD
from resnet_core.choices import Block, Shortcut
from resnet_core.families import PRESETS, get_spec
from resnet_core.spec import ResNetSpec
from tests.build_page import LARGE_PLAIN, WIDGETS, open_build, strip_of, upload, widget_of
from tests.pages import query_of

FAMILIES = {preset.family: name for name, preset in reversed(PRESETS.items())}


@pytest.fixture(autouse=True)
def own_home(fresh_home):
    """Give each test a lab of its own, without the checks of another."""
    return fresh_home


class TestLinks:
    @pytest.mark.parametrize("name", FAMILIES.values())
    def test_a_preset_of_each_family_shows_its_numbers(self, name):
        page = open_build(spec=name)
        spec = get_spec(name)
        assert page.title[0].value == name
        assert f">{spec.depth:,}</dd>" in strip_of(page)
        assert page.selectbox(key="build:spec:preset").value == name

    @pytest.mark.parametrize("tab", ["graph", "layers", "side", "code"])
    def test_a_custom_network_opens_on_every_tab_and_the_link_stays(self, tab):
        asked = {"spec": "stages.1-2~residual.0~input_size.16", "detail": "layers", "tab": tab, "node": "stem_conv"}
        page = open_build(**asked)
        assert page.title[0].value == "plain8-1x2-16px"
        assert page.selectbox(key="build:spec:preset").value is None
        assert not page.warning
        assert query_of(page) == asked

    def test_a_second_network_comes_with_the_link(self):
        page = open_build(spec="resnet56", other="plain56", tab="side")
        assert "exactly as many parameters and MACs" in page.info[0].value
        assert query_of(page)["other"] == "plain56"

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("spec", "resnet57", "no preset is called 'resnet57'"),
            ("spec", "stages.0-3", "stages must all be >= 1"),
            ("spec", "stages.x", "cannot be read"),
            ("other", "width.0", "width"),
            ("detail", "atoms", "detail must be one of"),
            ("tab", "secret", "tab must be one of"),
            ("node", "stage9_block1", "resnet20 has no 'stage9_block1'"),
            ("color", "red", "knows no 'color'"),
        ],
    )
    def test_a_mangled_part_is_one_line_and_the_rest_is_shown(self, name, text, said):
        page = open_build(**{"spec": "resnet20", name: text})
        assert [said in warning.value for warning in page.warning] == [True]
        assert len(page.warning[0].value.splitlines()) == 1
        assert page.title[0].value == "resnet20"
        assert name not in query_of(page) or query_of(page)[name] != text

    def test_published_figures_stand_beside_ours(self):
        strip = strip_of(open_build(spec="resnet50"))
        assert "25,557,032" in strip
        assert "torchvision: 25,557,032 ✓" in strip
        assert "paper: 3.8 × 10⁹ ✓" in strip
        assert "keras: 25,583,592 ✓" in strip_of(open_build(spec="keras_resnet50"))
        assert "paper: 0.85M ✓" in strip_of(open_build(spec="resnet56"))
        assert "paper: " not in strip_of(open_build(spec="stages.2-2-2"))


class TestChoices:
    def test_another_preset_is_another_network_and_another_link(self):
        page = open_build(spec="resnet20", tab="layers")
        page.selectbox(key="build:spec:preset").select("resnet152").run()
        assert page.title[0].value == "resnet152"
        assert widget_of(page, "stages").value == "3-8-36-3"
        assert query_of(page) == {"spec": "resnet152", "detail": "blocks", "tab": "layers"}
        assert "All 515 layers" in page.markdown[0].value

    @pytest.mark.parametrize("text", ["2, 2, 2", "2 2 2", "2-2-2", " 2x2x2 "])
    def test_blocks_per_stage_are_read_as_people_write_them(self, text):
        page = open_build(spec="resnet20")
        page.text_input(key="build:spec:stages").set_value(text).run()
        assert page.title[0].value == "resnet14"
        assert widget_of(page, "stages").value == "2-2-2"
        assert not page.error

    def test_deeper_and_shallower(self):
        page = open_build(spec="resnet20")
        page.button(key="build:spec:step1").click().run()
        assert page.title[0].value == "resnet26"
        for _ in range(3):
            page.button(key="build:spec:step-1").click().run()
        assert page.title[0].value == "resnet8"
        assert page.button(key="build:spec:step-1").disabled

    def test_a_step_adds_to_what_was_typed_a_moment_ago(self):
        page = open_build(spec="resnet20")
        page.text_input(key="build:spec:stages").set_value("5-5")
        page.button(key="build:spec:step1").click().run()  # both reach the app with one message
        assert widget_of(page, "stages").value == "6-6"
        assert page.title[0].value == "resnet26-6x6"
        widget_of(page, "stages").set_value("six")
        page.button(key="build:spec:step1").click().run()
        assert widget_of(page, "stages").value == "six"
        assert "write one number for each stage" in page.error[0].value

    def test_kind_block_and_shortcut(self):
        page = open_build(spec="resnet20")
        page.button_group(key="build:spec:residual").set_value(False).run()
        assert page.title[0].value == "plain20"
        assert page.button_group(key="build:spec:shortcut").disabled
        page.button_group(key="build:spec:residual").set_value(True).run()
        page.button_group(key="build:spec:block").set_value(Block.BOTTLENECK).run()
        page.button_group(key="build:spec:shortcut").set_value(Shortcut.C).run()
        assert page.title[0].value == "resnet29-bottleneck-C"
        assert query_of(page)["spec"] == "block.bottleneck~shortcut.C"

    def test_every_field_of_a_spec_has_its_widget(self):
        page = open_build(more=True, spec="resnet20")
        keys = {widget.key for kind in WIDGETS for widget in page.get(kind)}
        assert {f"build:spec:{field}" for field in ResNetSpec.model_fields} <= keys

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("input_size", 48),
            ("channels", 1),
            ("classes", 100),
            ("width", 8),
            ("bn_momentum", 0.99),
            ("bn_epsilon", 0.001),
        ],
    )
    def test_numbers_under_more(self, field, value):
        page = open_build(more=True, spec="resnet20")
        page.number_input(key=f"build:spec:{field}").set_value(value).run()
        assert not page.error
        assert f"{field}.{value}" in query_of(page)["spec"]

    def test_a_node_that_the_next_network_lacks_is_let_go_without_a_word(self):
        page = open_build(spec="resnet18", node="stage4_block2_conv1")
        page.selectbox(key="build:spec:preset").select("resnet20").run()
        assert "node" not in query_of(page)
        assert not page.warning


class TestInvalidChoices:
    @pytest.mark.parametrize(
        ("start", "field", "value", "said"),
        [
            ("resnet20", "stages", "3-0-3", "give each stage at least one block"),
            ("resnet20", "stages", "three", "write one number for each stage"),
            ("resnet20", "stages", "", "write one number for each stage"),
            ("resnet20", "stages", "900-900", "at most 2,000 are allowed"),
            ("resnet20", "stages", "1-1-1-1-1-1-1", "too small for strides"),
            ("resnet18", "input_size", 31, "too small for strides of 32"),
            ("resnet152", "width", 2048, "parameters received, at most 200,000,000"),
            ("plain20", "zero_gamma", True, "switch zero_gamma off"),
            ("resnet20", "bn_momentum", 1.0, "bn_momentum must be less than 1"),
            ("resnet20", "bn_epsilon", 0.0, "bn_epsilon must be greater than 0"),
        ],
    )
    def test_one_line_says_why_and_draft_and_network_both_stay(self, start, field, value, said):
        page = open_build(more=True, spec=start)
        strip = strip_of(page)
        widget = widget_of(page, field)
        widget.set_value(value).run()
        assert [said in error.value for error in page.error] == [True]
        assert len(page.error[0].value.splitlines()) == 1
        assert widget_of(page, field).value == value
        assert page.title[0].value == start
        assert strip_of(page) == strip
        assert query_of(page)["spec"] == start
        small = " ".join(part.proto.body for part in page.get("html"))
        assert f"{start}, the last valid network, is still what is shown." in small
        assert "layers</p>" not in small, "nothing under the draft counts another network's layers"

    def test_two_choices_that_only_fit_together_can_be_made_one_after_the_other(self):
        page = open_build(more=True, spec="resnet18")
        page.number_input(key="build:spec:input_size").set_value(16).run()
        assert page.error
        page.text_input(key="build:spec:stages").set_value("2-2-2").run()
        assert not page.error
        assert page.title[0].value == "resnet14-2x2x2-16px"

    def test_the_way_back_gives_the_last_valid_network(self):
        page = open_build(spec="resnet20")
        page.text_input(key="build:spec:stages").set_value("0").run()
        page.button(key="build:spec:back").click().run()
        assert not page.error
        assert widget_of(page, "stages").value == "3-3-3"

    def test_a_preset_replaces_a_draft_that_was_never_valid(self):
        page = open_build(spec="resnet20")
        page.text_input(key="build:spec:stages").set_value("0").run()
        page.selectbox(key="build:spec:preset").select("plain20").run()  # it has the same stages as resnet20
        assert not page.error
        assert widget_of(page, "stages").value == "3-3-3"


class TestFiles:
    def test_a_spec_is_opened_from_json(self):
        page = open_build(more=True, spec="resnet20")
        spec = ResNetSpec(stages=(2, 1), classes=3)
        upload(page, spec.model_dump_json().encode())
        assert page.title[0].value == title(spec)
        assert widget_of(page, "classes").value == 3

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"{", "not valid JSON"),
            (b"[]", "a spec is a JSON object"),
            (b'{"depth": 20}', "unknown field 'depth'"),
            (b'{"stages": [0]}', "at least one block"),
            (b"\xff\xfe\x00", "not text in UTF-8"),
            (b'{"width": ' + b"9" * 5_000 + b"}", "no field of a spec is so large"),
            (b" " * (LARGEST_UPLOAD + 1), "a spec has at most 64,000"),
        ],
    )
    def test_what_is_no_spec_is_one_line_and_changes_nothing(self, content, said):
        page = open_build(more=True, spec="resnet20")
        upload(page, content)
        assert [said in error.value for error in page.error] == [True]
        assert len(page.error[0].value.splitlines()) == 1
        assert page.title[0].value == "resnet20"


class TestOnwards:
    def test_train_this_takes_the_network_along(self):
        page = open_build(spec="resnet32")
        page.button(key="build:train").click().run()
        assert page.title[0].value == "Train"
        assert query_of(page)["specs"] == "resnet32"

    @pytest.mark.parametrize(("name", "twin"), [("resnet32", "plain32"), ("plain32", "resnet32")])
    def test_its_twin_can_come_with_it(self, name, twin):
        page = open_build(spec=name)
        page.button(key="build:twin").click().run()
        assert query_of(page)["specs"] == f"{name},{twin}"

    def test_a_twin_that_would_be_too_large_cannot_come_and_says_why(self):
        page = open_build(spec=LARGE_PLAIN)
        button = page.button(key="build:twin")
        assert button.disabled and "about 207,704,040 parameters received" in button.help
        page.button(key="build:train").click().run()
        assert page.title[0].value == "Train" and not page.error
