"""Values of the labs that start real runs, or show stored ones."""

from typing import Literal

from pydantic import Field

from resnet_core.lessons.labs.values import LabValues
from resnet_core.studies import STUDIES, Size


class StudyValues(LabValues):
    """Which study is shown, in which size it would be started, and whether its full recording stands there instead."""

    study: Literal[tuple(STUDIES)] = Field(  # type: ignore[valid-type]
        "degradation",
        title="Study",
        json_schema_extra={"labels": {name: study.title for name, study in STUDIES.items()}},
    )
    size: Size = Field(Size.QUICK, title="Size", json_schema_extra={"labels": {Size.QUICK: "Quick", Size.FULL: "Full"}})
    full: bool = Field(False, title="Which runs are shown", json_schema_extra={"own_control": True})


class RecipeSwitchesValues(LabValues):
    """Which lines of the paper's recipe a quick run keeps."""

    momentum: bool = Field(True, title="Momentum 0.9")
    augmentation: bool = Field(True, title="Crops and flips")
    weight_decay: bool = Field(True, title="Weight decay 0.0001")
    schedule: bool = Field(True, title="Learning rate divided by 10, twice")
    pixel_mean: bool = Field(True, title="Mean image subtracted")
    batch_norm: bool = Field(True, title="Batch normalization")
    shortcuts: bool = Field(True, title="Shortcuts")


RUN_LABS: dict[str, type[LabValues]] = {"study": StudyValues, "recipe_switches": RecipeSwitchesValues}
