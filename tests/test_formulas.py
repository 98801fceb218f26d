"""What a layer's card says must amount to what `costs` counted."""

import re

import pytest
from hypothesis import given

from resnet_core.costs import count_costs
from resnet_core.families import PRESETS, get_spec
from resnet_core.formulas import Formula, explain
from resnet_core.graph import build_graph
from resnet_core.spec import ResNetSpec
from tests.specs import any_spec


def test_the_paper_reader_s_example():
    rows = _explained("resnet20", "stage2_block1_conv1")
    assert str(rows["params"]) == "3 × 3 × 16 × 32 + 0 = 4,608"
    assert str(rows["macs"]) == "3 × 3 × 16 × 16 × 16 × 32 = 1,179,648"
    assert str(rows["activations"]) == "16 × 16 × 32 = 8,192"
    # Seven 3x3 convolutions before it, each two pixels wider: 1 + 7 * 2, and its own 2 more.
    assert str(rows["receptive_field"]) == "15 + (3 − 1) × 1 = 17"


def test_one_batch_norm_has_four_numbers_a_channel_and_trains_two():
    rows = _explained("resnet50", "stem_bn")
    assert (rows["params"].value, rows["trainable"].value) == (256, 128)
    assert "moving mean" in rows["params"].words
    assert str(rows["trainable"]) == "2 × 64 = 128"


def test_the_stride_so_far_is_in_the_receptive_field():
    # After the 7x7 convolution and the pooling, each with stride 2, neighbors lie 4 pixels apart.
    rows = _explained("resnet18", "stage1_block1_conv1")
    assert str(rows["receptive_field"]) == "11 + (3 − 1) × 4 = 19"


def test_a_sum_sees_what_its_widest_input_sees():
    rows = _explained("resnet20", "stage1_block1_add")
    assert str(rows["receptive_field"]) == "max(7; 3) = 7"


def test_a_number_that_needs_no_arithmetic_stands_alone():
    assert str(_explained("resnet20", "stage1_block1_relu1")["params"]) == "0"


@pytest.mark.parametrize("name", ["resnet20", "plain18", "resnet50_v1_5", "keras_resnet50", "study_resnet20_nadam"])
def test_every_formula_of_a_preset_amounts_to_the_count(name):
    assert name in PRESETS
    _assert_all_agree(get_spec(name))


@given(any_spec(blocks=2, width=20, size=70))
def test_every_formula_of_any_network_amounts_to_the_count(spec):
    _assert_all_agree(spec)


def _explained(preset: str, layer: str) -> dict[str, Formula]:
    costs = count_costs(build_graph(get_spec(preset)))
    return {formula.quantity: formula for formula in explain(costs, layer)}


def _assert_all_agree(spec: ResNetSpec) -> None:
    costs = count_costs(build_graph(spec))
    for node in costs.graph.nodes:
        cost = costs.by_node[node.name]
        rows = explain(costs, node.name)
        assert len(rows) == 6
        for row in rows:
            assert _worked_out(row.numbers) == getattr(cost, row.quantity) == row.value, (node.name, row)
            assert row.words


def _worked_out(numbers: str) -> int:
    """Work a written formula out, independently of the code that wrote it."""
    text = numbers.replace(",", "").replace(";", ",").replace("×", "*").replace("−", "-")
    assert re.fullmatch(r"[\d\s*+(),-]*(max\([\d\s,]+\))?[\d\s*+()-]*", text), numbers
    return eval(text, {"__builtins__": {}}, {"max": max})
