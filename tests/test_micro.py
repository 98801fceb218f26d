"""Micro networks: gradients against finite differences, steps against Keras, and what lessons say of them."""

import keras
import numpy as np
import pytest

from resnet_core.errors import SpecError
from resnet_core.micro import (
    MicroSpec,
    MicroStack,
    Optimizer,
    accuracy,
    cross_entropy,
    depth_study,
    gradient_norms,
    neighbor_correlation,
    spirals,
    target,
    train_function,
    train_points,
)

SPECS = {
    "post": MicroSpec(depth=6, width=5),
    "pre": MicroSpec(depth=6, width=5, order="pre"),
    "no batch norm": MicroSpec(depth=6, width=5, batch_norm=False),
    "pre, no batch norm": MicroSpec(depth=6, width=5, batch_norm=False, order="pre"),
    "scaled": MicroSpec(depth=6, width=5, batch_norm=False, gate="scaled"),
    "zero gamma": MicroSpec(depth=6, width=5, gate="zero_gamma"),
    "skip init": MicroSpec(depth=6, width=5, gate="skip_init"),
    "stochastic depth": MicroSpec(depth=8, width=5, survival=0.5),
}


def both(spec: MicroSpec, seed: int = 3, dtype=np.float64) -> MicroStack:
    """Return a plain and a residual network of one seed; two residual ones where a factor is learned."""
    learned = spec.gate == "skip_init"
    stack = MicroStack(spec, (learned, True), (seed, seed), dtype)
    # Away from zero and from the kinks, or every difference at a ReLU's bend would be wrong.
    random = np.random.default_rng(0)
    for name, weights in stack.weights.items():
        if name != "gate" or learned:
            weights += random.normal(0, 0.1, weights.shape)
    return stack


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", SPECS)
def test_gradients_are_those_of_finite_differences(name, training):
    stack, points = both(SPECS[name]), spirals(16)
    kept = stack.kept(np.random.default_rng(5)) if training else None
    x, y = points.x, points.y

    def loss() -> np.ndarray:
        return cross_entropy(stack.forward(x, training=training, kept=kept), y)[0]

    _loss, d = cross_entropy(stack.forward(x, training=training, kept=kept), y)
    gradients, by_input = stack.backward(d)
    flat = gradients["first"].base
    random, step = np.random.default_rng(1), 1e-6
    trained = len(stack.flat) - (0 if stack.spec.gate == "skip_init" else stack.weights["gate"].size)
    for place in random.choice(trained, 60, replace=False):
        start = stack.flat[place]
        stack.flat[place] = start + step
        above = loss().sum()
        stack.flat[place] = start - step
        below = loss().sum()
        stack.flat[place] = start
        assert flat[place] == pytest.approx((above - below) / (2 * step), abs=2e-6, rel=2e-4)
    x = np.stack([points.x, points.x])
    x[1, 4, 0] += step
    above = loss()[1]
    x[1, 4, 0] -= 2 * step
    assert by_input[1, 4, 0] == pytest.approx((above - loss()[1]) / (2 * step), abs=2e-6, rel=2e-4)


def in_keras(stack: MicroStack, place: int) -> keras.Model:
    """Build one network of a stack in Keras, with its weights."""
    spec, w = stack.spec, stack.weights
    layers = keras.layers

    def dense(x, kernel, bias=None):
        layer = layers.Dense(kernel.shape[-1], use_bias=bias is not None)
        out = layer(x)
        layer.set_weights([kernel] if bias is None else [kernel, bias.reshape(-1)])
        return out

    def norm(x, number):
        layer = layers.BatchNormalization(momentum=spec.momentum, epsilon=1e-3)
        out = layer(x)
        gamma, beta = w["gamma"][number, place, 0], w["beta"][number, place, 0]
        layer.set_weights([gamma, beta, np.zeros_like(gamma), np.ones_like(gamma)])
        return out

    inputs = keras.Input((spec.inputs,))
    x = layers.ReLU()(norm(dense(inputs, w["first"][place]), 0))
    for b in range(spec.blocks):
        y = layers.ReLU()(norm(dense(x, w["hidden"][2 * b, place]), 2 * b + 1))
        y = norm(dense(y, w["hidden"][2 * b + 1, place]), 2 * b + 2)
        x = layers.ReLU()(layers.Add()([x, y]) if stack.residual[place] else y)
    return keras.Model(inputs, dense(x, w["last"][place], w["last_bias"][place]))


@pytest.mark.parametrize("place", [0, 1], ids=["plain", "residual"])
def test_three_steps_go_as_in_keras(place):
    stack, points = both(MicroSpec(depth=6, width=8), dtype=np.float32), spirals(64)
    model = in_keras(stack, place)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss, run_eagerly=True)
    mover = Optimizer("momentum", 0.05, stack.flat)
    for _ in range(3):
        ours, d = cross_entropy(stack.forward(points.x, training=True), points.y)
        gradients, _inputs = stack.backward(d)
        mover.move(stack.flat, gradients["first"].base)
        model.reset_metrics()  # or it would report the mean of all steps
        theirs = model.train_on_batch(points.x, points.y)
        assert ours[place] == pytest.approx(float(theirs), rel=1e-4)
    expected = model.predict(points.x, verbose=0)
    np.testing.assert_allclose(stack.forward(points.x)[place], expected, rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("sgd", lambda rate: keras.optimizers.SGD(rate)),
        ("momentum", lambda rate: keras.optimizers.SGD(rate, momentum=0.9)),
        ("adam", lambda rate: keras.optimizers.Adam(rate)),
        ("nadam", lambda rate: keras.optimizers.Nadam(rate)),
    ],
)
def test_optimizers_move_as_keras_does(name, theirs):
    random = np.random.default_rng(2)
    weights = random.normal(size=7).astype("float32")
    variable = keras.Variable(weights.copy())
    optimizer, mover = theirs(0.05), Optimizer(name, 0.05, weights)
    for _ in range(5):
        gradient = random.normal(size=7).astype("float32")
        mover.move(weights, gradient)
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
    np.testing.assert_allclose(weights, np.array(variable), rtol=2e-5, atol=1e-6)


def test_a_seed_in_gives_the_same_result_out_and_another_seed_another():
    runs = [depth_study((10,), steps=20, seed=seed) for seed in (1, 1, 2)]
    assert (runs[0] == runs[1]).all() and (runs[0] != runs[2]).any()


def test_deep_plain_networks_do_not_learn_what_residual_ones_do_over_seeds():
    hits = np.array([depth_study((4, 20, 50), steps=60, seed=seed) for seed in range(3)])
    shallow, middle, deep = hits.transpose(1, 2, 0)  # (plain, residual) x seeds
    assert (shallow > 0.95).all() and (middle[1] > 0.95).all()
    assert (deep[0] < 0.7).all() and (deep[1] > 0.85).all()


def test_gradients_of_a_deep_plain_network_have_not_vanished_although_it_does_not_learn():
    norms, _hits = gradient_norms(50, steps=0, seeds=(0, 1, 2), batch_norm=False)
    ratios = (norms[0] / norms[-1])[0::2]
    assert (ratios > 0.1).all() and (ratios < 20).all()
    _norms, hits = gradient_norms(50, steps=60, seeds=(0, 1, 2), batch_norm=False)
    assert (hits[0::2] < 0.9).all()


def test_gradients_of_neighbors_agree_less_with_depth_and_more_with_shortcuts():
    agreement = {depth: neighbor_correlation(depth, batch_norm=True, seeds=(0, 1, 2))[2] for depth in (4, 20)}
    assert np.median(agreement[4][0::2]) > 0.8
    assert np.median(agreement[20][0::2]) < 0.2 < np.median(agreement[20][1::2])


def test_a_residual_network_survives_without_one_block_and_a_plain_one_does_not():
    points = spirals()
    stack = MicroStack(MicroSpec(depth=20), (False, True), (0, 0))
    train_points(stack, points, steps=100)
    before, without = accuracy(stack, points.x, points.y), accuracy(stack, points.x, points.y, drop=5)
    assert before.min() > 0.9
    assert before[1] - without[1] < before[0] - without[0]


def test_looking_leaves_the_network_as_it_is():
    points, stacks = spirals(), [MicroStack(MicroSpec(depth=6), (True,), (0,)) for _ in range(2)]
    train_points(stacks[0], points, steps=20)
    train_points(stacks[1], points, steps=20, look=range(1, 21), by_batch=True)
    assert (stacks[0].flat == stacks[1].flat).all() and (stacks[0].norm.mean == stacks[1].norm.mean).all()


def test_what_is_left_of_a_near_identity_is_learned_sooner_than_the_whole():
    x = np.linspace(-1, 1, 64)[:, None]
    wanted = target("near_identity", x)
    stack = MicroStack(MicroSpec(depth=8, batch_norm=False, inputs=1, outputs=1), (False, False), (0, 0))
    stack.weights["last"] *= 0.1
    losses, _looks = train_function(stack, x, np.stack([wanted, wanted - x]), steps=100)
    assert losses[-1, 1] < losses[-1, 0] / 3


@pytest.mark.parametrize("depth", [3, 2, 7, 102])
def test_a_depth_that_is_no_number_of_blocks_is_refused(depth):
    with pytest.raises(SpecError, match=f"received {depth}"):
        MicroSpec(depth=depth)
