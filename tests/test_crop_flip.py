"""Pad, crop and flip by NumPy and by the layer that trains: the same pixels for the same draws."""

import keras
import numpy as np
import pytest
from keras import ops

from resnet_core.augment import PadCropFlip
from resnet_core.crop_flip import crop_flip, largest_shift

IMAGES = np.random.default_rng(0).integers(0, 256, (40, 9, 6, 3), dtype=np.uint8)


def test_numpy_cuts_and_mirrors_what_slices_cut_and_mirror():
    rng = np.random.default_rng(1)
    corners = rng.integers(0, 7, (40, 2), dtype=np.int32)
    mirrored = rng.random((40, 1)) < 0.5
    padded = np.pad(IMAGES, ((0, 0), (3, 3), (3, 3), (0, 0)))
    found = crop_flip(np, IMAGES, corners, mirrored, 3)
    for image, out, (row, column), flip in zip(padded, found, corners, mirrored[:, 0], strict=True):
        cut = image[row : row + 9, column : column + 6]
        assert np.array_equal(out, cut[:, ::-1] if flip else cut)


def test_numpy_gives_what_the_layer_gives_for_its_draws():
    layer = PadCropFlip(2, seed=11)
    trained_on = ops.convert_to_numpy(layer(ops.convert_to_tensor(IMAGES.astype("float32")), training=True))
    same = keras.random.SeedGenerator(11)  # draws what the layer drew, in its order
    corners = np.floor(ops.convert_to_numpy(keras.random.uniform((40, 2), seed=same)) * 5).astype(np.int32)
    mirrored = ops.convert_to_numpy(keras.random.uniform((40, 1), seed=same)) < 0.5
    assert 5 < mirrored.sum() < 35 and len(np.unique(corners)) == 5
    assert np.array_equal(crop_flip(np, IMAGES, corners, mirrored, 2), trained_on.astype(np.uint8))


@pytest.mark.parametrize(("size", "shift"), [(8, 1), (16, 2), (32, 4), (224, 28)])
def test_the_largest_shift_is_the_papers_at_its_size(size, shift):
    assert largest_shift(size) == shift
