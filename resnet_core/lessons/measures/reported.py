"""Numbers that papers and libraries report, looked up in `published`, so that a lesson never types them twice."""

from resnet_core.errors import LessonError
from resnet_core.lessons.measures.types import Measure
from resnet_core.published import IMAGENET_ERRORS, Published, published_for


def published_macs(spec: str) -> float:
    """Look up the multiply-adds that were reported for a network."""
    return figure("published_macs", spec).value


def published_parameters(spec: str) -> float:
    """Look up the parameters that were reported for a network."""
    return figure("published_parameters", spec).value


def published_error(spec: str, which: str = "") -> float:
    """Look up the error that was reported for a network, a fraction 0..1; `which` is train, val or test."""
    return figure("published_error", spec, which).value


def figure(measure: str, spec: str, which: str = "") -> Published:
    """Return what a measure of this file looks up, with its source.

    Raises:
        LessonError: nobody reported it.
    """
    match measure:
        case "published_macs":
            quantities = ("macs",)
        case "published_parameters":
            quantities = ("params", "trainable")
        case _:
            quantities = (f"{which}_error",) if which else ("test_error", "val_error", "train_error")
    rows: tuple[Published, ...] = published_for(spec)
    if spec in IMAGENET_ERRORS:
        rows += (IMAGENET_ERRORS[spec],)
    for quantity in quantities:
        for row in rows:
            if row.quantity == quantity:
                return row
    known = sorted({row.quantity for row in rows})
    raise LessonError(
        f"nobody reported {' or '.join(quantities)} of {spec[:60]!r}: known are {', '.join(known) or 'none'}"
    )


REPORTED: dict[str, Measure] = {
    measure.__name__: measure for measure in (published_macs, published_parameters, published_error)
}
