"""What readers write about a job: a note, and tags to find and group it by."""

import json
import re
from collections.abc import Iterable

from resnet_core.errors import InputError
from resnet_core.runs import store, writes

LONGEST_NOTE = 2_000
LONGEST_TAG = 30
MOST_TAGS = 12
_TAG = re.compile(r"\w[\w.+-]*")


def annotate(job_id: str, *, note: str | None = None, tags: Iterable[str] | None = None) -> None:
    """Write a note or tags about a job; both replace what was there.

    Args:
        job_id: the job, in any state.
        note: any text of up to 2,000 characters; empty takes it away, None leaves it as it is.
        tags: up to 12 words of letters, digits and `_ . + -`; none takes them away, None leaves them as they are.

    Raises:
        InputError: the note or a tag is not as allowed; nothing was written.
        RunError: no job has that id.
    """
    columns = {}
    if note is not None:
        columns["note"] = _checked_note(note)
    if tags is not None:
        columns["tags"] = json.dumps(_checked_tags(tags), ensure_ascii=False)
    if not store.jobs(ids=[job_id]):
        raise store.unknown(job_id)
    if columns:
        writes.write_columns(job_id, **columns)


def _checked_note(note: str) -> str:
    text = note.strip()
    if len(text) > LONGEST_NOTE:
        raise InputError(f"a note has at most {LONGEST_NOTE:,} characters, received {len(text):,}: shorten it")
    bad = next((char for char in text if not char.isprintable() and char not in "\n\t"), None)
    if bad is not None:
        raise InputError(f"a note is text, received the control character {bad!r}: leave it out")
    return text


def _checked_tags(tags: Iterable[str]) -> list[str]:
    words = list(dict.fromkeys(tags))
    for word in words:
        if len(word) > LONGEST_TAG or not _TAG.fullmatch(word):
            raise InputError(
                f"a tag is one word of up to {LONGEST_TAG} letters, digits and _ . + -, "
                f"received {word[: LONGEST_TAG + 10]!r}: write it so"
            )
    if len(words) > MOST_TAGS:
        raise InputError(f"a run has at most {MOST_TAGS} tags, received {len(words)}: leave some out")
    return words
