"""What is said of a job whose worker is gone."""

import signal

from resnet_core.runs.records import Job


def after(job: Job) -> str:
    """Say how far a job was, as `after 3 of 8 epochs`."""
    done = len(job.epochs)
    if not job.running_since and not done:
        return "before its first step"
    if job.total_epochs:
        return f"after {done} of {job.total_epochs} epochs"
    return f"after {done} epoch{'' if done == 1 else 's'}"


def kept(job: Job) -> str:
    """Say what is left of it, as `its 3 finished epochs are kept`."""
    match len(job.epochs):
        case 0:
            return "it had finished no epoch"
        case 1:
            return "its 1 finished epoch is kept"
        case done:
            return f"its {done} finished epochs are kept"


def death(code: int | None) -> str:
    """Say how a worker ended.

    Args:
        code: what the system told of its end: a negative one is a signal; None is not known.
    """
    match -(code or 0):
        case 0:
            return "is gone and left no reason (the computer was restarted, or the system ended it)"
        case signal.SIGKILL:
            return "was ended by the system (signal 9, often too little memory)"
        case signal.SIGSEGV | signal.SIGABRT | signal.SIGILL | signal.SIGBUS as number:
            return f"crashed ({signal.Signals(number).name}; its log says where)"
        case number:
            return f"was ended by signal {number}"
