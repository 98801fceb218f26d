"""What a run says of itself, in the reader's language."""

import re

from app.language import _, ngettext
from resnet_core.runs.records import Job
from resnet_core.words import percent

_READING = re.compile(r"reading images: (?P<done>[\d,]+) of (?P<all>[\d,]+)")
_DOWNLOADING = re.compile(r"downloading images: (?P<done>[\d,]+) of (?P<all>[\d,]+) MB")


def run_message(job: Job) -> str:
    """Return a run's message; the store keeps it in English, and what has numbers in it is made again from them."""
    if found := _READING.fullmatch(job.message):
        return _("reading images: {done} of {all}").format(**found.groupdict())
    if found := _DOWNLOADING.fullmatch(job.message):
        return _("downloading images: {done} of {all} MB").format(**found.groupdict())
    last = job.last_epoch
    if job.state != "finished" or last is None or not job.message.startswith("training error "):
        return _(job.message)
    errors = {"train": percent(last.train_error), "val": percent(last.val_error), "count": last.epoch}
    if job.test_error is None:
        text = ngettext(
            "training error {train}, validation error {val} after {count} epoch",
            "training error {train}, validation error {val} after {count} epochs",
            last.epoch,
        )
        return text.format(**errors)
    text = ngettext(
        "training error {train}, validation error {val}, test error {test} after {count} epoch",
        "training error {train}, validation error {val}, test error {test} after {count} epochs",
        last.epoch,
    )
    return text.format(test=percent(job.test_error), **errors)
