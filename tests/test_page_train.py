"""Train without a browser: what can be chosen, what is said before launching, what bad input gets."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from app.state import MOST_SPECS
from resnet_core import checkpoints, get_spec
from resnet_core.checkpoints import Checkpoint
from resnet_core.families import PRESETS
from resnet_core.runs import cluster, folders, store, supervision, writes
from resnet_core.studies import STUDIES
from tests.build_page import LARGE_PLAIN
from tests.stored_runs import epochs, store_run


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


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            {"specs": "pocket_resnet20", "recipe": "epochs.2~train_size.99999"},
            "99999 training and 0 validation images were asked for, but shapes has 10000 training images: ask for "
            "fewer",
        ),
        (
            {"specs": "pocket_resnet20,channels.4"},
            "channels must be 1 (gray) or 3 (RGB), received 4: change the input's channels",
        ),
        (
            {"specs": "pocket_resnet20,channels.4", "lang": "ko"},
            "채널은 1(흑백) 또는 3(RGB)이어야 하는데 4을(를) 받았습니다. 입력의 채널을 바꾸세요",
        ),
    ],
)
def test_what_could_only_fail_is_said_before_it_can_be_launched(app, query, said):
    open_train(app, **query)
    assert [item.value for item in app.error] == [said]
    assert not [button for button in app.button if button.key == "train:launch"]


def test_one_click_adds_the_plain_twin(app):
    open_train(app, specs="pocket_resnet56")
    next(button for button in app.button if button.label == "Add the twin of each").click().run()
    assert app.multiselect[0].value == ["pocket_resnet56", "pocket_plain56"]
    assert app.query_params["specs"] == "pocket_resnet56,pocket_plain56"


def test_a_twin_that_would_be_too_large_is_not_added_and_says_why(app):
    open_train(app, specs=f"{LARGE_PLAIN},pocket_resnet20")
    (button,) = (button for button in app.button if button.label == "Add the twin of each")
    assert "plain152-w120: about 207,704,040 parameters received" in button.help
    button.click().run()
    assert not app.exception and not app.error
    assert app.multiselect[0].value[1:] == ["pocket_resnet20", "pocket_plain20"]
    app.multiselect[0].set_value(app.multiselect[0].value[:1]).run()
    assert next(button for button in app.button if button.label == "Add the twin of each").disabled


def test_more_networks_than_can_be_chosen_are_left_out_of_a_link(app):
    names = list(PRESETS)[: MOST_SPECS + 1]
    open_train(app, specs=",".join(names))
    assert not app.exception and not app.error
    (said,) = app.warning
    assert "at most 12 networks can be launched together, received 13" in said.value
    assert app.multiselect[0].value == ["pocket_resnet20", "pocket_plain20"]
    open_train(app, specs=",".join(names[:-1]))
    assert app.multiselect[0].value == names[:-1] and not app.warning


def test_each_part_that_a_link_loses_is_said_while_the_page_stays(app):
    open_train(app, specs="foo,bar", data="none", seed="abc")
    assert not app.exception and not app.error
    said = sorted(item.value for item in app.warning)
    assert [text.split("was left out")[0] for text in said] == [f"The link's {n!r} " for n in ("data", "seed", "specs")]
    assert "data must be one of shapes, cifar10, " in said[0] and "received 'none'" in said[0]
    open_train(app, study="degradation", on="shapes:x", seed="")
    assert any("on must be one of shapes" in item.value for item in app.warning)


@pytest.mark.parametrize(
    "others", [{"data": "folder"}, {"data": " Shapes"}, {"specs": "resnet20,resnet20"}], ids=lambda others: str(others)
)
def test_a_link_that_is_written_otherwise_keeps_what_is_said_of_it(app, others):
    open_train(app, **others, seed="abc")
    assert ["The link's 'seed'" in item.value for item in app.warning] == [True]
    assert app.query_params["specs"] in ("resnet20", "pocket_resnet20,pocket_plain20")


def test_settings_read_as_words_of_the_language(app):
    open_train(app, lang="ko")
    assert app.selectbox(key="train:recipe:schedule").options == ["일정하게", "단계별로", "코사인"]
    assert app.selectbox(key="train:recipe:augment").options == ["없음", "자르기와 뒤집기"]


def test_a_changed_field_makes_the_recipe_ones_own_and_stands_in_the_link(app):
    open_train(app)
    app.number_input(key="train:recipe:learning_rate").set_value(0.3).run()
    assert not app.exception
    assert "learning_rate.0.3" in app.query_params["recipe"]
    assert app.segmented_control(key="train:recipe:name").value == "custom"
    app.segmented_control(key="train:recipe:name").set_value("paper").run()
    assert app.query_params["recipe"] == "paper"
    assert app.number_input(key="train:recipe:2:learning_rate").value == 0.1


def test_a_learning_rate_out_of_bounds_is_said_in_words_with_the_one_that_stands_there(app):
    open_train(app)
    for typed, bound in ((0.0, "greater than 0"), (100.0, "less than or equal to 10")):
        field = app.number_input(key="train:recipe:learning_rate").set_value(typed)
        assert (field.min, field.max) == (None, None), "the field takes it, so that the line is about what it shows"
        app.run()
        assert [e.value for e in app.error] == [f"recipe: learning_rate must be {bound} (received {typed})"]


def test_the_words_of_the_checkbox_have_the_form_s_whole_width(app):
    columns = open_train(app).columns
    (box,) = {item.key for column in columns if column.weight == 0.5 for item in column.checkbox}
    assert box == "train:recipe:deterministic"
    assert not [item for column in columns if column.weight < 0.5 for item in column.checkbox]


def test_all_gpus_are_offered_where_there_may_be_several(app, monkeypatch):
    key = "train:recipe:devices"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    open_train(app)
    assert key not in [box.key for box in app.selectbox], "one device leaves nothing to choose"
    monkeypatch.setenv(cluster.VARIABLE, "10.0.0.1:6379")
    app.run().selectbox(key=key).set_value("all").run()
    assert not app.exception
    assert "devices.all" in app.query_params["recipe"]
    monkeypatch.delenv(cluster.VARIABLE)
    app.run().selectbox(key=key).set_value("one").run()
    assert not app.exception
    assert app.query_params["recipe"] == "quick"
    assert key not in [box.key for box in app.selectbox]


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


@pytest.mark.usefixtures("no_supervisor")
class TestResume:
    def test_a_run_that_ended_early_goes_on_by_its_card(self, app):
        lost = store_run("r-aaa222", get_spec("pocket_resnet20"), [(0.5, 0.6)], state="lost", message="it is gone")
        folder = folders.create(lost)
        checkpoints.save(folder, Checkpoint({}, tuple(epochs([(0.5, 0.6)])), {}))
        open_train(app, watch=lost)
        assert any("it is gone" in item.value for item in app.caption)
        app.button(key=f"train:live:resume:{lost}").click().run()
        assert not app.exception and not app.error
        assert store.job(lost).state == "queued"
        assert any(item.value == "waits to go on after epoch 1 of 6" for item in app.caption)
        assert "Stop" in [button.label for button in app.button]

    def test_repeats_that_ended_early_go_on_together(self, app):
        ids = [store_run(f"r-aaa22{seed}", get_spec("pocket_plain20"), state="stopped", seed=seed) for seed in (2, 3)]
        ids.append(store_run("r-aaa224", get_spec("pocket_plain20"), [(0.5, 0.6)] * 6, seed=4))
        open_train(app, watch=",".join(ids))
        (button,) = (button for button in app.button if button.label == "Resume")
        button.click().run()
        assert not app.exception and not app.error
        assert [store.job(job_id).state for job_id in ids] == ["queued", "queued", "finished"]

    def test_why_a_run_cannot_go_on_is_one_line(self, app, tmp_path):
        lost = store_run("r-aaa222", get_spec("pocket_resnet20"), state="failed", data=f"folder:{tmp_path}/gone")
        open_train(app, watch=lost)
        app.button(key=f"train:live:resume:{lost}").click().run()
        assert not app.exception
        assert f"{lost} cannot go on without its data: " in app.error[0].value
        assert store.job(lost).state == "failed"

    def test_a_finished_and_a_diverged_run_offer_no_resume(self, app):
        done = store_run("r-aaa222", get_spec("pocket_resnet20"), [(0.5, 0.6)])
        wild = store_run("r-aaa223", get_spec("pocket_plain20"), state="diverged")
        open_train(app, watch=f"{done},{wild}")
        assert "Resume" not in [button.label for button in app.button]


class TestStudies:
    def test_each_is_listed_with_its_question_its_runs_and_both_estimates(self, app):
        open_train(app, study="depth")
        assert not app.exception
        radio = app.radio(key="train:study:name")
        assert radio.options == [study.title for study in STUDIES.values()]
        assert radio.value == "depth"
        assert app.subheader[0].value == STUDIES["depth"].question
        assert len(radio.proto.captions) == len(STUDIES)
        assert all(re.fullmatch(r"quick: \d+ runs, .+ · full: \d+ runs, .+", text) for text in radio.proto.captions)
        assert line(app).startswith("**8 runs, about ")
        assert [button.label for button in app.button] == ["Start this study"]

    def test_choices_stand_in_the_link(self, app):
        open_train(app, study="depth", size="full", seeds="3")
        app.number_input(key="train:study:seeds").set_value(2).run()
        assert dict(app.query_params) == {"study": "depth", "size": "full", "seeds": "2"}
        assert line(app).startswith("**28 runs, about ")
        app.radio(key="train:study:name").set_value("widths").run()
        assert app.query_params["study"] == "widths" and app.query_params["size"] == "quick"

    def test_own_runs_and_studies_are_two_ways_that_remember_their_choices(self, app):
        open_train(app, specs="pocket_resnet56")
        app.segmented_control(key="train:way").set_value("study").run()
        assert app.query_params["study"] == "degradation"
        app.radio(key="train:study:name").set_value("optimizers").run()
        app.segmented_control(key="train:way").set_value("own").run()
        assert app.query_params["specs"] == "pocket_resnet56" and "study" not in app.query_params
        app.segmented_control(key="train:way").set_value("study").run()
        assert not app.exception
        assert app.radio(key="train:study:name").value == "optimizers"

    def test_a_bad_link_is_one_line(self, app):
        open_train(app, study="everything", seeds="1000")
        assert not app.exception
        said = [warning.value for warning in app.warning]
        assert any("no study is called 'everything'" in text for text in said)
        assert any("seeds must be from 1 to 20, received 1000" in text for text in said)

    def test_one_that_goes_on_is_shown_instead_of_doubled(self, app, fresh_home):
        store_study("shortcuts", "shortcuts-aaa222", state="queued")
        with supervision.exclusive(fresh_home):  # nobody works on them
            open_train(app, study="shortcuts")
            assert not app.exception
            assert any("This very study is going on" in info.value for info in app.info)
            labels = [button.label for button in app.button]
            assert "Start this study" not in labels and "Start another all the same" in labels
            next(button for button in app.button if button.label == "Show it").click().run()
            assert app.query_params["group"] == "shortcuts-aaa222"
            app.number_input(key="train:study:seeds").set_value(2).run()
            assert "Start this study" in [button.label for button in app.button]

    def test_repeats_are_read_together_and_a_lost_run_is_named(self, app, fresh_home):
        store_study("shortcuts", "shortcuts-aaa222", seeds=3)
        writes.write_columns("r-sh4", state="lost")
        open_train(app, study="shortcuts", group="shortcuts-aaa222")
        assert not app.exception
        verdict = app.success[0].value
        assert "n = 2 to 3 seeds" in verdict and "with seed 1 lost" in verdict
        cards = [item.value for item in app.markdown if "3 repeats" in item.value]
        assert len(cards) == 4
        assert "Open in Compare" in [button.label for button in app.button]

    def test_an_unknown_group_is_one_line(self, app):
        open_train(app, study="depth", group="depth-nosuch")
        assert not app.exception and not app.error
        assert "no study has the id 'depth-nosuch'" in app.warning[0].value
        assert any("The curves of this study will grow here" in info.value for info in app.info)
        assert "Disk and trash" in [place.label for place in app.expander]


def store_study(name: str, group: str, seeds: int = 1, **columns) -> None:
    """Store a study's runs as if they had been submitted."""
    for number, run in enumerate(STUDIES[name].plan(seeds=seeds)):
        errors = [] if columns.get("state") == "queued" else [(0.5, 0.6), (0.2, 0.3 + number / 100)]
        about = {"study": group, "seed": run.seed, "name": run.name, "recipe": run.recipe, **columns}
        store_run(f"r-{name[:2]}{number}", run.spec, errors, **about)
