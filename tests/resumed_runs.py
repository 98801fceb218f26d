"""Runs that are interrupted and go on, beside the same ones undisturbed; printed as JSON for `test_training_resume`.

In a process of its own, as each run has one: which convolutions compute is chosen before TensorFlow is imported.
"""

import hashlib
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from resnet_core import checkpoints, convolutions, make_spec
from resnet_core.results import Result
from tests.exactness import measured, weights

SPEC = make_spec({"stages": [1], "width": 8, "input_size": 8, "classes": 2, "shortcut": "C"})
CASES = {
    "momentum": {"optimizer": "momentum", "augment": "crop_flip", "weight_decay": 1e-3},
    "nesterov": {"optimizer": "nesterov", "schedule": "step", "milestones": [5, 9]},
    "sgd": {"optimizer": "sgd", "schedule": "cosine", "warmup_steps": 6},
    "adam": {"optimizer": "adam", "augment": "crop_flip", "warmup_steps": 3},
    "adamw": {"optimizer": "adamw", "weight_decay": 0.01, "schedule": "cosine"},
    "nadam": {"optimizer": "nadam", "augment": "crop_flip", "schedule": "step", "milestones": [6]},
    "rmsprop in bfloat16": {"optimizer": "rmsprop", "precision": "mixed_bfloat16", "augment": "crop_flip"},
    "nadam in bfloat16, tested": {
        "optimizer": "nadam",
        "precision": "mixed_bfloat16",
        "validation_size": 16,
    },
    "a last epoch cut short": {"epochs": None, "steps": 14, "augment": "crop_flip", "normalize": "scale"},
}
# Questions whether to stop before the plug is pulled, one a batch: an epoch has at most six.
INTERRUPTIONS = {"in the second and third epoch": (8, 7), "before the first epoch is finished": (2,)}


def compare(fields: dict, after: tuple[int, ...]) -> dict:
    """Train twice, once with interruptions; return what was reported and kept, and after how many epochs it went on."""
    from resnet_core.training import train
    from tests.test_training import Heard, recipe, stripes
    from tests.test_training_resume import interrupted

    how = recipe(**{"epochs": 4, "learning_rate": 0.01, "deterministic": True} | fields)
    data, heard = stripes(160), Heard()
    with tempfile.TemporaryDirectory() as calm, tempfile.TemporaryDirectory() as broken:
        whole = train(SPEC, how, data, seed=3, folder=Path(calm))
        for questions in after:
            interrupted(SPEC, how, data, Path(broken), after=questions)
        again = train(SPEC, how, data, seed=3, folder=Path(broken), listener=heard, resume=True)
        return {
            "undisturbed": described(whole, Path(calm)),
            "resumed": described(again, Path(broken)),
            "went_on_after": len(heard.start.epochs),
            "heard": [epoch.epoch for epoch in heard.epochs],
        }


def described(result: Result, folder: Path) -> dict:
    """Return all of a run that no clock told."""
    state = {name: array.tobytes() for name, array in checkpoints.load(folder).arrays.items()}
    return {
        "state": result.state,
        "message": result.message,
        "test": [result.test_loss, result.test_error],
        "epochs": [asdict(epoch) for epoch in measured(result.epochs)],
        "weights": digests(weights(folder)),
        "all that the next step depends on": digests(state),
    }


def digests(named: dict[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in named.items()}


if __name__ == "__main__":
    convolutions.prefer_repeats()
    found = {name: compare(fields, INTERRUPTIONS["in the second and third epoch"]) for name, fields in CASES.items()}
    found["an early end"] = compare(CASES["nadam"], INTERRUPTIONS["before the first epoch is finished"])
    json.dump(found, sys.stdout)
