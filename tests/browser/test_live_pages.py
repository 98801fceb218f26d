"""Pages that tell of a run while it trains: what they show follows it, and nothing else changes or moves."""

import re

import pytest
from playwright.sync_api import expect

from resnet_core.families import get_spec
from resnet_core.runs import writes
from tests import processes
from tests.browser.support import click_row, moved, open_page
from tests.stored_runs import epochs, store_run

pytestmark = pytest.mark.slow

TICKS = 7.0  # seconds in which such a page shows what is new three times


@pytest.mark.parametrize("address", ["compare?runs=r-going3", "train?watch=r-going3"])
def test_a_page_that_tells_of_a_run_moves_nothing(start_server, new_page, monkeypatch, fresh_home, address):
    page = new_page(reduced_motion="no-preference")
    monkeypatch.setenv(processes.HOME_VARIABLE, str(fresh_home))
    store_run("r-going3", get_spec("pocket_resnet20"), [(0.9, 0.9)], state="running")
    open_page(page, f"{start_server(home=fresh_home).url}/{address}")
    for epoch in (2, 3, 4):
        writes.write_rows("r-going3", epochs([(0.5, 0.6)], first=epoch), [])
        drawn = f"() => document.querySelector('.js-plotly-plot')?._fullData?.some(one => one.x.length === {epoch})"
        page.wait_for_function(drawn)
    writes.write_rows("r-going3", epochs([(0.4, 0.5)], first=5), [])
    assert moved(page, TICKS) == []


def test_the_last_runs_on_home_follow_a_run_to_its_end_and_stay_chosen(start_server, page, monkeypatch, fresh_home):
    monkeypatch.setenv(processes.HOME_VARIABLE, str(fresh_home))
    store_run("r-going3", get_spec("pocket_resnet20"), [(0.9, 0.9)], state="running")
    open_page(page, start_server(home=fresh_home).url)
    table = page.get_by_test_id("stDataFrame")
    cells = table.locator("td")
    expect(cells.filter(has_text="running")).to_be_attached()
    click_row(page, table, 1)
    expect(page.get_by_role("button", name="Compare 1 run")).to_be_visible()
    writes.write_rows("r-going3", epochs([(0.5, 0.625)], first=2), [])
    expect(cells.filter(has_text=re.compile("^62.5$"))).to_be_attached()
    writes.advance("r-going3", {"running"}, "finished")
    expect(cells.filter(has_text="finished")).to_be_attached()
    expect(page.get_by_role("button", name="Compare 1 run")).to_be_visible()
