"""NumPy's tensors against Keras', and the worked numbers against both."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resnet_core import build_graph
from resnet_core.choices import Order, Shortcut
from resnet_core.models import build_model
from resnet_core.small_block import small_block
from resnet_core.tensors import compute
from resnet_core.workings import Convolved, Moved, explain_value
from tests.specs import any_spec

BLOCKS = [
    {"residual": residual, "shortcut": shortcut, "order": order, "changes": changes}
    for residual in (True, False)
    for shortcut in (Shortcut.A, Shortcut.B, Shortcut.C, Shortcut.CONV3X3)
    for order in Order
    for changes in (True, False)
]


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(spec=any_spec(stages=2, blocks=1, width=4, size=17, channels=3, classes=4), seed=st.integers(0, 99))
def test_every_layer_of_any_network_computes_what_keras_computes(spec, seed):
    graph = build_graph(spec)
    model = build_model(graph, seed=seed)
    generator = np.random.default_rng(seed)
    # Fresh statistics would make batch normalization an identity, which hides mistakes.
    for layer in model.layers:
        layer.set_weights([generator.uniform(0.5, 1.5, weight.shape) for weight in layer.get_weights()])
    images = generator.normal(size=(2, spec.input_size, spec.input_size, spec.channels)).astype("float32")
    ours = compute(graph.nodes, _weights(model), {"input": images})
    theirs = type(model)(model.input, [model.get_layer(node.name).output for node in graph.nodes])(images)
    for node, tensor in zip(graph.nodes, theirs, strict=True):
        expected = np.asarray(tensor)
        scale = max(np.abs(expected).max(), 1.0)
        np.testing.assert_allclose(ours[node.name] / scale, expected / scale, atol=2e-5, err_msg=node.name)


@pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
def test_a_small_block_computes_what_keras_computes(training):
    block = small_block(changes=True, shortcut=Shortcut.B, seed=3)
    if not training:
        generator = np.random.default_rng(0)
        for weights in block.weights.values():
            if "gamma" in weights:
                shape = weights["gamma"].shape
                weights |= {
                    "moving_mean": generator.normal(size=shape),
                    "moving_variance": generator.uniform(1, 2, shape),
                }
    ours = compute(block.nodes, block.weights, {block.source: block.tensors[block.source]}, training=training)
    theirs = _keras_block(block, training)
    for node in block.nodes:
        np.testing.assert_allclose(ours[node.name], theirs[node.name], atol=1e-5, err_msg=node.name)


@pytest.mark.parametrize("choices", BLOCKS, ids=lambda choices: "-".join(map(str, choices.values())))
def test_each_number_of_a_block_can_be_worked_out(choices):
    block = small_block(**choices, seed=5)
    for node in block.nodes:
        values = block.tensors[node.name][0]
        for place in np.ndindex(values.shape):
            working = explain_value(node, block.weights, block.tensors, place, training=True)
            assert working.value == pytest.approx(values[place], abs=1e-12), (node.name, place)


def test_a_window_shows_what_the_image_holds_at_its_place():
    block = small_block(changes=True, seed=1)
    x = block.tensors[block.source][0]
    for row, column in np.ndindex(2, 2):
        working = explain_value(block.nodes[0], block.weights, block.tensors, (row, column, 0), training=True)
        assert isinstance(working, Convolved)
        top, left = working.corner
        for i, j in np.ndindex(3, 3):
            if working.inside[i, j]:
                assert np.array_equal(working.window[i, j], x[top + i, left + j])
            else:
                assert not working.window[i, j].any()
        # Keras pads stride 2 below and right only: the first window begins at the first pixel.
        assert working.corner == (2 * row, 2 * column)


def test_option_a_names_the_pixel_it_takes_and_invents_no_channel():
    block = small_block(changes=True, shortcut=Shortcut.A, seed=2)
    (pad,) = [node for node in block.nodes if node.kind == "PadShortcut"]
    taken = explain_value(pad, block.weights, block.tensors, (1, 0, 1))
    assert isinstance(taken, Moved) and taken.source == (2, 0, 1)
    assert explain_value(pad, block.weights, block.tensors, (1, 0, 3)) == Moved(None, 0.0)


class TestSmallBlock:
    def test_its_numbers_can_be_read(self):
        block = small_block(seed=4)
        x = block.tensors[block.source]
        kernels = [weights["kernel"] for weights in block.weights.values() if "kernel" in weights]
        assert x.shape == (1, 4, 4, 2) and np.array_equal(x, np.round(x)) and x.min() >= 0
        assert {*np.unique(np.concatenate([kernel.ravel() for kernel in kernels]))} <= {-1, 0, 1}

    @pytest.mark.parametrize("order", Order)
    def test_gamma_zero_leaves_only_the_shortcut(self, order):
        block = small_block(order=order, last_gamma=0, seed=6)
        assert np.allclose(block.tensors[block.nodes[-1].name], block.tensors[block.source])

    def test_gamma_zero_silences_a_plain_block(self):
        block = small_block(residual=False, last_gamma=0, seed=6)
        assert not block.tensors[block.nodes[-1].name].any()

    def test_the_seed_decides_its_numbers(self):
        first, again, other = (small_block(seed=seed).tensors["stage1_block1_relu"] for seed in (1, 1, 2))
        assert np.array_equal(first, again) and not np.array_equal(first, other)


def _weights(model) -> dict[str, dict[str, np.ndarray]]:
    return {layer.name: {weight.name: np.asarray(weight) for weight in layer.weights} for layer in model.layers}


def _keras_block(block, training: bool) -> dict[str, np.ndarray]:
    """Run a block's layers through Keras one by one."""
    import keras

    from resnet_core.models import PadShortcut

    known = {block.source: block.tensors[block.source].astype("float32")}
    for node in block.nodes:
        inputs = [known[name] for name in node.inputs]
        kind = PadShortcut if node.kind == "PadShortcut" else getattr(keras.layers, node.kind)
        layer = kind(**node.attributes)
        layer.build([x.shape for x in inputs] if len(inputs) > 1 else inputs[0].shape)
        for weight in layer.weights:
            if weight.name in block.weights[node.name]:
                weight.assign(block.weights[node.name][weight.name])
        flags = {"training": training} if node.kind == "BatchNormalization" else {}
        known[node.name] = np.asarray(layer(inputs if len(inputs) > 1 else inputs[0], **flags))
    return known
