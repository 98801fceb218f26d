"""Which images train and which validate: drawn class by class, the same for the same seed."""

from dataclasses import dataclass

import numpy as np

from resnet_core.datasets.fitting import must_have
from resnet_core.datasets.image_data import ImageData
from resnet_core.datasets.rows import Images, pick
from resnet_core.errors import DataError

TEST_SHARE = 5  # one image in five is set aside where a data set has no test images of its own
_TEST_SEED = 2015


@dataclass(frozen=True, eq=False)
class Split:
    """The images of one run.

    Shapes:
        x_train, x_val: uint8 (n, h, w, c).
        y_train, y_val: int32 (n,).
    """

    x_train: Images
    y_train: np.ndarray
    x_val: Images
    y_val: np.ndarray


def split(data: ImageData, train_size: int | None, validation_size: int | None, seed: int) -> Split:
    """Choose training and validation images, each class in proportion to its share.

    Args:
        train_size: images to train on; None takes all that are left.
        validation_size: images set aside from the training images; None validates on the test images.
        seed: the same seed chooses the same images.

    Raises:
        DataError: more images are asked for than there are, or none.
    """
    total = len(data.y_train)
    for name, value in (("train_size", train_size), ("validation_size", validation_size)):
        if value is not None and value < 1:
            raise DataError(f"{name} must be at least 1, received {value}: raise it, or leave it out")
    must_have(data.source, total, train_size, validation_size)
    rng = np.random.default_rng(seed)
    left = np.arange(total)
    if validation_size is None:
        x_val, y_val = data.x_test, data.y_test
    else:
        chosen, left = draw_by_class(left, data.y_train, validation_size, rng)
        x_val, y_val = pick(data.x_train, chosen), data.y_train[chosen]
    if train_size is not None and train_size < len(left):
        left, _ = draw_by_class(left, data.y_train, train_size, rng)
    if len(left) == total:
        return Split(data.x_train, data.y_train, x_val, y_val)
    return Split(pick(data.x_train, left), data.y_train[left], x_val, y_val)


def set_aside_test(images: Images, labels: np.ndarray) -> tuple[tuple[Images, np.ndarray, Images, np.ndarray], str]:
    """Set a fifth of the images aside for testing, class by class; always the same ones.

    Returns:
        x_train, y_train, x_test, y_test, and a note for the reader.

    Raises:
        DataError: there are too few images to set any aside.
    """
    count = test_count(len(labels))
    if count < 1:
        raise DataError(
            f"{len(labels)} images are too few to set a fifth aside for testing: add images (5 or more), or test images"
        )
    rng = np.random.default_rng(_TEST_SEED)
    test, train = draw_by_class(np.arange(len(labels)), labels, count, rng)
    note = f"there are no test images: a fifth was set aside for testing, {count:,} of {len(labels):,}"
    return (pick(images, train), labels[train], pick(images, test), labels[test]), note


def test_count(images: int) -> int:
    """Return how many of `images` are set aside for testing."""
    return images // TEST_SHARE


def count_by_class(train: np.ndarray, test: np.ndarray | None, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Count the labels of each class that train and that test; without test labels a fifth is set aside.

    Labels below zero are of images that will be skipped.
    """
    known = np.bincount(train[train >= 0], minlength=classes)
    if test is not None:
        return known, np.bincount(test[test >= 0], minlength=classes)
    aside = _shares(known, test_count(known.sum()))
    return known - aside, aside


def draw_by_class(
    candidates: np.ndarray, labels: np.ndarray, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw `count` of the candidate indices so that classes keep their shares, to the nearest image.

    Returns:
        The drawn indices and the others, both ascending.
    """
    classes, members = np.unique(labels[candidates], return_counts=True)
    taken = np.zeros(len(candidates), dtype=bool)
    for label, share in zip(classes, _shares(members, count), strict=True):
        places = np.flatnonzero(labels[candidates] == label)
        taken[rng.permutation(places)[:share]] = True
    return candidates[taken], candidates[~taken]


def _shares(members: np.ndarray, count: int) -> np.ndarray:
    """Divide `count` by the method of largest remainders; ties go to the earlier class."""
    whole, remainder = np.divmod(members.astype(np.int64) * count, members.sum())
    first = np.argsort(-remainder, kind="stable")[: count - whole.sum()]
    whole[first] += 1
    return whole
