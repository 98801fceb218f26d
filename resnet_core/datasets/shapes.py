"""Draw the embedded data set: ten shapes in overlapping colors, of any size, with NumPy alone.

This file needs nothing but NumPy, so that an exported script can carry it whole.
"""

import numpy as np

CLASS_NAMES = ("disk", "ring", "square", "triangle", "star", "cross", "crescent", "bars", "hourglass", "dots")
VERSION = 1  # part of every fingerprint: raise it with any change that draws other pixels

# How hard the task is. Each pair is a range that is drawn from evenly.
RADIUS = (0.68, 0.94)  # of the shape, as a fraction of half the image
SHIFT = 0.16  # of the center, at most, as a fraction of half the image
TURN = 0.5  # of the shape to either side, at most, in turns
HUE_SPREAD = 0.11  # standard deviation of a class's hue in turns; neighboring classes are 0.1 apart
FILL_VALUE = (0.65, 1.0)  # brightness of the shape
GROUND_VALUE = (0.05, 0.40)  # brightness of the background
OUTLINE = 0.07  # width as a fraction of the image, but at least 1.2 pixels
NOISE = 10  # largest change of a pixel, in levels of 255

_CHUNK_PIXELS = 1 << 18  # painted at a time: bounds the memory and stays near the processor's cache


def draw_shapes(count: int, size: int, seed: int, channels: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Draw `count` images, equally many of each class, in an order that mixes the classes.

    Args:
        size: height and width in pixels.
        seed: the same seed draws the same images; different seeds draw different ones.
        channels: 3 for RGB, 1 for gray.

    Shapes:
        images: uint8 (count, size, size, channels).
        labels: int32 (count,), indices into CLASS_NAMES.
    """
    rng = np.random.default_rng([VERSION, seed])
    labels = rng.permutation(np.arange(count) % len(CLASS_NAMES)).astype(np.int32)
    pose = _draw_poses(rng, count)
    colors = _draw_colors(rng, labels, channels)
    images = np.empty((count, size, size, channels), dtype=np.uint8)
    step = max(1, _CHUNK_PIXELS // size**2)
    for label in range(len(CLASS_NAMES)):
        members = np.flatnonzero(labels == label)
        for start in range(0, len(members), step):
            rows = members[start : start + step]
            inside, outline = _coverage(label, pose[rows], size)
            images[rows] = _paint(inside, outline, colors[rows], rng)
    return images, labels


def _draw_poses(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return (count, 4): center x and y, radius, turn in radians; half the image is one unit."""
    center = rng.uniform(-SHIFT, SHIFT, (count, 2))
    radius = rng.uniform(*RADIUS, (count, 1))
    turn = rng.uniform(-TURN, TURN, (count, 1)) * 2 * np.pi
    return np.concatenate([center, radius, turn], axis=1).astype(np.float32)


def _draw_colors(rng: np.random.Generator, labels: np.ndarray, channels: int) -> np.ndarray:
    """Return (count, 3, channels): the colors of background, shape and outline, in levels 0..255."""
    count = len(labels)
    ground = _rgb(rng.random(count), rng.uniform(0.0, 0.5, count), rng.uniform(*GROUND_VALUE, count))
    hue = labels / len(CLASS_NAMES) + rng.normal(0.0, HUE_SPREAD, count)
    shape = _rgb(hue, rng.uniform(0.55, 1.0, count), rng.uniform(*FILL_VALUE, count))
    outline = _rgb(rng.random(count), rng.uniform(0.0, 0.15, count), rng.uniform(0.85, 1.0, count))
    colors = np.stack([ground, shape, outline], axis=1) * 255
    if channels == 1:
        colors = colors @ np.array([[0.299], [0.587], [0.114]])
    return colors.astype(np.float32)


def _rgb(hue: np.ndarray, saturation: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Turn hue (in turns), saturation and value into (n, 3) of red, green and blue, all 0..1."""
    sixth = (np.array([5.0, 3.0, 1.0]) + hue[:, None] * 6) % 6
    dip = np.clip(np.minimum(sixth, 4 - sixth), 0, 1)
    return value[:, None] * (1 - saturation[:, None] * dip)


def _coverage(label: int, pose: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how much of each pixel the shape and its outline cover: two (n, size, size) of 0..1."""
    axis = ((np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1)[None]
    x, y, radius, turn = (pose[:, i, None, None] for i in range(4))
    across, down = axis[:, None, :] - x, axis[:, :, None] - y
    cos, sin = np.cos(turn) / radius, np.sin(turn) / radius
    distance = _distance(label, cos * across + sin * down, cos * down - sin * across)
    distance *= radius * (size / 2)  # from units of the shape to pixels
    width = max(1.2, OUTLINE * size)
    inside = np.clip(0.5 - distance, 0, 1)
    outline = np.clip(width / 2 + 0.5 - np.abs(distance + width / 2), 0, 1)
    return inside, outline


def _distance(label: int, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return the distance from a shape's edge, negative inside; shapes reach about 1 from their center."""
    match CLASS_NAMES[label]:
        case "disk":
            return np.hypot(u, v) - 0.85
        case "ring":
            return np.abs(np.hypot(u, v) - 0.66) - 0.25
        case "square":
            return np.maximum(np.abs(u), np.abs(v)) - 0.74
        case "triangle":
            return np.maximum(v - 0.5, 0.866 * np.abs(u) - 0.5 * v - 0.5)
        case "star":
            return _star_distance(u, v)
        case "cross":
            u, v = np.abs(u), np.abs(v)
            return np.maximum(np.minimum(u, v) - 0.28, np.maximum(u, v) - 0.95)
        case "crescent":
            return np.maximum(np.hypot(u, v) - 0.92, 0.72 - np.hypot(u - 0.5, v))
        case "bars":
            return np.maximum(np.abs(np.abs(u) - 0.52) - 0.28, np.abs(v) - 0.85)
        case "hourglass":
            return np.maximum(0.78 * (np.abs(u) - 0.8 * np.abs(v) - 0.12), np.abs(v) - 0.88)
        case "dots":
            return np.hypot(np.abs(u) - 0.55, np.abs(v) - 0.55) - 0.36
    raise ValueError(f"there is no shape number {label}")


def _star_distance(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Fold the plane into a tenth of a five-pointed star, where its edge is one straight line."""
    tenth = np.float32(np.pi / 5)
    angle = np.abs((np.arctan2(v, u) + tenth) % (2 * tenth) - tenth)
    reach = np.hypot(u, v)
    tip, notch = np.array([1.0, 0.0]), 0.46 * np.array([np.cos(tenth), np.sin(tenth)])
    normal = np.array([notch[1], tip[0] - notch[0]]) / np.linalg.norm(notch - tip)
    toward, beside = (np.float32(part) for part in normal)
    return (reach * np.cos(angle) - 1) * toward + reach * np.sin(angle) * beside


def _paint(inside: np.ndarray, outline: np.ndarray, colors: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lay shape over background and outline over both, add noise, and round to bytes."""
    images = np.empty((*inside.shape, colors.shape[-1]), dtype=np.uint8)
    noise = rng.integers(0, 2 * NOISE + 1, images.shape, dtype=np.uint8)
    for channel in range(images.shape[-1]):
        ground, shape, edge = (colors[:, i, channel, None, None] for i in range(3))
        level = ground + inside * (shape - ground)
        level += outline * (edge - level)
        level += noise[..., channel]
        level -= NOISE - 0.5  # the half rounds to the nearest level
        images[..., channel] = np.clip(level, 0, 255, out=level)
    return images
