"""The one place that speaks to a backend directly: its processors, determinism and use of several GPUs."""

import contextlib
from typing import Any

import keras
import numpy as np

from resnet_core.errors import RecipeError
from resnet_core.hardware import cpu_name
from resnet_core.recipes import Devices


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


def scope(devices: Devices) -> contextlib.AbstractContextManager[Any]:
    """Return the context in which a model must be built to train on the devices chosen.

    Raises:
        RecipeError: all devices are asked for on a backend other than TensorFlow.
    """
    if devices is Devices.ONE:
        return contextlib.nullcontext()
    if keras.backend.backend() != "tensorflow":
        raise RecipeError(
            f"devices=all needs the TensorFlow backend, received {keras.backend.backend()}: use devices=one"
        )
    import tensorflow as tf

    return tf.distribute.MirroredStrategy().scope()


def batches(images: np.ndarray, labels: np.ndarray, size: int) -> Any:
    """Return what Keras' `fit` and `evaluate` read these images from, in this order and in batches of `size`.

    On TensorFlow it is a data set without autotuning: the thread that tunes Keras' own sleeps ever longer, and the end
    of each epoch waits for it, up to 40 % of the time in epochs of some seconds.

    Shapes:
        images: (n, h, w, c); labels: (n,). The last batch holds what is left.
    """
    if keras.backend.backend() != "tensorflow":
        return _Batches(images, labels, size)
    import tensorflow as tf

    pixels, classes = tf.constant(images), tf.constant(labels)
    steps = -(-len(images) // size)
    cut = tf.data.Dataset.range(steps).map(
        lambda step: (pixels[step * size : (step + 1) * size], classes[step * size : (step + 1) * size])
    )
    options = tf.data.Options()
    options.autotune.enabled = False
    return cut.prefetch(2).with_options(options)


class _Batches(keras.utils.PyDataset):
    """Images and labels in batches, for the backends that have no data pipeline of their own."""

    def __init__(self, images: np.ndarray, labels: np.ndarray, size: int):
        super().__init__()
        self.images, self.labels, self.size = images, labels, size

    def __len__(self) -> int:
        return -(-len(self.images) // self.size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rows = slice(index * self.size, (index + 1) * self.size)
        return self.images[rows], self.labels[rows]


def name() -> str:
    """Return the name of the processor that trains."""
    return accelerator_name() or cpu_name()
