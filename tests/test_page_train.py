"""Train without a browser: what can be chosen, what is said before launching, what bad input gets."""

import pytest
from streamlit.testing.v1 import AppTest

from resnet_core.families import PRESETS


@pytest.fixture
def app(fresh_home):
    return AppTest.from_file("../app/Home.py", default_timeout=60)


def open_train(app: AppTest, **query: str) -> AppTest:
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    app.switch_page("views/train.py")
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def line(app: AppTest) -> str:
    """Return the line that says what the runs will cost."""
    return next(item.value for item in app.markdown if "on this computer" in item.value)


def test_it_offers_every_preset_and_says_what_two_runs_cost(app):
    open_train(app)
    assert not app.exception
    assert set(app.multiselect[0].options) == set(PRESETS)
    assert app.multiselect[0].value == ["pocket_resnet20", "pocket_plain20"]
    assert line(app).startswith("**2 runs, about ") and "of memory" in line(app)


def test_one_click_adds_the_plain_twin(app):
    open_train(app, specs="pocket_resnet56")
    next(button for button in app.button if button.label == "Add the twin of each").click().run()
    assert app.multiselect[0].value == ["pocket_resnet56", "pocket_plain56"]
    assert app.query_params["specs"] == "pocket_resnet56,pocket_plain56"


def test_a_changed_field_makes_the_recipe_ones_own_and_stands_in_the_link(app):
    open_train(app)
    app.number_input(key="train:recipe:learning_rate").set_value(0.3).run()
    assert not app.exception
    assert "learning_rate.0.3" in app.query_params["recipe"]
    assert app.segmented_control(key="train:recipe:name").value == "custom"
    app.segmented_control(key="train:recipe:name").set_value("paper").run()
    assert app.query_params["recipe"] == "paper"
    assert app.number_input(key="train:recipe:learning_rate").value == 0.1


def test_a_recipe_that_contradicts_itself_is_said_and_cannot_be_launched(app):
    open_train(app)
    app.selectbox(key="train:recipe:schedule").set_value("step").run()
    assert not app.exception
    assert "schedule step needs milestones" in app.error[0].value
    assert "Launch" not in [button.label for button in app.button]


def test_a_path_that_does_not_exist_is_said_and_can_be_corrected(app, tmp_path):
    open_train(app)
    app.selectbox(key="train:data:kind").set_value("folder").run()
    app.text_input(key="train:data:path").set_value(str(tmp_path / "none")).run()
    assert not app.exception
    assert str(tmp_path / "none") in app.error[0].value
    app.selectbox(key="train:data:kind").set_value("shapes").run()
    assert not app.error and line(app)


def test_real_cifar_images_can_be_chosen(app):
    open_train(app, data="parquet:../shared/data")
    assert not app.exception and not app.error
    assert any("50,000 images to train on, 10,000 to test on, 10 classes" in item.value for item in app.caption)


def test_the_last_layer_follows_the_classes_of_the_data(app):
    open_train(app, specs="resnet18")
    assert any("the last layer gets 10 outputs" in item.value for item in app.caption)


def test_unknown_runs_in_a_link_are_one_line(app):
    open_train(app, watch="r-nosuch")
    assert not app.exception
    assert "r-nosuch" in app.warning[0].value
