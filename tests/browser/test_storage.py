"""A database that another program holds: the page says so, and comes back by itself."""

import subprocess
import sys

import pytest
from playwright.sync_api import expect

from resnet_core.families import get_spec
from resnet_core.runs import database
from tests.browser.support import assert_accessible, open_page
from tests.stored_runs import store_run
from tests.test_page_storage import HOLD

pytestmark = pytest.mark.slow


@pytest.fixture
def held(start_server, monkeypatch):
    """Return a server whose database another program holds, and what lets go of it."""
    server = start_server(environment={"RESNET_LAB_SPARE": "0"})
    monkeypatch.setenv("RESNET_LAB_HOME", str(server.home))
    store_run("r-kept22", get_spec("pocket_resnet20"), [(0.5, 0.4)])
    database.close()
    command = [sys.executable, "-c", HOLD, str(server.home / "lab.sqlite")]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "holds\n"
    yield server, lambda: holder.communicate("go\n")
    holder.kill()
    holder.wait()


def test_a_page_whose_database_is_held_comes_back_without_a_reload(held, page):
    server, let_go = held
    open_page(page, f"{server.url}/compare")
    expect(page.get_by_text("lab.sqlite is locked by another program: close what else has it open")).to_be_visible()
    expect(page.get_by_text("This page looks again every few seconds")).to_be_visible()
    assert_accessible(page)
    let_go()
    expect(page.locator(".picker .run")).to_have_count(1)
    expect(page.get_by_text("is locked by another program")).to_have_count(0)
    expect(page.get_by_text("This page looks again every few seconds")).to_have_count(0)
