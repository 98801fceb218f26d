"""The browser tests' own guards must be able to fail."""

import socket

import pytest

from tests.browser.server import Server
from tests.browser.support import Faults, assert_accessible


@pytest.fixture
def watched(browser):
    """Return a page and its faults, without the check at the end that `new_page` makes."""
    context = browser.new_context()
    page, faults = context.new_page(), Faults()
    faults.watch(page)
    yield page, faults
    context.close()


@pytest.mark.parametrize(
    ("event", "script"),
    [
        ("console", "console.error('the cause')"),
        ("pageerror", "setTimeout(() => { throw new Error('the cause') })"),
        ("request", "fetch('http://elsewhere.invalid/the cause').catch(() => {})"),
    ],
)
def test_a_fault_in_the_page_fails_its_test(watched, event, script):
    page, faults = watched
    faults.assert_none()
    with page.expect_event(event):
        page.evaluate(f"() => {{ {script} }}")
    with pytest.raises(AssertionError, match="the.+cause"):
        faults.assert_none()


def test_an_unlabeled_picture_is_found(page):
    page.set_content("<html lang=en><title>t</title><main><h1>t</h1><img src='data:,'></main>")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)


def test_streamlits_own_list_faults_are_allowed_in_its_navigation_only(page):
    faulty = "<ul><div>not an item</div></ul>"
    shell = "<html lang=en><title>t</title><main><h1>t</h1>{main}</main><nav data-testid=stSidebarNav>{nav}</nav>"
    page.set_content(shell.format(main="", nav=faulty))
    assert_accessible(page)
    page.set_content(shell.format(main=faulty, nav=""))
    with pytest.raises(AssertionError, match="list"):
        assert_accessible(page)


def test_another_process_on_the_port_is_not_taken_for_ours(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        script = tmp_path / "page.py"
        script.write_text("import streamlit")
        with pytest.raises(RuntimeError, match=f"(?s)ended with 1.*{port}"):
            Server(str(script), tmp_path / "home", port)
