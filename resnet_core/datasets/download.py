"""Fetching a public file with Keras: asked for first, quiet on standard output, and one line where it fails.

Only workers and commands download; pages never do, as this imports Keras.
"""

import contextlib
import io
import re
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from resnet_core.datasets.image_data import Tell
from resnet_core.errors import DataError

Answer = TypeVar("Answer")

_ANSWER_SECONDS = 10
_STALL_SECONDS = 30


class NotReached(Exception):
    """Say why a site did not answer; turned into a DataError that names the other ways."""


def ask_site(address: str) -> None:
    """Make sure that a site answers, in seconds even where a name server does not.

    Raises:
        NotReached: it does not.
    """
    problems: list[str] = ["no answer"]

    def ask() -> None:
        try:
            request = urllib.request.Request(address, method="HEAD")
            urllib.request.urlopen(request, timeout=_ANSWER_SECONDS).close()
            problems.clear()
        except urllib.error.HTTPError as error:
            problems[:] = [f"the site answers {error.code}"]
        except (OSError, ValueError) as error:
            problems[:] = [str(getattr(error, "reason", error))]

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_ANSWER_SECONDS + 5)
    if problems:
        raise NotReached(problems[0])


def with_keras(download: Callable[[], Answer], tell: Tell | None = None) -> Answer:
    """Let Keras download: a stalled connection is given up, and its progress bar kept off standard output.

    Args:
        tell: hears how many bytes have come.

    Raises:
        NotReached: Keras raises a bare Exception for a failed download, and others for a damaged archive.
    """
    patience = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_STALL_SECONDS)
    try:
        with contextlib.redirect_stdout(_Bar(tell)):
            return download()
    except Exception as error:
        raise NotReached(str(error)) from error
    finally:
        socket.setdefaulttimeout(patience)


class _Bar(io.StringIO):
    """Takes Keras' progress bar, the only place where Keras says how far a download is."""

    _COUNTS = re.compile(r"(\d+)/(\d+)")

    def __init__(self, tell: Tell | None):
        super().__init__()
        self._tell = tell

    def write(self, text: str) -> int:
        found = self._COUNTS.search(text)
        if self._tell and found:
            self._tell(int(found[1]), int(found[2]), "bytes")
        return len(text)


def get_file(address: str, folder: Path, sha256: str, tell: Tell | None = None) -> Path:
    """Download a file into a folder, unless it is there already, and compare its checksum.

    Args:
        tell: hears how many bytes have come.

    Raises:
        NotReached: it could not be downloaded, or is not the file that is known.
    """
    import keras

    name = address.rsplit("/", 1)[1]
    options = {"cache_dir": str(folder.parent), "cache_subdir": folder.name, "file_hash": sha256}
    return Path(with_keras(lambda: keras.utils.get_file(name, address, **options), tell))


def unavailable(name: str, reason: Exception, other_ways: str) -> DataError:
    """Return the one line for a download that failed."""
    return DataError(f"{name} could not be downloaded ({' '.join(str(reason).split())[:100]}): {other_ways}")
