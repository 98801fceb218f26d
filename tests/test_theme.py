"""Colors can be told apart on a light and on a dark page; numbers stay short and never lie by rounding."""

import math
import re
import tomllib
from pathlib import Path

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import theme

CONFIG = tomllib.loads((Path(__file__).resolve().parents[1] / ".streamlit" / "config.toml").read_text())
LIGHT, DARK = CONFIG["theme"]["light"], CONFIG["theme"]["dark"]


def test_main_colors_stand_out_on_both_pages():
    for color in (theme.PLAIN, theme.RESIDUAL, *theme.GROUPS[:3]):
        assert _contrast(color, LIGHT["backgroundColor"]) >= 2.9
    for color in theme.OKABE_ITO.values():
        assert _contrast(theme.DARK_VARIANTS[color], DARK["backgroundColor"]) >= 4.5


@pytest.mark.parametrize("page", [LIGHT, DARK], ids=["light", "dark"])
def test_words_and_links_are_legible_on_every_background(page):
    for word in ("textColor", "linkColor", "codeTextColor"):
        for background in ("backgroundColor", "secondaryBackgroundColor"):
            assert _contrast(page[word], page[background]) >= 4.5


def test_streamlits_own_charts_share_the_palette():
    assert LIGHT["chartCategoricalColors"] == [theme.RESIDUAL, theme.PLAIN, *theme.GROUPS]
    assert DARK["chartCategoricalColors"] == [theme.DARK_VARIANTS[color] for color in LIGHT["chartCategoricalColors"]]


def test_no_traceback_reaches_a_page_and_no_question_the_first_start():
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["server"]["showEmailPrompt"] is False
    assert CONFIG["runner"]["postScriptGC"] is False


@given(st.floats(1, 1e14))
def test_big_is_true_to_three_digits(number):
    value, _, unit = theme.big(number).partition(" ")
    read = float(value) * {"": 1, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}[unit]
    assert read == pytest.approx(number, rel=0.0051)
    assert len(value) <= 4 or number > 999e12


@given(st.floats(0.001, 1e7))
def test_seconds_can_be_read_back(duration):
    parts = re.findall(r"([\d.]+) (ms|s|min|h|d)", theme.seconds(duration))
    sizes = {"ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86400}
    read = sum(float(number) * sizes[unit] for number, unit in parts)
    assert 1 <= len(parts) <= 2
    assert read == pytest.approx(duration, rel=0.05, abs=0.0005)


@pytest.mark.parametrize("write", [theme.big, theme.memory, theme.seconds, theme.percent])
def test_what_is_not_a_number_is_unknown(write):
    assert write(math.nan) == write(math.inf) == "unknown"


def test_deeper_networks_have_heavier_lines():
    widths = [theme.line_width(depth) for depth in (20, 32, 44, 56, 110)]
    assert widths == sorted(set(widths))


def test_style_leaves_what_the_figure_has_set():
    figure = theme.style(go.Figure(layout={"font": {"size": 20}, "hovermode": "closest"}))
    assert figure.layout.font.size == 20
    assert figure.layout.hovermode == "closest"
    assert figure.layout.template.layout.plot_bgcolor == "rgba(0,0,0,0)"


def _contrast(one: str, other: str) -> float:
    """Return the contrast ratio as WCAG 2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
