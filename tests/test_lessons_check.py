"""`lessons check` over a course: numbers recomputed, links followed, translations compared, terms found."""

import json

import pytest

from resnet_core.cli import main
from resnet_core.errors import LessonError
from resnet_core.lessons import catalogue
from resnet_core.lessons.check import check
from resnet_core.lessons.glossary import Glossary, Term, link_terms, load
from resnet_core.lessons.measures import recompute
from resnet_core.lessons.stated import states
from tests.course import GLOSSARY, TINY, write_course


def said(path=None) -> list[str]:
    return [f"{file.parent.name}/{problem.at(file.name)}" for file, problem in check(path)]


def test_a_good_course_has_nothing_wrong(tmp_path, capsys):
    write_course(tmp_path)
    assert check(tmp_path) == []
    assert main(["lessons", "check", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "nothing is wrong\n"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("number: 853018\n```", "number: 853017\n```", "claim r56: says 853017, but trainable_parameters is 853018"),
        ("0.85 million", "0.58 million", "claim r56: its text does not say 853018 in any unit"),
        ("857082, why", "857082, whi", "quiz: number.common.0.why is missing"),
        ("trainable_parameters, of", "weights, of", "quiz how_many: no measure is called 'weights'"),
        (
            "of: {spec: resnet56}, n",
            "of: {spec: resnet57}, n",
            "quiz how_many: trainable_parameters: no preset is called",
        ),
        (
            "of: {spec: resnet56}, n",
            "of: {net: resnet56}, n",
            "quiz how_many: trainable_parameters is of spec, changes",
        ),
        ("graph.build_graph", "graph.build", "code: resnet_core/graph.py has no 'build'"),
        ("needs: []", "needs: [blocks]", "needs 'blocks', which is no lesson here"),
        ("A *network*", "See [this](09_next.md)", "links to '09_next.md', which is not there"),
    ],
)
def test_what_only_the_whole_course_can_show_is_found(tmp_path, old, new, words):
    assert old in TINY
    write_course(tmp_path, lesson=TINY.replace(old, new, 1))
    assert any(words in line for line in said(tmp_path)), said(tmp_path)


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        ("batch_mean, of: {numbers: []}", "batch_mean cannot be taken of this: division by zero"),
        ("batch_normalized, of: {numbers: [1, 2], which: 9}", "batch_normalized cannot be taken of this: list index"),
        ("total, of: {terms: [1, two]}", "total cannot be taken of this: unsupported operand"),
        ("power, of: {base: 10.0, exponent: 1000}", "power cannot be taken of this: (34, "),
        ("power, of: {base: -8, exponent: 0.5}", "power cannot be taken of this: "),
        ("weighted_layers, of: {spec: 56}", "weighted_layers cannot be taken of this: "),
    ],
)
def test_a_measure_that_fails_is_one_line_and_the_rest_is_checked(tmp_path, capsys, taken, words):
    lesson = TINY.replace("trainable_parameters, of: {spec: resnet56}", taken).replace("needs: []", "needs: [blocks]")
    write_course(tmp_path, lesson=lesson)
    assert main(["lessons", "check", str(tmp_path)]) == 2
    first, second, count = capsys.readouterr().out.splitlines()
    assert "needs 'blocks'" in first and "quiz how_many: " + words in second and count == "2 problems"


def test_the_command_prints_a_line_for_each_and_exits_with_2(tmp_path, monkeypatch, capsys):
    write_course(tmp_path, lesson=TINY.replace("minutes: 3", "minutes: soon").replace("answer: 2", "answer: 7"))
    monkeypatch.chdir(tmp_path)
    assert main(["lessons", "check", "en"]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[0] for line in lines[:2]] == ["en/01_tiny.md:3", "en/01_tiny.md:14"]
    assert lines[-1] == "2 problems"
    assert main(["lessons", "check", "en", "--json"]) == 2
    assert [item["line"] for item in json.loads(capsys.readouterr().out)["problems"]] == [3, 14]


def test_a_path_that_holds_no_lesson_is_one_line(tmp_path, capsys):
    assert main(["lessons", "check", str(tmp_path / "none")]) == 2
    assert "there is no" in capsys.readouterr().err
    assert main(["lessons", "check", str(tmp_path)]) == 2
    assert "holds no lesson" in capsys.readouterr().err


def test_one_number_for_two_lessons_is_a_mistake(tmp_path):
    path = write_course(tmp_path)
    path.with_name("01_other.md").write_text(TINY, "utf-8")
    assert said(tmp_path) == ["en/01_tiny.md:1: 01_other.md has the number 1 already: give another"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("answer: 2", "answer: 1", "this predict is not the one in English"),
        ("{answer: 857082,", "{answer: 857083,", None),
        ("unit: parameters", "unit: 개", None),
        ("minutes: 3", "minutes: 4", "minutes are 4, in English 3"),
        ("## Check yourself\n", "", "2 steps, in English 3"),
        ("{spec: resnet56, tab: layers}", "{spec: resnet20, tab: layers}", "this open is not the one in English"),
    ],
)
def test_a_translation_differs_in_words_only(tmp_path, old, new, words):
    write_course(tmp_path)
    write_course(tmp_path, lesson=TINY.replace(old, new, 1), language="ko")
    found = said(tmp_path)
    assert all(line.startswith("ko/") for line in found)
    assert (words is None and found == []) or (len(found) == 1 and words in found[0]), found


def test_glossaries_are_compared_and_their_mistakes_have_lines(tmp_path):
    write_course(tmp_path)
    write_course(tmp_path, glossary="network:\n  name: 신경망\n  meaning: 층\n  colour: red\n", language="ko")
    assert said(tmp_path) == [
        "ko/glossary.yaml:4: network: colour is unknown here: allowed are name, forms, symbol, meaning",
        "ko/glossary.yaml:1: the term network is missing: English has it",
        "ko/glossary.yaml:1: the term identity is missing: English has it",
    ]
    write_course(tmp_path, glossary=GLOSSARY.replace("name: identity", "name: Networks"))
    assert "en/glossary.yaml:5: identity: 'Networks' leads to network already: drop one of them" in said(tmp_path)


def test_a_language_that_lacks_a_lesson_shows_it_in_english(tmp_path, monkeypatch):
    path = write_course(tmp_path)
    path.with_name("02_more.md").write_text(TINY, "utf-8")
    write_course(tmp_path, lesson=TINY.replace("A tiny lesson", "작은 수업"), language="ko")
    monkeypatch.setenv("RESNET_LAB_LESSONS", str(tmp_path))
    assert [lesson.about.title for lesson in catalogue.lessons("ko")] == ["작은 수업", "A tiny lesson"]
    assert [lesson.about.title for lesson in catalogue.lessons("../en")] == ["A tiny lesson", "A tiny lesson"]
    with pytest.raises(LessonError, match="no lesson is called 'nope': choose one of tiny, more"):
        catalogue.lesson("nope")


def test_a_changed_file_is_read_again(tmp_path, monkeypatch):
    path = write_course(tmp_path)
    monkeypatch.setenv("RESNET_LAB_LESSONS", str(tmp_path))
    assert catalogue.lesson("tiny").about.title == "A tiny lesson"
    path.write_text(TINY.replace("A tiny lesson", "Another"), "utf-8")
    assert catalogue.lesson("tiny").about.title == "Another"


class TestTerms:
    def link(self, text: str, done: set[str] | None = None) -> str:
        terms = {
            "network": Term(name="network", forms=("networks",), meaning="Layers."),
            "deep": Term(name="deep network", meaning="Many layers."),
            "residual": Term(name="잔차", meaning="차이"),
        }
        return link_terms(text, Glossary(terms), lambda words, key: f"<{words}|{key}>", set() if done is None else done)

    def test_the_first_mention_of_each_is_linked_and_the_longest_name_wins(self):
        assert self.link("A deep network; Networks, network.") == "A <deep network|deep>; <Networks|network>, network."

    def test_code_formulas_links_and_headings_are_left_alone(self):
        text = "# network\n`network` $network$ [network](x) ![network](y)\n```python\nnetwork\n```\n$$network$$ network"
        assert self.link(text) == text.removesuffix("network") + "<network|network>"

    def test_a_part_of_a_word_is_no_mention_but_a_korean_particle_may_follow(self):
        assert self.link("subnetwork networked 잔차를 배운다") == "subnetwork networked <잔차|residual>를 배운다"

    def test_a_line_may_end_inside_a_term_and_a_paragraph_may_not(self):
        assert self.link("a deep\n  network") == "a <deep\n  network|deep>"
        assert self.link("deep\n\nnetwork") == "deep\n\n<network|network>"

    def test_what_was_linked_before_is_not_linked_again(self):
        done: set[str] = set()
        self.link("network", done)
        assert done == {"network"} and self.link("network", done) == "network"


def test_a_glossary_that_is_no_mapping_is_one_problem(tmp_path):
    path = tmp_path / "glossary.yaml"
    path.write_text("- a\n", "utf-8")
    assert [problem.text for problem in load(path).problems] == [
        "expected a line `term:` for each entry, with name and meaning below it"
    ]


@pytest.mark.parametrize(
    ("text", "number", "tolerance", "holds"),
    [
        ("1,727,962 parameters", 1_727_962, 0, True),
        ("1.7 million", 1_727_962, 0, True),
        ("about 2 million", 1_727_962, 0, False),
        ("an error of 8.75 %", 0.0875, 0, True),
        ("an error of 8.57 %", 0.0875, 0, False),
        ("3 stages", 3, 0, True),
        ("파라미터 85.3만 개", 853_018, 0, True),
        ("about 0.95", 0.93, 0.03, True),
        ("no number", 3, 0, False),
    ],
)
def test_a_sentence_states_a_number_in_any_unit(text, number, tolerance, holds):
    assert states(text, number, tolerance) is holds


@pytest.mark.parametrize(
    ("measure", "of", "number"),
    [
        ("trainable_parameters", {"spec": "resnet20", "shortcut": "B"}, 272_474),
        ("macs", {"spec": "resnet50_v1_5"}, 4_089_184_256),
        ("parameters", {"spec": "study_resnet20_nadam"}, 295_306),
        ("depth", {"spec": "plain56"}, 56),
        ("published_macs", {"spec": "resnet34"}, 3.6e9),
        ("published_parameters", {"spec": "resnet110"}, 1.7e6),
        ("published_error", {"spec": "resnet110"}, 0.0643),
        ("published_error", {"spec": "study_resnet20_nadam", "which": "train"}, 0.09),
    ],
)
def test_measures_agree_with_what_papers_and_libraries_say(measure, of, number):
    assert recompute(measure, of) == number


def test_a_term_in_emphasis_with_a_particle_behind_it_is_left_alone():
    terms = {"identity": Term(name="항등", meaning="...")}

    def linked(text: str) -> str:
        return link_terms(text, Glossary(terms), lambda words, key: f"<{words}>", set())

    assert linked("*항등*일 때, 그리고 항등") == "*항등*일 때, 그리고 <항등>"
    assert linked("*항등*과 *항등\n행렬*입니다") == "*항등*과 *항등\n행렬*입니다"
    assert linked("**B**: 입력, 곧 *항등*이고, 그리고 항등") == "**B**: 입력, 곧 *항등*이고, 그리고 <항등>"
