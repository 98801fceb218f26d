"""One image, sent within its page."""

from base64 import b64encode
from io import BytesIO

import numpy as np
import streamlit as st
from PIL import Image

from app.text import as_text

FINEST = 2  # pixels of a fine screen beside one another in a pixel of the page
SMALL = 64  # pixels of a side, up to which a reader looks at single pixels


def inline_image(picture: np.ndarray, side: int, *, name: str = "", alt: str) -> None:
    """Show an image, a small one enlarged by whole pixels, a large one in the detail that fine screens show.

    A browser fetches an image that is a file after its page, and finds none where the page has gone on meanwhile.

    Args:
        picture: uint8 [height, width, 3], or [height, width] for gray.
        side: pixels on the screen.
        name: shown under the image as it is.
        alt: what the image shows, for a reader who hears it.
    """
    # JPEG would blur single pixels.
    kind = "png" if len(picture) <= SMALL else "jpeg"
    image = Image.fromarray(_enlarged(picture, side))
    image.thumbnail((FINEST * side, FINEST * side))
    file = BytesIO()
    image.save(file, kind, quality=90)
    st.image(f"data:image/{kind};base64,{b64encode(file.getvalue()).decode()}", as_text(name) or None, side, alt=alt)


def _enlarged(picture: np.ndarray, side: int) -> np.ndarray:
    """Enlarge an image by whole pixels to at least `side`, so that its pixels stay squares on the screen."""
    times = max(1, -(-side // picture.shape[0]))
    return picture.repeat(times, axis=0).repeat(times, axis=1)
