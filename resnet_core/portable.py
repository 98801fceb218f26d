"""A trained network as Keras opens it anywhere: bytes in, logits out, built-in layers alone."""

import json
from typing import Any

import keras
from keras import layers


def portable_config(network: keras.Model, scale: float, mean: Any) -> str:
    """Describe a network as the `config.json` of a `.keras` file that needs no code of this package.

    Its layers keep their names, and those with weights their order, so that the network's own weights file fits.

    Args:
        network: as `build_model` gives it; it stays as it is.
        scale: bytes are multiplied with it.
        mean: is subtracted then: a number or an array (h, w, c).
    """
    whole = keras.saving.serialize_keras_object(network)
    first, *others = whole["config"]["layers"]
    normalized = _reads(first["name"]), _reads("normalization")
    others = json.loads(json.dumps([_built_in(layer, network) for layer in others]).replace(*normalized))
    pixels = {**first, "config": {**first["config"], "dtype": "uint8"}}
    whole["config"]["layers"] = [pixels, _normalization(pixels, scale, mean), *others]
    return json.dumps(whole)


def _reads(name: str) -> str:
    """Return how a layer says, in JSON, that it reads another."""
    return f'"keras_history": ["{name}", 0, 0]'


def _normalization(pixels: dict, scale: float, mean: Any) -> dict:
    layer = layers.Rescaling(scale, offset=-mean, dtype="float32", name="normalization")
    tensor = {"shape": pixels["config"]["batch_shape"], "dtype": "uint8", "keras_history": [pixels["name"], 0, 0]}
    inbound = {"args": [{"class_name": "__keras_tensor__", "config": tensor}], "kwargs": {}}
    return {**keras.saving.serialize_keras_object(layer), "name": layer.name, "inbound_nodes": [inbound]}


def _built_in(layer: dict, network: keras.Model) -> dict:
    """Return a layer as it is; for option A's shortcut, what does the same with layers that Keras has."""
    if layer["class_name"] != "PadShortcut":
        return layer
    kept = network.get_layer(layer["name"])
    # Pooling one pixel at a time skips pixels; zeros are padded to a side of the image, so channels become one.
    same = keras.Sequential(
        [
            keras.Input(kept.input.shape[1:]),
            layers.MaxPooling2D(1, kept.strides, dtype=kept.dtype_policy),
            layers.Permute((1, 3, 2), dtype=kept.dtype_policy),
            layers.ZeroPadding2D(((0, 0), (0, kept.filters - kept.input.shape[-1])), dtype=kept.dtype_policy),
            layers.Permute((1, 3, 2), dtype=kept.dtype_policy),
        ],
        name=kept.name,
    )
    places = {key: layer[key] for key in ("name", "inbound_nodes")}
    return {**keras.saving.serialize_keras_object(same), **places}
