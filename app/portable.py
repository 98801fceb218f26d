"""Text without the paths of this machine, for files that are given away."""

import re

_PART = r"[^\s\\/:;,\"'<>()]+"
_PATH = re.compile(rf"(?<![\w./~<-])(?:[A-Za-z]:)?(?:[\\/]{_PART})+[\\/]?|~(?:/{_PART})+")


def portable(text: str) -> str:
    """Return text in which each absolute path is reduced to its last part.

    Example:
        >>> portable("folder:/home/ann/cats does not exist; see https://example.org/a/b and/or 1/2")
        'folder:…/cats does not exist; see https://example.org/a/b and/or 1/2'
    """
    return _PATH.sub(lambda found: "…/" + re.split(r"[\\/]", found[0].rstrip("\\/"))[-1], text)
