"""What the images of a data set are called in a title or within a sentence. Pure."""

from app.language import N_, _

_NAMES = {"shapes": N_("drawn shapes"), "cifar10": "CIFAR-10", "cats_vs_dogs": N_("cats and dogs")}


def image_name(data: str) -> str | None:
    """Return the name of a data set that comes with the lab or its libraries; None for files of the reader's own."""
    return _(_NAMES[data]) if data in _NAMES else None
