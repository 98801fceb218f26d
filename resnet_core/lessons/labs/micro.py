"""Values of the labs that train micro networks while the reader watches."""

from resnet_core.lessons.labs.values import LabValues

MICRO_LABS: dict[str, type[LabValues]] = {}
