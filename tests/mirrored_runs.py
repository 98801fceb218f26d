"""Runs on two logical CPU devices beside the same on one; printed as JSON for `test_training_devices`.

In a process of its own: TensorFlow divides the CPU before it is used, and its convolutions are chosen sooner still.
"""

import json
import sys
import tempfile
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path

from resnet_core import convolutions, make_spec
from resnet_core.code import keras_code
from resnet_core.results import MODEL_FILE, WEIGHTS_FILE
from tests.exactness import measured

SPEC = make_spec({"stages": [1], "width": 8, "input_size": 8, "classes": 2, "shortcut": "C"})
CASES = {
    "momentum": {},
    "batches that two cannot share evenly": {"batch_size": 15, "validation_size": 31, "weight_decay": 0.01},
    "augmented": {"augment": "crop_flip", "optimizer": "nadam"},
    "a batch of one": {"batch_size": 1, "epochs": 1},
}
COMMON = {"epochs": 3, "learning_rate": 0.01, "deterministic": True}
EXPORTED = {"batch_size": 15, "weight_decay": 0.01, "augment": "crop_flip"}


def trained(fields: dict, devices: str, stopped_after: int | None = None) -> dict:
    """Train, after an interruption if one is asked for; return what was reported and the final weights."""
    import keras

    from resnet_core.training import train
    from tests.test_training import Heard, recipe, stripes
    from tests.test_training_resume import interrupted

    how, data, heard = recipe(**COMMON | fields | {"devices": devices}), stripes(150), Heard()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if stopped_after is not None:
            interrupted(SPEC, how, data, folder, after=stopped_after)
        result = train(SPEC, how, data, seed=3, folder=folder, listener=heard, resume=True)
        network = keras.models.model_from_json((folder / MODEL_FILE).read_text())
        network.load_weights(folder / WEIGHTS_FILE)
        return {
            "state": result.state,
            "device": result.start.device,
            "notes": result.start.notes,
            "epochs": [asdict(epoch) for epoch in measured(result.epochs)],
            "samples": [[step.epoch, step.step, step.loss, step.error] for step in heard.steps],
            "weights": [weight.numpy().ravel().tolist() for weight in network.weights],
        }


def exported(fields: dict) -> dict:
    """Train by the script that a run on all devices is taken home as; return its final weights."""
    from tests.test_training import recipe, stripes

    how, data, script = recipe(**COMMON | fields | {"devices": "all"}), stripes(150), {"__name__": "exported"}
    exec(compile(keras_code(SPEC, how, seed=3), "exported.py", "exec"), script)
    script["load_data"] = lambda: (data.x_train, data.y_train, data.x_test, data.y_test)
    with redirect_stdout(sys.stderr):
        return {"weights": [weight.numpy().ravel().tolist() for weight in script["train"]().weights]}


if __name__ == "__main__":
    convolutions.prefer_repeats()
    import tensorflow as tf

    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    if sys.argv[1:] == ["exported"]:
        # Alone: one process cannot hold the script's strategy beside the lab's.
        found = {"exported": {"one": trained(EXPORTED, "one"), "all": exported(EXPORTED)}}
    else:
        found = {name: {each: trained(fields, each) for each in ("one", "all")} for name, fields in CASES.items()}
        again = trained(CASES["augmented"], "all", stopped_after=8)
        found["resumed"] = {"one": found["augmented"]["all"], "all": again}
    json.dump(found, sys.stdout)
