"""The glossary: each term with its meaning and symbol, and where it stands in a text."""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from resnet_core.errors import LessonError
from resnet_core.lessons import catalogue, yaml_lines
from resnet_core.lessons.problems import Problem

FILE = "glossary.yaml"


class Term(BaseModel):
    """One entry.

    Attributes:
        name: as it stands in running text.
        forms: other words for it that are explained by it, such as its plural.
        symbol: LaTeX without dollars; empty where it has none.
        meaning: a sentence or two of Markdown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, Field(min_length=1, max_length=80)]
    forms: tuple[Annotated[str, Field(min_length=1, max_length=80)], ...] = ()
    symbol: str = ""
    meaning: Annotated[str, Field(min_length=1, max_length=600)]


@dataclass(frozen=True, eq=False)
class Glossary:
    """All terms by their keys, in the order of the file, and what is wrong in it."""

    terms: Mapping[str, Term]
    problems: tuple[Problem, ...] = ()

    @functools.cached_property
    def words(self) -> dict[str, str]:
        """Return the key that each name and form leads to, in small letters."""
        return {_plain(form): key for key, term in self.terms.items() for form in reversed((term.name, *term.forms))}

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return what finds any name or form, the longest first; a Korean particle may follow without a blank."""
        forms = sorted(self.words, key=len, reverse=True)
        # In a file, a line may end inside a term.
        found = "|".join(_BLANK.join(map(re.escape, form.split())) for form in forms)
        return re.compile(rf"(?<!\w)(?:{found})(?![A-Za-z0-9_])", re.IGNORECASE)

    def key(self, words: str) -> str:
        """Return the key of what the pattern found."""
        return self.words[_plain(words)]


def glossary(language: str = catalogue.ENGLISH) -> Glossary:
    """Return the glossary in a language; terms that it lacks are there in English.

    Raises:
        LessonError: a file cannot be read.
    """
    paths = dict.fromkeys((path_of(catalogue.ENGLISH), path_of(language)))
    return _joined(*(load(path) for path in paths if path.is_file()))


def path_of(language: str) -> Path:
    """Return where a language's glossary lies."""
    return catalogue.folder() / (language if language.isalpha() else catalogue.ENGLISH) / FILE


def load(path: Path) -> Glossary:
    """Read one file; again only when it has changed.

    Raises:
        LessonError: it cannot be read.
    """
    try:
        return _load(path, path.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError) as error:
        raise LessonError(f"{path.name} cannot be read: {error}") from error


def link_terms(text: str, found: Glossary, link: Callable[[str, str], str], done: set[str]) -> str:
    """Return Markdown in which the first mention of each term is a link.

    Code, formulas, links, images and headings are left as they are.

    Args:
        text: Markdown.
        found: the glossary.
        link: makes Markdown of the words that stand there and the term's key.
        done: keys that have been linked already; those of this text are added.
    """
    if not found.terms:
        return text

    def replaced(match: re.Match[str]) -> str:
        key = found.key(match[0])
        if key in done:
            return match[0]
        done.add(key)
        return link(match[0], key)

    parts = _LEFT_ALONE.split(text)
    # Every second part is what the pattern caught.
    return "".join(part if index % 2 else found.pattern.sub(replaced, part) for index, part in enumerate(parts))


_LEFT_ALONE = re.compile(
    r"(^```.*?^```|^#+ .*?$|\$\$.*?\$\$|\$[^$\n]+\$|`[^`\n]+`|!?\[[^\]\n]*\]\([^)\n]*\)|https?://\S+"
    # Emphasis with a particle right behind it, as Korean writes it, does not close behind a link.
    # The space rules out what stands between two emphases.
    r"|\*+(?!\s)(?:[^*\n]|\n(?!\s*\n))+(?<!\s)\*+(?=\w))",
    re.DOTALL | re.MULTILINE,
)


_BLANK = r"(?:[^\S\n]+|[^\S\n]*\n[^\S\n]*)"


def _plain(words: str) -> str:
    """Return words in small letters on one line."""
    return " ".join(words.split()).casefold()


@functools.lru_cache(maxsize=16)
def _joined(*found: Glossary) -> Glossary:
    """Return several as one, a later one's terms in place of an earlier one's; kept, as its pattern takes a while."""
    terms: dict[str, Term] = {}
    for each in found:
        terms |= each.terms
    return Glossary(terms, tuple(problem for each in found for problem in each.problems))


@functools.lru_cache(maxsize=16)
def _load(path: Path, changed: int) -> Glossary:
    lines = yaml_lines.read(path.read_text("utf-8"), first=1)
    if isinstance(lines, Problem):
        return Glossary({}, (lines,))
    if not isinstance(lines.value, dict):
        return Glossary({}, (Problem(1, "expected a line `term:` for each entry, with name and meaning below it"),))
    terms, problems, taken = {}, [], {}
    for key in map(str, lines.value):
        entry = yaml_lines.build(Term, lines.at(key), f"{key}: ")
        if isinstance(entry, list):
            problems += entry
            continue
        terms[key] = entry
        for form in (entry.name, *entry.forms):
            first = taken.setdefault(form.casefold(), key)
            if first != key:
                problems.append(
                    Problem(lines.line([key]), f"{key}: {form!r} leads to {first} already: drop one of them")
                )
    return Glossary(terms, tuple(problems))
