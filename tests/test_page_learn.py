"""Learn as a reader uses it: predict, see, answer, go on; no browser."""

import json

import pytest

from app import theme
from tests.course import TINY, write_course
from tests.learn_page import open_learn, press, words
from tests.pages import charts_of, query_of

GAMMA = "Gamma of the last batch norm"
LOCKED = "The figure is locked"


@pytest.fixture(autouse=True)
def course(tmp_path, monkeypatch, fresh_home):
    """Write two lessons where the app looks for its course, and return the first one's path."""
    path = write_course(tmp_path / "course")
    path.with_name("02_more.md").write_text(
        TINY.replace("A tiny lesson", "Another lesson").replace("needs: []", "needs: [tiny]"), "utf-8"
    )
    monkeypatch.setenv("RESNET_LAB_LESSONS", str(tmp_path / "course"))
    return path


def widget(page, kind: str, end: str):
    return next(item for item in page.get(kind) if item.key and item.key.endswith(end))


def in_order(page) -> list[str]:
    """Return the items of the question of order as they stand."""
    return [
        text.partition(". ")[2]
        for text in (item.value for item in page.markdown)
        if text[:2] in {"1.", "2.", "3.", "4."}
    ]


class TestTheList:
    def test_shows_the_lessons_in_order_with_minutes_goals_and_needs(self):
        page = open_learn()
        links = [link.proto.label for link in page.get("page_link")]
        assert links == ["**1. A tiny lesson**", "**2. Another lesson**"]
        assert "2 lessons, about 6 minutes in all." in words(page)
        assert "see how a lesson works." in words(page) and "Builds on: A tiny lesson" in words(page)

    def test_begins_where_the_reader_stopped(self):
        page = press(open_learn(), "Begin with lesson 1")
        assert query_of(page)["lesson"] == "tiny" and "A tiny lesson" in page.title[0].value

    def test_counts_what_was_done(self):
        page = open_learn(lesson="tiny")
        widget(page, "radio", "1:choice").set_value(1).run()
        page.query_params.clear()
        page.session_state["state:LearnState"] = None
        page.run()
        assert "3 min · 0 of 3 steps read · 0 of 1 predicted · 1 of 3 questions right" in words(page)

    def test_an_unknown_lesson_is_one_line_above_the_list(self):
        page = open_learn(lesson="nope")
        assert [error.value for error in page.error] == ["no lesson is called 'nope': choose one of tiny, more"]
        assert page.title[0].value == "Learn"

    def test_a_course_without_lessons_says_so(self, tmp_path, monkeypatch):
        monkeypatch.setenv("RESNET_LAB_LESSONS", str(tmp_path / "nowhere"))
        assert "Lessons will be listed here" in words(open_learn())


class TestALesson:
    def test_shows_all_of_its_steps_and_the_way_on(self):
        page = open_learn(lesson="tiny")
        assert [header.value for header in page.header] == ["Predict", "Check yourself"]
        page = press(page, "Next lesson: Another lesson")
        assert query_of(page) == {"lesson": "more"} and page.title[0].value == "Another lesson"

    def test_the_lab_is_locked_until_a_prediction_is_kept(self):
        page = open_learn(lesson="tiny")
        assert LOCKED in words(page) and "A real study" not in words(page)
        assert widget(page, "button", ":keep").disabled
        widget(page, "radio", "0:choice").set_value(1).run()
        page = press(page, "Keep my prediction")
        assert LOCKED not in words(page) and "A real study" in words(page)
        assert "You predicted **resnet20**; what happens is **resnet56**" in words(page)
        assert "The **deeper** one." in words(page)
        page = press(page, "Predict again")
        assert LOCKED in words(page) and "The **deeper** one." not in words(page)

    def test_a_lab_s_sliders_end_where_its_block_does(self, course):
        before, rest = TINY.split("```predict")
        after = rest.partition("## Check yourself")[2]
        lab = "```lab\nname: block_tensors\nid: b\nvalues: {step: 6, channel: 1}\n```\n\n## Check yourself"
        course.write_text(before + lab + after, "utf-8")

        def ends(page) -> list[tuple[str, int, int]]:
            return [(item.label, item.value, item.max) for item in page.slider if item.label != GAMMA]

        page = open_learn(lesson="tiny", b__step="10", b__channel="4")
        assert ends(page) == [("Step", 7, 7), ("Row", 2, 4), ("Column", 2, 4), ("Channel", 2, 2)]
        assert "The block after step 7 of 7: relu" in words(page) and not page.warning
        widget(page, "button_group", ":network").set_value("plain").run()
        assert ends(page)[0] == ("Step", 6, 6) and "The block after step 6 of 6" in words(page)
        widget(page, "button_group", ":network").set_value("residual").run()
        assert ends(page)[0] == ("Step", 7, 7), "the last step stays the last"
        widget(page, "toggle", ":changes").set_value(True).run()
        assert ends(page) == [("Step", 8, 8), ("Row", 2, 2), ("Column", 2, 2), ("Channel", 4, 4)]
        page.slider[1].set_value(0).run()
        assert ends(page) == [("Step", 0, 8), ("Row", 2, 4), ("Column", 2, 4), ("Channel", 2, 2)]
        page.slider[2].set_value(4).run()
        assert ends(page)[1] == ("Row", 4, 4) and query_of(page)["b.row"] == "4"

    def test_the_right_prediction_is_said_to_be_right(self):
        page = open_learn(lesson="tiny")
        widget(page, "radio", "0:choice").set_value(2).run()
        assert "As you predicted: **resnet56**." in words(press(page, "Keep my prediction"))

    def test_each_choice_gets_its_own_feedback_at_once(self):
        page = open_learn(lesson="tiny")
        widget(page, "radio", "1:choice").set_value(2).run()
        assert "**Not yet.** An identity has none." in words(page)
        widget(page, "radio", "1:choice").set_value(1).run()
        assert "**Right.** The block's own input." in words(page)
        assert "Source: He et al. 2015, section 3.2" in words(page)

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            (853_018, "**Right.** Counted on its graph."),
            (857_082, "**Not yet.** This counts the moving statistics too."),
            (853_019, "**Not yet.** 853,019 is too large."),
            (20, "**Not yet.** 20 is too small."),
        ],
    )
    def test_a_number_is_compared_and_typical_errors_are_explained(self, typed, said):
        page = open_learn(lesson="tiny")
        widget(page, "number_input", ":number").set_value(typed).run()
        assert said in words(page)

    def test_a_typical_error_may_have_decimals_where_the_answer_has_none(self, course):
        course.write_text(TINY.replace("{answer: 857082,", "{answer: 0.85,"), "utf-8")
        page = open_learn(lesson="tiny")
        widget(page, "number_input", ":number").set_value(0.85).run()
        assert "**Not yet.** This counts the moving statistics too." in words(page)
        widget(page, "number_input", ":number").set_value(853_018).run()
        assert "**Right.** Counted on its graph." in words(page)

    def test_the_answer_is_shown_on_demand_after_a_try(self):
        page = open_learn(lesson="tiny")
        assert "Show the answer" not in [button.label for button in page.button]
        widget(page, "number_input", ":number").set_value(1).run()
        assert "**853,018 parameters**" in words(press(page, "Show the answer"))

    def test_items_are_put_in_order_by_buttons(self):
        page, wanted = open_learn(lesson="tiny"), ["convolution", "normalization", "sum", "ReLU"]
        assert in_order(page) != wanted and sorted(in_order(page)) == sorted(wanted)
        page = press(page, "Check this order")
        assert "stand where they belong" in words(page)
        for place, item in enumerate(wanted):
            while (at := in_order(page).index(item)) > place:
                widget(page, "button", f":-1:{at}").click().run()
        page = press(page, "Check this order")
        assert "**Right.** As in the paper's Figure 2." in words(page)

    def test_a_claim_is_recomputed_on_a_click(self):
        page = press(open_learn(lesson="tiny"), "Recompute this number")
        assert "Recomputed just now: **853,018**" in words(page)
        assert "Count the parameters that training changes." in words(page)
        assert any("def trainable_parameters" in code.value for code in page.code)

    def test_a_claim_that_is_wrong_says_so(self, course):
        course.write_text(TINY.replace("number: 853018\n```\n\n```open", "number: 853017\n```\n\n```open"), "utf-8")
        page = press(open_learn(lesson="tiny"), "Recompute this number")
        assert "The text says 853,017: they differ" in words(page)

    @pytest.mark.parametrize(
        ("number", "said"),
        [
            ("0.3\ntolerance: 0.05", "Looked up just now: **25.03 %**, within 5 points of what is stated"),
            ("0.3", "Looked up just now: **25.03 %**. The text says 30 %: they differ"),
        ],
    )
    def test_a_claim_in_percent_is_looked_up_in_percent_and_its_source_is_named(self, course, number, said):
        old = TINY[TINY.index("text: ", TINY.index("```claim")) : TINY.index("```open")]
        new = (
            f'text: "An error of 30 %."\nmeasure: published_error\nof: {{spec: resnet34-A}}\nnumber: {number}\n```\n\n'
        )
        course.write_text(TINY.replace(old, new), "utf-8")
        found = words(press(open_learn(lesson="tiny"), "Look this number up"))
        assert said in found and "Recomputed" not in found
        assert "Published in He et al. 2015, " in found and "Table 3: top-1 error on ImageNet, 10 crops." in found

    def test_a_claim_stays_recomputed_when_another_is(self, course):
        claim = TINY[TINY.index("```claim") : TINY.index("```open")]
        course.write_text(TINY.replace(claim, claim + claim.replace("id: r56", "id: again")), "utf-8")
        page = open_learn(lesson="tiny")
        for at in (0, 1):
            [button for button in page.button if button.label == "Recompute this number"][at].click().run()
        assert words(page).count("Recomputed just now: **853,018**") == 2

    def test_terms_are_linked_once_in_a_step(self):
        assert '[network](glossary?term=network "Layers that feed each other.")' in words(open_learn(lesson="tiny"))

    def test_a_broken_block_is_one_line_and_the_rest_stands(self, course):
        course.write_text(TINY.replace("answer: 2", "answer: 9").replace("graph.build_graph", "graph.nothing"), "utf-8")
        page = open_learn(lesson="tiny")
        said = [error.value.replace("\\", "") for error in page.error]
        assert said == [
            "01_tiny.md:14: predict: answer must be from 1 to 2, or null, received 9",
            "resnet_core/graph.py has no 'nothing': 'resnet_core.graph.nothing' cannot be shown",
        ]
        assert "A real study" in words(page) and len(page.header) == 2


class TestItsLink:
    def test_a_labs_values_are_in_the_address(self):
        page = open_learn(lesson="more", step="2")
        widget(page, "radio", "0:choice").set_value(1).run()
        page = press(page, "Keep my prediction")
        widget(page, "button_group", ":size").set_value("full").run()
        assert query_of(page) == {"lesson": "more", "step": "2", "study.size": "full"}
        page = press(page, "Back to the start")
        assert query_of(page) == {"lesson": "more", "step": "2"}

    def test_and_each_further_move_counts(self):
        page = open_learn(lesson="tiny")
        widget(page, "radio", "0:choice").set_value(1).run()
        page = press(page, "Keep my prediction")
        for size in ("full", "quick", "full"):
            widget(page, "button_group", ":size").set_value(size).run()
            assert query_of(page).get("study.size", "quick") == size

    def test_and_mangled_ones_are_left_out_in_one_line(self):
        page = open_learn(lesson="tiny", study__size="huge")
        widget(page, "radio", "0:choice").set_value(1).run()
        page = press(page, "Keep my prediction")
        assert "The link's values of this lab were left out" in words(page)
        assert query_of(page) == {"lesson": "tiny"}

    @pytest.mark.parametrize(("only", "shown"), [({}, True), ({"only": "size"}, True), ({"only": "play"}, False)])
    def test_only_hides_all_controls_it_does_not_name(self, only, shown):
        page = open_learn(lesson="tiny", **only)
        widget(page, "radio", "0:choice").set_value(1).run()
        page = press(page, "Keep my prediction")
        keys = [item.key for kind in ("button_group", "selectbox") for item in page.get(kind)]
        assert any(key.endswith(":size") for key in keys) is shown
        assert not any(key.endswith(":study") for key in keys), "the lesson itself hides this one"
        assert ("only" in query_of(page)) is bool(only)

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ({"step": "x"}, "step must be a whole number"),
            ({"present": "yes"}, "present must be one of 0, 1"),
            ({"color": "red"}, "this page knows no 'color'"),
            ({"lesson": "../secret"}, "no lesson is called '../secret'"),
        ],
    )
    def test_a_mangled_parameter_is_one_line(self, query, said):
        page = open_learn(**{"lesson": "tiny", **query})
        assert any(said in warning.value for warning in page.warning)

    def test_without_parameters_is_the_list_on_this_page_and_the_same_place_from_another(self):
        page = open_learn(lesson="tiny", step="3")
        page.switch_page("views/glossary.py").run()
        page.query_params.clear()
        page.switch_page("views/learn.py").run()
        assert query_of(page) == {"lesson": "tiny", "step": "3"}
        page.query_params.clear()
        page.run()
        assert query_of(page) == {} and page.title[0].value == "Learn"

    def test_a_step_past_the_end_is_the_last(self):
        assert query_of(open_learn(lesson="tiny", step="99"))["step"] == "3"


class TestTheProjector:
    def test_shows_one_step_and_turns_over_the_ends_of_lessons(self):
        page = open_learn(lesson="tiny", present="1")
        assert [title.value for title in page.title] == ["A tiny lesson"]
        assert widget(page, "button", "lesson:back").disabled and not page.header
        page = press(press(page, "Next"), "Next")
        assert [header.value for header in page.header] == ["Check yourself"]
        assert query_of(page) == {"lesson": "tiny", "step": "3", "present": "1"}
        page = press(page, "Next")
        assert query_of(page) == {"lesson": "more", "present": "1"}
        page = press(page, "Back")
        assert query_of(page) == {"lesson": "tiny", "step": "3", "present": "1"}

    def test_draws_a_recorded_study_larger(self):
        def drawn(**query: str) -> dict:
            page = open_learn(lesson="tiny", step="2", **query)
            widget(page, "radio", ":choice").set_value(1).run()
            press(page, "Keep my prediction")
            return charts_of(page)[0]

        shown, projected = drawn(), drawn(present="1")
        assert projected["height"] > shown["height"]
        title = json.loads(projected["figure"])["layout"]["title"]
        assert title["font"]["size"] > theme.TEMPLATE.layout.title.font.size

    def test_leaving_it_shows_the_whole_lesson(self):
        page = press(open_learn(lesson="tiny", present="1", step="2"), "Leave")
        assert len(page.header) == 2 and query_of(page) == {"lesson": "tiny", "step": "2"}

    def test_the_last_step_of_the_last_lesson_ends_the_course(self):
        page = open_learn(lesson="more", present="1", step="3")
        assert widget(page, "button", "lesson:forward").disabled


class TestProgress:
    FILE = json.dumps(
        {"resnet_lab_progress": 1, "cleared": 0, "entries": {"tiny/answer/more": [5, 2], "tiny/step/1": [5, 1]}}
    )

    def bring(self, page, content: str):
        widget(page, "file_uploader", ":bring").set_value(("p.json", content.encode(), "application/json")).run()
        assert not page.exception
        return page

    def test_saved_progress_is_brought_to_another_browser(self):
        page = self.bring(open_learn(), self.FILE)
        assert "1 of 3 steps read · 1 of 1 predicted" in words(page)

    @pytest.mark.parametrize("content", ["", "[]", "{", '{"resnet_lab_progress": 1}', '{"spec": 3}'])
    def test_another_file_is_one_line(self, content):
        page = self.bring(open_learn(), content)
        assert page.error[0].value.startswith("this is no progress saved by this lab")

    def test_and_is_forgotten_on_demand(self):
        page = press(self.bring(open_learn(), self.FILE), "Forget it")
        assert "steps read" not in words(page)


class TestTheGlossary:
    def test_lists_every_term_with_symbol_and_the_lessons_that_use_it(self):
        page = open_learn("glossary")
        assert [entry.value for entry in page.header] == ["identity  $x$", "network"]
        # The network stands in both lessons' text, the identity in what they say to an answer.
        used = ":small[Used in [1. A tiny lesson](learn?lesson=tiny), [2. Another lesson](learn?lesson=more)]"
        assert [text.value for text in page.markdown].count(used) == 2

    def test_is_searched_in_names_and_meanings(self):
        page = open_learn("glossary")
        page.text_input[0].set_value("FEED layers").run()
        assert [entry.value for entry in page.header] == ["network"]
        assert query_of(page) == {"search": "FEED layers"}
        page.text_input[0].set_value("zebra").run()
        assert "No entry holds zebra." in words(page)

    def test_puts_entries_that_are_called_so_before_those_that_only_mention_it(self, course):
        course.with_name("glossary.yaml").write_text(
            "adam:\n  name: Adam\n  meaning: Follows a gradient.\ngradient:\n  name: gradient\n  meaning: A slope.\n"
        )
        page = open_learn("glossary", search="gradient")
        assert [entry.value for entry in page.header] == ["gradient", "Adam"]

    def test_opens_at_a_term_and_leads_back_to_all(self):
        page = open_learn("glossary", term="identity")
        assert [entry.value for entry in page.header] == ["identity  $x$"]
        assert len(press(page, "All entries").header) == 2

    def test_an_unknown_term_is_one_line(self):
        page = open_learn("glossary", term="zebra")
        assert "There is no entry" in page.warning[0].value and len(page.header) == 2


def test_home_lists_the_course():
    page = open_learn("home")
    assert "The course" in words(page) and "2 lessons, about 6 minutes in all" in words(page)
    assert "**1. A tiny lesson**" in [link.proto.label for link in page.get("page_link")]
