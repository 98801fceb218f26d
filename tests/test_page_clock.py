"""A clock that was set back: what was stored lies in the future, and no page counts a time below nothing."""

import re
import time

import pytest
from streamlit.testing.v1 import AppTest

from resnet_core.families import get_spec
from resnet_core.results import Step
from resnet_core.runs import queue, store, writes
from tests.stored_runs import store_run

TINY = get_spec("pocket_resnet20")
AHEAD = 7_200.0
NEGATIVE = re.compile(r"(?<![\w.])-\d[\d.,]* ?(s|min|h|days?|seconds)\b")


@pytest.fixture
def app(no_supervisor) -> AppTest:
    """Store runs as two hours from now, which is how they look when the clock has been set back by as much."""
    then = time.time() + AHEAD
    seen = {"created": then, "started": then, "running_since": then, "heartbeat": then}
    store_run(
        "r-going2",
        TINY,
        [(0.5, 0.4)],
        state="running",
        total_steps=480,
        steps=[Step(90, 2, 1.0, 0.5, 0.02, 500.0, 2.5)],
        **seen,
    )
    store_run("r-ended2", TINY, [(0.5, 0.4)], seed=1, finished=then, **seen)
    store_run("c-check2", TINY, kind="check", state="running", **seen)
    store_run("r-trash2", TINY, [(0.5, 0.4)], seed=2, finished=then, **seen)
    queue.delete("r-trash2")
    writes.write_columns("r-trash2", trashed=then)
    return AppTest.from_file("../app/Home.py", default_timeout=60)


@pytest.mark.parametrize(
    ("view", "query", "words"),
    [
        ("home", {}, None),
        ("train", {"watch": "r-going2"}, "epoch 2 of 6"),
        ("compare", {"runs": "r-going2,r-ended2"}, None),
        ("build", {"spec": "pocket_resnet20", "tab": "code"}, "Keras builds the network · 0"),
    ],
)
def test_no_time_is_below_nothing(app, view, query, words):
    app.session_state["train:disk:open"] = True
    app.run()
    app.switch_page(f"views/{view}.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception and not app.error
    shown = [text for element in app.main if isinstance(text := getattr(element, "value", None), str)]
    shown += [str(frame.value) for frame in app.dataframe]
    assert shown and not [text for text in shown if NEGATIVE.search(text)]
    assert words is None or any(words in text for text in shown), shown


def test_the_newest_run_stays_the_newest(app):
    store_run("r-later2", TINY, [(0.5, 0.4)], seed=3, created=time.time())
    assert store.jobs(kind="train")[0].id == "r-later2"
    app.run()
    assert not app.exception
