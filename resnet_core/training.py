"""Train one network in this process: no threads, no database."""

import math
import time
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from resnet_core import device
from resnet_core.augment import PadCropFlip
from resnet_core.crop_flip import largest_shift
from resnet_core.datasets import ImageData, Split, load_data, split
from resnet_core.datasets.rows import Images
from resnet_core.errors import DataError
from resnet_core.graph import build_graph
from resnet_core.models import build_model
from resnet_core.optimizers import build_optimizer
from resnet_core.portable import portable_config
from resnet_core.recipes import Augment, Normalize, Recipe, learning_rate_at
from resnet_core.results import MODEL_FILE, WEIGHTS_FILE, Epoch, Listener, Result, Start, State, Step
from resnet_core.spec import ResNetSpec

SAMPLE_SECONDS = 0.2
VALIDATION_BATCH = 256
VALIDATION_PIXELS = VALIDATION_BATCH * 128**2


def train(
    spec: ResNetSpec,
    recipe: Recipe,
    data: str | ImageData,
    *,
    seed: int = 0,
    listener: Listener | None = None,
    folder: Path | None = None,
) -> Result:
    """Train a network and return how it went.

    Args:
        spec: the network.
        recipe: how to train it.
        data: a source such as `shapes` or `parquet:PATH`, or images loaded before.
        seed: of initial weights, the split, the sample order of each epoch and augmentation.
        listener: hears the start, samples of steps and every epoch; may ask to stop.
        folder: where the weights of the last good epoch are kept, and how Keras builds their network; None keeps none.

    Returns:
        finished, stopped or diverged, with all epochs that were completed. Where the recipe holds validation images
        out of the training images, a finished run is measured on the test images too.

    Raises:
        DataError: the data cannot be read, or do not fit the network or the recipe.
        RecipeError: the recipe asks for what this backend cannot do.
    """
    listener = listener or Listener()
    if recipe.deterministic:
        device.make_deterministic()
    if isinstance(data, str):
        # Drawn shapes do not follow the run's seed: runs of several seeds see the same images.
        data = load_data(data, size=spec.input_size, channels=spec.channels, tell=listener.on_data)
    _fits(spec, data)
    images = split(data, recipe.train_size, recipe.validation_size, seed)
    plan = _plan(recipe, len(images.x_train))
    with device.scope(recipe.devices):
        network = build_model(build_graph(spec), seed=seed, dtype=recipe.precision.value)
        device.fuse_batch_norm(network)
        model = _trainer(network, recipe, images, seed, plan.total_steps)
        _create_variables(model, images, plan.batch)
    if folder is not None:
        normalization = model.get_layer("normalization")
        (folder / MODEL_FILE).write_text(portable_config(network, normalization.scale, normalization.mean))
    start = Start(
        params=network.count_params(),
        device=device.name(),
        train_images=len(images.x_train),
        val_images=len(images.x_val),
        steps_per_epoch=plan.steps_per_epoch,
        total_steps=plan.total_steps,
        total_epochs=plan.total_epochs,
        notes=data.notes,
    )
    listener.on_start(start)
    result = _run(model, network, recipe, images, plan, start, seed, listener, folder)
    if result.state != "finished" or recipe.validation_size is None or not len(data.x_test):
        return result
    return _tested(result, model, data, _Watch(recipe, plan, listener))


@dataclass(frozen=True)
class _Plan:
    """The budget in steps; an epoch uses whole batches only, and every epoch draws another order."""

    batch: int
    steps_per_epoch: int
    total_steps: int

    @property
    def total_epochs(self) -> int:
        return math.ceil(self.total_steps / self.steps_per_epoch)


def _plan(recipe: Recipe, images: int) -> _Plan:
    batch = min(recipe.batch_size, images)
    steps_per_epoch = images // batch
    return _Plan(batch, steps_per_epoch, recipe.steps or steps_per_epoch * recipe.epochs)


def _fits(spec: ResNetSpec, data: ImageData) -> None:
    if spec.classes != len(data.class_names):
        raise DataError(
            f"{data.source} has {len(data.class_names)} classes, the network {spec.classes}: "
            f"use --set classes={len(data.class_names)}"
        )


def _trainer(network: keras.Model, recipe: Recipe, images: Split, seed: int, total_steps: int) -> keras.Model:
    """Wrap a network in normalization and augmentation, and compile it."""
    inputs = keras.Input(network.input_shape[1:], dtype="uint8", name="pixels")
    x = _Normalization(recipe.normalize, images.x_train, name="normalization")(inputs)
    if recipe.augment is Augment.CROP_FLIP:
        x = PadCropFlip(largest_shift(network.input_shape[1]), seed=seed, name="augmentation")(x)
    model = keras.Model(inputs, network(x))
    model.compile(
        optimizer=build_optimizer(recipe, total_steps),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    return model


def _create_variables(model: keras.Model, images: Split, batch: int) -> None:
    """Create the variables of optimizer and metrics: a first training step that creates some is compiled twice."""
    model.optimizer.build(model.trainable_variables)
    model.evaluate(device.batches(images.x_val[:batch], images.y_val[:batch], batch), verbose=0)


class _Normalization(layers.Layer):
    """Bytes to network inputs."""

    def __init__(self, kind: Normalize, train_images: Images, **kwargs):
        super().__init__(trainable=False, dtype="float32", **kwargs)
        self.scale = 1.0 if kind is Normalize.NONE else 1 / 255
        self.mean = 0.0
        if kind is Normalize.PIXEL_MEAN:
            self.mean = (_pixel_mean(train_images) / 255).astype("float32")

    def call(self, x):
        return ops.cast(x, "float32") * self.scale - self.mean

    def compute_output_spec(self, x):
        return keras.KerasTensor(x.shape, dtype="float32")


def _pixel_mean(images: Images, chunk_bytes: int = 16 << 20) -> np.ndarray:
    """Return the mean image without a float copy of all images; the sums are exact, whatever the chunk."""
    chunk = max(1, chunk_bytes // int(np.prod(images.shape[1:])))
    total = np.zeros(images.shape[1:], dtype="float64")
    for first in range(0, len(images), chunk):
        total += images[first : first + chunk].sum(axis=0, dtype="float64")
    return total / len(images)


def _run(model, network, recipe, images, plan, start, seed, listener, folder) -> Result:
    epochs: list[Epoch] = []
    watch = _Watch(recipe, plan, listener)
    validation = device.batches(images.x_val, images.y_val, _validation_batch(images.x_val))
    for epoch in range(1, plan.total_epochs + 1):
        began = time.perf_counter()
        first = (epoch - 1) * plan.steps_per_epoch
        steps = min(plan.steps_per_epoch, plan.total_steps - first)
        order = np.random.default_rng((seed, epoch)).permutation(len(images.x_train))[: steps * plan.batch]
        watch.begin(epoch, first)
        batches = device.batches(images.x_train, images.y_train, plan.batch, order)
        history = model.fit(batches, shuffle=False, verbose=0, callbacks=[watch]).history
        trained = time.perf_counter() - began
        if watch.state == "stopped":
            done = f"after {len(epochs)} of {plan.total_epochs} epochs"
            return Result("stopped", start, tuple(epochs), f"stopped {done}, in step {watch.step:,}")
        loss = history["loss"][-1] if history.get("loss") else math.nan
        values = {"val_loss": math.nan, "val_accuracy": math.nan}
        if watch.state != "diverged" and math.isfinite(loss):
            measured = model.evaluate(validation, verbose=0, return_dict=True, callbacks=[watch])
            if watch.state == "stopped":
                return Result("stopped", start, tuple(epochs), f"stopped while epoch {epoch} was validated")
            values = {"val_loss": measured["loss"], "val_accuracy": measured["accuracy"]}
        if not math.isfinite(loss) or not math.isfinite(values["val_loss"]):
            message = f"the loss was no longer a finite number in epoch {epoch}, by step {watch.step:,}: "
            return Result("diverged", start, tuple(epochs), message + "try a smaller learning rate or a warm-up")
        epochs.append(
            Epoch(
                epoch=epoch,
                step=first + steps,
                train_loss=float(loss),
                train_error=1 - float(history["accuracy"][-1]),
                val_loss=float(values["val_loss"]),
                val_error=1 - float(values["val_accuracy"]),
                learning_rate=learning_rate_at(recipe, first + steps - 1, plan.total_steps),
                images_per_second=steps * plan.batch / trained,
                seconds=time.perf_counter() - began,
            )
        )
        if folder is not None:
            _save(network, folder)
        listener.on_epoch(epochs[-1])
    best = epochs[-1]
    message = f"training error {best.train_error:.1%}, validation error {best.val_error:.1%}"
    return Result("finished", start, tuple(epochs), f"{message} after {plan.total_epochs} epochs")


def _tested(result: Result, model: keras.Model, data: ImageData, watch: "_Watch") -> Result:
    """Measure a finished run on the test images; one that is stopped meanwhile stays finished, and unmeasured."""
    images = device.batches(data.x_test, data.y_test, _validation_batch(data.x_test))
    measured = model.evaluate(images, verbose=0, return_dict=True, callbacks=[watch])
    if watch.state == "stopped":
        return result
    error = 1 - float(measured["accuracy"])
    message = result.message.replace(" after ", f", test error {error:.1%} after ", 1)
    return replace(result, message=message, test_loss=float(measured["loss"]), test_error=error)


def _validation_batch(images: Images) -> int:
    """Return how many images are validated at a time: of large ones fewer, as their activations fill the memory."""
    return max(32, min(VALIDATION_BATCH, VALIDATION_PIXELS // (images.shape[1] * images.shape[2])))


def _save(network: keras.Model, folder: Path) -> None:
    """Replace the kept weights at once, so that a crash leaves the old ones."""
    half = folder / f"half-{WEIGHTS_FILE}"
    network.save_weights(half)
    half.replace(folder / WEIGHTS_FILE)


class _Watch(keras.callbacks.Callback):
    """Samples a running epoch, asks whether to stop, and sees a loss that is no longer a number.

    The device's running means are read five times a second at most; the means since the last sample follow from them.
    """

    def __init__(self, recipe: Recipe, plan: _Plan, listener: Listener):
        super().__init__()
        self.recipe, self.plan, self.listener = recipe, plan, listener
        self.state: State = "running"
        self.step = 0
        self.began = time.perf_counter()

    def begin(self, epoch: int, first_step: int) -> None:
        self.epoch, self.first, self.step = epoch, first_step, first_step
        self.seen, self.loss_sum, self.hits = 0, 0.0, 0.0
        self.sampled = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.step = self.first + batch + 1
        now = time.perf_counter()
        if now - self.sampled >= SAMPLE_SECONDS or batch + 1 == self.plan.steps_per_epoch:
            self._sample(batch + 1, logs, now)
        if self.state == "running" and self.listener.should_stop():
            self.state = "stopped"
        if self.state != "running":
            self.model.stop_training = True

    def on_test_batch_end(self, batch, logs=None):
        if self.listener.should_stop():
            self.state = "stopped"
            self.model.stop_evaluating = True

    def _sample(self, batches: int, logs: dict, now: float) -> None:
        loss_mean, accuracy = float(logs["loss"]), float(logs["accuracy"])
        if not math.isfinite(loss_mean):
            self.state = "diverged"
            return
        new = batches - self.seen
        loss = (loss_mean * batches - self.loss_sum) / new
        hits = (accuracy * batches - self.hits) / new
        rate = learning_rate_at(self.recipe, self.step - 1, self.plan.total_steps)
        speed = new * self.plan.batch / max(now - self.sampled, 1e-9)
        error = min(max(1 - hits, 0.0), 1.0)
        self.listener.on_step(Step(self.step, self.epoch, loss, error, rate, speed, now - self.began))
        self.seen, self.loss_sum, self.hits, self.sampled = batches, loss_mean * batches, accuracy * batches, now
