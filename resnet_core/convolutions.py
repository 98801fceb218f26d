"""Which convolutions TensorFlow computes with: oneDNN's are the faster ones, its own repeat to the last bit.

Which part of its work oneDNN gives to which thread depends on what else the computer does, and gradients follow it.
"""

import os

VARIABLE = "TF_ENABLE_ONEDNN_OPTS"


def prefer_speed() -> None:
    """Ask for oneDNN's unless the reader has chosen; call it before TensorFlow is imported."""
    os.environ.setdefault(VARIABLE, "1")


def prefer_repeats() -> None:
    """Ask for TensorFlow's own; call it before TensorFlow is imported."""
    os.environ[VARIABLE] = "0"


def repeat() -> bool:
    """Say whether TensorFlow's own are asked for."""
    return os.environ.get(VARIABLE) == "0"
