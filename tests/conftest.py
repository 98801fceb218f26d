"""What every test gets: a lab home of its own, quiet libraries, empty Streamlit caches; and no process is left over."""

import functools
import gc
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from hypothesis import settings

from tests import processes

if TYPE_CHECKING:
    from tests.postgresql import PostgresqlServer

TESTS = Path(__file__).parent

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow reads it once, when it is imported
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as resnet_core does, also where a test imports Keras first
processes.mark_session()

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session", autouse=True)
def session_home(tmp_path_factory):
    """Keep the whole run out of the user's lab home, and fail it if a process of the lab outlives it."""
    home = tmp_path_factory.mktemp("lab-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(processes.HOME_VARIABLE, str(home))
        patch.setenv("RESNET_LAB_IDLE_SECONDS", "2")  # supervisors without work leave soon
        patch.setenv("RESNET_LAB_SPARE", "0")  # a spare for each of the many homes would import Keras for nothing
        yield home
    left = processes.lab_processes()
    _, left = psutil.wait_procs(left, timeout=8)
    if left:
        names = processes.describe(left)
        processes.end(left)
        pytest.fail(f"processes were still running after the last test (they are ended now): {names}", pytrace=False)


@pytest.fixture(scope="session", autouse=True)
def light_app_tests():
    """Spare AppTest what it does anew in each test and no page of ours needs; it was half of such a test's time.

    It reads the metadata of every installed package, looking for components, and clears Keras' session, which only
    other tests in this process have.
    """
    if "streamlit" not in sys.modules:
        yield
        return
    from streamlit.components.v2 import manifest_scanner
    from streamlit.runtime.scriptrunner import script_runner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests)
        )
        patch.setattr(script_runner, "_clean_problem_modules", lambda: None)
        yield


@pytest.fixture
def fresh_home(tmp_path, monkeypatch) -> Path:
    """Return an empty lab home that only this test sees."""
    home = tmp_path / "home"
    monkeypatch.setenv(processes.HOME_VARIABLE, str(home))
    return home


@pytest.fixture
def no_supervisor(fresh_home) -> Iterator[Path]:
    """Hold the supervisor's lock of an empty lab home, so that none starts and jobs wait; return the home."""
    from resnet_core.runs import supervision

    with supervision.exclusive(fresh_home):
        yield fresh_home


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator["PostgresqlServer"]:
    """Return a PostgreSQL server of this run's own; a machine without one fails the tests and is told what to do."""
    from tests.postgresql import NoPostgresqlError, PostgresqlServer

    try:
        server = PostgresqlServer()
    except NoPostgresqlError as error:
        pytest.fail(str(error), pytrace=False)
    yield server
    server.close()


@pytest.fixture
def postgresql(postgresql_server, fresh_home, monkeypatch) -> Iterator["PostgresqlServer"]:
    """Let the lab keep its runs in an empty database on the server."""
    url = postgresql_server.new_database()
    monkeypatch.setenv("RESNET_LAB_DB", url)
    yield postgresql_server
    postgresql_server.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request, fresh_home) -> str:
    """Run a test twice: with an empty database of each kind."""
    if request.param == "postgresql":
        request.getfixturevalue("postgresql")
    return request.param


@pytest.fixture(autouse=True)
def empty_streamlit_caches():
    """Clear what a test's pages cached; the caches belong to the process, not to a test."""
    yield
    if "streamlit" in sys.modules:
        from streamlit.runtime.caching import cache_data, cache_data_api, cache_resource

        cache_resource.clear()
        if cache_data_api._data_caches._function_caches:  # to clear what is empty takes longer than most tests
            cache_data.clear()


def pytest_collection_finish() -> None:
    """Leave what was imported out of every later search for garbage; it stays."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `scripts/test --slow` run what takes long."""
    parser.addoption("--slow", action="store_true", help="run the slow tests, and only them")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take the slow tests or the others, and order their files: those that may take longest first, browser tests last.

    Playwright keeps the event loop, which other tests need.
    """
    chosen, left_out = [], []
    for item in items:
        is_slow = item.get_closest_marker("slow") is not None
        (chosen if is_slow == config.getoption("--slow") else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = chosen
    longest: dict[Path, float] = defaultdict(float)
    for item in items:
        if "browser" in item.path.relative_to(TESTS).parts:
            item.add_marker(pytest.mark.browser)
        limit = item.get_closest_marker("timeout")
        longest[item.path] = max(longest[item.path], limit.args[0] if limit else 0)
    items.sort(key=lambda item: (item.get_closest_marker("browser") is not None, -longest[item.path]))
