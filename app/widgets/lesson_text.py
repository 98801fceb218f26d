"""A lesson's text: Markdown in which terms explain themselves and links to other lessons stay in the course."""

import re
from urllib.parse import urlencode

import streamlit as st

from app.language import language
from app.reader_language import language_query
from resnet_core.lessons.check import LESSON_LINK
from resnet_core.lessons.document import FILE_NAME
from resnet_core.lessons.glossary import Glossary, glossary, link_terms


def lesson_text(text: str, done: set[str] | None = None) -> None:
    """Show Markdown of a lesson.

    Args:
        text: as it stands in the file.
        done: terms that this step has explained already; this text's are added.
    """
    found = glossary(language())
    linked = link_terms(text, found, lambda words, key: term_link(words, key, found), set() if done is None else done)
    st.markdown(unbroken(in_the_course(linked)))


def term_link(words: str, key: str, found: Glossary) -> str:
    """Return words as a link to their entry, with its meaning as the tooltip."""
    return f'[{words}]({course_link("glossary", term=key)} "{_plain(found.terms[key].meaning)}")'


def course_link(page: str, **query: str) -> str:
    """Return the address of a page in the reader's language: text links open it in a tab of its own."""
    return f"{page}?{urlencode({**query, **language_query()})}"


def in_the_course(text: str) -> str:
    """Turn links to other lessons' files, which work where the course is read as files, into links of the page."""

    def replaced(match: re.Match[str]) -> str:
        name = FILE_NAME.fullmatch(match[1].rpartition("/")[2])
        return f"]({course_link('learn', lesson=name[2])})" if name else match[0]

    return LESSON_LINK.sub(replaced, text)


def unbroken(text: str) -> str:
    """Keep a number with its percent sign, and a size in one piece, where a line ends.

    Example:
        >>> unbroken("4.62 % with a 3 × 3 kernel") == "4.62\xa0% with a 3\xa0×\xa03 kernel"
        True
    """
    return re.sub(r"(?<=\d) (?=[%×])|(?<=×) (?=\d)", "\xa0", text)


def _plain(meaning: str) -> str:
    """Return Markdown as the plain text of a tooltip."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", meaning)
    words = re.sub(r"[*_`$\\{}]", "", words).replace('"', "″")
    return " ".join(words.split())
