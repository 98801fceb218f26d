"""Whether a data set has what a network and a recipe take of it; known before an image is decoded."""

from resnet_core.datasets.image_data import Summary
from resnet_core.errors import DataError
from resnet_core.words import N_, say


def must_fit(
    summary: Summary, *, classes: int, channels: int, train_size: int | None, validation_size: int | None
) -> None:
    """See that a data set fits; where files of it are broken, it may still lack images.

    Args:
        classes, channels: of the network.
        train_size, validation_size: of the recipe.

    Raises:
        DataError: it has another number of classes, images never have so many channels, or there are too few.
    """
    if summary.classes != classes:
        raise wrong_classes(summary.source, summary.classes, classes)
    must_be_channels(channels)
    must_have(summary.source, summary.train_images, train_size, validation_size)


def wrong_classes(source: str, held: int, taken: int) -> DataError:
    """Return the error for a network with another number of classes than a data set."""
    return DataError(f"{source} has {held} classes, the network {taken}: use --set classes={held}")


def must_be_channels(channels: int) -> None:
    """See that images can have so many channels.

    Raises:
        DataError: they cannot.
    """
    if channels not in (1, 3):
        raise DataError(
            say(
                "channels must be 1 (gray) or 3 (RGB), received {channels}: change the input's channels",
                channels=channels,
            )
        )


def must_have(source: str, total: int, train_size: int | None, validation_size: int | None) -> None:
    """See that there are so many training images.

    Raises:
        DataError: there are fewer.
    """
    if (train_size or 1) + (validation_size or 0) <= total:
        return
    raise DataError(
        say(
            "{train} training and {validation} validation images were asked for, but {source} has {total} training "
            "images: ask for fewer",
            train=train_size or N_("at least 1"),
            validation=validation_size or 0,
            source=source,
            total=total,
        )
    )
