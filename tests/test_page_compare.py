"""Compare without a browser: what a link opens, what is said and drawn, what can be deleted."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from resnet_core import RECIPES, get_spec
from resnet_core.recipes import MAX_SEED
from resnet_core.results import Step
from resnet_core.runs import folders, store, writes
from resnet_core.studies import get_study
from tests.stored_runs import epochs, store_run

HOME = Path(__file__).parents[1] / "app" / "Home.py"
RESIDUAL, PLAIN = get_spec("pocket_resnet20"), get_spec("pocket_plain20")


@pytest.fixture
def app(fresh_home):
    return AppTest.from_file(HOME, default_timeout=60)


@pytest.fixture
def pair(fresh_home):
    """Store a plain network and its twin, three epochs each."""
    steps = [Step(40 * n, 1, 1.0, 0.5 / n, 0.02, 500.0, 1.0 * n) for n in range(1, 7)]
    store_run("r-plain2", PLAIN, [(0.8, 0.9), (0.5, 0.6), (0.3, 0.35)], study="set-abc222", steps=steps)
    store_run("r-resid2", RESIDUAL, [(0.7, 0.8), (0.3, 0.4), (0.1, 0.2)], study="set-abc222", steps=steps)
    return "r-plain2,r-resid2"


def open_compare(app: AppTest, **query: str) -> AppTest:
    app.run()
    app.switch_page("views/compare.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def component(app: AppTest, name: str) -> dict:
    """Return the data that a component was given."""
    for element in app.main:
        proto = getattr(element, "proto", None)
        if type(proto).__name__ == "BidiComponent" and proto.component_name.endswith(name):
            return json.loads(proto.json)
    raise AssertionError(f"the page shows no {name}")


def figure(app: AppTest) -> dict:
    return json.loads(component(app, "live_chart")["figure"])


def names(app: AppTest) -> list[str]:
    return [trace.get("name") for trace in figure(app)["data"]]


def query(app: AppTest, name: str) -> str:
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


class TestEmpty:
    def test_it_says_what_will_be_here_and_offers_the_first_action(self, app):
        open_compare(app)
        assert "learning curves of your runs will stand here" in app.info[0].value
        assert [button.label for button in app.button] == ["Run the two-minute experiment", "Choose networks to train"]

    def test_a_link_to_runs_of_another_lab_is_one_line(self, app):
        open_compare(app, runs="r-gone,r-lost")
        (line,) = app.warning
        assert "r-gone, r-lost" in line.value.replace("\\", "") and "\n" not in line.value

    def test_nothing_chosen_says_how_to_choose(self, app, pair):
        open_compare(app)
        assert query(app, "runs") == pair  # a first visit opens the newest runs that were launched together
        del app.query_params["runs"]
        app.run()
        assert "Choose runs in the list" in app.info[0].value


class TestLink:
    def test_it_reopens_the_same_comparison(self, app, pair):
        open_compare(app, runs=pair, layout="one", x="step", log="1", smoothing="0.5")
        assert app.segmented_control(key="compare:layout").value == "one"
        assert app.segmented_control(key="compare:x").value == "step"
        assert app.segmented_control(key="compare:log").value is True
        assert app.slider(key="compare:smoothing").value == 0.5
        assert component(app, "run_picker")["chosen"] == pair.split(",")
        assert figure(app)["layout"]["yaxis"]["type"] == "log" and "xaxis2" not in figure(app)["layout"]
        link = next(code.value for code in app.code if "?" in code.value)
        assert link.endswith(f"?layout=one&x=step&runs={pair}&log=1&smoothing=0.5")

    def test_every_control_goes_into_the_address(self, app, pair):
        open_compare(app, runs=pair)
        app.segmented_control(key="compare:layout").set_value("one").run()
        app.segmented_control(key="compare:x").set_value("seconds").run()
        app.segmented_control(key="compare:log").set_value(True).run()
        app.slider(key="compare:smoothing").set_value(0.7).run()
        assert not app.exception
        assert [query(app, name) for name in ("layout", "x", "log", "smoothing")] == ["one", "seconds", "1", "0.7"]
        assert query(app, "runs") == pair

    def test_a_run_that_a_link_names_twice_is_one_run(self, app, pair):
        once = names(open_compare(app, runs=pair))
        assert names(open_compare(app, runs=f"r-plain2,{pair},r-resid2")) == once
        assert query(app, "runs") == pair

    def test_unknown_runs_are_one_line_and_the_rest_is_shown(self, app, pair):
        open_compare(app, runs=f"r-nosuch,{pair}")
        (line,) = app.warning
        assert "nosuch is not a run of this lab" in line.value
        assert {"plain20-16px", "resnet20-16px"} <= set(names(app))

    def test_a_job_that_trained_nothing_is_no_run(self, app, pair):
        store_run("c-check2", RESIDUAL, kind="check", recipe=RECIPES["quick"])
        open_compare(app, runs=f"c-check2,{pair}")
        assert "check2 is not a run of this lab" in app.warning[0].value

    def test_mangled_choices_are_said_and_the_page_works(self, app, pair):
        open_compare(app, runs=pair, layout="round", x="parsecs", log="maybe", smoothing="2", color="red")
        assert len([line for line in app.warning if "was left out" in line.value]) == 5
        assert "plain20-16px" in names(app)


class TestPicture:
    def test_over_epochs_the_training_curve_is_the_epochs(self, app, pair):
        open_compare(app, runs=pair)
        assert len(figure(app)["data"]) == 4
        assert {trace["xaxis"] for trace in figure(app)["data"]} == {"x", "x2"}
        assert component(app, "live_chart")["alt"].count("after epoch 3") == 2

    def test_over_steps_it_is_the_samples(self, app, pair):
        open_compare(app, runs=pair, x="step")
        lengths = {trace["name"]: len(trace["x"]["bdata"]) for trace in figure(app)["data"]}
        assert lengths["plain20-16px training"] > lengths["plain20-16px"]

    def test_smoothing_keeps_the_raw_curves(self, app, pair):
        open_compare(app, runs=pair, smoothing="0.5")
        assert len([name for name in names(app) if name.endswith("raw")]) == 4


class TestWords:
    def test_a_pair_gets_its_verdict(self, app, pair):
        open_compare(app, runs=pair)
        assert "Shortcuts lower the final validation error by 15.0 points at 20 layers" in app.success[0].value

    def test_a_whole_study_gets_its_own(self, app, fresh_home):
        for number, run in enumerate(get_study("degradation").plan()):
            error = 0.5 if run.spec.name == "plain56-16px" else 0.1 - 0.01 * number
            store_run(f"r-{number}", run.spec, [(error, error)], recipe=run.recipe, study="degradation-abc222")
        open_compare(app)
        assert "That is the degradation" in app.success[0].value

    def test_other_data_are_not_compared(self, app, pair):
        store_run("r-other2", RESIDUAL, [(0.1, 0.1)], data="folder:/cats")
        open_compare(app, runs=f"{pair},r-other2")
        assert "not comparable" in app.warning[0].value and "folder cats" in app.warning[0].value

    def test_a_failed_run_and_skipped_images_are_said_under_the_table(self, app, pair):
        store_run("r-failed", RESIDUAL, state="failed", message="/data/a_b does not exist: give a folder")
        store_run("r-notes2", PLAIN, [(0.1, 0.1)], notes=["3 images were skipped"], seed=4)
        open_compare(app, runs=f"{pair},r-failed,r-notes2")
        lines = [item.value.replace("\\", "") for item in app.markdown]
        assert any("failed: /data/a_b does not exist: give a folder" in line for line in lines)
        assert any("seed 4" in line and "3 images were skipped" in line for line in lines)

    def test_the_table_holds_the_final_numbers(self, app, pair):
        open_compare(app, runs=pair)
        table = app.dataframe[0].value.set_index("run")
        assert table.loc["resnet20-16px", ["val", "train", "params"]].tolist() == pytest.approx([20, 10, 271_098])
        assert table.loc["plain20-16px", "epochs"] == "3 of 6"
        assert "momentum, learning rate 0.02" in table.loc["plain20-16px", "recipe"]


class TestLive:
    def test_a_run_that_goes_on_is_said_and_can_be_paused(self, app, pair):
        store_run("r-going2", RESIDUAL, [(0.9, 0.9)], state="running", seed=1)
        open_compare(app, runs=f"{pair},r-going2")
        assert "1 of 3 runs is going on" in app.info[0].value
        assert [toggle.label for toggle in app.toggle] == ["Pause live updates"]

    def test_a_state_has_one_name_in_list_and_table(self, app, pair):
        for state in ("queued", "starting", "lost"):
            store_run(f"r-{state}", PLAIN, state=state, seed=2)
            open_compare(app, runs=f"r-{state}")
            words = component(app, "run_picker")["words"]["states"]
            assert app.dataframe[0].value["state"].tolist() == [words[state]] == [state]

    def test_new_epochs_are_added_and_the_end_brings_the_verdict(self, app, pair):
        writes.write_columns("r-resid2", state="running")
        open_compare(app, runs=pair)
        writes.write_rows("r-resid2", epochs([(0.05, 0.05)], first=4), [])
        app.run()
        assert "after epoch 4" in component(app, "live_chart")["alt"]
        writes.advance("r-resid2", {"running"}, "finished")
        app.run()
        assert "by 30.0 points" in app.success[0].value and not app.toggle


class TestOneRun:
    def test_its_network_recipe_versions_and_log_are_shown(self, app, pair):
        store_run("r-failed", RESIDUAL, state="failed", message="it broke")
        folders.create("r-failed", spec=RESIDUAL.model_dump_json())
        (folders.job_folder("r-failed") / "log.txt").write_text("Traceback\nValueError: the cause\n")
        open_compare(app, runs=f"{pair},r-failed")
        app.button_group(key="compare:details:run").set_value("r-failed").run()
        assert not app.exception
        text = "\n".join(item.value for item in app.markdown).replace("\\", "")
        assert "Layers: 20, residual" in text and "keras: 3.15.1" in text and "momentum, learning rate 0.02" in text
        assert any("ValueError: the cause" in code.value for code in app.code)

    def test_training_it_again_takes_its_seed_along_however_large(self, app, fresh_home):
        store_run("r-large2", PLAIN, [(0.8, 0.9)], seed=MAX_SEED)
        open_compare(app, runs="r-large2")
        app.button_group(key="compare:details:run").set_value("r-large2").run()
        app.button(key="compare:details:r-large2:train").click().run()
        assert not app.exception
        assert app.number_input(key="train:seed").value == MAX_SEED
        assert query(app, "seed") == str(MAX_SEED)

    def test_deleting_takes_a_second_click_and_leaves_the_others(self, app, pair):
        open_compare(app, runs=pair)
        app.button_group(key="compare:details:run").set_value("r-plain2").run()
        assert len(store.jobs()) == 2
        app.button(key="compare:details:r-plain2:delete").click().run()
        assert not app.exception
        assert [job.id for job in store.jobs()] == ["r-resid2"]
        assert query(app, "runs") == "r-resid2"
        assert not app.warning

    def test_a_run_that_goes_on_can_be_stopped_and_then_resumed(self, app, pair):
        writes.write_columns("r-plain2", state="queued")
        open_compare(app, runs=pair)
        app.button_group(key="compare:details:run").set_value("r-plain2").run()
        labels = [button.label for button in app.button]
        assert "Stop" in labels and "Resume" not in labels
        app.button(key="compare:details:r-plain2:stop").click().run()
        assert store.job("r-plain2").state == "stopped"
        # Its epochs were not trained here: there is no state that it could go on from, and the page says so.
        app.button(key="compare:details:r-plain2:resume").click().run()
        assert "r-plain2 kept no state to go on from" in app.error[0].value
        assert store.job("r-plain2").state == "stopped"

    def test_a_run_that_goes_on_is_stopped_and_deleted_at_once(self, app, pair):
        writes.write_columns("r-plain2", state="queued")
        open_compare(app, runs=pair)
        app.button_group(key="compare:details:run").set_value("r-plain2").run()
        app.button(key="compare:details:r-plain2:delete").click().run()
        assert not app.exception
        assert [job.id for job in store.jobs()] == ["r-resid2"]


def test_steps_are_not_read_until_they_are_asked_for(app, pair, monkeypatch):
    asked = []
    read = store.steps
    monkeypatch.setattr(store, "steps", lambda *args, **options: asked.append(args) or read(*args, **options))
    open_compare(app, runs=pair)
    assert not asked
    app.segmented_control(key="compare:x").set_value("step").run()
    assert asked


def test_a_thousand_runs_are_listed_and_only_the_chosen_ones_are_read(app, fresh_home):
    row = {"kind": "train", "state": "finished", "name": "resnet20", "spec": RESIDUAL.model_dump_json()}
    row |= {"recipe": RECIPES["quick"].model_dump_json(), "data": "shapes", "seed": 0, "message": ""}
    writes.add([{**row, "id": f"r-{number}", "created": float(number)} for number in range(1_003)])
    open_compare(app, runs="r-5,r-1002")
    listed = component(app, "run_picker")["groups"]
    assert len(listed) == 1_000 and listed[0]["id"] == "r-1002"
    assert any("newest 1,000 runs" in item.value for item in app.caption)
    assert len(app.dataframe[0].value) == 2
