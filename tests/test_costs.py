"""What networks cost: exact published integers, the paper's rounded ones, and counting one weight at a time."""

from math import prod

import pytest
from hypothesis import given, settings

from resnet_core import build_graph, count_costs, get_spec, make_spec
from tests.specs import any_spec


def total(spec, **changes):
    return count_costs(build_graph(make_spec(spec.model_dump() | changes))).total


CIFAR = [
    # depth, A params, A MACs, B params, B MACs, moving statistics of A and B
    (20, 269_722, 40_551_040, 272_474, 40_813_184, 1_376, 1_568),
    (32, 464_154, 68_862_592, 466_906, 69_124_736, 2_272, 2_464),
    (44, 658_586, 97_174_144, 661_338, 97_436_288, 3_168, 3_360),
    (56, 853_018, 125_485_696, 855_770, 125_747_840, 4_064, 4_256),
    (110, 1_727_962, 252_887_680, 1_730_714, 253_149_824, 8_096, 8_288),
    (1202, 19_421_274, 2_829_238_912, 19_424_026, 2_829_501_056, 89_632, 89_824),
]


@pytest.mark.parametrize(("depth", "a", "a_macs", "b", "b_macs", "a_moving", "b_moving"), CIFAR)
def test_cifar_networks_have_these_exact_counts(depth, a, a_macs, b, b_macs, a_moving, b_moving):
    spec = get_spec(f"resnet{depth}")
    ours = total(spec)
    assert (ours.trainable, ours.macs, ours.non_trainable) == (a, a_macs, a_moving)
    projected = total(spec, shortcut="B")
    assert (projected.trainable, projected.macs, projected.non_trainable) == (b, b_macs, b_moving)
    plain = total(spec.plain_twin())
    assert (plain.trainable, plain.macs, plain.non_trainable) == (a, a_macs, a_moving)


IMAGENET = [
    # depth, torchvision's parameters, MACs of v1.5, MACs of v1
    (18, 11_689_512, 1_814_073_344, 1_814_073_344),
    (34, 21_797_672, 3_663_761_408, 3_663_761_408),
    (50, 25_557_032, 4_089_184_256, 3_857_973_248),
    (101, 44_549_160, 7_801_405_440, 7_570_194_432),
    (152, 60_192_808, 11_513_626_624, 11_282_415_616),
]


@pytest.mark.parametrize(("depth", "params", "macs_v1_5", "macs_v1"), IMAGENET)
def test_imagenet_networks_have_these_exact_counts(depth, params, macs_v1_5, macs_v1):
    spec = get_spec(f"resnet{depth}")
    assert (total(spec).trainable, total(spec).macs) == (params, macs_v1)
    moved = total(spec, stride_on="conv3x3")
    assert (moved.trainable, moved.macs) == (params, macs_v1_5)
    if depth >= 50:
        assert total(get_spec(f"resnet{depth}_v1_5")) == moved


@pytest.mark.parametrize(("depth", "macs"), [(18, 1_794_805_760), (34, 3_644_493_824)])
def test_option_a_saves_the_projections(depth, macs):
    assert total(get_spec(f"resnet{depth}"), shortcut="A").macs == macs
    assert total(get_spec(f"plain{depth}")).macs == macs


@pytest.mark.parametrize(
    ("name", "params", "trainable"),
    [
        ("keras_resnet50", 25_636_712, 25_583_592),
        ("keras_resnet101", 44_707_176, 44_601_832),
        ("keras_resnet152", 60_419_944, 60_268_520),
        ("study_resnet20_nadam", 295_306, 293_738),
    ],
)
def test_networks_with_biases_have_these_exact_counts(name, params, trainable):
    ours = total(get_spec(name))
    assert (ours.params, ours.trainable) == (params, trainable)


@pytest.mark.parametrize(("depth", "billions"), [(18, 1.8), (34, 3.6), (50, 3.8), (101, 7.6), (152, 11.3)])
def test_multiply_adds_round_to_the_papers_table_1(depth, billions):
    assert total(get_spec(f"resnet{depth}")).macs / 1e9 == pytest.approx(billions, rel=0.025)


@pytest.mark.parametrize(
    ("depth", "millions"), [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7), (1202, 19.4)]
)
def test_parameters_round_to_the_papers_table_6(depth, millions):
    assert total(get_spec(f"resnet{depth}")).trainable / 1e6 == pytest.approx(millions, rel=0.025)


@pytest.mark.parametrize(
    # Araujo et al. 2019, Computing Receptive Fields of Convolutional Neural Networks: resnet_v1_50, 101, 152.
    ("name", "part", "pixels"),
    [("resnet50", "stage4", 483), ("resnet101", "stage4", 1027), ("resnet152", "stage4", 1507)],
)
def test_receptive_fields_are_the_published_ones(name, part, pixels):
    assert count_costs(build_graph(get_spec(name))).by_stage()[part].receptive_field == pixels


def test_the_receptive_field_of_resnet20_is_that_of_a_calculation_by_hand():
    costs = count_costs(build_graph(get_spec("resnet20")))
    stem = 3
    stage1 = stem + 6 * 2
    stage2 = stage1 + 2 + 5 * 2 * 2  # the first convolution still steps over single pixels
    stage3 = stage2 + 2 * 2 + 5 * 2 * 4
    assert [costs.by_stage()[f"stage{i}"].receptive_field for i in (1, 2, 3)] == [stage1, stage2, stage3]
    assert costs.by_node["head_dense"].receptive_field == stage3 + 7 * 4  # the average of 8x8 pixels, 4 apart


def test_formulas_by_hand():
    costs = count_costs(build_graph(make_spec({"stages": (1, 1), "width": 8, "conv_bias": True}))).by_node
    conv = costs["stage2_block1_conv1"]  # 3x3, 8 -> 16 channels, 16x16 pixels out
    assert conv.params == conv.trainable == 3 * 3 * 8 * 16 + 16
    assert conv.macs == 3 * 3 * 8 * 16 * 16 * 16
    assert conv.flops == 2 * conv.macs + 16 * 16 * 16
    assert conv.activations == 16 * 16 * 16
    norm = costs["stage2_block1_bn1"]
    assert (norm.params, norm.trainable, norm.non_trainable) == (64, 32, 32)
    assert (norm.macs, norm.flops) == (0, 2 * 16 * 16 * 16)
    assert costs["stage2_block1_relu1"].flops == costs["stage2_block1_add"].flops == 16 * 16 * 16
    pad = costs["stage2_block1_shortcut_pad"]
    assert (pad.params, pad.macs, pad.flops, pad.activations) == (0, 0, 0, 16 * 16 * 16)
    assert costs["head_pool"].flops == 16 * 16 * 16
    dense = costs["head_dense"]
    assert (dense.params, dense.macs, dense.flops) == (16 * 10 + 10, 160, 330)
    assert costs["input"].activations == 32 * 32 * 3


def test_max_pooling_compares_the_nine_values_of_its_window():
    costs = count_costs(build_graph(make_spec({"stages": (1,), "stem": "imagenet", "width": 4}))).by_node
    assert costs["stem_pool"].flops == 8 * 8 * 8 * 4


@settings(max_examples=150)
@given(any_spec())
def test_sums_are_the_sums_of_their_layers(spec):
    graph = build_graph(spec)
    costs = count_costs(graph)
    for name in ("params", "trainable", "macs", "flops", "activations"):
        whole = getattr(costs.total, name)
        assert whole == sum(getattr(costs.by_node[node.name], name) for node in graph.nodes)
        assert whole == sum(getattr(cost, name) for cost in costs.by_stage().values())
    assert costs.total.flops >= 2 * costs.total.macs
    assert costs.total.receptive_field == costs.by_node["head_dense"].receptive_field


@settings(max_examples=150)
@given(any_spec())
def test_a_convolution_multiplies_each_of_its_weights_once_for_each_output_pixel(spec):
    graph = build_graph(spec)
    costs = count_costs(graph)
    for node in graph.nodes:
        cost = costs.by_node[node.name]
        assert cost.activations == prod(node.output_shape)
        if node.kind == "Conv2D":
            kernel = cost.params - (node.attributes["filters"] if spec.conv_bias else 0)
            assert cost.macs == kernel * prod(node.output_shape[:2]), node.name
        elif node.kind != "Dense":
            assert cost.macs == 0, node.name


@settings(max_examples=100)
@given(any_spec())
def test_with_option_a_a_plain_twin_costs_the_same(spec):
    residual = total(make_spec(spec.model_dump() | {"residual": True, "shortcut": "A"}))
    plain = total(spec.plain_twin())
    assert (residual.params, residual.trainable, residual.macs) == (plain.params, plain.trainable, plain.macs)
    assert residual.receptive_field == plain.receptive_field
