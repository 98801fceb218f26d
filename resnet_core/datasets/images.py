"""Encoded images to arrays of one size: bounded, upright, RGB or gray, many at a time."""

import io
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np

from resnet_core.datasets.jpeg import decode_plain_jpeg

Refuse = Callable[[Path], str | None]
"""Says why a file is skipped before it is decoded, or None."""

LARGEST_PIXELS = 64_000_000  # of one encoded image; more would fill the memory when decoded
TOO_LARGE = f"over {LARGEST_PIXELS // 10**6} megapixels"
ORIENTATION = 0x0112
_CHUNK = 64
_SMALL_BYTES = 1 << 14  # larger images gain from being reduced while they are decoded
_NAMES_IN_NOTE = 5
# The first in this list are tried first: some others have no cheap test of whether an image is theirs.
_COMMON_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
# These decoders start another program or are made for whole pages, not photographs.
_REFUSED_FORMATS = frozenset({"EPS", "WMF", "FPX", "MIC", "MPEG", "GRIB", "HDF5", "BUFR"})


class UnreadableImage(Exception):
    """Say why one image was skipped; caught by the readers and never shown as an error."""


def decode(encoded: bytes | Path, size: int, channels: int) -> np.ndarray:
    """Decode an image, turn it upright, cut its central square and resize that.

    Transparent parts become white, as on a page.

    Shapes:
        returns: uint8 (size, size, channels).

    Raises:
        UnreadableImage: the image is damaged, of no known format or too large to be decoded safely.
    """
    from PIL import Image

    formats = image_formats()
    try:
        if isinstance(encoded, bytes) and len(encoded) < _SMALL_BYTES:
            plain = decode_plain_jpeg(encoded, LARGEST_PIXELS)
            if plain is not None:
                return _to_array(_to_square(_to_mode(plain, channels), size), channels)
        with Image.open(io.BytesIO(encoded) if isinstance(encoded, bytes) else encoded, formats=formats) as image:
            # The header gives the size, so a huge image is refused before it is decoded.
            if too_large(image):
                raise UnreadableImage(TOO_LARGE)
            if min(image.size) >= 4 * size:
                image.draft(None, (2 * size, 2 * size))
            return _to_array(_to_square(_to_mode(_upright(image), channels), size), channels)
    except UnreadableImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableImage(TOO_LARGE) from error
    except Exception as error:
        # A damaged file can make a decoder raise anything: struct.error, SyntaxError, IndexError, zlib.error.
        raise UnreadableImage("") from error


def decode_all(items: Sequence[bytes | Path | None], out: np.ndarray, refuse: Refuse | None = None) -> list[str | None]:
    """Decode many images into `out`, on all cores.

    Args:
        refuse: says why a file is skipped before it is decoded, or None.

    Shapes:
        out: uint8 (n, size, size, c); rows of unreadable images are left as they are.

    Returns:
        For each image None, or why it was not read (an empty text where its data are damaged).
    """
    size, channels = out.shape[1], out.shape[3]

    def work(start: int) -> list[str | None]:
        reasons = []
        for place in range(start, min(start + _CHUNK, len(items))):
            reasons.append(refuse(items[place]) if refuse else None)
            if reasons[-1] is not None:
                continue
            try:
                out[place] = decode(items[place] or b"", size, channels)
            except UnreadableImage as error:
                reasons[-1] = str(error)
        return reasons

    starts = range(0, len(items), _CHUNK)
    with ThreadPoolExecutor(max_workers=min(16, os.cpu_count() or 1)) as pool:
        return [reason for reasons in pool.map(work, starts) for reason in reasons]


def resize_all(images: np.ndarray, size: int, channels: int) -> np.ndarray:
    """Resize decoded RGB images and turn them gray where one channel is asked for.

    Shapes:
        images: uint8 (n, h, w, 3).
        returns: uint8 (n, size, size, channels).
    """
    from PIL import Image

    if images.shape[1:] == (size, size, channels):
        return images
    out = np.empty((len(images), size, size, channels), dtype=np.uint8)
    for place, pixels in enumerate(images):
        image = _to_mode(Image.fromarray(pixels), channels)
        out[place] = _to_array(_to_square(image, size), channels)
    return out


def skipped_note(total: int, skipped: Iterable[tuple[str, str]], what: str = "images") -> tuple[str, ...]:
    """Say in one note how many images were skipped, and which.

    Args:
        skipped: name and reason of each; an empty reason is left out.
    """
    named = [f"{name} ({reason})" if reason else name for name, reason in skipped]
    if not named:
        return ()
    more = f" and {len(named) - _NAMES_IN_NOTE:,} more" if len(named) > _NAMES_IN_NOTE else ""
    verb = "was" if len(named) == 1 else "were"
    listed = ", ".join(named[:_NAMES_IN_NOTE])
    return (f"{len(named):,} of {total:,} {what} could not be read and {verb} skipped: {listed}{more}",)


def too_large(image) -> bool:
    """Say whether an opened image has more pixels than can be decoded safely."""
    return image.width * image.height > LARGEST_PIXELS


def image_formats() -> tuple[str, ...]:
    """Return the formats that can be decoded, as Pillow names them."""
    return _known()[0]


def image_suffixes() -> frozenset[str]:
    """Return the endings of image files that can be decoded, such as `.png`, in lower case."""
    return _known()[1]


@cache
def _known() -> tuple[tuple[str, ...], frozenset[str]]:
    from PIL import Image

    Image.init()
    others = [name for name in Image.ID if name not in _COMMON_FORMATS and name not in _REFUSED_FORMATS]
    formats = (*_COMMON_FORMATS, *others)
    suffixes = {suffix for suffix, name in Image.registered_extensions().items() if name in formats}
    return formats, frozenset(suffixes)


def _upright(image):
    from PIL import ImageOps

    if image.getexif().get(ORIENTATION, 1) == 1:
        return image
    return ImageOps.exif_transpose(image)


def _to_mode(image, channels: int):
    from PIL import Image

    mode = "L" if channels == 1 else "RGB"
    if image.mode == mode and "transparency" not in image.info:
        return image
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert(mode)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert(mode)


def _to_square(image, size: int):
    from PIL.Image import Resampling

    if image.size == (size, size):
        return image
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = (left, top, left + side, top + side)
    if side % size == 0:
        # Whole blocks of pixels are averaged exactly.
        return image.reduce(side // size, box=box)
    if side > size:
        return image.resize((size, size), Resampling.LANCZOS, box=box, reducing_gap=3.0)
    return image.resize((size, size), Resampling.BILINEAR, box=box)


def _to_array(image, channels: int) -> np.ndarray:
    return np.asarray(image, dtype=np.uint8).reshape(image.height, image.width, channels)
