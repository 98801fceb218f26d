"""What the Build page says about two networks, held against the numbers of the paper and of arithmetic."""

import pytest

from app.charts.stage_costs import describe, stage_costs
from app.comparison import change, differing, in_words, signed, titles
from app.tables import CONVENTION, csv, difference_table, layer_table, option_table, stage_table
from app.theme import PLAIN, RESIDUAL
from resnet_core.choices import Block, Shortcut
from resnet_core.costs import Costs, count_costs
from resnet_core.families import get_spec
from resnet_core.graph import build_graph
from resnet_core.spec import ResNetSpec


class TestWords:
    def test_the_shortcuts_of_the_paper_s_cifar_networks_are_free(self):
        words = in_words(_costs("plain56"), _costs("resnet56"))
        assert "resnet56 has exactly as many parameters and MACs as plain56: option A's shortcuts are free." in words
        # 27 sums: 9 each of 32x32x16, 16x16x32 and 8x8x64 values.
        assert f"The 27 additions are {9 * (16_384 + 8_192 + 4_096):,} FLOPs" in words

    def test_it_says_the_same_whichever_side_is_plain(self):
        sides = _costs("plain56"), _costs("resnet56")
        assert in_words(*sides) == in_words(*reversed(sides))

    def test_option_b_costs_what_its_projections_cost(self):
        a = get_spec("resnet20")
        words = in_words(_count(a), _count(a.model_copy(update={"shortcut": Shortcut.B})))
        assert words == "Option B adds 2,752 trained parameters (+1.0 %) and 262,144 MACs (+0.6 %) to option A."

    def test_projections_are_not_free_for_a_plain_twin_either(self):
        words = in_words(_costs("resnet18"), _costs("plain18"))
        # 64*128 + 128*256 + 256*512 weights, and gamma and beta of each output channel.
        added = 64 * 128 + 128 * 256 + 256 * 512 + 2 * (128 + 256 + 512)
        assert words.startswith(f"The shortcuts of resnet18 add {added:,} trained parameters")

    def test_equal_networks_and_equal_options(self):
        assert in_words(_costs("resnet20"), _costs("resnet20")) == "Both sides show the same network."
        one = ResNetSpec(stages=(2,))
        words = in_words(_count(one), _count(one.model_copy(update={"shortcut": Shortcut.B})))
        assert "costs as much as" in words

    def test_other_networks_are_measured_against_the_first(self):
        words = in_words(_costs("resnet56"), _costs("resnet110"))
        assert words.startswith(
            "Against resnet56, resnet110 has 2.0 times the trained parameters (1,727,962 against 853,018)"
        )
        back = in_words(_costs("resnet110"), _costs("resnet56"))
        assert "0.49 times the trained parameters (853,018 against 1,727,962)" in back
        near = in_words(_costs("resnet34"), _costs("resnet50"))
        assert f"{25_557_032 - 21_797_672:,} more trained parameters (+17.2 %)" in near
        smaller = in_words(_costs("resnet20"), _costs("pocket_resnet20"))
        assert "exactly as many trained parameters, 0.25 times the MACs" in smaller


def test_what_differs_is_listed_with_both_values():
    spec = get_spec("resnet20")
    other = spec.model_copy(update={"stages": (3, 3), "block": Block.BOTTLENECK, "bn_epsilon": 0.001})
    assert differing(spec, other) == {
        "stages": ("3-3-3", "3-3"),
        "block": ("basic", "bottleneck"),
        "bn_epsilon": ("1e-05", "0.001"),
    }
    assert differing(spec, spec) == {}


def test_two_networks_never_share_a_name():
    spec = get_spec("resnet20")
    assert titles(spec, get_spec("resnet32")) == ("resnet20", "resnet32")
    # The number of classes stands in no name; a network that is not the preset does not take its name either.
    wide, wider = (spec.model_copy(update={"classes": classes}) for classes in (20, 30))
    assert len(set(titles(wide, wider))) == 2


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (100, 101, "+1.0 %"),
        (100, 350, "+250 %"),
        (1000, 999, "−0.1 %"),
        (10_000, 10_005, "+0.05 %"),
        (10**9, 10**9 + 1, "+<0.01 %"),
        (7, 7, "0 %"),
    ],
)
def test_changes_are_written_with_digits_that_say_something(before, after, text):
    assert change(before, after) == text


def test_differences_carry_their_sign():
    assert [signed(number) for number in (1_234, 0, -1_234)] == ["+1,234", "0", "−1,234"]


class TestTables:
    def test_every_layer_has_its_row_and_the_stages_add_up(self):
        costs = _costs("resnet50")
        layers, stages = layer_table(costs), stage_table(costs)
        assert list(layers["layer"]) == [node.name for node in costs.graph.nodes]
        assert list(stages["part"]) == ["stem", "stage1", "stage2", "stage3", "stage4", "head", "total"]
        for quantity, expected in (("trainable", 25_557_032), ("macs", 3_857_973_248)):
            assert layers[quantity].sum() == stages[quantity][:-1].sum() == stages[quantity].iloc[-1] == expected
        assert stages["layers"].iloc[-1] == len(layers)

    def test_memory_is_four_bytes_a_value(self):
        layers = layer_table(_costs("resnet20")).set_index("layer")
        assert layers.loc["stem_conv", "memory"] == 4 * 32 * 32 * 16
        assert layers.loc["stem_conv", "output"] == "32x32x16"

    def test_csv_keeps_every_number_exactly(self):
        first, *rows = csv(stage_table(_costs("resnet152"))).decode().splitlines()
        assert first.split(",")[:4] == ["part", "layers", "output", "params"]
        assert "11282415616" in rows[-1].split(",")

    def test_a_stage_that_one_network_lacks_counts_as_nothing(self):
        table = difference_table(_costs("resnet20"), _costs("resnet18")).set_index("part")
        assert list(table.index) == ["stem", "stage1", "stage2", "stage3", "stage4", "head", "total"]
        assert table.loc["stage4", "params_1"] == 0
        assert table.loc["stage4", "params_change"] == table.loc["stage4", "params_2"] > 0
        assert table["macs_change"][:-1].sum() == table.loc["total", "macs_change"] == 1_814_073_344 - 40_551_040

    def test_options_are_compared_with_the_first(self):
        spec = get_spec("resnet20")
        options = {option: _count(spec.model_copy(update={"shortcut": option})) for option in (Shortcut.A, Shortcut.B)}
        table = option_table(options)
        assert list(table["params_change"]) == [0, 2_752]
        assert list(table["macs_change"]) == [0, 262_144]

    def test_the_convention_is_said(self):
        assert CONVENTION.startswith("MACs")
        assert "moving statistics" in CONVENTION


class TestChart:
    def test_bars_are_the_stage_sums_in_the_colors_of_plain_and_residual(self):
        plain, residual = _costs("plain20"), _costs("resnet20")
        figure = stage_costs([("plain20", plain), ("resnet20", residual)])
        colors = {bar.name: bar.marker.color for bar in figure.data}
        assert colors == {"plain20": PLAIN, "resnet20": RESIDUAL}
        assert {sum(bar.y) for bar in figure.data} == {269_722, 40_551_040}
        assert figure.layout.title.text

    def test_two_networks_of_one_kind_differ_in_color(self):
        figure = stage_costs([("resnet20", _costs("resnet20")), ("resnet32", _costs("resnet32"))])
        assert len({bar.marker.color for bar in figure.data}) == 2

    def test_it_can_be_heard(self):
        text = describe([("plain20", _costs("plain20"))])
        assert "plain20: stem 464 and 442 K" in text


def _costs(preset: str) -> Costs:
    return _count(get_spec(preset))


def _count(spec: ResNetSpec) -> Costs:
    return count_costs(build_graph(spec))
