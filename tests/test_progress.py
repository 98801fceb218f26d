"""Progress of a reader: it merges without loss, is read from untrusted text, and counts what is done."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.progress import MOST_BYTES, MOST_ENTRIES, Entry, Progress, done, is_right, read_progress
from resnet_core.errors import InputError
from resnet_core.lessons.blocks import Quiz
from resnet_core.lessons.document import parse
from tests.course import TINY

ANSWERS = st.one_of(st.none(), st.integers(-9, 9), st.floats(-9, 9), st.lists(st.integers(1, 9), max_size=8).map(tuple))
PROGRESS = st.builds(
    Progress,
    st.dictionaries(
        st.sampled_from(["a/step/1", "a/step/2", "b/answer/x", "b/answer/y"]),
        st.builds(Entry, st.integers(1, 20).map(float), ANSWERS),
    ),
    st.integers(0, 20).map(float),
).map(Progress().merged)


@given(PROGRESS, PROGRESS)
def test_merging_keeps_the_later_of_each_and_nothing_that_was_cleared(one, other):
    whole = one.merged(other)
    cleared = max(one.cleared, other.cleared)
    for key in {*one.entries, *other.entries}:
        newest = max(side.entries[key].at for side in (one, other) if key in side.entries)
        assert (key in whole.entries) == (newest > cleared)
        assert key not in whole.entries or whole.entries[key].at == newest
    assert whole.merged(one) == whole and whole.merged(whole) == whole


@given(PROGRESS)
def test_it_survives_the_browser(progress):
    assert read_progress(progress.to_json()) == progress


def test_an_answer_that_was_taken_back_counts_as_none():
    progress = Progress().with_entry("a", "answer", "x", 2, 1.0).with_entry("a", "answer", "x", None, 2.0)
    assert progress.answer("a", "x") is None


def test_the_newest_entries_are_kept_where_there_are_too_many():
    many = Progress({f"a/answer/q{n}": Entry(float(n + 1)) for n in range(MOST_ENTRIES + 5)})
    kept = Progress().merged(many).entries
    assert len(kept) == MOST_ENTRIES and "a/answer/q4" not in kept and f"a/answer/q{MOST_ENTRIES + 4}" in kept


def test_entries_that_make_no_sense_are_left_out():
    entries = {
        "tiny/answer/good": [3, 1],
        "tiny/answer/BAD": [3, 1],
        "../etc/passwd": [3, 1],
        "tiny/step/1": ["now", 1],
        "tiny/step/2": [3, "<script>"],
        "tiny/step/3": [3, [1] * 99],
        "tiny/step/4": [3],
        "tiny/step/5": [1e99, 1],
        "tiny/step/6": [10**400, 1],
        "tiny/step/7": [math.nan, 1],
        "tiny/answer/huge": [3, [10**400]],
    }
    text = json.dumps({"resnet_lab_progress": 1, "cleared": 0, "entries": entries})
    assert list(read_progress(text).entries) == ["tiny/answer/good"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * (MOST_BYTES + 1), "this file has 200,001 characters"),
        ('{"resnet_lab_progress": 2, "cleared": 0, "entries": {}}', "this progress has version 2"),
        ('{"resnet_lab_progress": 1, "cleared": NaN, "entries": {}}', "this is no progress"),
        (f'{{"resnet_lab_progress": 1, "cleared": 1{"0" * 400}, "entries": {{}}}}', "this is no progress"),
        ('{"resnet_lab_progress": 1, "cleared": 0, "entries": []}', "this is no progress"),
        ("[" * 100_000, "this is no progress"),
    ],
)
def test_what_is_no_progress_is_refused_in_one_line(text, said):
    with pytest.raises(InputError, match=said):
        read_progress(text)


def test_a_lesson_is_done_when_all_was_read_predicted_and_answered_rightly():
    lesson = parse(TINY, Path("01_tiny.md"))
    progress = Progress()
    for step in (1, 2, 3):
        progress = progress.with_entry("tiny", "step", step, 1, 1.0)
    for block, value in (("more", 1), ("how_many", 853_018), ("which", 2), ("sequence", (1, 2, 3, 4))):
        progress = progress.with_entry("tiny", "answer", block, value, 1.0)
    far = done(progress, lesson)
    assert (far.read, far.predicted, far.right) == (3, 1, 2) and far.fraction < 1
    assert done(progress.with_entry("tiny", "answer", "which", 1, 2.0), lesson).fraction == 1
    assert done(Progress(), lesson).fraction == 0


@pytest.mark.parametrize("answer", [None, 0, 3, -1, 1.5, (1,), (2, 1, 3, 4), ()])
def test_an_answer_of_another_kind_is_never_right(answer):
    quizzes = parse(TINY, Path("01_tiny.md")).blocks(Quiz)
    assert not any(is_right(quiz, answer) for quiz in quizzes)
