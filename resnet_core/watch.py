"""How far a run is while it trains: its budget in steps, and the samples of a running epoch."""

import math
import time
from dataclasses import dataclass

import keras

from resnet_core.recipes import Recipe, learning_rate_at
from resnet_core.results import Listener, State, Step

SAMPLE_SECONDS = 0.2


@dataclass(frozen=True)
class Budget:
    """A run's length in steps; an epoch uses whole batches only, and every epoch draws another order."""

    batch: int
    steps_per_epoch: int
    total_steps: int

    @classmethod
    def of(cls, recipe: Recipe, images: int) -> "Budget":
        """Work it out for a number of training images."""
        batch = min(recipe.batch_size, images)
        steps_per_epoch = images // batch
        return cls(batch, steps_per_epoch, recipe.steps or steps_per_epoch * recipe.epochs)

    @property
    def total_epochs(self) -> int:
        """Epochs, the last of which may be shorter."""
        return math.ceil(self.total_steps / self.steps_per_epoch)


class Watch(keras.callbacks.Callback):
    """Samples a running epoch, asks whether to stop, and sees a loss that is no longer a number.

    The device's running means are read five times a second at most; the means since the last sample follow from them.

    Args:
        recipe, budget: of the run.
        listener: hears the samples, and may ask to stop.
        seconds: what the run has already taken, where it goes on.
    """

    def __init__(self, recipe: Recipe, budget: Budget, listener: Listener, seconds: float = 0.0):
        super().__init__()
        self.recipe, self.budget, self.listener = recipe, budget, listener
        self.state: State = "running"
        self.step = 0
        self.began = time.perf_counter() - seconds

    def begin(self, epoch: int, first_step: int) -> None:
        """Watch an epoch that begins after some steps."""
        self.epoch, self.first, self.step = epoch, first_step, first_step
        self.seen, self.loss_sum, self.hits = 0, 0.0, 0.0
        self.sampled = time.perf_counter()

    def called(self, model: keras.Model) -> keras.callbacks.CallbackList:
        """Return what Keras' `fit` and `evaluate` take to call this after every batch."""
        return _Unawaited([self], add_history=True, model=model)

    def on_train_batch_end(self, batch, logs=None):
        self.step = self.first + batch + 1
        now = time.perf_counter()
        if now - self.sampled >= SAMPLE_SECONDS or batch + 1 == self.budget.steps_per_epoch:
            self._sample(batch + 1, now)
        if self.state == "running" and self.listener.should_stop():
            self.state = "stopped"
        if self.state != "running":
            self.model.stop_training = True

    def on_test_batch_end(self, batch, logs=None):
        if self.listener.should_stop():
            self.state = "stopped"
            self.model.stop_evaluating = True

    def _sample(self, batches: int, now: float) -> None:
        # Not Keras' logs: of several processors they are means of the parts' means, as if all parts were equally large.
        means = self.model.get_metrics_result()
        loss_mean, accuracy = float(means["loss"]), float(means["accuracy"])
        if not math.isfinite(loss_mean):
            self.state = "diverged"
            return
        new = batches - self.seen
        loss = (loss_mean * batches - self.loss_sum) / new
        hits = (accuracy * batches - self.hits) / new
        rate = learning_rate_at(self.recipe, self.step - 1, self.budget.total_steps)
        speed = new * self.budget.batch / max(now - self.sampled, 1e-9)
        error = min(max(1 - hits, 0.0), 1.0)
        self.listener.on_step(Step(self.step, self.epoch, loss, error, rate, speed, now - self.began))
        self.seen, self.loss_sum, self.hits, self.sampled = batches, loss_mean * batches, accuracy * batches, now


class _Unawaited(keras.callbacks.CallbackList):
    """Leaves out the numbers of each batch: to hand them over a GPU ends a step before it hears of the next."""

    def on_train_batch_end(self, batch, logs=None):
        for callback in self.callbacks:
            callback.on_train_batch_end(batch)

    def on_test_batch_end(self, batch, logs=None):
        for callback in self.callbacks:
            callback.on_test_batch_end(batch)
