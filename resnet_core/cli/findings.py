"""What `doctor` found, a line each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from resnet_core.errors import LabError, one_line


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        name: what was looked at.
        ok: whether it is as it should be.
        essential: whether the lab cannot work without it.
        what: what was found.
        advice: what to do; empty where nothing is to be done.
    """

    name: str
    ok: bool
    what: str
    advice: str = ""
    essential: bool = True


def as_line(finding: Finding) -> str:
    """Return a finding as a line of text."""
    sign = "ok     " if finding.ok else "problem" if finding.essential else "note   "
    return f"{sign}  {finding.name}: {finding.what}" + (f"; {finding.advice}" if finding.advice else "")


def safely(check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """Run a check; one that fails is itself a finding."""
    name = getattr(check, "func", check).__name__.strip("_")  # some are partial
    try:
        return list(check())
    except LabError as error:
        what, _, advice = one_line(error).rpartition(": ")
        return [Finding(name, False, what or advice, advice if what else "")]
    except Exception as error:
        advice = "install again with pip install -r requirements.txt"
        return [Finding(name, False, f"{type(error).__name__}: {one_line(error)}", advice)]
