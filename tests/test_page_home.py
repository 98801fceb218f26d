"""Home as a newcomer and as a returning reader finds it; no browser."""

import pytest
from streamlit.testing.v1 import AppTest


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


def test_an_unknown_study_in_a_link_is_one_line(app):
    app.query_params["study"] = "degradation-nosuch"
    app.run()
    assert not app.exception
    assert "no study has the id 'degradation-nosuch'" in app.error[0].value


def test_a_read_only_home_is_one_line(monkeypatch, tmp_path):
    file = tmp_path / "a-file"
    file.write_text("not a folder")
    monkeypatch.setenv("RESNET_LAB_HOME", str(file))
    app = AppTest.from_file("../app/Home.py", default_timeout=60).run()
    assert not app.exception
    assert "cannot be written" in app.error[0].value and "RESNET_LAB_HOME" in app.error[0].value
