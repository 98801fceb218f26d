"""What only a backend itself can tell or do: its processors, determinism, fused operations, data pipelines."""

from typing import Any

import keras
import numpy as np

from resnet_core.datasets.rows import Images
from resnet_core.hardware import cpu_name

LARGE_BYTES = 512 << 20  # of images: more are fetched batch by batch, as an epoch's copies would fill the memory


def accelerator_name() -> str | None:
    """Return the name of the first GPU that the backend computes on, or None on a CPU."""
    match keras.backend.backend():
        case "tensorflow":
            import tensorflow as tf

            gpus = tf.config.list_physical_devices("GPU")
            return tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU") if gpus else None
        case "jax":
            import jax

            device = jax.devices()[0]
            return device.device_kind if device.platform == "gpu" else None
        case "torch":
            import torch

            return torch.cuda.get_device_name(0) if torch.cuda.is_available() else None
    return None


def make_deterministic() -> None:
    """Ask the backend for operations that repeat to the last bit, for the rest of this process."""
    match keras.backend.backend():
        case "tensorflow":
            import tensorflow as tf

            tf.config.experimental.enable_op_determinism()
        case "torch":
            import torch

            torch.use_deterministic_algorithms(True)


def fuse_batch_norm(network: keras.Model) -> None:
    """Let batch normalization compute in one operation where the backend has it: Keras takes about ten on TensorFlow.

    The network stays what it is, and what it computes is the same but for rounding.
    """
    if keras.backend.backend() == "tensorflow":
        _fuse(network)


def _fuse(network: keras.Model) -> None:
    """Compute batch normalization as one operation, compiled and run sooner than the ten that Keras takes."""
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.call = _fused_call(layer)


def _fused_call(layer: keras.layers.BatchNormalization) -> Any:
    import tensorflow as tf

    def call(x, training=None, mask=None):
        training = bool(training and layer.trainable)
        x, rate, unbias = tf.cast(x, "float32"), 1.0, 1.0
        if training:
            # TensorFlow moves the variance by the batch's divided by count - 1, Keras by the one divided by count; both
            # take that of a single value as it is.
            count = tf.cast(tf.size(x), "float32") / x.shape[-1]
            rate, unbias = 1 - layer.momentum, count / tf.maximum(count - 1, 1.0)
        y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=x,
            scale=layer.gamma,
            offset=layer.beta,
            mean=layer.moving_mean,
            variance=layer.moving_variance * unbias if training else layer.moving_variance,
            epsilon=layer.epsilon,
            exponential_avg_factor=rate,
            is_training=training,
        )
        if training:
            layer.moving_mean.assign(mean)
            layer.moving_variance.assign(variance / unbias)
        return tf.cast(y, layer.compute_dtype)

    return call


def fuse_momentum(kind: type[keras.optimizers.SGD]) -> type[keras.optimizers.SGD]:
    """Let momentum move a weight in one operation where the backend has it: Keras takes ten on TensorFlow, for each.

    What it computes is the same but for rounding. For one processor: several have to agree on each weight.
    """
    return _fused_momentum(kind) if keras.backend.backend() == "tensorflow" else kind


def _fused_momentum(kind: type[keras.optimizers.SGD]) -> type[keras.optimizers.SGD]:
    import tensorflow as tf

    class Fused(kind):
        def update_step(self, gradient, variable, learning_rate):
            velocity = self.momentums[self._get_variable_index(variable)].value
            tf.raw_ops.ResourceApplyKerasMomentum(
                var=variable.handle,
                accum=velocity.handle,
                lr=tf.cast(learning_rate, variable.dtype),
                grad=tf.cast(gradient, variable.dtype),
                momentum=tf.constant(self.momentum, variable.dtype),
                use_nesterov=self.nesterov,
            )

    Fused.__name__ = kind.__name__
    return Fused


def batches(images: Images, labels: np.ndarray, size: int, order: np.ndarray | None = None) -> Any:
    """Return what Keras' `fit` and `evaluate` read these images from, in batches of `size`.

    On TensorFlow it is a data set without autotuning: the thread that tunes Keras' own sleeps ever longer, and the end
    of each epoch waits for it, up to 40 % of the time in epochs of some seconds. Images that fill much memory are
    fetched batch by batch rather than copied.

    Args:
        order: indices of the images that are wanted, in their order; None takes all as they are.

    Shapes:
        images: (n, h, w, c); labels: (n,). The last batch holds what is left.
    """
    if images.nbytes > LARGE_BYTES or keras.backend.backend() != "tensorflow":
        return _fetched(images, labels, size, np.arange(len(images)) if order is None else order)
    images, labels = (images[:], labels) if order is None else (images[order], labels[order])
    return _cut(images, labels, size)


def _cut(images: np.ndarray, labels: np.ndarray, size: int) -> Any:
    import tensorflow as tf

    pixels, classes = tf.constant(images), tf.constant(labels)
    steps = -(-len(images) // size)
    cut = tf.data.Dataset.range(steps).map(
        lambda step: (pixels[step * size : (step + 1) * size], classes[step * size : (step + 1) * size])
    )
    return _without_autotuning(cut)


def _fetched(images: Images, labels: np.ndarray, size: int, order: np.ndarray) -> Any:
    """Read each batch when it is due, two ahead of the one that is trained on."""
    source = _Batches(images, labels, size, order)
    if keras.backend.backend() != "tensorflow":
        return source
    import tensorflow as tf

    def fetch(step):
        types = (tf.as_dtype(images.dtype), tf.as_dtype(labels.dtype))
        pixels, classes = tf.numpy_function(lambda number: source[int(number)], [step], types)
        pixels.set_shape((None, *images.shape[1:]))
        classes.set_shape((None,))
        return pixels, classes

    return _without_autotuning(tf.data.Dataset.range(len(source)).map(fetch))


def _without_autotuning(batched: Any) -> Any:
    import tensorflow as tf

    options = tf.data.Options()
    options.autotune.enabled = False
    return batched.prefetch(2).with_options(options)


class _Batches(keras.utils.PyDataset):
    """Images and labels in batches: for the backends that have no data pipeline of their own, and for many images."""

    def __init__(self, images: Images, labels: np.ndarray, size: int, order: np.ndarray):
        super().__init__()
        self.images, self.labels, self.size, self.order = images, labels, size, order

    def __len__(self) -> int:
        return -(-len(self.order) // self.size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rows = self.order[index * self.size : (index + 1) * self.size]
        return self.images[rows], self.labels[rows]


def name(processors: int = 1) -> str:
    """Return the name of the processor that trains; of several, their number and the name of the first."""
    one = accelerator_name() or cpu_name()
    return one if processors == 1 else f"{processors} x {one}"
