"""Labs about blocks, shapes and costs: what they show is what is counted, worked out, printed and stored."""

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from app.labs import (
    block_shapes,
    block_tensors,
    bottleneck_costs,
    cifar_depths,
    conventions,
    imagenet_table,
    learning_rate,
    memory_and_field,
    seconds_and_work,
    shortcut_options,
)
from app.labs.lab import is_live, load_lab
from app.language import speaking
from app.measured_speed import newest_device, speeds
from resnet_core import build_graph, count_costs, get_spec
from resnet_core.lessons.labs.building import BUILDING_LABS
from resnet_core.runs import store
from tests.stored_runs import store_run

PURE = [name for name in BUILDING_LABS if not is_live(load_lab(name))]


def ask(lab, **values):
    """Return a lab's values and its answer."""
    name = lab.__name__.rpartition(".")[2]
    chosen = BUILDING_LABS[name](**values)
    return chosen, lab.answer(chosen)


@pytest.mark.parametrize("name", PURE)
class TestEveryLab:
    def test_it_draws_says_and_tells_its_numbers(self, name):
        lab, values = load_lab(name), BUILDING_LABS[name]()
        answer = lab.answer(values)
        panels = lab.panels(values, answer)
        assert panels and all(panel.title and panel.alt for panel in panels)
        for panel in panels:
            if panel.figure is not None:
                assert panel.figure.layout.title.text
        assert any(char.isdigit() for char in lab.sentence(values, answer))
        table = lab.table(values, answer)
        assert len(table) and table.columns.is_unique
        assert lab.TITLE and lab.CODE

    def test_it_answers_at_once(self, name):
        lab, values = load_lab(name), BUILDING_LABS[name]()
        lab.panels(values, lab.answer(values))
        took = []
        for _try in range(5):
            start = time.process_time()
            lab.panels(values, lab.answer(values))
            took.append(time.process_time() - start)
        # Time of this process alone, and the fastest of five: the machine may do other work at the same time.
        assert min(took) < 0.2


class TestBlockTensors:
    @settings(max_examples=40)
    @given(
        network=st.sampled_from(["residual", "plain"]),
        step=st.integers(0, 10),
        place=st.tuples(*[st.integers(1, 4)] * 3),
        changes=st.booleans(),
        shortcut=st.sampled_from("ABC"),
        order=st.sampled_from(["post", "pre"]),
        seed=st.integers(0, 50),
    )
    def test_any_choice_explains_the_number_it_shows(self, network, step, place, changes, shortcut, order, seed):
        row, column, channel = place
        chosen = {"network": network, "step": step, "row": row, "column": column, "channel": channel}
        values, answer = ask(block_tensors, **chosen, changes=changes, shortcut=shortcut, order=order, seed=seed)
        if answer.step:
            assert answer.working.value == pytest.approx(answer.layer.values[answer.place], abs=1e-12)
        table = block_tensors.table(values, answer)
        assert set(table["step"]) == set(range(answer.step + 1))
        block_tensors.panels(values, answer)

    def test_what_is_not_computed_yet_shows_no_number(self):
        values, answer = ask(block_tensors, step=0)
        picture = block_tensors.panels(values, answer)[0].html
        cells = picture.count("<i ")
        assert cells == 8 * 4 * 4 * 2
        assert picture.count('<i class=""></i>') == 7 * 4 * 4 * 2

    def test_the_shortcut_s_layers_follow_the_option(self):
        def on_shortcut(**values):
            return [layer.name for layer in ask(block_tensors, **values)[1].layers if layer.on_shortcut]

        assert on_shortcut(shortcut="A") == on_shortcut(shortcut="B") == []
        assert on_shortcut(shortcut="C") == ["shortcut_conv", "shortcut_bn"]
        assert on_shortcut(shortcut="A", changes=True) == ["shortcut_pad"]
        assert on_shortcut(shortcut="B", changes=True) == ["shortcut_conv", "shortcut_bn"]
        assert on_shortcut(network="plain", changes=True) == []
        assert on_shortcut(shortcut="B", changes=True, order="pre") == ["shortcut_conv"]

    def test_the_sum_is_the_only_difference_of_a_plain_block(self):
        residual, plain = (ask(block_tensors, network=network)[1] for network in ("residual", "plain"))
        before = {layer.name: layer.values for layer in plain.layers}
        for layer in residual.layers[:-2]:
            assert np.array_equal(layer.values, before[layer.name])
        assert residual.layers[-2].kind == "Add"
        assert np.allclose(residual.layers[-2].values, residual.layers[-3].values + residual.layers[0].values)

    def test_a_window_at_the_edge_is_marked_outside(self):
        values, answer = ask(block_tensors, step=1, row=1, column=1)
        assert block_tensors.panels(values, answer)[1].html.count('class="outside"') == 2 * 5


class TestCounts:
    def test_shortcuts_of_cifar_networks_cost_what_the_published_counts_differ_by(self):
        _values, answer = ask(shortcut_options, network="resnet56")
        assert answer.option("B").params - answer.option("A").params == 855_770 - 853_018
        assert answer.option("A").params == answer.plain.params
        assert [bridge.block for bridge in answer.bridges] == ["stage2_block1", "stage3_block1"]

    def test_a_bottleneck_of_four_times_the_channels_costs_as_much(self):
        values, answer = ask(block_shapes, width=64, same="inner")
        assert answer.bottleneck.outer == 4 * answer.basic.outer == 256
        assert answer.bottleneck.macs / answer.basic.macs == pytest.approx(17 / 18)
        assert "94.4 %" in block_shapes.sentence(values, answer)

    def test_a_bottleneck_saves_seventeenfold_at_equal_channels_outside_but_not_inside(self):
        assert ask(bottleneck_costs, same="outer")[1].ratio == pytest.approx(17 / 16 / 18)
        assert ask(bottleneck_costs, same="inner")[1].ratio == pytest.approx(17 / 18)
        assert ask(bottleneck_costs, same="inner", quantity="activations")[1].ratio > 3

    def test_the_imagenet_table_is_the_paper_s_and_torchvision_s(self):
        assert all(row.published.agrees(row.total) for row in ask(imagenet_table)[1].rows)
        exact = ask(imagenet_table, quantity="trainable")[1].rows
        assert [row.total for row in exact] == [11_689_512, 21_797_672, 25_557_032, 44_549_160, 60_192_808]
        assert all(row.difference == 0 for row in exact)
        v1_5 = ask(imagenet_table, stride_on="conv3x3")[1].rows
        assert [row.total for row in v1_5[2:]] == [4_089_184_256, 7_801_405_440, 11_513_626_624]

    @pytest.mark.parametrize(
        ("values", "source"),
        [
            ({}, "an exact count of v1"),
            ({"stride_on": "conv3x3", "batch_norm": True}, "fvcore and timm"),
            ({"stride_on": "conv3x3", "batch_norm": True, "elementwise": True}, "ptflops"),
            ({"per_mac": 2, "batch_norm": True, "elementwise": True}, "TensorFlow's profiler"),
            ({"stride_on": "conv3x3", "images": 2}, "torchinfo at batch 2"),
        ],
    )
    def test_each_tool_s_figure_can_be_found(self, values, source):
        values, answer = ask(conventions, **values)
        assert [row.source for row in answer.near] == [source]
        assert source in conventions.sentence(values, answer)

    def test_who_printed_a_figure_is_said_in_the_reader_s_language(self):
        values, answer = ask(conventions)
        with speaking("ko"):
            picture, *_tables = conventions.panels(values, answer)
            said = conventions.sentence(values, answer)
        labels = picture.figure.layout.yaxis.ticktext
        assert "He et al. 2015, 표 1" in labels and "v1을 정확히 센 값" in labels
        assert said.endswith("v1을 정확히 센 값 (3.858).")

    def test_biases_are_those_of_keras_applications(self):
        assert ask(conventions, conv_bias=True)[1].cost.params == 25_636_712

    def test_memory_ends_at_all_activations_and_inference_needs_far_less(self):
        costs = count_costs(build_graph(get_spec("resnet50")))
        kept = ask(memory_and_field, images=4)[1]
        needed = ask(memory_and_field, images=4, keep="needed")[1]
        assert kept.most == kept.memory[-1] == 4 * 4 * costs.total.activations
        assert needed.most < kept.most / 5
        assert kept.fields[-1] == 483

    def test_a_shortcut_holds_memory_that_a_plain_network_lets_go(self):
        residual, plain = (ask(memory_and_field, keep="needed", residual=kind)[1].most for kind in (True, False))
        assert residual > plain

    @given(st.sampled_from([1, 2, 6, 9, 12, 100]), st.sampled_from("AB"))
    @settings(max_examples=10, deadline=None)
    def test_n_gives_6n_plus_2_layers(self, n, shortcut):
        _values, answer = ask(cifar_depths, n=n, shortcut=shortcut)
        assert answer.depth == 6 * n + 2 == sum(part.layers for part in answer.parts)
        assert sum(part.params for part in answer.parts) == answer.params

    def test_table_6_is_the_paper_s(self):
        rows = ask(cifar_depths)[1].paper
        assert [row.depth for row in rows] == [20, 32, 44, 56, 110, 1202]
        assert all(row.published.agrees(row.params) for row in rows)


class TestLearningRate:
    def test_it_starts_as_the_paper_s_run(self):
        _values, answer = ask(learning_rate)
        assert [(phase.first, phase.end) for phase in answer.phases] == [
            (0, 32_000),
            (32_000, 48_000),
            (48_000, 64_000),
        ]
        assert [phase.rate for phase in answer.phases] == pytest.approx([0.1, 0.01, 0.001])
        assert answer.images == 45_000
        assert answer.epochs == pytest.approx(64_000 / (45_000 // 128))

    def test_warm_up_comes_first_at_a_tenth(self):
        _values, answer = ask(learning_rate, warmup_steps=400)
        first, second, *_rest = answer.phases
        assert (first.first, first.end, second.end) == (0, 400, 32_000)
        assert first.rate == pytest.approx(second.rate / 10)

    def test_cosine_falls_to_nearly_nothing_all_the_way(self):
        _values, answer = ask(learning_rate, schedule="cosine", steps=1_000)
        assert list(answer.rates) == sorted(answer.rates, reverse=True)
        assert answer.rates[-1] < 1e-5

    def test_a_logarithmic_axis_over_many_decades_labels_whole_powers_only(self):
        values, answer = ask(learning_rate, schedule="cosine", steps=10_000, log=True)
        axis = learning_rate.panels(values, answer)[0].figure.layout.yaxis
        decades = math.log10(answer.rates[0] / answer.rates[-1])
        assert decades > 7 and decades / axis.dtick < 10

    @given(
        st.sampled_from(["step", "constant", "cosine"]),
        st.integers(1, 19),
        st.integers(1, 19),
        st.integers(0, 40),
        st.integers(1, 64),
    )
    @settings(max_examples=30, deadline=None)
    def test_its_parts_cover_every_step_once(self, schedule, first, second, warmup, steps):
        chosen = {
            "first_drop": 5 * first,
            "second_drop": 5 * second,
            "warmup_steps": 100 * warmup,
            "steps": 1000 * steps,
        }
        values, answer = ask(learning_rate, schedule=schedule, **chosen)
        edges = [0, *(phase.end for phase in answer.phases)]
        assert edges == sorted(set(edges)) and edges[-1] == values.steps
        assert [phase.first for phase in answer.phases] == edges[:-1]
        learning_rate.panels(values, answer)


class TestSecondsAndWork:
    def test_each_network_is_the_median_of_its_runs_on_the_newest_device(self, fresh_home):
        store_run("r-1", get_spec("pocket_resnet20"), [(0.5, 0.5)] * 3)
        store_run("r-2", get_spec("pocket_plain20"), [(0.5, 0.5)] * 3)
        store_run("r-3", get_spec("resnet20"), [])
        jobs = store.jobs(with_epochs=True)
        device = newest_device(jobs)
        measured = speeds(jobs, device)
        assert device == "Test CPU" and speeds(jobs, "another") == []
        assert [speed.name for speed in measured] == ["plain20-16px", "resnet20-16px"]
        assert all(speed.seconds == pytest.approx(1 / 500) and speed.runs == 1 for speed in measured)
        assert measured[0].macs_per_second == pytest.approx(3 * measured[0].macs * 500)
        table = seconds_and_work.table(measured)
        assert list(table["macs"]) == [speed.macs for speed in measured]
        assert "by a factor of 1.0" in seconds_and_work.sentence(measured, device)
        assert "Here seconds follow the count" in seconds_and_work.sentence(measured, device)

    def test_an_empty_lab_offers_the_short_runs_first(self, fresh_home):
        page = AppTest.from_function(_seconds_and_work, default_timeout=60).run()
        assert not page.exception
        assert "No run on this computer" in page.info[0].value
        (button,) = page.button
        assert button.label == "Measure 4 networks" and button.proto.type == "primary"

    def test_stored_runs_are_drawn_and_told(self, fresh_home):
        for number, name in enumerate(("pocket_resnet20", "pocket_plain20", "resnet20")):
            store_run(f"r-{number}", get_spec(name), [(0.5, 0.5)] * 2)
        page = AppTest.from_function(_seconds_and_work, default_timeout=60).run()
        assert not page.exception and not page.info
        assert any("A count of work is no count of seconds" in text.value for text in page.markdown)
        assert page.button[0].proto.type == "secondary"

    def test_its_short_runs_differ_in_size_depth_and_width(self):
        specs = [spec for spec, _recipe in seconds_and_work.short_runs()]
        assert len({count_costs(build_graph(spec)).total.macs for spec in specs}) == len(specs) == 4
        assert {spec.depth for spec in specs} == {20, 56}


def _seconds_and_work():
    from app.labs import seconds_and_work
    from resnet_core.lessons.labs.building import SecondsAndWorkValues

    seconds_and_work.view(SecondsAndWorkValues(), key="test")
