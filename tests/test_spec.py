"""The description of a network: what it derives, refuses, and survives unchanged."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from resnet_core import PRESETS, build_graph, count_costs, get_spec, make_spec
from resnet_core.errors import SpecError
from resnet_core.spec import ResNetSpec, parse_spec
from tests.specs import any_spec

ROOT = Path(__file__).resolve().parents[1]


@settings(max_examples=200)
@given(any_spec())
def test_json_and_url_bring_back_the_same_network(spec):
    assert parse_spec(spec.model_dump_json()) == spec
    query = spec.to_query()
    assert all(isinstance(text, str) for text in query.values())
    assert ResNetSpec.from_query(query) == spec
    assert make_spec(spec.model_dump()).key == spec.key


def test_a_url_holds_only_what_differs_from_the_default():
    assert ResNetSpec().to_query() == {}
    spec = make_spec({"stages": (2, 2), "residual": False, "shortcut": "conv3x3", "bn_epsilon": 0.001})
    assert spec.to_query() == {"stages": "2-2", "residual": "0", "shortcut": "conv3x3", "bn_epsilon": "0.001"}


def test_keys_are_equal_on_every_machine_and_for_equal_networks_only():
    specs = {name: preset.spec for name, preset in PRESETS.items()}
    code = (
        "from resnet_core import PRESETS; import json; print(json.dumps({n: p.spec.key for n, p in PRESETS.items()}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    keys = json.loads(done.stdout)
    assert keys == {name: spec.key for name, spec in specs.items()}
    assert len(set(keys.values())) == len(set(specs.values()))
    # Links and databases hold keys: a change here orphans them.
    assert keys["resnet20"] == "d0a27d69c10d"


def test_a_spec_can_be_a_key_and_cannot_be_changed():
    spec = get_spec("resnet20")
    assert {spec: 1}[make_spec({"stages": [3, 3, 3]})] == 1
    with pytest.raises(ValidationError):
        spec.width = 32


@pytest.mark.parametrize(
    ("values", "depth", "name"),
    [
        ({"stages": (3, 3, 3)}, 20, "resnet20"),
        ({"stages": (9, 9, 9), "residual": False, "input_size": 16}, 56, "plain56-16px"),
        ({"stages": (3, 3, 3), "shortcut": "B", "width": 32}, 20, "resnet20-w32-B"),
        ({"stages": (2, 2), "block": "bottleneck", "stride_on": "conv3x3"}, 14, "resnet14-2x2-bottleneck-v1.5"),
        ({"stages": (1, 1, 1), "order": "pre", "batch_norm": False, "conv_bias": True}, 8, "resnet8-pre-nobn-bias"),
        ({"stages": (1, 1, 1), "padding": "explicit", "zero_gamma": True}, 8, "resnet8-padded-zerogamma"),
        ({"stages": (1,), "residual": False, "shortcut": "C"}, 4, "plain4-1"),
    ],
)
def test_depth_and_name_follow_from_the_choices(values, depth, name):
    spec = make_spec(values)
    assert (spec.depth, spec.name) == (depth, name)


def test_twins_differ_in_their_shortcuts_alone():
    spec = make_spec({"zero_gamma": True, "width": 8})
    twin = spec.plain_twin()
    assert (twin.residual, twin.zero_gamma) == (False, False)
    assert twin.residual_twin() == spec.model_copy(update={"zero_gamma": False})
    assert make_spec(twin.model_dump()) == twin


def test_a_twin_beyond_the_limits_is_refused():
    plain = make_spec(get_spec("plain50").model_dump() | {"stages": (3, 8, 36, 3), "width": 120})
    with pytest.raises(SpecError, match=r"about 207,704,040 parameters received, at most 200,000,000 are allowed"):
        plain.twin()
    assert make_spec(plain.model_dump() | {"shortcut": "A"}).twin().residual


LIMITS = [
    ({"stages": (3, 0, 3)}, "stages must all be >= 1, received (3, 0, 3): give each stage at least one block"),
    ({"stages": (3, -1)}, "stages must all be >= 1, received (3, -1)"),
    ({"stages": ()}, "stages must have 1 or more values (received ())"),
    ({"stages": (1,) * 301, "input_size": 512}, "stages must have at most 8 values, received 301: leave some out"),
    ({"stages": "3-3"}, "stages"),
    ({"stages": (334, 333, 333)}, "2,002 layers received, at most 2,000 are allowed: use fewer blocks"),
    ({"stages": (10**30,)}, "layers received, at most 2,000 are allowed"),
    ({"stages": (9, 9, 9), "width": 512}, "parameters received, at most 200,000,000 are allowed: use less width"),
    ({"classes": 100_000, "width": 2048}, "parameters received, at most 200,000,000 are allowed"),
    ({"input_size": 513}, "input_size must be less than or equal to 512 (received 513)"),
    ({"input_size": 0}, "input_size must be greater than or equal to 1 (received 0)"),
    (
        {"input_size": 3},
        "an image of 3 pixels is too small for strides of 4 in all: use at least 4 pixels or fewer stages",
    ),
    (
        {"input_size": 15, "stem": "imagenet"},
        "an image of 15 pixels is too small for strides of 16 in all: use at least 16 pixels or fewer stages or the "
        "cifar stem (3x3)",
    ),
    ({"input_size": 3, "stem": "imagenet", "stages": (1,)}, "use at least 4 pixels or the cifar stem (3x3)"),
    ({"classes": 1}, "classes must be greater than or equal to 2 (received 1)"),
    ({"width": 0}, "width must be greater than or equal to 1 (received 0)"),
    ({"width": "wide"}, "width must be a valid integer (received 'wide')"),
    ({"width": "wide" * 500}, "(received 'widewidewidewidewidewidewid..."),
    ({"width": None}, "width"),
    ({"bn_momentum": 1}, "bn_momentum must be less than 1 (received 1)"),
    ({"bn_epsilon": float("nan")}, "bn_epsilon"),
    ({"shortcut": "D"}, "(received 'D')"),
    ({"zero_gamma": True, "residual": False}, "zero_gamma needs batch_norm and residual"),
    ({"zero_gamma": True, "batch_norm": False}, "received batch_norm=False and residual=True: switch zero_gamma off"),
    ({"depht": 3}, "unknown field 'depht': a spec has stages, width"),
    ([1, 2], "a spec is a JSON object of fields, received list"),
]


@pytest.mark.parametrize(("values", "said"), LIMITS, ids=[str(values)[:50] for values, _ in LIMITS])
def test_what_cannot_be_built_is_refused_in_one_line(values, said):
    with pytest.raises(SpecError) as caught:
        make_spec(values)
    line = str(caught.value)
    assert said in line
    assert "\n" not in line and len(line) < 500
    assert caught.value.exit_code == 2


def test_the_limits_themselves_are_allowed():
    assert make_spec({"stages": (333, 333, 333), "width": 2}).depth == 2_000
    assert make_spec({"stages": (1, 1, 1), "input_size": 4}).total_stride == 4
    assert make_spec({"input_size": 512, "classes": 2}).input_size == 512


@settings(max_examples=100)
@given(any_spec(), st.integers(500, 2048))
def test_the_size_that_is_refused_is_the_size_that_the_graph_has(spec, width):
    values = spec.model_dump() | {"width": width}
    unchecked = ResNetSpec.model_construct(**{name: getattr(spec, name) for name in values} | {"width": width})
    graph = build_graph(unchecked)
    costs = count_costs(graph)
    weights = sum(
        costs.by_node[node.name].params - (node.output_shape[-1] if node.attributes.get("use_bias") else 0)
        for node in graph.nodes
        if node.kind == "Conv2D"
    )
    weights += graph.nodes[-2].output_shape[-1] * spec.classes
    if weights > 200_000_000:
        with pytest.raises(SpecError, match=f"about {weights:,} parameters received"):
            make_spec(values)
    else:
        make_spec(values)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "the spec is not valid JSON"),
        ('{"stages": [3,}', "line 1, column"),
        ("[" * 200_000, "nested too deeply"),
        ("null", "received NoneType"),
        ('{"bn_epsilon": NaN}', "bn_epsilon"),
        ('{"width": 1e400}', "width"),
    ],
)
def test_broken_json_is_refused_in_one_line(text, said):
    with pytest.raises(SpecError) as caught:
        parse_spec(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "query",
    [{"stages": "3-x"}, {"stages": ""}, {"width": "many"}, {"residual": "perhaps"}, {"nonsense": "1"}, {"block": ""}],
    ids=str,
)
def test_a_mangled_url_is_refused(query):
    with pytest.raises(SpecError):
        ResNetSpec.from_query(query)
