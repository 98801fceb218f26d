"""Every lab that a lesson may embed, by name: the values it starts from, with their bounds."""

from resnet_core.lessons.labs.building import BUILDING_LABS
from resnet_core.lessons.labs.micro import MICRO_LABS
from resnet_core.lessons.labs.runs import RUN_LABS
from resnet_core.lessons.labs.values import LabValues

LABS: dict[str, type[LabValues]] = {**MICRO_LABS, **BUILDING_LABS, **RUN_LABS}
"""The file app/labs/NAME.py draws the lab of that name."""

__all__ = ["LABS", "LabValues"]
