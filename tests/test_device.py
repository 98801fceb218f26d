"""Fused batch normalization and momentum compute what Keras' own do."""

import keras
import numpy as np
import pytest

from resnet_core import device
from resnet_core.graph import build_graph
from resnet_core.models import build_model
from resnet_core.spec import ResNetSpec

SPEC = ResNetSpec(stages=(1, 1), width=4, input_size=8, bn_momentum=0.8)
ONE_PIXEL = ResNetSpec(stages=(1, 1, 1, 1), width=4, input_size=8)
RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.normal(1.0, 2.0, (12, 8, 8, 3)).astype("float32")
LABELS = np.arange(12) % 10


def trained(fused: bool, dtype: str = "float32", spec: ResNetSpec = SPEC, batch_size: int = 4) -> keras.Model:
    model = build_model(build_graph(spec), seed=1, dtype=dtype)
    if fused:
        device.fuse_batch_norm(model)
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(IMAGES, LABELS, batch_size=batch_size, epochs=2, shuffle=False, verbose=0)
    return model


@pytest.mark.parametrize(("dtype", "within"), [("float32", 1e-5), ("mixed_bfloat16", 0.05)])
def test_it_trains_as_keras_own_does_moving_statistics_included(dtype, within):
    keras_own, fused = trained(False, dtype), trained(True, dtype)
    for theirs, ours in zip(keras_own.weights, fused.weights, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=within, atol=within, err_msg=theirs.path)
    np.testing.assert_allclose(fused.predict(IMAGES, verbose=0), keras_own.predict(IMAGES, verbose=0), atol=5 * within)


def test_a_single_value_a_channel_trains_as_keras_own_does():
    """An image alone in its batch that the strides have made one pixel: its variance is none, and not infinite."""
    keras_own, fused = (trained(fuse, spec=ONE_PIXEL, batch_size=1) for fuse in (False, True))
    for theirs, ours in zip(keras_own.weights, fused.weights, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5, atol=1e-5, err_msg=theirs.path)


def test_its_layers_stay_keras_own_layers():
    model = build_model(build_graph(SPEC), seed=1)
    described = model.to_json()
    device.fuse_batch_norm(model)
    assert model.to_json() == described
    assert type(model.get_layer("stem_bn")) is keras.layers.BatchNormalization


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_moves_weights_as_keras_own_does(nesterov):
    moved = []
    for kind in (keras.optimizers.SGD, device.fuse_momentum(keras.optimizers.SGD)):
        optimizer = kind(keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5), momentum=0.9, nesterov=nesterov)
        weights = [keras.Variable(np.linspace(-1, 1, 6, dtype="float32")), keras.Variable(np.ones((2, 3), "float32"))]
        gradients = np.random.default_rng(3)
        for _ in range(5):
            optimizer.apply(
                [keras.ops.convert_to_tensor(gradients.normal(size=w.shape), "float32") for w in weights], weights
            )
        moved.append([weight.numpy() for weight in weights] + [weight.numpy() for weight in optimizer.variables])
    for theirs, ours in zip(*moved, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-7)
    assert device.fuse_momentum(keras.optimizers.SGD) is not keras.optimizers.SGD
