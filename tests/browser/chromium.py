"""Find a Chromium that starts: the system's if there is one, otherwise Playwright's own.

A headless shell is the same engine without the window around it, and opens a page with half of the processor's time; so
it comes first. `python -m tests.browser.chromium` prints the path, or says what to do and exits with 1.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SYSTEM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

LAUNCH_ARGUMENTS = [
    "--no-sandbox",  # Chromium refuses to start as root with its sandbox, and containers have no user namespaces
    "--disable-gpu",
    "--disable-dev-shm-usage",  # /dev/shm is 64 MB in a container
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class NoBrowserError(RuntimeError):
    """Report that no Chromium starts on this machine, and what to do."""


def find_browser() -> Path:
    """Return the path of a Chromium that answers `--version`.

    Raises:
        NoBrowserError: none does; the line says how to install one.
    """
    tried = []
    for path in _candidates():
        if _answers(path):
            return path
        tried.append(str(path))
    raise NoBrowserError(
        f"no Chromium starts here ({', '.join(tried) or 'none found'}): run scripts/test, which installs one, "
        "or `apt-get install chromium-headless-shell` as root, or `.venv/bin/playwright install --with-deps chromium`"
    )


def _candidates():
    for name in SYSTEM_NAMES:
        if found := shutil.which(name):
            yield Path(found)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    if own.exists():
        yield own


def _answers(path: Path) -> bool:
    """Tell a browser from a package that only says where to get one (Ubuntu's chromium-browser)."""
    try:
        result = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0 and "chrom" in result.stdout.lower()


def main(arguments: list[str]) -> int:
    try:
        path = find_browser()
    except NoBrowserError as error:
        if "--quiet" not in arguments:
            print(error, file=sys.stderr)
        return 1
    if "--quiet" not in arguments:
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
