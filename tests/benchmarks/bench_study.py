"""The degradation study, from a click on Home to its first curve and to its verdict, in Chromium."""

from tests.benchmarks import Row
from tests.browser.screenshot import run_study


def run() -> list[Row]:
    times = run_study()
    return [
        Row("Study: from the click to the first curve", times.first_curve, "s", "under 15 s", times.first_curve < 15),
        Row("Study: from the click to the verdict", times.verdict, "s", "under 150 s", times.verdict < 150),
    ]
