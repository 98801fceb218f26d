"""The Keras model against the graph, and both against keras.applications."""

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from resnet_core import build_graph, count_costs, get_spec, make_spec
from resnet_core.models import build_model, check_model
from tests.specs import any_spec


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(any_spec(stages=2, blocks=2, width=5, size=33, channels=3, classes=5))
def test_every_layer_of_any_spec_agrees_with_keras(spec):
    model = build_model(build_graph(spec))
    costs = count_costs(build_graph(spec))
    assert model.count_params() == costs.total.params
    for node in build_graph(spec).nodes:
        layer = model.get_layer(node.name)
        assert tuple(layer.output.shape[1:]) == node.output_shape, node.name
        assert layer.count_params() == costs.by_node[node.name].params, node.name


@pytest.mark.parametrize(
    "name", ["resnet20", "plain20", "resnet18", "plain50", "resnet50_v1_5", "study_resnet20_nadam"]
)
def test_check_finds_no_difference(name):
    report = check_model(get_spec(name))
    assert report["ok"], report["differences"]
    assert report["params"] == count_costs(build_graph(get_spec(name))).total.params
    assert len(report["layers"]) == len(build_graph(get_spec(name)).nodes)


def test_study_resnet20_nadam_has_the_parameters_of_the_study_notes():
    report = check_model(get_spec("study_resnet20_nadam"))
    assert (report["params"], report["trainable"]) == (295_306, 293_738)


def test_keras_resnet50_is_keras_applications_layer_for_layer():
    theirs = keras.applications.ResNet50(weights=None, classifier_activation=None)
    ours = build_model(build_graph(get_spec("keras_resnet50")))
    # keras.applications lists layers in the order of its own graph walk: compare by stage-independent content.
    assert _contents(ours) == _contents(theirs)
    assert ours.count_params() == theirs.count_params() == 25_636_712


def test_keras_resnet50_computes_what_keras_applications_computes():
    theirs = keras.applications.ResNet50(weights=None, classifier_activation=None, input_shape=(64, 64, 3))
    spec = make_spec(get_spec("keras_resnet50").model_dump() | {"input_size": 64})
    ours = build_model(build_graph(spec))
    for mine, other in zip(_by_depth(ours), _by_depth(theirs), strict=True):
        mine.set_weights(other.get_weights())
    images = np.random.default_rng(0).normal(size=(2, 64, 64, 3)).astype("float32")
    np.testing.assert_allclose(ours(images), theirs(images), rtol=1e-4, atol=1e-4)


def test_zero_gamma_starts_every_block_as_the_identity():
    spec = make_spec({"stages": [2], "width": 4, "input_size": 8, "zero_gamma": True})
    model = build_model(build_graph(spec), seed=1)
    inner = keras.Model(
        model.input, [model.get_layer("stem_relu").output, model.get_layer("stage1_block2_relu").output]
    )
    before, after = inner(np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32"))
    np.testing.assert_allclose(before, after, rtol=1e-6)


def test_the_seed_decides_the_initial_weights():
    graph = build_graph(make_spec({"stages": [1], "width": 2, "input_size": 8}))
    first, again, other = (build_model(graph, seed=seed).get_weights() for seed in (3, 3, 4))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def _contents(model: keras.Model) -> list[tuple]:
    rows = []
    for layer in model.layers:
        shape = layer.output.shape[1:]
        rows.append((type(layer).__name__, tuple(shape), layer.count_params()))
    return sorted(rows)


def _by_depth(model: keras.Model) -> list[keras.layers.Layer]:
    """Layers with weights, main path of each block before its shortcut; keras.applications names shortcuts `_0_`."""
    weighted = [layer for layer in model.layers if layer.weights]

    def address(layer):
        name = layer.name
        shortcut = "_shortcut_" in name or "_0_" in name
        if name.startswith("stage"):
            stage, block, rest = int(name[5]), int(name.split("_")[1][5:]), name.split("_", 2)[2]
            index = 0 if shortcut else int(rest[-1])
        elif name.startswith("conv") and "_block" in name:
            stage, block = int(name[4]) - 1, int(name.split("_")[1][5:])
            index = int(name.split("_")[2])
        else:
            stage, block, index = (0 if name.startswith(("stem", "conv1")) else 99), 0, 0
        return stage, block, index, "bn" in name

    return sorted(weighted, key=address)
