"""The app's words in Korean: all translated, with their places; a language that follows link, choice and browser."""

import gettext
import json
import re
import string
from pathlib import Path

import pytest
from babel.messages import pofile
from streamlit.testing.v1 import AppTest

from app import catalog
from app.collect_words import Words, collect, in_source
from app.language import LANGUAGES, _, ngettext, speaking
from app.text import reason_of
from resnet_core import datasets
from resnet_core.drawing import Detail
from resnet_core.errors import DataError
from resnet_core.families import get_spec
from resnet_core.recipes import Augment, Devices, Normalize, Schedule
from resnet_core.studies import STUDIES
from resnet_core.words import N_, say, say_count, together
from tests.stored_runs import store_run

LANGUAGE_FILES = sorted(catalog.FOLDER.glob("*.po"))
VIEWS = [f"views/{path.name}" for path in sorted((catalog.FOLDER.parent / "views").glob("[!_]*.py"))]
HANGUL = re.compile("[가-힣]")
CODE = {option.value for kind in (Augment, Detail, Devices, Normalize, Schedule) for option in kind} | {"stem", "DOT"}
"""What stands on pages as it is typed on the command line or named in a drawing."""


@pytest.fixture(scope="module")
def words() -> dict[Words, tuple[str, ...]]:
    """Return the Korean form of each message of the catalog."""
    with (catalog.FOLDER / "ko.po").open("rb") as file:
        return {message.id: _forms(message.string) for message in pofile.read_po(file, locale="ko") if message.id}


class TestCatalog:
    def test_every_language_but_english_has_one(self):
        assert {path.stem for path in LANGUAGE_FILES} == set(LANGUAGES) - {"en"}

    @pytest.mark.parametrize("path", LANGUAGE_FILES, ids=lambda path: path.stem)
    def test_holds_exactly_the_words_of_the_code_all_translated(self, path):
        with path.open("rb") as file:
            known = pofile.read_po(file, locale=path.stem, abort_invalid=True)
        wanted = {message.id for message in collect() if message.id}
        held = {message.id for message in known if message.id}
        assert held == wanted, "run scripts/words, translate what it lists, and commit the catalog"
        assert not [message.id for message in known if message.id and message.fuzzy]
        assert not [message.id for message in known if message.id and not all(_forms(message.string))]

    def test_keeps_every_place_and_its_format(self, words):
        for message, forms in words.items():
            for form in forms:
                assert _places(form) == _places(message if isinstance(message, str) else message[1]), message

    def test_keeps_code_and_formulas(self, words):
        code = re.compile(r"`[^`]+`|\$[^$]+\$")
        for message, (form, *_others) in words.items():
            text = message if isinstance(message, str) else message[1]
            told = [piece for piece in code.findall(text) if piece != "`Save progress`"]
            assert all(piece in form for piece in told), message

    def test_speaks_to_its_reader_in_one_style(self, words):
        """Sentences end formally (합니다체), none in the plain style of notes."""
        plain = re.compile(r"(?<![니까습])다[.:;]|[해예]요[.?!]")
        assert not [form for forms in words.values() for form in forms if plain.search(form)]

    def test_a_marked_word_is_found_wherever_it_stands(self):
        source = "from app.language import _, ngettext\nf\"{_('one')} {ngettext('two', 'more', 2)}\"; say(\"not ours\")"
        assert list(in_source(source)) == ["one", ("two", "more")]


class TestSpeaking:
    def test_each_thread_of_work_has_its_language(self):
        assert _("Layers") == "Layers"
        with speaking("ko"):
            assert _("Layers") == "층"
            with speaking("en"):
                assert _("Layers") == "Layers"
        assert _("Layers") == "Layers"

    def test_a_count_chooses_the_form(self):
        assert [ngettext("{count} day", "{count} days", count) for count in (1, 2)] == ["{count} day", "{count} days"]
        with speaking("ko"):
            assert {ngettext("{count} day", "{count} days", count) for count in (1, 2)} == {"{count}일"}

    def test_a_sentence_of_the_core_takes_its_values_along(self):
        rows = together((say("{width} channels", width=width) for width in (8, 16)), ", ")
        text = say("Final validation error with {depth} layers: {numbers}.", depth=20, numbers=rows)
        assert text == "Final validation error with 20 layers: 8 channels, 16 channels."
        with speaking("ko"):
            assert _(text) == "20층의 마지막 검증 오차: 채널 8개, 채널 16개."
            assert _(N_("plain")) == "플레인"
            count = say_count(
                "measured on {count} earlier run on this device", "measured on {count} earlier runs on this device", 1
            )
            assert _(count) == "이 장치에서 앞선 실행 1개로 잰 값"

    @pytest.mark.parametrize("study", STUDIES.values(), ids=lambda study: study.name)
    def test_no_study_is_left_in_english(self, study):
        with speaking("ko"):
            for text in (study.title, study.question, study.quick.about, study.full.about):
                assert HANGUL.search(_(text)) and not _english(_(text))

    @pytest.mark.parametrize("name", ["cifar10", "cats_vs_dogs"])
    def test_no_data_set_that_is_not_here_yet_is_left_in_english(self, name, fresh_home):
        with pytest.raises(DataError) as refused:
            datasets.samples(name, 4)
        with speaking("ko"):
            assert HANGUL.search(reason_of(refused.value))


class TestBrokenCatalog:
    @pytest.fixture
    def folder(self, tmp_path, monkeypatch) -> Path:
        monkeypatch.setattr(catalog, "FOLDER", tmp_path)
        catalog._path.cache_clear()
        yield tmp_path
        catalog._path.cache_clear()

    @pytest.mark.parametrize("content", [b'msgid "Layers"\nmsgstr "\xff"\n', b'msgid "Layers"\nnonsense\n', None])
    def test_the_app_speaks_english_and_says_why_in_one_line(self, folder, content):
        if content is not None:
            (folder / "ko.po").write_bytes(content)
        with speaking("ko"):
            assert _("Layers") == "Layers"
        problem = catalog.catalog_problem("ko")
        assert problem.startswith("The app's words in app/locale/ko.po cannot be read (") and "\n" not in problem
        app = _home("ko").run()
        assert not app.exception
        assert problem in [warning.value for warning in app.warning]

    def test_a_mended_catalog_is_read_without_a_restart(self, folder):
        path = folder / "ko.po"
        path.write_text('msgid "Layers"\nmsgstr "하나"\n')
        assert catalog.catalog("ko").gettext("Layers") == "하나"
        path.write_text('msgid "Layers"\nmsgstr "둘둘"\n')
        assert catalog.catalog("ko").gettext("Layers") == "둘둘"
        assert catalog.catalog("xx").__class__ is gettext.NullTranslations


class TestPages:
    @pytest.mark.parametrize("view", VIEWS)
    def test_no_page_shows_a_word_that_the_catalog_translates(self, view, words, fresh_home):
        store_run("r-one", get_spec("pocket_resnet20"), [(0.5, 0.4), (0.3, 0.25)])
        store_run("r-two", get_spec("pocket_plain20"), [(0.5, 0.4), (0.4, 0.35)])
        with speaking("ko"):  # the test's own thread formats the options that it hands back
            app = _home("ko").run().switch_page(view)
            app.query_params["lang"] = "ko"
            app.run()
        assert not app.exception
        shown = _shown(app)
        assert sum(bool(HANGUL.search(text)) for text in shown) > 5
        assert not [text for text in shown if text in words and text not in words[text] and text not in CODE]

    def test_the_link_decides_then_the_choice_then_the_browser(self):
        assert _home(locale="ko-KR").run().title[0].value == _home("ko").run().title[0].value
        app = _home("en", locale="ko-KR").run()
        assert "shortcut change?" in app.title[0].value
        assert "shortcut change?" in _home(locale="de-DE").run().title[0].value

    def test_a_choice_is_kept_from_page_to_page_and_in_the_address(self):
        app = _home().run()
        assert "lang" not in app.query_params
        app.button_group(key="language:switch").set_value("ko").run()
        assert app.query_params["lang"] == "ko" and HANGUL.search(app.title[0].value)
        app.query_params.clear()  # as a click on another page does
        app.switch_page("views/glossary.py").run()
        assert app.title[0].value == "용어집" and app.query_params["lang"] == "ko"
        app.button_group(key="language:switch").set_value("en").run()
        assert app.title[0].value == "Glossary" and app.query_params["lang"] == "en"

    def test_an_unknown_language_is_one_line(self):
        app = _home("xx").run()
        assert not app.exception
        assert [warning.value for warning in app.warning] == [
            "The link's 'lang' was left out: it must be one of en (English), ko (한국어), received 'xx'"
        ]
        assert "lang" not in app.query_params

    def test_two_readers_do_not_share_a_language(self):
        korean, english = _home("ko").run(), _home("en").run()
        korean.run()
        assert HANGUL.search(korean.title[0].value) and not HANGUL.search(english.title[0].value)


def _home(lang: str | None = None, locale: str = "en-US") -> AppTest:
    app = AppTest.from_file("../app/Home.py", default_timeout=60)
    app.context["locale"] = locale
    if lang:
        app.query_params["lang"] = lang
    return app


def _shown(app: AppTest) -> list[str]:
    """Return what a page says: texts, labels, options, help, and the words that components are given."""
    found = []
    for element in app.main:
        proto = getattr(element, "proto", None)
        names = ("label", "body", "help", "placeholder", "caption", "alt")
        found += [text for name in names if isinstance(text := getattr(proto, name, None), str)]
        found += map(str, getattr(proto, "options", None) or ())
        if type(proto).__name__ == "BidiComponent":
            found += _strings(json.loads(proto.json))
    return found


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        value = [item for name, item in value.items() if name != "groups"]  # of runs, as the store names their states
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def _english(text: str) -> bool:
    """Say whether a text holds three English words in a row, which names do not."""
    return re.search(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b", text) is not None


def _forms(text) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def _places(text: str) -> set[tuple[str, str, str | None]]:
    return {(name, form, way) for _text, name, form, way in string.Formatter().parse(text) if name is not None}
