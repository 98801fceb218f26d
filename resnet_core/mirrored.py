"""Several processors in one run: each computes a part of every batch, and together they train as one would.

What TensorFlow and Keras leave to each part alone is made of the whole batch here: the statistics of batch
normalization, the mean of the loss, the draws of augmentation. Where a batch cannot be shared out evenly, the last part
is smaller.
"""

import contextlib
import functools
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from resnet_core.errors import RecipeError
from resnet_core.recipes import Devices


def processors(devices: Devices, batch: int) -> int:
    """Return how many processors a run trains on: all are the GPUs, if there are any.

    Args:
        devices: as the recipe says.
        batch: images in a batch; with fewer images than processors one has to do.

    Raises:
        RecipeError: all devices are asked for on a backend other than TensorFlow.
    """
    if devices is Devices.ONE:
        return 1
    if keras.backend.backend() != "tensorflow":
        raise RecipeError(
            f"devices=all needs the TensorFlow backend, received {keras.backend.backend()}: use devices=one"
        )
    import tensorflow as tf

    found = len(tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU"))
    return found if found <= batch else 1


def notes(devices: Devices, count: int) -> tuple[str, ...]:
    """Return what a reader has to know who asked for all devices: one line where one trains."""
    if devices is Devices.ONE or count > 1:
        return ()
    return (
        "all devices were asked for, and one trains: the computer has no other, or more of them than a batch images",
    )


def scope(count: int) -> contextlib.AbstractContextManager[Any]:
    """Return the context in which a model must be built to train on some processors, as `processors` counts them."""
    return contextlib.nullcontext() if count == 1 else _strategy().scope()


def synchronize(network: keras.Model) -> None:
    """Let batch normalization take its statistics of the whole batch. The network stays what it is."""
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.call = _synchronized_call(layer)


def share_draws(draw: Callable[[Any], tuple]) -> Callable[[Any], tuple]:
    """Let each processor draw for the whole batch, and keep what falls on its own images.

    Args:
        draw: gives tensors of as many rows as it is asked for. Its random state must be the same on all processors,
            as a Keras seed generator's is.
    """

    def shared(count):
        replica = _replica()
        if replica is None:
            return draw(count)
        before, whole = _place(replica, count)
        return tuple(drawn[before : before + count] for drawn in draw(whole))

    return shared


class MirroredModel(keras.Model):
    """A model whose loss is the mean over the whole batch, in whatever parts it is computed."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        replica = _replica()
        if replica is None or not training:
            return loss
        # Keras takes the mean of the parts' means, as if all were equally large: right for the value, which it counts
        # by images later on, but not for the gradient.
        own = ops.shape(y_pred)[0]
        _, whole = _place(replica, own)
        weighted = loss * ops.cast(own * replica.num_replicas_in_sync / whole, loss.dtype)
        return weighted + ops.stop_gradient(loss - weighted)

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Leave out what builds a model: it is built, and Keras would add up the parts, which differ in size."""


def _synchronized_call(layer: keras.layers.BatchNormalization) -> Any:
    import tensorflow as tf

    alone = layer.call

    def call(x, training=None, mask=None):
        replica = _replica()
        if replica is None or not (training and layer.trainable):
            return alone(x, training=training)
        x = tf.cast(x, "float32")
        # Squares are taken from the moving mean on, which is near: far from it their difference would lose digits.
        moved = x - layer.moving_mean
        count = tf.cast(tf.size(x) / tf.shape(x)[-1], "float32")
        sums = [tf.reduce_sum(moved, (0, 1, 2)), tf.reduce_sum(tf.square(moved), (0, 1, 2)), count[None]]
        # All in one message: how long it takes hardly depends on its length.
        sums = replica.all_reduce(tf.distribute.ReduceOp.SUM, tf.concat(sums, 0))
        first, second = tf.split(sums[:-1] / sums[-1], 2)
        mean, variance = first + layer.moving_mean, tf.maximum(second - tf.square(first), 0.0)
        y = tf.nn.batch_normalization(x, mean, variance, layer.beta, layer.gamma, layer.epsilon)
        for kept, new in ((layer.moving_mean, mean), (layer.moving_variance, variance)):
            kept.assign(kept * layer.momentum + new * (1 - layer.momentum))
        return tf.cast(y, layer.compute_dtype)

    return call


@functools.cache
def _strategy() -> Any:
    """Return TensorFlow's one strategy of this process: a second one would number its messages as the first does."""
    import tensorflow as tf

    return tf.distribute.MirroredStrategy()


def _replica() -> Any:
    """Return TensorFlow's context of one of several processors, or None outside of their work."""
    if keras.backend.backend() != "tensorflow":
        return None
    import tensorflow as tf

    replica = tf.distribute.get_replica_context()
    return replica if replica is not None and replica.num_replicas_in_sync > 1 else None


def _place(replica: Any, count: Any) -> tuple[Any, Any]:
    """Return how many images of the batch the processors before this one have, and how many there are in all."""
    import tensorflow as tf

    number, total = replica.replica_id_in_sync_group, replica.num_replicas_in_sync
    counts = tf.one_hot(number, total) * tf.cast(count, "float32")
    counts = tf.cast(replica.all_reduce(tf.distribute.ReduceOp.SUM, counts), "int32")
    return tf.reduce_sum(counts[:number]), tf.reduce_sum(counts)
