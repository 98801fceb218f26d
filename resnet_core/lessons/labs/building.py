"""Values of the labs about blocks, shapes and costs."""

from resnet_core.lessons.labs.values import LabValues

BUILDING_LABS: dict[str, type[LabValues]] = {}
