"""What the labs of micro networks say about numbers that are given here, without training anything."""

from app.labs import variants
from resnet_core.lessons.labs.micro import VariantsValues


def test_variants_that_are_level_are_all_named():
    every = dict.fromkeys(variants.VARIANTS, (1.0, 1.0, 1.0))
    answer = variants.Answer({**every, "plain": (0.4, 0.5, 0.9), "bare": (0.5, 0.502, 0.6)})
    said = variants.sentence(VariantsValues(depth=30), answer)
    best, _dot, worst = said.partition("Lowest")
    assert "30 layers: 100 % (residual (2015); pre-activation (2016); stochastic depth" in best and "bare" not in best
    assert worst.startswith(": 50 % (plain; residual, no batch normalization).")
    all_level = variants.sentence(VariantsValues(depth=10), variants.Answer(every))
    assert all_level == "With 10 layers all of them reach 100 %: medians of 3 seeds."


def test_no_variant_falls_off_the_picture():
    answer = variants.Answer(dict.fromkeys(variants.VARIANTS, (0.1, 0.2, 0.3)))
    (panel,) = variants.panels(VariantsValues(), answer)
    low, high = panel.figure.layout.xaxis.range
    assert all(low <= value <= high for trace in panel.figure.data for value in trace.x)
