"""Which images train and which validate: in proportion, apart from each other, and repeatable."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_core.datasets import ImageData, split
from resnet_core.errors import DataError


def numbered(members: list[int], test_images: int = 4, order_seed: int = 0) -> ImageData:
    """Return a data set whose every image shows its own number, as four bytes in one row."""
    labels = np.random.default_rng(order_seed).permutation(np.repeat(np.arange(len(members)), members)).astype(np.int32)

    def images(numbers: np.ndarray) -> np.ndarray:
        return numbers.astype("<u4").view(np.uint8).reshape(-1, 1, 4, 1)

    total = len(labels)
    return ImageData(
        "numbered",
        images(np.arange(total)),
        labels,
        images(np.arange(total, total + test_images)),
        np.zeros(test_images, dtype=np.int32),
        tuple(map(str, range(len(members)))),
        (),
        "0" * 16,
    )


def numbers(images: np.ndarray) -> list[int]:
    return np.ascontiguousarray(images).reshape(-1, 4).view("<u4").ravel().tolist()


@st.composite
def requests(draw):
    members = draw(st.lists(st.integers(1, 60), min_size=2, max_size=8))
    validation = draw(st.none() | st.integers(1, sum(members) - 1))
    train = draw(st.none() | st.integers(1, sum(members) - (validation or 0)))
    return members, train, validation, draw(st.integers(0, 2**32))


@given(requests())
def test_parts_have_their_sizes_do_not_overlap_and_keep_labels_with_images(request):
    members, train_size, validation_size, seed = request
    data = numbered(members)
    parts = split(data, train_size, validation_size, seed)
    train, val = numbers(parts.x_train), numbers(parts.x_val)
    total = sum(members)
    assert len(train) == len(parts.y_train) == (train_size or total - (validation_size or 0))
    assert len(set(train)) == len(train)
    assert not set(train) & set(val)
    assert (data.y_train[train] == parts.y_train).all()
    if validation_size is None:
        assert val == list(range(total, total + 4))
    else:
        assert len(set(val)) == len(val) == len(parts.y_val) == validation_size
        assert (data.y_train[val] == parts.y_val).all()
    again = split(data, train_size, validation_size, seed)
    assert numbers(again.x_train) == train
    assert numbers(again.x_val) == val


@given(requests())
def test_every_class_gets_its_share_to_the_nearest_image(request):
    members, train_size, validation_size, seed = request
    parts = split(numbered(members), train_size, validation_size, seed)
    left = np.array(members)
    if validation_size is not None:
        taken = np.bincount(parts.y_val, minlength=len(members))
        assert (np.abs(taken - left * validation_size / left.sum()) < 1).all()
        left = left - taken
    taken = np.bincount(parts.y_train, minlength=len(members))
    assert (np.abs(taken - left * len(parts.y_train) / left.sum()) < 1).all()


@pytest.mark.parametrize("seed", [0, 1, 2015])
def test_the_papers_45k_and_5k_are_4500_and_500_of_each_class(seed):
    data = numbered([5_000] * 10)
    parts = split(data, 45_000, 5_000, seed)
    assert np.bincount(parts.y_train).tolist() == [4_500] * 10
    assert np.bincount(parts.y_val).tolist() == [500] * 10
    assert sorted(numbers(parts.x_train) + numbers(parts.x_val)) == list(range(50_000))
    assert numbers(split(data, None, 5_000, seed).x_train) == numbers(parts.x_train)


def test_left_over_images_go_to_the_classes_with_the_largest_remainders():
    # 7 of 10+20+30: 1.17, 2.33 and 3.5 images; the one left over goes to the last.
    parts = split(numbered([10, 20, 30]), 7, None, 0)
    assert np.bincount(parts.y_train).tolist() == [1, 2, 4]


def test_other_seeds_choose_other_images():
    data = numbered([100, 100])
    chosen = {tuple(numbers(split(data, 50, 50, seed).x_train)) for seed in range(5)}
    assert len(chosen) == 5


@pytest.mark.parametrize(
    ("train_size", "validation_size", "words"),
    [
        (31, None, ["31 training", "30 training images", "ask for fewer"]),
        (20, 11, ["20 training", "11 validation", "30 training images"]),
        (None, 30, ["at least 1 training", "30 validation", "30 training images"]),
        (0, None, ["train_size must be at least 1, received 0"]),
        (5, 0, ["validation_size must be at least 1, received 0"]),
    ],
)
def test_more_images_than_there_are_or_none_is_refused_with_the_numbers(train_size, validation_size, words):
    with pytest.raises(DataError) as caught:
        split(numbered([10, 20]), train_size, validation_size, 0)
    assert all(word in str(caught.value) for word in words), str(caught.value)
