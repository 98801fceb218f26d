"""The networks that have a name, and what was published about them."""

import re

import pytest

from resnet_core import PRESETS, build_graph, count_costs, get_spec
from resnet_core.errors import SpecError
from resnet_core.families import preset_of
from resnet_core.published import RESNET50_READINGS, published_for

EXPECTED = {
    *(f"resnet{n}" for n in (20, 32, 44, 56, 110, 1202, 18, 34, 50, 101, 152)),
    *(f"plain{n}" for n in (20, 32, 44, 56, 110, 18, 34, 50)),
    *(f"pocket_resnet{n}" for n in (20, 32, 44, 56, 110, 1202)),
    *(f"pocket_plain{n}" for n in (20, 32, 44, 56, 110)),
    *(f"resnet{n}_v1_5" for n in (50, 101, 152)),
    *(f"keras_resnet{n}" for n in (50, 101, 152)),
    "study_resnet20_nadam",
}


def test_every_network_of_the_design_has_a_name():
    assert set(PRESETS) == EXPECTED


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_name_keeps_what_it_says(name):
    preset = PRESETS[name]
    assert preset.spec.depth == int(re.search(r"\d+", name)[0])
    assert preset.spec.residual == ("plain" not in name)
    assert (preset.spec.input_size == 16) == name.startswith("pocket_")
    assert preset.source and preset.family
    assert preset_of(preset.spec).spec == preset.spec


def test_a_network_without_a_name_has_no_preset():
    assert preset_of(get_spec("resnet20").model_copy(update={"width": 17})) is None


@pytest.mark.parametrize(
    ("typed", "meant"), [("resnet5", "resnet50"), ("ResNet-20", "resnet20"), ("plain_56", "plain56")]
)
def test_a_mistyped_name_is_answered_with_near_ones(typed, meant):
    with pytest.raises(SpecError, match=rf"no preset is called '{typed}': did you mean .*{meant}"):
        get_spec(typed)


def test_a_name_of_any_length_gives_a_short_line():
    with pytest.raises(SpecError) as caught:
        get_spec("x" * 100_000)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_our_counts_round_to_what_was_published(name):
    total = count_costs(build_graph(get_spec(name))).total
    for figure in published_for(name):
        assert figure.source and figure.convention
        if figure.quantity in ("params", "trainable", "macs"):
            assert figure.agrees(getattr(total, figure.quantity)), figure
        else:
            assert 0 < figure.value < 0.3


def test_published_figures_are_those_of_the_sources():
    texts = {name: [figure.text for figure in published_for(name)] for name in PRESETS}
    assert texts["resnet56"] == ["0.85M", "6.97 %"]
    assert texts["resnet34"] == ["3.6 × 10⁹", "21,797,672"]
    assert texts["resnet50_v1_5"] == ["25,557,032"]
    assert texts["keras_resnet152"] == ["60,419,944", "60,268,520"]
    assert texts["study_resnet20_nadam"] == ["295,306", "293,738", "91 % correct", "76 % correct", "74 % correct"]
    assert published_for("plain20") == published_for("no such preset") == ()


def test_a_figure_of_another_network_does_not_agree():
    (params, _) = published_for("resnet56")
    assert not params.agrees(count_costs(build_graph(get_spec("resnet44"))).total.params)
    exact = published_for("keras_resnet50")[0]
    assert exact.agrees(25_636_712) and not exact.agrees(25_636_713)


def test_readings_of_resnet50_follow_from_our_counts_and_their_conventions():
    v1 = count_costs(build_graph(get_spec("resnet50"))).total
    v1_5 = count_costs(build_graph(get_spec("resnet50_v1_5"))).total
    expected = {
        3.8: v1.macs,
        3.858: v1.macs,
        4.089: v1_5.macs,
        7.755: v1.flops,
        8.18: 2 * v1_5.macs,
    }
    readings = {reading.billions for reading in RESNET50_READINGS}
    assert readings == set(expected) | {4.11, 4.13}
    for billions, ours in expected.items():
        assert ours / 1e9 == pytest.approx(billions, rel=0.016 if billions == 3.8 else 0.0005)
