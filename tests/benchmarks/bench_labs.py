"""How soon each lab of the lessons answers a move of a slider: numbers, figures and the sentence, nothing cached."""

from app.charts.packing import chart_json
from app.labs.lab import Lab, is_live, load_lab
from resnet_core.lessons.labs import LABS, LabValues
from tests.benchmarks import Row
from tests.benchmarks.timing import best_of

INSTANT, SLOW = 0.2, 2.0


def run() -> list[Row]:
    return [_row(name, lab, LABS[name]()) for name in sorted(LABS) if not is_live(lab := load_lab(name))]


def _row(name: str, lab: Lab, values: LabValues) -> Row:
    target = SLOW if getattr(lab, "SLOW", False) else INSTANT
    took = best_of(lambda: _respond(lab, values), repeats=3)
    return Row(f"Lab {name}: from values to figures", took * 1e3, "ms", f"under {target:g} s", took < target)


def _respond(lab: Lab, values: LabValues) -> str:
    """Do what the frame does for one move, as far as this computer does it."""
    answer = lab.answer(values)
    figures = [chart_json(panel.figure) for panel in lab.panels(values, answer) if panel.figure is not None]
    return lab.sentence(values, answer) + "".join(figures)
