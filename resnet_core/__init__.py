"""ResNet Lab's core: describe, draw, count, build and train residual networks.

Importing this package imports no Keras; `resnet_core.models` and `resnet_core.training` do.
"""

from resnet_core.convolutions import prefer_speed
from resnet_core.costs import Cost, Costs, count_costs
from resnet_core.errors import LabError
from resnet_core.families import PRESETS, get_spec
from resnet_core.graph import Graph, Node, build_graph
from resnet_core.recipes import RECIPES, Recipe, get_recipe
from resnet_core.spec import ResNetSpec, make_spec

# TensorFlow leaves oneDNN's convolutions off on processors without instructions for neural networks, where they train
# ResNet-20 on 32x32 images in 0.6 of the time.
prefer_speed()

__version__ = "0.1.0"

__all__ = [
    "PRESETS",
    "RECIPES",
    "Cost",
    "Costs",
    "Graph",
    "LabError",
    "Node",
    "Recipe",
    "ResNetSpec",
    "build_graph",
    "count_costs",
    "get_recipe",
    "get_spec",
    "make_spec",
]
