"""What is wrong in a lesson, and on which line."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One thing to mend.

    Attributes:
        line: counted from 1, in the file.
        text: what was received, what is allowed, what to do.
    """

    line: int
    text: str

    def at(self, path: Path | str) -> str:
        """Return it as `path:line: text`, which editors and terminals can jump to."""
        return f"{path}:{self.line}: {self.text}"
