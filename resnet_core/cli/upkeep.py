"""The part of `doctor` that looks after the lab's folder: how much of the disk it takes, and what is out of order."""

from collections.abc import Iterator

from resnet_core.cli.findings import Finding
from resnet_core.errors import LabError, one_line

MOST_NAMED = 3


def disk() -> Iterator[Finding]:
    """Say what the lab takes of the disk, and which runs take most."""
    from resnet_core.runs.disk import disk_use

    use = disk_use()
    runs = sum(use.runs.values())
    parts = {"runs": runs, "trash": use.trash, "cache": use.cache, "database": use.database, "other": use.rest}
    what = ", ".join(f"{name} {_mib(size)}" for name, size in parts.items())
    largest = sorted(use.runs, key=use.runs.get, reverse=True)[:MOST_NAMED]
    if largest:
        what += f"; the largest runs: {', '.join(f'{job_id} {_mib(use.runs[job_id])}' for job_id in largest)}"
    yield Finding("use", True, f"{_mib(use.total)} in all: {what}")


def order(mend: bool) -> Iterator[Finding]:
    """Look for runs without a folder, folders without a run, half-written files and stale marks.

    Args:
        mend: put each right.
    """
    from resnet_core.runs.mending import faults

    found = faults()
    if not found:
        yield Finding("order", True, "every run has its folder, every folder its run")
    for fault in found:
        if not mend:
            yield Finding("order", False, fault.what, "`doctor --mend` puts it right", essential=False)
            continue
        try:
            fault.mend()
        except (LabError, OSError) as error:
            yield Finding("order", False, f"{fault.what}, and cannot be mended: {one_line(error)}")
        else:
            yield Finding("order", True, f"{fault.what}: {fault.remedy}")


def _mib(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB"
