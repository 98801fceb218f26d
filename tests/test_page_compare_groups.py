"""Compare's groups and pictures without a browser: what is drawn, what the tables say, what a link brings back."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from resnet_core import Recipe, get_spec
from resnet_core.runs import annotations, store
from tests.stored_runs import store_run
from tests.test_page_compare import component, figure, names, open_compare, query

HOME = Path(__file__).parents[1] / "app" / "Home.py"
ENDS = {"plain20": (0.2, 0.24), "resnet20": (0.1, 0.12), "plain56": (0.5, 0.54), "resnet56": (0.06, 0.08)}
RUNS = ",".join(f"r-{name}{seed}" for name in ENDS for seed in (0, 1))


@pytest.fixture
def app(fresh_home):
    """Store four networks with two seeds each and return the app."""
    recipe = Recipe(learning_rate=0.02, batch_size=64, epochs=2)
    for name, errors in ENDS.items():
        for seed, error in enumerate(errors):
            ends = [(0.9, 0.9), (error / 2, error)]
            store_run(f"r-{name}{seed}", get_spec(f"pocket_{name}"), ends, recipe=recipe, seed=seed)
    return AppTest.from_file(HOME, default_timeout=60)


def labels(app: AppTest) -> list[str]:
    return [trace["name"] for trace in figure(app)["data"] if trace.get("showlegend")]


def said(app: AppTest) -> str:
    return "\n".join(line.value.replace("\\", "") for line in app.caption)


def table(app: AppTest, place: int = -1):
    return app.dataframe[place].value


def test_a_newcomer_sees_the_plain_picture_and_one_row_of_pictures(app):
    open_compare(app, runs=RUNS)
    assert app.segmented_control(key="compare:picture").value == "curves"
    assert app.selectbox(key="compare:group").value == "" and app.selectbox(key="compare:split").value == ""
    assert len(names(app)) == 16 and len(app.dataframe) == 1
    assert set(app.query_params) == {"runs", "layout", "x"}


def test_groups_are_drawn_as_means_and_stand_in_a_table_and_in_the_address(app):
    open_compare(app, runs=RUNS)
    app.selectbox(key="compare:group").set_value("depth").run()
    assert not app.exception
    assert query(app, "group") == "depth"
    assert labels(app) == ["20 layers, n = 2", "56 layers, n = 2"]  # two on each side
    assert "20 layers, Plain: training error 11.00 ± 1.41 % (n = 2)" in component(app, "live_chart")["alt"]
    means = table(app, 0).set_index("group")
    assert means.loc["20 layers", ["n", "val"]].tolist() == pytest.approx([4, 16.5])
    app.segmented_control(key="compare:layout").set_value("one").run()
    assert "differ in more than their seed: plain or residual" in said(app)


def test_a_second_field_gives_panels(app):
    open_compare(app, runs=RUNS, group="residual", split="depth")
    assert [note["text"] for note in figure(app)["layout"]["annotations"]] == ["20 layers", "56 layers"]
    assert labels(app) == ["plain, n = 2", "residual, n = 2"]
    assert not [control for control in app.segmented_control if control.key == "compare:layout"]


def test_a_baseline_gives_differences_for_groups_and_runs(app):
    open_compare(app, runs=RUNS, group="network", baseline="plain20-16px")
    means = table(app, 0).set_index("group")["difference"]
    assert means["plain20-16px"] == pytest.approx(0) and means["resnet56-16px"] == pytest.approx(7 - 22)
    runs = table(app).set_index("id")["difference"]
    assert runs["r-plain561"] == pytest.approx(54 - 22)
    app.selectbox(key="compare:group").set_value("depth").run()
    assert "baseline" not in app.query_params and "difference" not in table(app)


def test_a_single_run_can_be_the_baseline(app):
    open_compare(app, runs=RUNS, baseline="r-plain200")
    assert table(app).set_index("id").loc["r-resnet200", "difference"] == pytest.approx(-10)


def test_what_is_hidden_leaves_the_picture_but_not_the_table(app):
    open_compare(app, runs=RUNS, group="network", layout="one")
    shown = app.button_group(key="compare:shown")
    shown.set_value([key for key in shown.value if not key.startswith("plain")]).run()
    assert labels(app) == ["resnet20-16px, n = 2", "resnet56-16px, n = 2"]
    assert len(table(app)) == 8 and query(app, "hidden") == "plain20-16px~plain56-16px"
    app.selectbox(key="compare:solo").set_value("plain56-16px").run()
    assert labels(app) == ["plain56-16px, n = 2"] and query(app, "solo") == "plain56-16px"


def test_a_single_run_is_hidden_and_shown_alone(app):
    open_compare(app, runs=RUNS, hidden="r-plain200~r-plain201")
    assert len(labels(app)) == 6
    app.selectbox(key="compare:solo").set_value("r-resnet561").run()
    assert len(labels(app)) == 1


def test_the_degradation_in_one_picture(app):
    open_compare(app, runs=RUNS, picture="depth")
    alt = component(app, "live_chart")["alt"]
    assert "plain, 20 layers: training error 11.00 ± 1.41 % (n = 2), validation error 22.00 ± 2.83 % (n = 2)" in alt
    assert "residual, 56 layers" in alt and labels(app) == ["plain", "residual"]
    app.segmented_control(key="compare:picture").set_value("size").run()
    app.segmented_control(key="compare:size").set_value("macs").run()
    assert not app.exception and figure(app)["layout"]["xaxis"]["title"]["text"] == "MACs"
    assert (query(app, "picture"), query(app, "size")) == ("size", "macs")


def test_published_figures_can_be_switched_off(app):
    recipe = Recipe(epochs=2, validation_size=5_000)
    store_run("r-paper", get_spec("resnet56"), [(0.1, 0.1)], data="cifar10", recipe=recipe)
    open_compare(app, runs="r-paper", picture="depth")
    assert "published" in labels(app) and "6.97 %" in component(app, "live_chart")["alt"]
    app.toggle(key="compare:paper").set_value(False).run()
    assert "published" not in labels(app) and query(app, "paper") == "0"


def test_runs_that_have_not_finished_are_left_out_of_final_errors_and_named(app):
    store_run("r-stop", get_spec("pocket_resnet32"), [(0.5, 0.5)], state="stopped")
    open_compare(app, runs=f"{RUNS},r-stop", picture="depth")
    assert "resnet32" not in component(app, "live_chart")["alt"]
    assert "not finished: resnet32-16px" in said(app)


def test_the_time_to_an_error_follows_its_target(app):
    open_compare(app, runs=RUNS, picture="time", group="network")
    app.number_input(key="compare:target").set_value(10.0).run()
    assert query(app, "target") == "0.1"
    alt = component(app, "live_chart")["alt"]
    assert "resnet56-16px: 4.0 s ± 0 ms after epoch 2 (n = 2)" in alt
    assert "resnet20-16px: 4.0 s after epoch 2 (n = 1); 1 of 2 runs reached it" in alt
    assert "plain56-16px: not reached (lowest 50.0 %)" in alt


def test_rows_are_filtered_by_words_and_the_link_keeps_them(app):
    annotations.annotate("r-resnet561", tags=["odd"], note="looks lucky")
    open_compare(app, runs=RUNS)
    app.text_input(key="compare:words").set_value("resnet seed:1 LUCKY").run()
    assert table(app)["id"].tolist() == ["r-resnet561"] and query(app, "words") == "resnet seed:1 LUCKY"
    app.text_input(key="compare:words").set_value("nothing").run()
    assert table(app).empty and any("No row holds" in line.value for line in app.caption)


def test_the_table_has_sparklines_numbers_tags_and_notes(app):
    annotations.annotate("r-plain200", tags=["odd"], note="looks lucky")
    open_compare(app, runs=RUNS)
    row = table(app).set_index("id").loc["r-plain200"]
    assert list(row["spark"]) == [90, 20] and list(row["tags"]) == ["odd"] and row["note"] == "looks lucky"
    assert row["time"] == 4.0 and row["macs"] == store.job("r-plain200").macs


def test_a_note_is_written_on_the_page(app):
    open_compare(app, runs=RUNS)
    app.button_group(key="compare:details:run").set_value("r-plain200").run()
    app.text_area(key="compare:details:r-plain200:note:note").set_value("watch *this*")
    app.text_input(key="compare:details:r-plain200:note:tags").set_value("odd, week-3")
    next(button for button in app.button if button.label == "Save").click().run()
    assert not app.exception
    job = store.job("r-plain200")
    assert (job.note, job.tags) == ("watch *this*", ("odd", "week-3"))
    assert any("watch \\*this\\*" in item.value for item in app.markdown)
    app.text_input(key="compare:details:r-plain200:note:tags").set_value("<b>")
    next(button for button in app.button if button.label == "Save").click().run()
    assert "one word" in app.error[0].value and store.job("r-plain200").tags == ("odd", "week-3")


def test_a_link_with_a_field_that_no_longer_differs_still_opens(app):
    open_compare(app, runs="r-plain200,r-plain201", group="optimizer", split="width", baseline="gone", solo="gone")
    assert labels(app) == ["momentum, n = 2"]


def test_other_budgets_are_not_compared_however_they_are_grouped(app):
    store_run("r-longer", get_spec("pocket_resnet20"), [(0.1, 0.1)], recipe=Recipe(epochs=9))
    open_compare(app, runs=f"{RUNS},r-longer", group="epochs")
    assert "not comparable: they had different budgets (2 epochs on all images, 9 epochs" in app.warning[0].value


def test_repeats_of_one_run_show_what_luck_does(app):
    open_compare(app, runs="r-plain200,r-plain201")
    assert "2 repeats of one run: their final validation errors lie between 20.0 % and 24.0 %" in app.success[0].value


def test_the_files_are_made_from_what_is_shown(app):
    open_compare(app, runs=RUNS, group="residual")
    labels_ = [button.label for button in app.get("download_button")]
    assert {"Report (HTML)", "Raw numbers (ZIP)", "Table (CSV)", "All epochs (CSV)"} <= set(labels_)
