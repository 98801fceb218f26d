"""The Compare page in a home with 1,000 runs and 1,000,000 sampled steps: how soon it opens, what a tick costs."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from app.feed import Feed
from tests.benchmarks import Row
from tests.benchmarks.large_home import fill, home_of_its_own
from tests.benchmarks.timing import seconds

HOME = Path(__file__).parents[2] / "app" / "Home.py"


def run() -> list[Row]:
    with home_of_its_own():
        ids = fill()
        first = _best()
        curves = _best(runs=",".join(ids[-40:]), x="step")
        grouped = _best(runs=",".join(ids[-100:]), group="network")
        depth = _best(runs=",".join(ids[-100:]), picture="depth")
        return [
            _page("Compare: open it with 1,000 runs stored, the newest 20 chosen", first),
            _page("Compare: open 40 runs over their 40,000 sampled steps", curves),
            _page("Compare: open 100 runs as groups", grouped),
            _page("Compare: open 100 runs by depth", depth),
            _poll("Compare: a poll of 20 runs by epoch", ids[-20:], with_steps=False),
            _poll("Compare: a poll of 20 runs by step", ids[-20:], with_steps=True),
        ]


def _open(**query: str) -> float:
    """Open the page in a session of its own and return the seconds that its run took.

    The session visits Home before: AppTest starts a runtime anew for each session, which a server does once.
    """
    app = AppTest.from_file(HOME, default_timeout=120).run()
    app.switch_page("views/compare.py")
    for name, value in query.items():
        app.query_params[name] = value
    took = seconds(app.run)
    assert not app.exception, app.exception
    assert app.dataframe, "the page shows no table: it opened no runs"
    return took


def _best(**query: str) -> float:
    return min(_open(**query) for _ in range(4))


def _page(name: str, took: float) -> Row:
    return Row(name, took, "s", "under 1 s", took < 1)


def _poll(name: str, ids: list[str], *, with_steps: bool) -> Row:
    feed = Feed(tuple(ids), with_steps=with_steps)
    feed.poll()
    milliseconds = 1e3 * min(seconds(feed.poll) for _ in range(15))
    return Row(name, milliseconds, "ms", "under 20 ms", milliseconds < 20)
