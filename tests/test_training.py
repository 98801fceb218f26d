"""Training on small real data: what a run reports, repeats and survives."""

import json
import math

import keras
import numpy as np
import pytest
from keras import ops

from resnet_core import build_graph, make_spec
from resnet_core.augment import PadCropFlip
from resnet_core.datasets import ImageData
from resnet_core.errors import DataError
from resnet_core.models import build_model
from resnet_core.optimizers import RecipeSchedule, build_optimizer
from resnet_core.recipes import MAX_SEED, RECIPES, Optimizer, learning_rate_at, make_recipe
from resnet_core.results import Listener
from resnet_core.training import WEIGHTS_FILE, train
from resnet_core.watch import Budget, Watch

TINY = make_spec({"stages": [1], "width": 4, "input_size": 8, "classes": 2})


def stripes(images: int = 128, seed: int = 0) -> ImageData:
    """Make two classes that anything learns: horizontal and vertical stripes in random colors."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(images) % 2).astype("int32")
    pattern = (np.arange(8) % 2)[:, None] * np.ones((8, 8))
    pixels = np.where(labels[:, None, None] == 1, pattern, pattern.T)[..., None] * rng.integers(
        80, 255, (images, 1, 1, 3)
    )
    half = images // 2
    pixels = pixels.astype("uint8")
    return ImageData("stripes", pixels[:half], labels[:half], pixels[half:], labels[half:], ("h", "v"), (), "stripes")


def recipe(**fields):
    return make_recipe({"batch_size": 16, "epochs": 2, "learning_rate": 0.05} | fields)


class Heard(Listener):
    """Keep what was said, and stop after some steps if asked to."""

    def __init__(self, stop_after: int | None = None):
        self.start, self.steps, self.epochs, self.asked, self.stop_after = None, [], [], 0, stop_after

    def on_start(self, start):
        self.start = start

    def on_step(self, step):
        self.steps.append(step)

    def on_epoch(self, epoch):
        self.epochs.append(epoch)

    def should_stop(self):
        self.asked += 1
        return self.stop_after is not None and self.asked >= self.stop_after


def test_a_run_learns_and_reports_every_epoch(tmp_path):
    heard = Heard()
    result = train(TINY, recipe(epochs=12), stripes(256), listener=heard, folder=tmp_path)
    assert result.state == "finished"
    assert [epoch.epoch for epoch in result.epochs] == list(range(1, 13))
    assert result.epochs == tuple(heard.epochs)
    assert result.epochs[-1].train_error < 0.1 and result.epochs[-1].val_error < 0.1
    assert [epoch.step for epoch in result.epochs] == [8 * n for n in range(1, 13)]
    assert heard.start.steps_per_epoch == 8 and heard.start.total_steps == 96
    assert heard.steps[-1].step == 96 and all(0 <= step.error <= 1 for step in heard.steps)


def test_validation_error_is_the_kept_weights_error_on_the_validation_images(tmp_path):
    data = stripes()
    result = train(TINY, recipe(epochs=3, normalize="scale"), data, folder=tmp_path)
    model = build_model(build_graph(TINY))
    model.load_weights(tmp_path / WEIGHTS_FILE)
    logits = model(data.x_test.astype("float32") / 255)
    wrong = np.mean(np.argmax(logits, axis=1) != data.y_test)
    assert result.epochs[-1].val_error == pytest.approx(wrong, abs=1e-6)


def test_held_out_images_leave_the_test_images_to_the_end(tmp_path):
    data = stripes(192)
    result = train(TINY, recipe(epochs=2, normalize="scale", validation_size=32), data, folder=tmp_path)
    model = build_model(build_graph(TINY))
    model.load_weights(tmp_path / WEIGHTS_FILE)
    logits = np.asarray(model(data.x_test.astype("float32") / 255))
    wrong = np.mean(np.argmax(logits, axis=1) != data.y_test)
    assert result.test_error == pytest.approx(wrong, abs=1e-6) and result.test_loss > 0
    assert f"test error {100 * wrong:.1f} % after 2 epochs" in result.message


def test_where_the_test_images_validate_there_is_no_other_test_error():
    result = train(TINY, recipe(epochs=1), stripes())
    assert (result.test_loss, result.test_error) == (None, None)


def test_nobody_awaits_the_numbers_of_a_step_which_would_stop_a_gpu_after_each():
    awaited = []

    class OnTheDevice:
        def __float__(self):
            awaited.append(self)
            return 0.0

    class Hears(Watch):
        def on_train_batch_end(self, batch, logs=None):
            heard.append(batch)

        def on_test_batch_end(self, batch, logs=None):
            heard.append(-batch)

    heard = []
    model = build_model(build_graph(TINY), seed=0)
    called = Hears(recipe(), Budget.of(recipe(), 64), Listener()).called(model)
    for batch in range(3):
        called.on_train_batch_end(batch, {"loss": OnTheDevice()})
        called.on_test_batch_end(batch, {"loss": OnTheDevice()})
    assert (heard, awaited) == ([0, 0, 1, -1, 2, -2], [])


def test_the_same_seed_repeats_a_run_and_another_does_not():
    runs = [train(TINY, recipe(augment="crop_flip"), stripes(), seed=seed).epochs for seed in (1, 1, 2)]
    losses = [[epoch.train_loss for epoch in run] for run in runs]
    assert losses[0] == losses[1] != losses[2]


def test_the_largest_seed_trains():
    assert train(TINY, recipe(augment="crop_flip"), stripes(), seed=MAX_SEED).state == "finished"


def test_steps_end_a_run_within_an_epoch():
    result = train(TINY, recipe(epochs=None, steps=6), stripes())
    assert [epoch.step for epoch in result.epochs] == [4, 6]


def test_a_stopped_run_keeps_its_finished_epochs():
    result = train(TINY, recipe(epochs=50), stripes(), listener=Heard(stop_after=10))
    assert result.state == "stopped"
    assert 1 <= len(result.epochs) < 50


def test_a_diverging_run_ends_with_its_last_good_epoch_kept(tmp_path):
    spec = make_spec({"stages": [4, 4], "width": 8, "input_size": 8, "classes": 2, "batch_norm": False})
    good = train(spec, recipe(epochs=1, learning_rate=0.001), stripes(), folder=tmp_path)
    kept = (tmp_path / WEIGHTS_FILE).read_bytes()
    result = train(
        spec, recipe(epochs=9, learning_rate=10, optimizer="sgd", normalize="none"), stripes(), folder=tmp_path
    )
    assert good.state == "finished" and result.state == "diverged"
    assert all(math.isfinite(epoch.train_loss) for epoch in result.epochs)
    assert "smaller learning rate" in result.message
    if not result.epochs:
        assert (tmp_path / WEIGHTS_FILE).read_bytes() == kept


def test_classes_that_do_not_match_are_said_before_training():
    with pytest.raises(DataError, match=r"stripes has 2 classes, the network 10: use --set classes=2"):
        train(make_spec({"stages": [1], "input_size": 8}), recipe(), stripes())


@pytest.mark.parametrize("fields", [{"input_size": 16}, {"channels": 1}])
def test_images_that_do_not_match_are_said_before_training(fields):
    spec = TINY.model_copy(update=fields)
    takes = f"{spec.input_size}x{spec.input_size}x{spec.channels}"
    with pytest.raises(DataError, match=f"stripes has images of 8x8x3, the network takes {takes}: load them"):
        train(spec, recipe(), stripes())


@pytest.mark.parametrize("optimizer", list(Optimizer))
def test_every_optimizer_trains(optimizer):
    rate = 0.05 if optimizer in {"sgd", "momentum", "nesterov"} else 0.005
    result = train(TINY, recipe(optimizer=optimizer, learning_rate=rate, epochs=2, weight_decay=1e-4), stripes())
    assert result.epochs[-1].train_loss < result.epochs[0].train_loss


@pytest.mark.parametrize(
    "fields",
    [
        {"warmup_steps": 3},
        {"schedule": "step", "milestones": [4, 8]},
        {"schedule": "step", "milestones": [4, 8], "warmup_steps": 5},
        {"schedule": "cosine", "warmup_steps": 2},
    ],
)
def test_the_schedule_on_the_device_is_the_one_that_charts_show(fields):
    chosen = recipe(**fields)
    on_device = RecipeSchedule(chosen, 12)
    for step in range(13):
        assert float(on_device(step)) == pytest.approx(learning_rate_at(chosen, step, 12), rel=1e-5, abs=1e-9)


def test_the_paper_recipe_divides_the_rate_at_32k_and_48k_steps():
    paper = RECIPES["paper"]
    rates = [learning_rate_at(paper, step, 64_000) for step in (0, 31_999, 32_000, 47_999, 48_000, 63_999)]
    assert rates == pytest.approx([0.1, 0.1, 0.01, 0.01, 0.001, 0.001])


def test_weight_decay_passes_through_momentum_as_in_the_paper():
    chosen = recipe(optimizer="momentum", learning_rate=0.1, weight_decay=0.01)
    optimizer = build_optimizer(chosen, 10)
    weight = keras.Variable(np.array([2.0], "float32"))
    optimizer.build([weight])
    expected, velocity = 2.0, 0.0
    for gradient in (0.5, -0.25, 0.125):
        optimizer.apply([ops.convert_to_tensor(np.array([gradient], "float32"))])
        velocity = 0.9 * velocity - 0.1 * (gradient + 0.01 * expected)
        expected += velocity
    assert float(weight.numpy()[0]) == pytest.approx(expected, rel=1e-6)


def test_pad_crop_flip_gives_shifted_and_mirrored_copies_one_draw_per_image():
    images = np.random.default_rng(0).normal(size=(64, 6, 6, 3)).astype("float32")
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0)))
    out = np.asarray(PadCropFlip(2, seed=5)(images, training=True))
    found = []
    for i in range(64):
        for dy in range(5):
            for dx in range(5):
                crop = padded[i, dy : dy + 6, dx : dx + 6]
                found += [(i, dy, dx, False)] if np.array_equal(out[i], crop) else []
                found += [(i, dy, dx, True)] if np.array_equal(out[i], crop[:, ::-1]) else []
    assert [row[0] for row in found] == list(range(64))
    assert len({row[1:3] for row in found}) > 15 and 16 < sum(row[3] for row in found) < 48
    assert np.array_equal(PadCropFlip(2)(images, training=False), images)


def test_results_are_plain_json():
    result = train(TINY, recipe(epochs=1), stripes())
    assert json.loads(json.dumps(result.epochs[0].__dict__))["epoch"] == 1


def test_bfloat16_trains_and_keeps_float32_logits():
    result = train(TINY, recipe(precision="mixed_bfloat16", epochs=4), stripes())
    assert result.state == "finished" and result.epochs[-1].train_loss < result.epochs[0].train_loss
