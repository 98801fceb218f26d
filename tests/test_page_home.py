"""Home as a newcomer and as a returning reader finds it; no browser."""

import json
import time

import pytest
from streamlit.testing.v1 import AppTest

from resnet_core import get_spec
from resnet_core.runs import queue
from resnet_core.studies import get_study
from tests.pages import charts_of
from tests.stored_runs import store_run


@pytest.fixture
def app(fresh_home):
    return AppTest.from_file("../app/Home.py", default_timeout=60)


def test_a_newcomer_is_asked_one_question_and_offered_one_button(app):
    app.run()
    assert not app.exception
    assert "shortcut change?" in app.title[0].value
    assert [button.label for button in app.button] == ["Run the two-minute experiment"]
    assert "Runs will be listed here" in app.info[0].value
    (link,) = [each for each in app.get("page_link") if "study=" in each.proto.query_string]
    assert "9 more studies" in link.proto.label and "study=depth" in link.proto.query_string


def test_an_unknown_study_in_a_link_is_one_line_on_a_whole_page(app):
    app.query_params["study"] = "degradation-nosuch"
    app.run()
    assert not app.exception and not app.error
    (said,) = app.warning
    assert "no study has the id 'degradation-nosuch'" in said.value and "\n" not in said.value
    assert [button.label for button in app.button] == ["Run the two-minute experiment"]
    assert [header.value for header in app.header] == ["The course", "Your last runs"]


def test_a_study_whose_runs_were_deleted_gives_way_to_the_newest(app, no_supervisor):
    for group in ("degradation-old222", "degradation-new222"):
        for number, run in enumerate(get_study("degradation").quick.runs):
            about = {"recipe": run.recipe, "study": group, "name": run.name}
            store_run(f"r-{group[12:15]}{number}", run.spec, [(0.5, 0.6)], **about)
    app.query_params["study"] = "degradation-old222"
    app.run()
    assert not app.warning
    for number in range(4):
        queue.delete(f"r-old{number}")
    app.run()
    assert not app.exception and not app.error
    assert "no study has the id 'degradation-old222'" in app.warning[0].value
    assert app.success and "Run it again" in [button.label for button in app.button]


def test_the_last_runs_say_when_they_started_not_when_they_were_queued(app, no_supervisor):
    now = time.time()
    store_run("r-ended2", get_spec("pocket_resnet20"), [(0.5, 0.4)], created=now - 4000, started=now - 100)
    store_run("r-waits2", get_spec("pocket_plain20"), state="queued", created=now - 40)
    app.run()
    assert not app.exception
    (table,) = app.dataframe
    assert table.value["state"].tolist() == ["queued", "finished"]
    assert table.value["started"].fillna("").tolist() == ["", "1 min 40 s ago"]
    assert table.proto.placeholder == "–"


def test_a_read_only_home_is_one_line(monkeypatch, tmp_path):
    file = tmp_path / "a-file"
    file.write_text("not a folder")
    monkeypatch.setenv("RESNET_LAB_HOME", str(file))
    app = AppTest.from_file("../app/Home.py", default_timeout=60).run()
    assert not app.exception
    assert "cannot be written" in app.error[0].value and "RESNET_LAB_HOME" in app.error[0].value


@pytest.mark.parametrize(
    ("data", "seeds", "title"),
    [
        ("shapes", 1, "The degradation problem: error on drawn shapes"),
        ("shapes", 2, "The degradation problem: error on drawn shapes, mean of 2 seeds"),
        ("folder:/photos", 1, "The degradation problem: error"),
    ],
)
def test_the_title_of_a_studys_curves_says_which_images_they_are_of(app, no_supervisor, data, seeds, title):
    for number, run in enumerate(get_study("degradation").quick.runs * seeds):
        about = {"recipe": run.recipe, "study": "degradation-mine22", "name": run.name, "data": data}
        store_run(f"r-mine{number}2", run.spec, [(0.5, 0.6)], seed=number // 4, **about)
    app.run()
    assert not app.exception
    (chart,) = charts_of(app)
    assert json.loads(chart["figure"])["layout"]["title"]["text"].split("<br>")[0] == title
