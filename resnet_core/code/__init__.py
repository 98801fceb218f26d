"""A spec, a recipe and a data set as a script or a notebook that runs without this package."""

import re
from typing import TYPE_CHECKING

from resnet_core.code.data import data_section, extra_packages
from resnet_core.code.network import network_section
from resnet_core.code.pieces import Section
from resnet_core.code.training import training_section
from resnet_core.recipes import RECIPES, Precision, Recipe
from resnet_core.spec import ResNetSpec

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["Section", "keras_code", "network_code", "notebook"]


def network_code(spec: ResNetSpec) -> str:
    """Return `build_model()` for exactly this network, and what it needs."""
    code = network_section(spec).code
    return f"{_imports(code)}\n\n{code}\n"


def keras_code(spec: ResNetSpec, recipe: Recipe | None = None, data: str = "shapes", *, seed: int = 0) -> str:
    """Write a script that builds and trains a network with Keras, TensorFlow and NumPy alone.

    Importing the script builds nothing; `build_model()` gives the network, with the layer names of its graph.

    Args:
        spec: the network.
        recipe: how to train it; None takes the recipe `quick`.
        data: `shapes`, `cifar10`, `folder:PATH` or `parquet:PATH` (which needs pyarrow and pillow too).
        seed: of initial weights, the split, the order of samples and augmentation.

    Raises:
        DataError: the data set is unknown, or has no images with so many channels.
    """
    sections = _sections(spec, recipe or RECIPES["quick"], data, seed)
    packages = " ".join(["keras", "tensorflow", "numpy", *extra_packages(data)])
    kind = "residual" if spec.residual else "plain"
    header = f'"""Train {spec.name}, a {kind} network of {spec.depth} layers.\n\nNeeds: pip install {packages}\n"""'
    end = 'if __name__ == "__main__":\n    train()'
    return header + "\n\n" + "\n\n\n".join([*(section.code for section in sections), end]) + "\n"


def notebook(spec: ResNetSpec, recipe: Recipe | None = None, data: str = "shapes", *, seed: int = 0) -> "NotebookNode":
    """Write the script of `keras_code` as a notebook, a cell for each part with a note above it."""
    import nbformat.v4 as v4

    packages = ", ".join(["Keras", "TensorFlow", "NumPy", *extra_packages(data)])
    cells = [v4.new_markdown_cell(f"# {spec.name}\n\nBuilds and trains one network. Needs {packages}.")]
    for section in _sections(spec, recipe or RECIPES["quick"], data, seed):
        cells.append(v4.new_markdown_cell(f"## {section.title}\n\n{section.about}"))
        cells.append(v4.new_code_cell(section.code))
    cells.append(v4.new_markdown_cell("## Run it\n\nFirst the layers, then the training; errors are fractions."))
    cells += [v4.new_code_cell("build_model().summary()"), v4.new_code_cell("model = train()")]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # the same network gives the same file
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def _sections(spec: ResNetSpec, recipe: Recipe, data: str, seed: int) -> list[Section]:
    mixed = recipe.precision is Precision.MIXED_BFLOAT16
    parts = [network_section(spec, mixed=mixed), data_section(spec, recipe, data), training_section(recipe)]
    imports = _imports("\n".join(part.code for part in parts))
    about = "Everything is drawn from the seed: the first weights, the images that are chosen and their order."
    return [Section("Imports", about, f"{imports}\n\nSEED = {seed}"), *parts]


_IMPORTS = (
    # What code contains, and what it then needs: the standard library, a gap, the others, sorted.
    ("io.", "import io"),
    ("Path(", "from pathlib import Path"),
    ("", ""),
    ("keras.", "import keras"),
    ("np.", "import numpy as np"),
    ("pyarrow.", "import pyarrow.parquet"),
    ("tf.", "import tensorflow as tf"),
    ("layers.", "from keras import layers"),
    ("Image.", "from PIL import Image, ImageOps"),
)


def _imports(code: str) -> str:
    lines = [line for sign, line in _IMPORTS if re.search(rf"(?<![\w.]){re.escape(sign)}", code)]
    text = "\n".join(lines).strip()
    return text.replace("import layers", "import layers, ops") if re.search(r"(?<![\w.])ops\.", code) else text
