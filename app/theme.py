"""How the lab looks and how it writes numbers: colors, line weights, number formats and the style of every figure.

Pure: charts import it, so it never imports streamlit.
"""

import math

import plotly.graph_objects as go

from app.language import _

PLAIN = "#D55E00"
RESIDUAL = "#0072B2"

OKABE_ITO: dict[str, str] = {
    "vermilion": PLAIN,
    "blue": RESIDUAL,
    "green": "#009E73",
    "purple": "#CC79A7",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "gray": "#6B7280",
}
"""Okabe and Ito's colors, which color-blind readers can tell apart. Their yellow is too pale on white, their black
vanishes on a dark page: gray stands in for both."""

GROUPS: tuple[str, ...] = tuple(OKABE_ITO[name] for name in ("green", "purple", "gray", "orange", "sky"))
"""For groups that are neither plain nor residual, in this order: the palest on white come last."""

FONT = (
    "'Source Sans', 'Source Sans Pro', 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', "
    "'NanumGothic', sans-serif"
)
"""Streamlit's own, then what has Korean on macOS, Windows and Linux."""

DARK_VARIANTS: dict[str, str] = {
    PLAIN: "#F28C4B",
    RESIDUAL: "#4DA6E0",
    OKABE_ITO["green"]: "#35C496",
    OKABE_ITO["purple"]: "#DE9BC2",
    OKABE_ITO["orange"]: "#F0B93A",
    OKABE_ITO["sky"]: "#8CCBF2",
    OKABE_ITO["gray"]: "#A3ACB9",
}
"""The same hue, lighter, for a dark page. Figures are made with the light colors; the chart widget swaps them in the
browser, because only the browser knows which theme its reader chose."""


def kind_color(residual: bool) -> str:
    """Return the color of a plain or a residual network."""
    return RESIDUAL if residual else PLAIN


def group_color(position: int) -> str:
    """Return the color of the group at a position counted from 0; the colors repeat after the last."""
    return GROUPS[position % len(GROUPS)]


def faint(color: str, opacity: float = 0.25) -> str:
    """Return a `#RRGGBB` color as rgba, for bands and raw curves behind a smoothed one."""
    red, green, blue = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def line_width(depth: int) -> float:
    """Return a curve's width in pixels: one more for each doubling of the depth, so that 56 layers outweigh 20.

    Args:
        depth: weighted layers of the network.

    Example:
        >>> [line_width(depth) for depth in (8, 20, 56, 110, 1202)]
        [1.2, 2.0, 3.5, 4.5, 5.0]
    """
    return round(min(max(2 + math.log2(max(depth, 1) / 20), 1.2), 5.0), 1)


def count(number: float) -> str:
    """Write a whole number with its thousands apart.

    Example:
        >>> count(295306)
        '295,306'
    """
    return f"{round(number):,}"


def big(number: float) -> str:
    """Write a large number with three digits and a unit prefix; below 1,000 as it is.

    Example:
        >>> big(40_551_040), big(3_857_973_248), big(999_999), big(512)
        ('40.6 M', '3.86 G', '1.00 M', '512')
    """
    return _scaled(number, 1000, ("", "K", "M", "G", "T"))


def memory(size: float) -> str:
    """Write a size in bytes with a decimal prefix.

    Example:
        >>> memory(923_000_000), memory(2_048), memory(12)
        ('923 MB', '2.05 KB', '12 B')
    """
    return _scaled(size, 1000, ("B", "KB", "MB", "GB", "TB"))


def seconds(duration: float) -> str:
    """Write a duration with at most two units.

    Example:
        >>> seconds(0.034), seconds(3.21), seconds(100), seconds(7260), seconds(200_000)
        ('34 ms', '3.2 s', '1 min 40 s', '2 h 1 min', '2 d 8 h')
    """
    if not math.isfinite(duration):
        return _("unknown")
    if duration < 0.9995:
        return _("{number} ms").format(number=f"{duration * 1000:.0f}")
    if duration < 9.95:
        return _("{number} s").format(number=f"{duration:.1f}")
    whole = round(duration)
    if whole < 60:
        return _("{number} s").format(number=whole)
    if whole < 3600:
        return _pair(whole, 60, _("{number} min"), _("{number} s"))
    minutes = round(duration / 60)
    if minutes < 24 * 60:
        return _pair(minutes, 60, _("{number} h"), _("{number} min"))
    return _pair(round(duration / 3600), 24, _("{number} d"), _("{number} h"))


def stated(value: float) -> str:
    """Write a number that somebody states, with its thousands apart and no more decimals than it has.

    Example:
        >>> stated(853018.0), stated(0.0697), stated(3.857973248)
        ('853,018', '0.0697', '3.85797')
    """
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.6g}"


def stated_percent(fraction: float) -> str:
    """Write a fraction that somebody states in percent, as a claim or a target; what is measured is for `percent`.

    Example:
        >>> stated_percent(0.3), stated_percent(0.125)
        ('30 %', '12.5 %')
    """
    return f"{stated(100 * fraction)} %"


def percent(fraction: float) -> str:
    """Write a measured fraction 0..1 in percent, with two decimals below 10 % and one above; none and all without.

    Example:
        >>> percent(0.0875), percent(0.1902), percent(1)
        ('8.75 %', '19.0 %', '100 %')
    """
    if not math.isfinite(fraction):
        return _("unknown")
    value = 100 * fraction
    digits = 0 if fraction in (0, 1) else 2 if abs(value) < 9.995 else 1
    return f"{value:.{digits}f} %"


def speed(images_per_second: float) -> str:
    """Write a training speed.

    Example:
        >>> speed(812.4), speed(2.26)
        ('812 images/s', '2.3 images/s')
    """
    digits = 1 if images_per_second < 9.95 else 0
    return _("{number} images/s").format(number=f"{images_per_second:,.{digits}f}")


def style(figure: go.Figure) -> go.Figure:
    """Give a figure the lab's look, in place, and return it.

    The background is transparent and neutral colors are left to the chart widget, which knows the reader's theme.
    What the figure has set itself stays.
    """
    figure.update_layout(template=TEMPLATE)
    return figure


def _scaled(number: float, step: int, units: tuple[str, ...]) -> str:
    if not math.isfinite(number):
        return _("unknown")
    power = 0
    # 999.5 would be written as 1000: it belongs to the next prefix.
    while abs(number) >= step - 0.5 and power < len(units) - 1:
        number /= step
        power += 1
    if power == 0:
        text = f"{number:.0f}" if float(number).is_integer() else f"{number:.3g}"
    else:
        text = f"{number:.{_decimals(number)}f}"
    return f"{text} {units[power]}".rstrip()


def _decimals(number: float) -> int:
    """Return the decimals that leave three digits."""
    size = abs(number)
    return 2 if size < 9.995 else 1 if size < 99.95 else 0


def _pair(whole: int, base: int, large: str, small: str) -> str:
    major, minor = divmod(whole, base)
    text = large.format(number=major)
    return f"{text} {small.format(number=minor)}" if minor else text


_AXIS = {
    "automargin": True,
    "showline": False,
    "ticks": "outside",
    "ticklen": 4,
    "tickcolor": "rgba(0,0,0,0)",
    "spikedash": "solid",
    "spikethickness": 1,
    "title": {"standoff": 8, "font": {"size": 14}},
    "zeroline": False,
}

TEMPLATE = go.layout.Template(
    layout={
        "colorway": [RESIDUAL, PLAIN, *GROUPS],
        "font": {"family": FONT, "size": 14},
        "hoverlabel": {"namelength": -1},
        "hovermode": "x unified",
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
        "margin": {"l": 8, "r": 12, "t": 40, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "title": {"x": 0, "xanchor": "left", "xref": "paper", "font": {"size": 16}},
        "xaxis": {**_AXIS, "showgrid": False},
        "yaxis": {**_AXIS, "gridwidth": 1},
    }
)
