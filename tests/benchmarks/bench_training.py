"""Images per second of `train` against a bare Keras `fit` of the same network, images and batch size, in turns."""

import os

from resnet_core import build_graph, get_spec
from resnet_core.recipes import make_recipe
from tests.benchmarks import Row
from tests.benchmarks.timing import seconds

IMAGES = 2_560
BATCH = 64
ROUNDS = 2


def run() -> list[Row]:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras

    from resnet_core.datasets import load_data
    from resnet_core.models import build_model
    from resnet_core.training import train

    spec = get_spec("pocket_resnet20")
    data = load_data("shapes", size=spec.input_size)
    recipe = make_recipe({"learning_rate": 0.02, "batch_size": BATCH, "epochs": 3, "train_size": IMAGES})
    pixels = data.x_train[:IMAGES].astype("float32") / 255
    labels = data.y_train[:IMAGES]
    bare = build_model(build_graph(spec), seed=0)
    bare.compile(
        keras.optimizers.SGD(0.02, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    fit = {"batch_size": BATCH, "verbose": 0}
    bare.fit(pixels, labels, **fit)  # the first epoch also compiles
    theirs, ours = [], []
    for _ in range(ROUNDS):
        theirs += [IMAGES / seconds(lambda: bare.fit(pixels, labels, **fit)) for _ in range(2)]
        # The first epoch of each of our runs compiles anew: it is left out, as theirs is.
        ours += [epoch.images_per_second for epoch in train(spec, recipe, data).epochs[1:]]
    ratio = max(ours) / max(theirs)
    return [
        Row("Training: images/s of a bare Keras fit", max(theirs), "img/s", "", True),
        Row("Training: images/s of train", max(ours), "img/s", "", True),
        Row("Training: train over a bare Keras fit", ratio, "x", "at least 0.97", ratio >= 0.97),
    ]
