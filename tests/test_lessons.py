"""The course itself: nothing in it is wrong, every number is recomputed, every link opens, every lab answers."""

import re
import time

import pytest
from markdown_it import MarkdownIt
from streamlit.testing.v1 import AppTest

from app.labs.lab import is_live, load_lab, start_values
from app.progress import Progress
from resnet_core.lessons import catalogue
from resnet_core.lessons.blocks import Claim, LabBlock, Open, Predict, Quiz
from resnet_core.lessons.check import check
from resnet_core.lessons.glossary import glossary, link_terms
from resnet_core.lessons.labs import LABS
from tests.pages import HOME

COURSE = catalogue.lessons()
LANGUAGES = sorted(path.name for path in catalogue.folder().iterdir() if path.is_dir())
LINKS = {
    f"{block.page}?{'&'.join(f'{name}={text}' for name, text in block.state.items())}": block
    for lesson in COURSE
    for block in lesson.blocks(Open)
}


def test_nothing_in_the_course_is_wrong():
    """Claims and answers are recomputed here, and translations compared with English."""
    assert [problem.at(f"{path.parent.name}/{path.name}") for path, problem in check()] == []


def test_every_language_has_every_lesson_and_the_glossary():
    english = set(catalogue.files("en"))
    assert english and "en" in LANGUAGES
    for language in LANGUAGES:
        assert set(catalogue.files(language)) == english, language
        assert glossary(language).terms


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_asterisk_of_an_emphasis_is_left_standing(language):
    """A link to the glossary can keep an emphasis from closing, above all before a Korean particle."""
    found, markdown, standing = glossary(language), MarkdownIt().enable("table"), []
    for lesson in catalogue.lessons(language):
        for step in lesson.steps:
            done: set[str] = set()
            for part in step.parts:
                for text in _texts(part.content):
                    linked = link_terms(text, found, lambda words, key: f'[{words}](glossary?term={key} "...")', done)
                    pieces = [piece for token in markdown.parse(linked) for piece in token.children or ()]
                    said = " ".join(piece.content for piece in pieces if piece.type == "text")
                    if "*" in re.sub(r"\$[^$]*\$", "", said):
                        standing.append(f"{lesson.path.name}:{part.line}: {said}")
    assert standing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_of_a_table_is_named_for_a_reader_who_hears_it(language):
    markdown, unnamed = MarkdownIt().enable("table"), []
    for lesson in catalogue.lessons(language):
        for part in (part for step in lesson.steps for part in step.parts):
            for text in _texts(part.content):
                tokens = markdown.parse(text)
                heads = [tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "th_open"]
                unnamed += [f"{lesson.path.name}:{part.line}: {heads}"] if not all(heads) else []
    assert unnamed == []


def _texts(content: object) -> list[str]:
    match content:
        case str():
            return [content]
        case Predict():
            return [content.question, content.reveal]
        case Quiz():
            return [content.question]
        case Claim():
            return [content.text]
    return []


def test_it_takes_about_two_hours_and_each_lesson_a_school_period_at_most():
    minutes = [lesson.about.minutes for lesson in COURSE]
    assert 90 <= sum(minutes) <= 150 and max(minutes) <= 20


def test_every_lesson_asks_before_it_tells():
    assert [lesson.slug for lesson in COURSE if not lesson.blocks(Predict)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", COURSE, ids=lambda lesson: lesson.slug)
def test_a_lesson_opens_with_all_of_its_figures(fresh_home, lesson, language):
    page = AppTest.from_file(HOME, default_timeout=60).switch_page("views/learn.py")
    answers = Progress()
    for block in lesson.blocks(Predict):
        sketched = tuple(block.sketch.y_range[0] for _ in block.sketch.x) if block.sketch else 1
        answers = answers.with_entry(lesson.slug, "answer", block.id, sketched, time.time())
    page.session_state["progress"] = answers
    page.query_params["lesson"], page.query_params["lang"] = lesson.slug, language
    page.run()
    assert not page.exception
    assert [error.value for error in page.error] == []
    assert [warning.value for warning in page.warning if "left out" in warning.value] == []
    figures = [element for element in page.markdown if element.value.startswith(":material/science:")]
    assert len(figures) == len(lesson.blocks(LabBlock))


SKETCHED = [
    (predict.sketch, following.content)
    for lesson in COURSE
    for step in lesson.steps
    for part, following in zip(step.parts, step.parts[1:], strict=False)
    if isinstance(predict := part.content, Predict) and predict.sketch
]


@pytest.mark.parametrize(("sketch", "block"), SKETCHED, ids=lambda value: getattr(value, "name", ""))
def test_what_happened_fits_on_the_axes_of_the_sketch(sketch, block):
    """A sketch in percent, say, over a lab that answers in fractions would lie far from it."""
    lab, values = load_lab(block.name), start_values(block.name, block.values)
    happened = lab.curve(lab.answer(values), list(sketch.x))
    low, high = sketch.y_range
    assert all(low <= y <= high for y in happened)
    assert max(happened) - min(happened) > (high - low) / 3, "it fills the picture"


@pytest.mark.parametrize("address", LINKS)
def test_a_link_opens_what_it_names(fresh_home, address):
    block = LINKS[address]
    page = AppTest.from_file(HOME, default_timeout=60).switch_page(f"views/{block.page}.py")
    for name, text in block.state.items():
        page.query_params[name] = text
    page.run()
    assert not page.exception
    assert [error.value for error in page.error] == []
    assert [warning.value for warning in page.warning if "left out" in warning.value] == []


@pytest.mark.parametrize("name", sorted(LABS))
def test_a_lab_keeps_its_promises(fresh_home, name):
    lab, values = load_lab(name), LABS[name]()
    assert lab.TITLE
    assert all(info.title for info in LABS[name].model_fields.values()), "a control without a name"
    if is_live(lab):
        return
    answer = lab.answer(values)
    shown = list(lab.panels(values, answer))
    assert shown and all(panel.alt for panel in shown)
    assert all(any(char.isdigit() for char in panel.alt) for panel in shown if panel.table is None)
    figures = [panel.figure for panel in shown if panel.figure]
    assert all(shape.line.color for figure in figures for shape in figure.layout.shapes), "black on a dark page"
    assert any(char.isdigit() for char in lab.sentence(values, answer))
    assert len(lab.table(values, answer)) > 0
    assert lab.CODE
    if LABS[name].takes_sketch:
        assert len(lab.curve(answer, [4.0, 50.0])) == 2
