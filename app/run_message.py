"""What a run says of itself, in the reader's language."""

from app.language import _
from resnet_core.runs.records import Job
from resnet_core.words import percent


def run_message(job: Job) -> str:
    """Return a run's message; the store keeps it in English, and a finished run's is made again from its numbers."""
    last = job.last_epoch
    if job.state != "finished" or last is None or not job.message.startswith("training error "):
        return _(job.message)
    errors = {"train": percent(last.train_error), "val": percent(last.val_error), "count": last.epoch}
    if job.test_error is None:
        return _("training error {train}, validation error {val} after {count} epochs").format(**errors)
    text = _("training error {train}, validation error {val}, test error {test} after {count} epochs")
    return text.format(test=percent(job.test_error), **errors)
