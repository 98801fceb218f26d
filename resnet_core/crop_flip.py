"""Pad, crop and flip: which pixel goes where. Said once, for the layer that trains and for a page that shows it."""

from typing import Any


def largest_shift(size: int) -> int:
    """Return by how many pixels an image is shifted at most: an eighth of its size, 4 at 32x32 as in the paper."""
    return max(1, size // 8)


def crop_flip(xp: Any, x, corners, mirrored, pixels: int):
    """Pad images with zeros by `pixels` on each side, cut each one out at its corner, and mirror some.

    Args:
        xp: what computes: numpy or keras.ops.
        corners: first row and column of each cut in the padded image, 0..2 * pixels; `pixels` leaves it in place.
        mirrored: whether to mirror left and right.

    Shapes:
        x: (n, h, w, c); corners: int32 (n, 2); mirrored: bool (n, 1); returns (n, h, w, c).
    """
    h, w, c = x.shape[1:]
    p = pixels
    x = xp.pad(x, ((0, 0), (p, p), (p, p), (0, 0)))
    rows = corners[:, :1] + xp.arange(h, dtype="int32")
    columns = xp.arange(w, dtype="int32")
    columns = corners[:, 1:] + xp.where(mirrored, w - 1 - columns, columns)
    # One gather over flattened pixels: an index for every pixel of every image.
    indices = rows[:, :, None] * (w + 2 * p) + columns[:, None, :]
    flat = xp.reshape(x, (-1, (h + 2 * p) * (w + 2 * p), c))
    picked = xp.take_along_axis(flat, xp.reshape(indices, (-1, h * w, 1)), axis=1)
    return xp.reshape(picked, (-1, h, w, c))
