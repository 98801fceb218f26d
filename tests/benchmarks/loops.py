"""One training loop in one process: `python -m tests.benchmarks.loops NAME DEPTH DATA`.

Prints the images per second of the fastest epoch after the first, which also compiles. Each loop gets a process of its
own, because the thread pools of two frameworks in one process wait for each other.
"""

import sys
import time
from collections.abc import Callable

from resnet_core import build_graph, count_costs, get_spec
from resnet_core.datasets import load_data
from resnet_core.recipes import make_recipe
from resnet_core.spec import ResNetSpec

IMAGES, BATCH, EPOCHS = 1_024, 128, 3
RATE, MOMENTUM = 0.05, 0.9


def ours(spec: ResNetSpec, data) -> list[float]:
    """Return the images per second of each epoch of our `train`."""
    from resnet_core.training import train

    recipe = {"learning_rate": RATE, "batch_size": BATCH, "epochs": EPOCHS, "train_size": IMAGES}
    epochs = train(spec, make_recipe({**recipe, "validation_size": 128, "normalize": "scale"}), data).epochs
    return [epoch.images_per_second for epoch in epochs]


def keras(spec: ResNetSpec, data) -> list[float]:
    """Return those of Keras' own `fit`, given arrays."""
    import keras

    from resnet_core.models import build_model

    model = build_model(build_graph(spec), seed=0)
    model.compile(
        keras.optimizers.SGD(RATE, momentum=MOMENTUM),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    pixels, labels = data.x_train[:IMAGES].astype("float32") / 255, data.y_train[:IMAGES]
    return _timed(lambda: model.fit(pixels, labels, batch_size=BATCH, verbose=0))


def torch(spec: ResNetSpec, data) -> list[float]:
    """Return those of a plain PyTorch loop over a DataLoader."""
    from tests.benchmarks.torch_loop import make_epoch

    epoch, trainable = make_epoch(spec.stages, data.x_train[:IMAGES], data.y_train[:IMAGES], BATCH, RATE, MOMENTUM)
    assert trainable == count_costs(build_graph(spec)).total.trainable, "the two networks differ"
    return _timed(epoch)


LOOPS: dict[str, Callable] = {"ours": ours, "keras": keras, "torch": torch}


def _timed(epoch: Callable[[], object]) -> list[float]:
    speeds = []
    for _ in range(EPOCHS):
        began = time.perf_counter()
        epoch()
        speeds.append(IMAGES / (time.perf_counter() - began))
    return speeds


if __name__ == "__main__":
    name, depth, source = sys.argv[1:]
    network = get_spec(f"resnet{depth}")
    print(max(LOOPS[name](network, load_data(source, size=network.input_size))[1:]))
