"""Pages that tell of a run while it trains stand still: nothing but the picture and its numbers changes."""

import pytest

from resnet_core.families import get_spec
from resnet_core.runs import writes
from tests import processes
from tests.browser.support import moved, open_page
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
