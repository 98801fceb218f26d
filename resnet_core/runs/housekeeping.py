"""What the supervisor does for the disk while it works: logs stay short, and the trash is emptied by age."""

import time
from collections.abc import Iterable
from pathlib import Path

from resnet_core.runs import folders, logs, spare, supervision, trash

LOG_SECONDS = 5.0
TRASH_SECONDS = 3_600.0


class Housekeeper:
    """Keeps one home tidy, a look at a time."""

    def __init__(self, home: Path):
        self._home = home
        self._next_logs = 0.0
        self._next_trash = 0.0

    def look(self, in_work: Iterable[str]) -> None:
        """Do what is due, which mostly is nothing.

        Args:
            in_work: the jobs whose logs grow.

        Raises:
            LabError, OSError: something could not be done; it is tried again when it is due again.
        """
        now = time.monotonic()
        if now >= self._next_trash:
            self._next_trash = now + TRASH_SECONDS
            trash.empty(trash.days())
            # What ended since the last look at its log.
            for log in (self._home / "runs").glob(f"*/{folders.LOG_FILE}"):
                logs.trim(log)
        if now >= self._next_logs:
            self._next_logs = now + LOG_SECONDS
            logs.trim(self._home / supervision.LOG)
            logs.trim(self._home / spare.LOG_FILE)
            for job_id in in_work:
                logs.trim(folders.job_folder(job_id) / folders.LOG_FILE)
