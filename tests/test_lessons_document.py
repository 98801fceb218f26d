"""Reading a lesson: its steps and blocks, and for each mistake the line that it is on."""

from pathlib import Path

import pytest

from resnet_core.lessons.blocks import Claim, Code, LabBlock, Open, Predict, Quiz
from resnet_core.lessons.document import parse
from tests.course import TINY

PATH = Path("01_tiny.md")


def problems(old: str, new: str) -> list[str]:
    """Put a mistake into the tiny lesson and return what is said about it; the mistake must have a place there."""
    assert old in TINY
    return [problem.at("01_tiny.md") for problem in parse(TINY.replace(old, new, 1), PATH).problems]


def line_of(text: str) -> int:
    """Return the number of the first line that holds a text, as an editor counts."""
    return next(number for number, line in enumerate(TINY.splitlines(), start=1) if text in line)


def test_a_lesson_is_its_front_matter_and_its_steps():
    lesson = parse(TINY, PATH)
    assert lesson.problems == ()
    assert (lesson.slug, lesson.number, lesson.about.title, lesson.about.minutes) == ("tiny", 1, "A tiny lesson", 3)
    assert [step.title for step in lesson.steps] == ["", "Predict", "Check yourself"]
    assert lesson.steps[0].parts[0].content == "A *network* of layers, with $F(x) = H(x) - x$."
    kinds = [type(part.content) for part in lesson.steps[1].parts + lesson.steps[2].parts]
    assert kinds == [Predict, LabBlock, Quiz, Quiz, Quiz, Claim, Open, Code]
    assert lesson.steps[1].parts[0].line == line_of("```predict")


def test_a_labs_id_is_its_name_unless_it_has_one():
    assert parse(TINY, PATH).blocks(LabBlock)[0].id == "study"
    other = parse(TINY.replace("name: study\n", "name: study\nid: mine\n"), PATH)
    assert other.blocks(LabBlock)[0].id == "mine"


def test_code_that_is_text_and_deeper_headings_stay_text():
    lesson = parse(TINY + "\n### More\n\n```python\nx = 1\n```\n", PATH)
    assert lesson.problems == () and len(lesson.steps) == 3
    assert lesson.steps[-1].parts[-1].content == "### More\n\n```python\nx = 1\n```"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("minutes: 3\n", "", line_of("title:"), "minutes is missing: add it"),
        ("minutes: 3", "minutes: soon", line_of("minutes:"), "should be a valid integer"),
        ("answer: 2", "answer: 3", line_of("id: more"), "answer must be from 1 to 2, or null, received 3"),
        ("choices: [resnet20, resnet56]\n", "", line_of("id: more"), "give either choices or a sketch"),
        ("name: study", "name: studdy", line_of("name: study"), "no lab is called 'studdy': choose study"),
        ("{study: depth}", "{study: width}", line_of("{study: depth}"), "values.study"),
        ("{study: depth}", "{layers: 3}", line_of("{study: depth}"), "values.layers is unknown here"),
        ("hide: [study]", "hide: [depth]", line_of("hide:"), "hide names depth: study has study, size"),
        ("hide: [study]", "hide: [full]", line_of("hide:"), "hide names full: study has study, size"),
        (
            "right: true, ",
            "",
            line_of("- {text: its input") - 1,
            "0 answers are marked `right: true`: mark exactly one",
        ),
        ("source: He et al. 2015, section 3.2\n", "", line_of("id: which"), "say why it is right"),
        ("number: 853018}", "number: 853019}", line_of("id: how_many"), "`because` must recompute the answer 853018"),
        ("id: which", "id: how_many", line_of("id: which") - 1, "the id 'how_many' stands on line"),
        ("id: r56", "id: R-56", line_of("id: r56"), "should match pattern"),
        ("```claim", "```clam", line_of("```claim"), "no block is called 'clam': did you mean claim?"),
        ("page: build", "page: builds", line_of("page: build"), "Input should be 'home'"),
        ("text: ResNet-56 has", "text: note: it has", line_of("text: ResNet-56"), "put a text that holds a colon"),
        ("minutes: 3", "minutes: 2026-02-30", 2, "a value cannot be read: day"),
        ("goals:\n", "extra: &it [*it]\ngoals:\n", 2, "a value holds itself"),
        (
            "name: study\nvalues: {study: depth}\nhide: [study]",
            "name: bn_momentum\nvalues: {momentum: 0.95}",
            line_of("{study: depth}"),
            "expected one of 0, 0.5, 0.9, 0.99, 0.999",
        ),
        ("unit: parameters", "unit: a\n  unit: b", line_of("unit:") + 1, "'unit' stands twice: keep one of them"),
        ("A *network*", "A <b>network</b>", line_of("A *network*"), "HTML stands here"),
        ("## Predict", "# Predict", line_of("## Predict"), "a heading with one # stands here"),
        ("resnet_core.graph.build_graph", "os.system", line_of("function:"), "should match pattern"),
    ],
)
def test_a_mistake_is_named_with_its_line(old, new, line, said):
    found = problems(old, new)
    assert len(found) == 1, found
    place, text = found[0].split(": ", 1)
    assert place == f"01_tiny.md:{line}" and said in text, found


def test_a_prediction_without_its_lab_is_a_mistake():
    (found,) = problems("```lab\nname: study\nvalues: {study: depth}\nhide: [study]\n```\n", "")
    assert found.startswith(f"01_tiny.md:{line_of('```predict')}: predict more: a lab must follow directly")


def test_all_mistakes_are_told_at_once_and_the_rest_of_the_lesson_stands():
    text = TINY.replace("minutes: 3", "minutes: x").replace("answer: 2", "answer: 9").replace("page: build", "page: b")
    lesson = parse(text, Path("tiny.md"))
    assert [problem.line for problem in lesson.problems] == sorted(problem.line for problem in lesson.problems)
    assert len(lesson.problems) == 4
    assert len(lesson.blocks(Quiz)) == 3 and lesson.steps[1].title == "Predict"


def test_a_file_that_is_no_lesson_at_all_is_one_line():
    (problem,) = parse("just text", PATH).problems
    assert problem.line == 1 and "must begin with `---`" in problem.text


def test_a_block_in_a_list_is_told_to_move():
    (problem,) = parse(TINY + "\n- point\n\n  ```claim\n  id: x\n  ```\n", PATH).problems
    assert "a claim block stands inside a list or quote" in problem.text
