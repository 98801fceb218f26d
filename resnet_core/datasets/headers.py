"""What an image file says of itself, without decoding it: size, color mode, format, orientation, frames."""

import io
from dataclasses import dataclass
from pathlib import Path

from resnet_core.datasets.images import ORIENTATION, TOO_LARGE, UnreadableImage, image_formats, too_large


@dataclass(frozen=True)
class Header:
    """One file's header.

    Attributes:
        width, height: pixels, as the image is seen: after it is turned upright.
        mode: Pillow's name of the color mode, such as RGB, L (gray), P (palette) or CMYK.
        format: such as JPEG or PNG.
        turned: whether the camera marked it to be turned or mirrored.
        frames: 1, or more where it is animated or has pages.
        transparent: whether parts of it may be transparent.
    """

    width: int
    height: int
    mode: str
    format: str
    turned: bool
    frames: int
    transparent: bool


def read_header(encoded: bytes | Path) -> Header:
    """Read an image's header.

    Raises:
        UnreadableImage: it is damaged, of no known format or too large to be decoded safely.
    """
    from PIL import Image

    try:
        with Image.open(
            io.BytesIO(encoded) if isinstance(encoded, bytes) else encoded, formats=image_formats()
        ) as image:
            if too_large(image):
                raise UnreadableImage(TOO_LARGE)
            orientation = image.getexif().get(ORIENTATION, 1)
            # Orientations from 5 on exchange rows and columns.
            width, height = image.size[::-1] if orientation in (5, 6, 7, 8) else image.size
            frames = getattr(image, "n_frames", 1)
            turned = orientation in range(2, 9)
            transparent = image.has_transparency_data
            return Header(width, height, image.mode, image.format or "", turned, frames, transparent)
    except UnreadableImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableImage(TOO_LARGE) from error
    except Exception as error:
        # A damaged file can make a reader raise anything, as in `decode`.
        raise UnreadableImage("") from error
