"""Small plain and residual networks in NumPy: hundreds of steps of 50 layers while a reader waits a second.

They are networks of dense layers on points in a plane, or on functions of one number; what depth, shortcuts, batch
normalization and optimizers do shows in them as it does in networks for images, in a thousandth of the time.
"""

from resnet_core.micro.network import MicroSpec, MicroStack, layer_norms
from resnet_core.micro.optimizers import USUAL_RATES, Optimizer
from resnet_core.micro.readings import depth_study, gradient_norms, neighbor_correlation
from resnet_core.micro.tasks import Points, spirals, target
from resnet_core.micro.training import Course, accuracy, cross_entropy, train_function, train_points

__all__ = [
    "USUAL_RATES",
    "Course",
    "MicroSpec",
    "MicroStack",
    "Optimizer",
    "Points",
    "accuracy",
    "cross_entropy",
    "depth_study",
    "gradient_norms",
    "layer_norms",
    "neighbor_correlation",
    "spirals",
    "target",
    "train_function",
    "train_points",
]
