"""English sentences that remember what they were made of, so that a screen can say them in another language.

To everyone else a sentence is a plain string. Here is no translation: whoever shows it brings one. `scripts/words`
collects the templates, which is why they stand where they are used, as `say("{count} runs", count=3)`.
"""

from collections.abc import Callable, Iterable
from string import Formatter
from typing import Any

Translate = Callable[[str, str | None, int | None], str]
"""Takes a template, its form for many or None, and the count that chooses; returns the template to fill in."""


class Said(str):
    """A text with its template and the values that filled it; values that are texts of this kind are translated too."""

    template: str
    many: str | None
    amount: int | None  # the count that chooses the form; `count` is a method of every str
    values: dict[str, Any]

    def translated(self, translate: Translate) -> str:
        """Return the text by other templates."""
        template = translate(self.template, self.many, self.amount)
        if not self.values:
            return template
        values = {k: v.translated(translate) if isinstance(v, Said) else v for k, v in self.values.items()}
        return fill(template, **values)


class _Spaced(Formatter):
    """Fills in templates as `str.format` does, and sets a percent sign apart from its number, as all units are."""

    def format_field(self, value: Any, format_spec: str) -> str:
        text = super().format_field(value, format_spec)
        return text.replace("%", " %") if format_spec.endswith("%") else text


_spaced = _Spaced()


def fill(template: str, **values: Any) -> str:
    """Fill in a template's named places.

    Example:
        >>> fill("{name} ended at {error:.1%}", name="resnet20", error=0.0875)
        'resnet20 ended at 8.8 %'
    """
    return _spaced.vformat(template, (), values)


def percent(fraction: float, digits: int = 1) -> str:
    """Write a fraction in percent with so many decimals.

    Example:
        >>> percent(0.0875), percent(0.0875, 2)
        ('8.8 %', '8.75 %')
    """
    return fill("{fraction:.{digits}%}", fraction=fraction, digits=digits)


def say(template: str, **values: Any) -> Said:
    """Fill in a template's named places, and remember them.

    Example:
        >>> say("{name} ended at {error:.1%}", name="resnet20", error=0.0875)
        'resnet20 ended at 8.8 %'
    """
    return _said(fill(template, **values), template, None, None, values)


def say_count(one: str, many: str, count: int, **values: Any) -> Said:
    """Fill in the template that fits a count, which is one of its values.

    Example:
        >>> say_count("{count} run", "{count} runs", 2)
        '2 runs'
    """
    values = {"count": count, **values}
    return _said(fill(one if count == 1 else many, **values), one, many, count, values)


def together(texts: Iterable[str], between: str = " ") -> Said:
    """Put texts one behind the other; empty ones are left out.

    Example:
        >>> together(["plain 20", "residual 20"], ", ")
        'plain 20, residual 20'
    """
    values = {f"text{at}": text for at, text in enumerate(text for text in texts if text)}
    template = between.join(f"{{{name}}}" for name in values)
    return _said(fill(template, **values), template, None, None, values)


def N_(text: str) -> Said:
    """Mark a text without places, such as a heading that is kept as data."""
    return _said(text, text, None, None, {})


def _said(text: str, template: str, many: str | None, amount: int | None, values: dict[str, Any]) -> Said:
    said = Said(text)
    said.template, said.many, said.amount, said.values = template, many, amount, values
    return said
