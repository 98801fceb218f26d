"""A spec, a recipe and a data set as a script or a notebook that runs without this package."""

import re
from typing import TYPE_CHECKING

from resnet_core.code.data import data_section, extra_packages
from resnet_core.code.network import network_section
from resnet_core.code.pieces import Section
from resnet_core.code.record import Record, record_section
from resnet_core.code.training import training_section
from resnet_core.recipes import RECIPES, Precision, Recipe
from resnet_core.spec import ResNetSpec

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["Record", "Section", "keras_code", "network_code", "notebook"]


def network_code(spec: ResNetSpec) -> str:
    """Return `build_model()` for exactly this network, and what it needs."""
    code = network_section(spec).code
    return f"{_imports(code)}\n\n{code}\n"


def keras_code(
    spec: ResNetSpec, recipe: Recipe | None = None, data: str = "shapes", *, seed: int = 0, record: Record | None = None
) -> str:
    """Write a script that builds and trains a network with Keras, a backend and NumPy alone.

    Importing the script builds nothing; `build_model()` gives the network, with the layer names of its graph.

    Args:
        spec: the network.
        recipe: how to train it; None takes the recipe `quick`.
        data: a source, as `shapes` or `parquet:PATH` (which needs pyarrow and pillow too).
        seed: of initial weights, the split, the order of samples and augmentation.
        record: what a run had reported that the script repeats; it then says of each epoch whether it is the same.

    Raises:
        DataError: the data set is unknown, or has no images with so many channels.
    """
    recipe = recipe or RECIPES["quick"]
    sections = _sections(spec, recipe, data, seed, record)
    packages = " ".join(_packages(spec, data, record))
    kind = "residual" if spec.residual else "plain"
    header = f'"""Train {spec.name}, a {kind} network of {spec.depth} layers.\n\n'
    header += f"{record.origin()}\n" if record else ""
    header += f'Needs: pip install {packages}\n"""'
    end = 'if __name__ == "__main__":\n    train()'
    return header + "\n\n" + "\n\n\n".join([*(section.code for section in sections), end]) + "\n"


def notebook(
    spec: ResNetSpec, recipe: Recipe | None = None, data: str = "shapes", *, seed: int = 0, record: Record | None = None
) -> "NotebookNode":
    """Write the script of `keras_code` as a notebook, a cell for each part with a note above it."""
    import nbformat.v4 as v4

    recipe = recipe or RECIPES["quick"]
    packages = " ".join(_packages(spec, data, record))
    about = f"# {spec.name}\n\nBuilds and trains one network. {record.origin() if record else ''}".rstrip()
    cells = [v4.new_markdown_cell(f"{about}\n\nNeeds `pip install {packages}`.")]
    for section in _sections(spec, recipe, data, seed, record):
        cells.append(v4.new_markdown_cell(f"## {section.title}\n\n{section.about}"))
        cells.append(v4.new_code_cell(section.code))
    cells.append(v4.new_markdown_cell("## Run it\n\nFirst the layers, then the training; errors are fractions."))
    cells += [v4.new_code_cell("build_model().summary()"), v4.new_code_cell("model = train()")]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # the same network gives the same file
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def _sections(spec: ResNetSpec, recipe: Recipe, data: str, seed: int, record: Record | None) -> list[Section]:
    mixed = recipe.precision is Precision.MIXED_BFLOAT16
    backend = record.backend if record else "tensorflow"
    parts = [
        network_section(spec, mixed=mixed),
        data_section(spec, recipe, data),
        training_section(spec, recipe, backend, compared=record is not None),
    ]
    if record:
        parts.append(record_section(record))
    imports = _imports("\n".join(part.code for part in parts), _environment(backend, recipe))
    about = "Everything is drawn from the seed: the first weights, the images that are chosen and their order."
    return [Section("Imports", about, f"{imports}\n\nSEED = {seed}"), *parts]


def _packages(spec: ResNetSpec, data: str, record: Record | None) -> list[str]:
    backend = record.backend if record else "tensorflow"
    names = ["keras", backend, "numpy", *extra_packages(spec, data)]
    return [record.pinned(name) for name in names] if record else names


_IMPORTS = (
    # What code contains, and what it then needs: the standard library, a gap, the others, sorted.
    ("io.", "import io"),
    ("json.", "import json"),
    ("os.", "import os"),
    ("sys.", "import sys"),
    ("ThreadPoolExecutor(", "from concurrent.futures import ThreadPoolExecutor"),
    ("@cache", "from functools import cache"),
    ("Path", "from pathlib import Path"),
    ("", ""),
    ("keras.", "import keras"),
    ("np.", "import numpy as np"),
    ("pyarrow.", "import pyarrow.parquet"),
    ("tf.", "import tensorflow as tf"),
    ("torch.", "import torch"),
    ("layers.", "from keras import layers"),
)


def _environment(backend: str, recipe: Recipe) -> str:
    """Write what has to be set before the backend is imported."""
    if backend != "tensorflow":
        return f'os.environ["KERAS_BACKEND"] = "{backend}"'
    whose, chosen = ("TensorFlow's own", 0) if recipe.deterministic else ("oneDNN's", 1)
    return f"""# As the lab trains: with {whose} convolutions. TensorFlow reads it when it is imported.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "{chosen}\""""


def _imports(code: str, environment: str = "") -> str:
    """Write what code needs to import, and what has to be set between Python's own modules and the others."""
    lines = [line for sign, line in _IMPORTS if re.search(rf"(?<![\w.]){re.escape(sign)}", f"{code}\n{environment}")]
    gap = lines.index("")
    blocks = ["\n".join(lines[:gap]), environment, "\n".join(lines[gap + 1 :])]
    text = "\n\n".join(block for block in blocks if block)
    return text.replace("import layers", "import layers, ops") if re.search(r"(?<![\w.])ops\.", code) else text
