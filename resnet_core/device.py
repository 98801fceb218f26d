"""The one place that speaks to a backend directly: its processors, determinism and use of several GPUs."""

import contextlib
from typing import Any

import keras

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


def name() -> str:
    """Return the name of the processor that trains."""
    return accelerator_name() or cpu_name()
