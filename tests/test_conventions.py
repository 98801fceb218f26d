"""Work by different conventions, memory that is needed at a time, and one block by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_core import build_graph, count_costs, get_spec
from resnet_core.choices import Block
from resnet_core.conventions import Convention, count_operations, operation_groups
from resnet_core.lone_block import lone_block
from resnet_core.memory import needed_activations
from resnet_core.published import RESNET50_READINGS
from tests.specs import any_spec

EVERYTHING = Convention(per_mac=2, biases=True, batch_norm=True, elementwise=True)


class TestConventions:
    @given(any_spec())
    def test_the_lab_s_own_two_are_among_them(self, spec):
        costs = count_costs(build_graph(spec))
        assert count_operations(costs, Convention()) == costs.total.macs
        assert count_operations(costs, EVERYTHING) == costs.total.flops

    @pytest.mark.parametrize(
        ("preset", "convention", "source"),
        [
            ("resnet50_v1_5", Convention(batch_norm=True), "fvcore and timm"),
            ("resnet50_v1_5", Convention(biases=True, batch_norm=True, elementwise=True), "ptflops"),
            ("resnet50", EVERYTHING, "TensorFlow's profiler"),
            ("resnet50_v1_5", Convention(images=2), "torchinfo at batch 2"),
        ],
    )
    def test_other_tools_figures_are_explained(self, preset, convention, source):
        (reading,) = [row for row in RESNET50_READINGS if row.source == source]
        counted = count_operations(count_costs(build_graph(get_spec(preset))), convention)
        assert counted / 1e9 == pytest.approx(reading.billions, rel=1e-3)

    def test_what_is_not_counted_is_zero(self):
        groups = operation_groups(count_costs(build_graph(get_spec("resnet20"))), Convention(batch_norm=True))
        assert groups["products"] and groups["batch_norm"]
        assert groups["biases"] == groups["elementwise"] == 0


class TestNeededMemory:
    @given(any_spec(stages=3, blocks=3))
    def test_each_layer_has_its_inputs_and_its_output_and_never_more_than_all(self, spec):
        graph = build_graph(spec)
        costs = count_costs(graph)
        sizes = {name: cost.activations for name, cost in costs.by_node.items()}
        needed = needed_activations(graph)
        for node in graph.nodes:
            own = sizes[node.name] + sum(sizes[name] for name in set(node.inputs))
            assert own <= needed[node.name] <= costs.total.activations

    def test_a_chain_needs_two_tensors_and_a_shortcut_one_more(self):
        plain, residual = (needed_activations(build_graph(get_spec(name))) for name in ("plain20", "resnet20"))
        tensor = 32 * 32 * 16
        assert plain["stage1_block1_conv2"] == 2 * tensor
        assert residual["stage1_block1_conv2"] == 3 * tensor
        assert residual["stage1_block1_relu"] == 2 * tensor  # the shortcut is let go after the sum


class TestLoneBlock:
    @given(st.integers(1, 128), st.sampled_from([7, 14, 28]))
    def test_both_kinds_cost_what_their_kernels_say(self, inner, pixels):
        basic, bottleneck = (lone_block(block, inner, pixels).total for block in Block)
        outer = 4 * inner
        assert basic.macs == pixels**2 * 2 * 9 * inner**2
        assert bottleneck.macs == pixels**2 * (outer * inner + 9 * inner**2 + inner * outer)
        assert basic.trainable == 18 * inner**2 + 2 * 2 * inner
        assert bottleneck.trainable == 17 * inner**2 + 2 * (inner + inner + outer)

    def test_what_comes_in_has_the_channels_that_go_out(self):
        block = lone_block(Block.BOTTLENECK, 64, 56)
        first, *_middle, last = block.convolutions
        assert block.channels_in(first) == last.output_shape[-1] == 256
        assert not any(node.on_shortcut for node in block.nodes)
