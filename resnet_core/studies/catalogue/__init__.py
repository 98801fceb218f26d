"""Every study as data: its networks, recipes and images, in a quick and a full size.

Quick sizes learn drawn shapes, which need no network, and end in minutes on two CPU cores. Full sizes are for a GPU.
"""

from resnet_core.errors import InputError
from resnet_core.studies.catalogue.blocks import BLOCK_STUDIES
from resnet_core.studies.catalogue.depth import DEPTH_STUDIES
from resnet_core.studies.catalogue.training import TRAINING_STUDIES
from resnet_core.studies.types import Study

STUDIES: dict[str, Study] = {study.name: study for study in (*DEPTH_STUDIES, *TRAINING_STUDIES, *BLOCK_STUDIES)}


def get_study(name: str) -> Study:
    """Return a study by its name.

    Raises:
        InputError: no study has that name; the line lists those that exist.
    """
    try:
        return STUDIES[name]
    except KeyError:
        raise InputError(f"no study is called {name[:60]!r}: choose one of {', '.join(STUDIES)}") from None
