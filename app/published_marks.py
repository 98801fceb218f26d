"""Published errors of the very networks that were trained here, on the same data, as marks for a figure."""

import re
from collections.abc import Sequence

from app.charts.final_errors import Against, Mark
from app.language import _
from app.run import Run
from resnet_core.families import preset_of
from resnet_core.published import published_for
from resnet_core.runs.records import Job

_KINDS = {"train_error": "training", "val_error": "validation", "test_error": "test"}


def published_marks(runs: Sequence[Run], against: Against) -> list[Mark]:
    """Return what was reported about the runs' networks, wherever network and data are the same.

    Test errors stand beside validation errors where the test images are the validation images.
    """
    marks: dict[tuple[str, str], Mark] = {}
    for run in runs:
        spec = run.spec
        preset = preset_of(spec)
        if preset is None or not _is_cifar10(run.job):
            continue
        place = {Against.DEPTH: spec.depth, Against.PARAMS: run.job.params, Against.MACS: run.job.macs}[against]
        for figure in published_for(preset.name):
            kind = _KINDS.get(figure.quantity)
            if kind is None or place is None:
                continue
            if kind == "test" and not run.job.recipe["validation_size"]:
                kind = "validation"
            text = f"{preset.name} {_(figure.text)}, {_(figure.convention)}"
            marks.setdefault((preset.name, kind), Mark(place, kind, figure.value, text, _(figure.source)))
    return list(marks.values())


def _is_cifar10(job: Job) -> bool:
    kind, path = (job.data or "").partition(":")[::2]
    return kind == "cifar10" or re.search(r"cifar[-_ ]?10(?!\d)", path.lower()) is not None
