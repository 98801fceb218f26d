"""Train one network in this process: no threads, no database."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from resnet_core import checkpoints, device, mirrored
from resnet_core.augment import PadCropFlip
from resnet_core.checkpoints import Checkpoint
from resnet_core.crop_flip import largest_shift
from resnet_core.datasets import ImageData, Split, load_data, split, wrong_classes
from resnet_core.datasets.rows import Images
from resnet_core.errors import DataError, RunError
from resnet_core.graph import build_graph
from resnet_core.model_state import give_state, take_state
from resnet_core.models import build_model
from resnet_core.optimizers import build_optimizer
from resnet_core.portable import portable_config
from resnet_core.recipes import Augment, Normalize, Recipe, learning_rate_at, validation_batch
from resnet_core.results import MODEL_FILE, WEIGHTS_FILE, Epoch, Listener, Result, Start
from resnet_core.spec import ResNetSpec
from resnet_core.watch import Budget, Watch
from resnet_core.words import percent


def train(
    spec: ResNetSpec,
    recipe: Recipe,
    data: str | ImageData,
    *,
    seed: int = 0,
    listener: Listener | None = None,
    folder: Path | None = None,
    resume: bool = False,
) -> Result:
    """Train a network and return how it went.

    Args:
        spec: the network.
        recipe: how to train it.
        data: a source such as `shapes` or `parquet:PATH`, or images loaded before.
        seed: of initial weights, the split, the sample order of each epoch and augmentation.
        listener: hears the start, samples of steps and every epoch; may ask to stop.
        folder: where the weights of the last good epoch are kept, how Keras builds their network, and a checkpoint
            to go on from; None keeps none. It can be written by this run alone.
        resume: go on after the last epoch of the folder's checkpoint, as if the run had never been interrupted;
            begin where there is none.

    Returns:
        finished, stopped or diverged, with all epochs that were completed. Where the recipe holds validation images
        out of the training images, a finished run is measured on the test images too.

    Raises:
        DataError: the data cannot be read, or do not fit the network or the recipe, or have changed since the run
            began.
        RecipeError: the recipe asks for what this backend cannot do.
        RunError: the checkpoint is damaged or another run's.
        OSError: the folder cannot be written; what it held is intact.
    """
    listener = listener or Listener()
    if recipe.deterministic:
        device.make_deterministic()
    if isinstance(data, str):
        # Drawn shapes do not follow the run's seed: runs of several seeds see the same images.
        data = load_data(data, size=spec.input_size, channels=spec.channels, tell=listener.on_data)
    _fits(spec, data)
    facts = _facts(spec, recipe, seed, data)
    kept = _kept(folder, facts) if resume and folder is not None else None
    images = split(data, recipe.train_size, recipe.validation_size, seed)
    budget = Budget.of(recipe, len(images.x_train))
    processors = mirrored.processors(recipe.devices, budget.batch)
    with mirrored.scope(processors):
        network = build_model(build_graph(spec), seed=seed, dtype=recipe.precision.value)
        device.fuse_batch_norm(network)
        if processors > 1:
            mirrored.synchronize(network)
        model = _trainer(network, recipe, images, seed, budget.total_steps, processors)
        _create_variables(model)
        if kept:
            give_state(model, kept.arrays)
    epochs = kept.epochs if kept else ()
    del kept  # its arrays are up to three times as large as the weights, and the model has them now
    keeper = _Keeper(folder, facts, model, network)
    keeper.begin(epochs)
    start = Start(
        params=network.count_params(),
        device=device.name(processors),
        train_images=len(images.x_train),
        val_images=len(images.x_val),
        steps_per_epoch=budget.steps_per_epoch,
        total_steps=budget.total_steps,
        total_epochs=budget.total_epochs,
        notes=data.notes + mirrored.notes(recipe.devices, processors),
        epochs=epochs,
    )
    listener.on_start(start)
    watch = Watch(recipe, budget, listener, sum(epoch.seconds for epoch in epochs))
    result = _run(model, images, start, seed, watch, keeper)
    if result.state != "finished" or recipe.validation_size is None or not len(data.x_test):
        return result
    return _tested(result, model, data, watch)


def _fits(spec: ResNetSpec, data: ImageData) -> None:
    if spec.classes != len(data.class_names):
        raise wrong_classes(data.source, len(data.class_names), spec.classes)
    held, taken = data.x_train.shape[1:], (spec.input_size, spec.input_size, spec.channels)
    if held != taken:
        raise DataError(
            f"{data.source} has images of {'x'.join(map(str, held))}, the network takes {'x'.join(map(str, taken))}: "
            "load them in that size, or change its input_size and channels"
        )


def _trainer(
    network: keras.Model, recipe: Recipe, images: Split, seed: int, total_steps: int, processors: int
) -> keras.Model:
    """Wrap a network in normalization and augmentation, and compile it."""
    inputs = keras.Input(network.input_shape[1:], dtype="uint8", name="pixels")
    x = _Normalization(recipe.normalize, images.x_train, name="normalization")(inputs)
    if recipe.augment is Augment.CROP_FLIP:
        augmentation = PadCropFlip(largest_shift(network.input_shape[1]), seed=seed, name="augmentation")
        if processors > 1:
            augmentation.draw = mirrored.share_draws(augmentation.draw)
        x = augmentation(x)
    model = (mirrored.MirroredModel if processors > 1 else keras.Model)(inputs, network(x))
    model.compile(
        optimizer=build_optimizer(recipe, total_steps, processors),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    return model


def _create_variables(model: keras.Model) -> None:
    """Create the variables of optimizer and metrics: a first training step that creates some is compiled twice."""
    model.optimizer.build(model.trainable_variables)
    label, scores = np.zeros(1, "int64"), np.zeros((1, model.output_shape[-1]), "float32")
    model.compute_loss(y=label, y_pred=scores)
    model.compute_metrics(None, label, scores)
    model.reset_metrics()


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


def _run(model: keras.Model, images: Split, start: Start, seed: int, watch: Watch, keeper: "_Keeper") -> Result:
    epochs = list(start.epochs)
    recipe, budget = watch.recipe, watch.budget
    validation = device.batches(images.x_val, images.y_val, validation_batch(images.x_val.shape[1]))
    for epoch in range(len(epochs) + 1, budget.total_epochs + 1):
        began = time.perf_counter()
        first = (epoch - 1) * budget.steps_per_epoch
        steps = min(budget.steps_per_epoch, budget.total_steps - first)
        order = np.random.default_rng((seed, epoch)).permutation(len(images.x_train))[: steps * budget.batch]
        watch.begin(epoch, first)
        batches = device.batches(images.x_train, images.y_train, budget.batch, order)
        history = model.fit(batches, shuffle=False, verbose=0, callbacks=watch.called(model)).history
        trained = time.perf_counter() - began
        if watch.state == "stopped":
            done = f"after {len(epochs)} of {budget.total_epochs} epochs"
            return Result("stopped", start, tuple(epochs), f"stopped {done}, in step {watch.step:,}")
        loss = history["loss"][-1] if history.get("loss") else math.nan
        values = {"val_loss": math.nan, "val_accuracy": math.nan}
        if watch.state != "diverged" and math.isfinite(loss):
            measured = model.evaluate(validation, verbose=0, return_dict=True, callbacks=watch.called(model))
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
                learning_rate=learning_rate_at(recipe, first + steps - 1, budget.total_steps),
                images_per_second=steps * budget.batch / trained,
                seconds=time.perf_counter() - began,
            )
        )
        keeper.keep(epochs)
        watch.listener.on_epoch(epochs[-1])
    best = epochs[-1]
    message = f"training error {percent(best.train_error)}, validation error {percent(best.val_error)}"
    count = f"{budget.total_epochs} epoch{'s' if budget.total_epochs > 1 else ''}"
    return Result("finished", start, tuple(epochs), f"{message} after {count}")


def _tested(result: Result, model: keras.Model, data: ImageData, watch: Watch) -> Result:
    """Measure a finished run on the test images; one that is stopped meanwhile stays finished, and unmeasured."""
    images = device.batches(data.x_test, data.y_test, validation_batch(data.x_test.shape[1]))
    measured = model.evaluate(images, verbose=0, return_dict=True, callbacks=watch.called(model))
    if watch.state == "stopped":
        return result
    error = 1 - float(measured["accuracy"])
    message = result.message.replace(" after ", f", test error {percent(error)} after ", 1)
    return replace(result, message=message, test_loss=float(measured["loss"]), test_error=error)


@dataclass(frozen=True)
class _Keeper:
    """Keeps a run in its folder after each epoch, whole or not at all; without a folder it keeps nothing."""

    folder: Path | None
    facts: dict[str, Any]
    model: keras.Model
    network: keras.Model

    def begin(self, epochs: Sequence[Epoch]) -> None:
        """Write how Keras builds the network; and where the run goes on, the weights that it goes on with.

        A run that was interrupted between its checkpoint and its weights kept those of an epoch before.
        """
        if self.folder is None:
            return
        normalization = self.model.get_layer("normalization")
        with checkpoints.whole(self.folder / MODEL_FILE) as half:
            half.write_text(portable_config(self.network, normalization.scale, normalization.mean))
        if epochs:
            self._keep_weights()
        else:
            # Of another run that was in this folder: this one must never go on from it.
            checkpoints.remove(self.folder)

    def keep(self, epochs: Sequence[Epoch]) -> None:
        """Keep the run as it is after the last of these epochs."""
        if self.folder is not None:
            checkpoints.save(self.folder, Checkpoint(self.facts, tuple(epochs), take_state(self.model)))
            self._keep_weights()

    def _keep_weights(self) -> None:
        with checkpoints.whole(self.folder / WEIGHTS_FILE) as half:
            self.network.save_weights(half)


def _facts(spec: ResNetSpec, recipe: Recipe, seed: int, data: ImageData) -> dict[str, Any]:
    """Return what has to be the same when a run goes on."""
    return {
        "network": spec.model_dump(mode="json"),
        "recipe": recipe.model_dump(mode="json"),
        "seed": seed,
        "data": data.fingerprint,
        "backend": keras.backend.backend(),
    }


def _kept(folder: Path, facts: dict[str, Any]) -> Checkpoint | None:
    """Return the folder's checkpoint if it is of this very run; None if there is none."""
    kept = checkpoints.load(folder)
    for name, fact in facts.items() if kept else ():
        if kept.facts[name] == fact:
            continue
        if name == "data":
            raise DataError(
                f"the images have changed since the run began (fingerprint {kept.facts[name]}, now {fact}): "
                "bring the old ones back, or train anew on these"
            )
        told = "" if isinstance(fact, dict) else f" ({kept.facts[name]}, now {fact})"
        raise RunError(f"the run was begun with another {name}{told}: go on with that one, or train anew")
    return kept
