"""A Graph as a keras.Model with the same layer names; the first file that imports Keras."""

import sys
import time
from typing import Any

import keras
from keras import layers, ops

from resnet_core.costs import count_costs
from resnet_core.graph import Graph, Node, build_graph
from resnet_core.recursion import recursion_limit
from resnet_core.spec import ResNetSpec


@keras.saving.register_keras_serializable(package="resnet_lab")
class PadShortcut(layers.Layer):
    """Shortcut of option A: skip pixels and pad channels with zeros; no parameters.

    Args:
        filters: channels to reach.
        strides: pixels to step by.

    Shapes: (n, h, w, c) -> (n, ceil(h / strides), ceil(w / strides), filters).

    Source: He et al. 2015, section 3.3, option A.
    """

    def __init__(self, filters, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.strides = strides

    def call(self, x):
        x = x[:, :: self.strides, :: self.strides, :]
        return ops.pad(x, ((0, 0), (0, 0), (0, 0), (0, self.filters - x.shape[-1])))

    def compute_output_shape(self, shape):
        n, h, w, _ = shape
        return n, -(-h // self.strides), -(-w // self.strides), self.filters

    def get_config(self):
        return {**super().get_config(), "filters": self.filters, "strides": self.strides}


def build_model(graph: Graph, *, seed: int | None = None, dtype: str = "float32") -> keras.Model:
    """Build the network in Keras.

    Args:
        graph: what to build; every node becomes one layer of the same name.
        seed: makes the initial weights repeatable.
        dtype: a Keras dtype policy, as `float32` or `mixed_bfloat16`; logits are float32 in any case.

    Shapes: (n, h, w, c) -> (n, classes).

    Returns:
        a functional model that gives logits; convolutions start from He's normal initialization.

    Source: He et al. 2015, section 3.4, for layers and initialization.
    """
    if seed is not None:
        keras.utils.set_random_seed(seed)
    sys.setrecursionlimit(max(sys.getrecursionlimit(), recursion_limit(graph.spec) or 0))
    tensors: dict[str, Any] = {}
    for node in graph.nodes:
        if node.kind == "InputLayer":
            tensors[node.name] = keras.Input(node.output_shape, name=node.name)
            continue
        layer = _layer(node, "float32" if node.kind == "Dense" else dtype)
        inputs = [tensors[name] for name in node.inputs]
        tensors[node.name] = layer(inputs if len(inputs) > 1 else inputs[0])
    last = graph.nodes[-1].name
    return keras.Model(tensors["input"], tensors[last], name=_identifier(graph.spec.name))


def check_model(spec: ResNetSpec) -> dict[str, Any]:
    """Build a network in Keras and compare every layer's name, kind, inputs, shape and parameters with the graph.

    Returns:
        {"ok", "name", "params", "trainable", "layers": [{"name", "kind", "output_shape", "params", "trainable", "ok"}],
        "differences": [one line each], "seconds"}; a layer's numbers are those that Keras reports.
    """
    started = time.perf_counter()
    graph = build_graph(spec)
    costs = count_costs(graph)
    model = build_model(graph)
    layers_, differences = [], []
    alone = {node.name for node in graph.nodes} ^ {layer.name for layer in model.layers}
    differences += [f"{name}: in only one of the Keras model and the graph" for name in sorted(alone)]
    for node in graph.nodes:
        layer = model.get_layer(node.name)
        cost = costs.by_node[node.name]
        expected = (node.kind, node.output_shape, cost.params, cost.trainable, node.inputs)
        received = (type(layer).__name__, *_measured(layer))
        names = ("kind", "output_shape", "params", "trainable", "inputs")
        wrong = [
            f"{node.name}: {name} is {theirs} in Keras, {ours} in the graph"
            for name, ours, theirs in zip(names, expected, received, strict=True)
            if ours != theirs
        ]
        differences += wrong
        row = dict(zip(("kind", "output_shape", "params", "trainable"), received, strict=False))
        layers_.append({"name": layer.name, **row, "output_shape": list(row["output_shape"]), "ok": not wrong})
    params = model.count_params()
    if params != costs.total.params:
        differences.append(f"the model has {params:,} parameters in Keras, {costs.total.params:,} in the graph")
    return {
        "ok": not differences,
        "name": spec.name,
        "params": params,
        "trainable": _size(model.trainable_weights),
        "layers": layers_,
        "differences": differences,
        "seconds": time.perf_counter() - started,
    }


def _layer(node: Node, dtype: str) -> layers.Layer:
    arguments = dict(node.attributes, name=node.name, dtype=dtype)
    match node.kind:
        case "Conv2D":
            return layers.Conv2D(kernel_initializer="he_normal", **arguments)
        case "Dense":
            return layers.Dense(kernel_initializer="he_normal", **arguments)
        case "BatchNormalization":
            return layers.BatchNormalization(**arguments)
        case "Activation":
            return layers.Activation(**arguments)
        case "ZeroPadding2D":
            return layers.ZeroPadding2D(**arguments)
        case "MaxPooling2D":
            return layers.MaxPooling2D(**arguments)
        case "Add":
            return layers.Add(**arguments)
        case "GlobalAveragePooling2D":
            return layers.GlobalAveragePooling2D(**arguments)
        case "PadShortcut":
            return PadShortcut(**arguments)
    raise ValueError(f"no Keras layer is known for kind {node.kind!r} of {node.name}")


def _measured(layer: layers.Layer) -> tuple:
    """Return what Keras itself says of a layer: shape, parameters, trainable parameters, inputs."""
    shape = tuple(layer.output.shape[1:])
    inputs = () if isinstance(layer, layers.InputLayer) else layer.input
    tensors = inputs if isinstance(inputs, list | tuple) else [inputs]
    names = tuple(tensor._keras_history.operation.name for tensor in tensors)
    return shape, layer.count_params(), _size(layer.trainable_weights), names


def _size(weights: list) -> int:
    return sum(int(ops.size(weight)) for weight in weights)


def _identifier(name: str) -> str:
    return name.replace("-", "_").replace(".", "_")
