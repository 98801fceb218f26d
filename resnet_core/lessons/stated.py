"""Whether a sentence states a number, in whatever unit and rounding people write it."""

import re

_NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?")

_PERCENT = re.compile(rf"({_NUMBER.pattern})\s*%")

_SCALES = (1, 100, 1e-3, 1e-6, 1e-9, 1e-12, 1e-4, 1e-8, 1e3)
"""As it is; percent; thousands, millions, billions, trillions; the Korean 만 and 억; thousandths."""


def states(text: str, number: float, tolerance: float = 0.0) -> bool:
    """Say whether a number stands in a text: as it is, rounded, in percent, or in thousands, millions and so on.

    Args:
        text: a sentence.
        number: what it should say.
        tolerance: how far the text may be off, in the number's own unit.

    Example:
        >>> states("It has 853,018 parameters.", 853018), states("0.85 million parameters", 853018)
        (True, True)
        >>> states("It has 853,081 parameters.", 853018)
        False
    """
    return any(_matches(match[0], number, tolerance, _SCALES) for match in _NUMBER.finditer(text))


def states_percent(text: str, number: float, tolerance: float = 0.0) -> bool:
    """Say whether a number stands in a text in percent.

    Args:
        text: a sentence.
        number: what it should say, as a fraction.
        tolerance: how far the text may be off, as a fraction.

    Example:
        >>> states_percent("an error of 8.75 %", 0.0875), states_percent("8.75 million", 8_750_000)
        (True, False)
    """
    return any(_matches(match[1], number, tolerance, (100,)) for match in _PERCENT.finditer(text))


def _matches(written: str, number: float, tolerance: float, scales: tuple[float, ...]) -> bool:
    plain = written.replace(",", "").replace("−", "-")
    decimals = len(plain.partition(".")[2])
    half = 0.5 * 10.0**-decimals
    return any(
        abs(float(plain) - number * scale) <= tolerance * scale + half * (1 + 1e-9) and _digits(plain, number * scale)
        for scale in scales
    )


def _digits(plain: str, scaled: float) -> bool:
    """Keep "1" from standing for 0.85 million: a rounding must leave two digits, unless nothing was rounded."""
    digits = len(plain.lstrip("-0.").replace(".", ""))
    return digits >= 2 or abs(float(plain) - scaled) <= 1e-9 * max(abs(scaled), 1.0)
