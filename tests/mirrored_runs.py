"""Runs on two logical CPU devices beside the same on one; printed as JSON for `test_training_devices`.

In a process of its own: TensorFlow divides the CPU before it is used, and its convolutions are chosen sooner still.
"""

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from resnet_core import convolutions, make_spec
from resnet_core.results import MODEL_FILE, WEIGHTS_FILE
from tests.exactness import measured

SPEC = make_spec({"stages": [1, 1], "width": 8, "input_size": 8, "classes": 2, "shortcut": "B"})
CASES = {
    "momentum": {},
    "batches that two cannot share evenly": {"batch_size": 15, "validation_size": 31, "weight_decay": 0.01},
    "augmented": {"augment": "crop_flip", "optimizer": "nadam"},
    "a batch of one": {"batch_size": 1, "epochs": 1},
}


def trained(fields: dict, devices: str, stopped_after: int | None = None) -> dict:
    """Train, after an interruption if one is asked for; return what was reported and the final weights."""
    import keras

    from resnet_core.training import train
    from tests.test_training import Heard, recipe, stripes
    from tests.test_training_resume import interrupted

    how = recipe(**{"epochs": 3, "learning_rate": 0.01, "deterministic": True} | fields | {"devices": devices})
    data, heard = stripes(150), Heard()
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
            "weights": [weight.numpy().ravel().tolist() for weight in network.weights],
        }


if __name__ == "__main__":
    convolutions.prefer_repeats()
    import tensorflow as tf

    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    found = {name: {each: trained(fields, each) for each in ("one", "all")} for name, fields in CASES.items()}
    found["resumed"] = {"one": found["augmented"]["all"], "all": trained(CASES["augmented"], "all", stopped_after=8)}
    json.dump(found, sys.stdout)
