"""Text without the paths of this machine, for files that are given away."""

import re

_PART = r"[^\s\\/:;,\"'<>()]+"
_PATH = re.compile(rf"(?<![\w./~<…-])(?:[A-Za-z]:)?(?:[\\/]{_PART})+[\\/]?|~(?:/{_PART})+")


def portable(text: str, data: str | None = None) -> str:
    """Return text in which each absolute path is reduced to its last part.

    Args:
        text: a message or a note.
        data: the source of a run's images, whose path is known even where it has blanks in it.

    Example:
        >>> portable("folder:/home/ann/cats does not exist; see https://example.org/a/b and/or 1/2")
        'folder:…/cats does not exist; see https://example.org/a/b and/or 1/2'
        >>> portable("/my files/cats/1.jpg is cut short", "folder:/my files/cats")
        '…/cats/1.jpg is cut short'
    """
    place = (data or "").partition(":")[2].rstrip("\\/")
    if place:
        text = text.replace(place, f"…/{_last(place)}")
    return _PATH.sub(lambda found: f"…/{_last(found[0])}", text)


def _last(path: str) -> str:
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1]
