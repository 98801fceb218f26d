"""The graph of any network: names, order, connections and shapes."""

import pytest
from hypothesis import given, settings

from resnet_core import PRESETS, build_graph, get_spec, make_spec
from resnet_core.graph import Graph, Node
from tests.specs import any_spec


@settings(max_examples=300)
@given(any_spec())
def test_any_graph_can_be_computed_in_its_order(spec):
    graph = build_graph(spec)
    seen: set[str] = set()
    for node in graph.nodes:
        assert node.name not in seen
        assert set(node.inputs) <= seen, node.name
        assert len(node.inputs) == {"InputLayer": 0, "Add": 2}.get(node.kind, 1), node.name
        seen.add(node.name)
    read = {name for node in graph.nodes for name in node.inputs}
    assert seen - read == {"head_dense"}  # nothing is computed in vain


@settings(max_examples=300)
@given(any_spec())
def test_shapes_follow_from_what_each_layer_does(spec):
    graph = build_graph(spec)
    for node in graph.nodes:
        inputs = [graph.node(name).output_shape for name in node.inputs]
        assert node.output_shape == shape_after(node, inputs), node.name
        assert min(node.output_shape) >= 1
    assert graph.nodes[-1].output_shape == (spec.classes,)


def shape_after(node: Node, inputs: list[tuple[int, ...]]) -> tuple[int, ...]:
    """Work a shape out by sliding windows over pixels, one by one."""
    a = node.attributes
    match node.kind:
        case "InputLayer":
            return node.output_shape
        case "Add":
            assert inputs[0] == inputs[1]
            return inputs[0]
        case "GlobalAveragePooling2D":
            return inputs[0][-1:]
        case "Dense":
            return (a["units"],)
        case "ZeroPadding2D":
            h, w, c = inputs[0]
            return h + 2 * a["padding"], w + 2 * a["padding"], c
        case "PadShortcut":
            h, w, c = inputs[0]
            assert c <= a["filters"]
            return len(range(0, h, a["strides"])), len(range(0, w, a["strides"])), a["filters"]
        case "Conv2D" | "MaxPooling2D":
            h, w, c = inputs[0]
            size = a.get("kernel_size") or a["pool_size"]
            reach = 1 if a["padding"] == "same" else size
            sides = (len(range(0, side - reach + 1, a["strides"])) for side in (h, w))
            return (*sides, a.get("filters", c))
        case "BatchNormalization" | "Activation":
            return inputs[0]
    raise AssertionError(f"unexpected kind {node.kind}")


@settings(max_examples=200)
@given(any_spec())
def test_a_network_has_the_layers_that_its_choices_name(spec):
    graph = build_graph(spec)
    kinds = [node.kind for node in graph.nodes]
    on_path = [node for node in graph.nodes if node.kind in ("Conv2D", "Dense") and not node.on_shortcut]
    assert len(on_path) == spec.depth
    assert kinds.count("Add") == (sum(spec.stages) if spec.residual else 0)
    assert ("BatchNormalization" in kinds) == spec.batch_norm
    assert list(graph.stages()) == ["stem", *(f"stage{i + 1}" for i in range(len(spec.stages))), "head"]
    assert [sum(name.startswith(f"stage{i + 1}_") for name in graph.blocks()) for i in range(len(spec.stages))] == list(
        spec.stages
    )
    if not spec.residual:
        assert not any(node.on_shortcut for node in graph.nodes)
    if spec.padding == "same":
        assert "ZeroPadding2D" not in kinds


@settings(max_examples=100)
@given(any_spec())
def test_a_plain_twin_is_the_network_without_its_shortcuts(spec):
    residual = build_graph(spec.residual_twin())
    plain = build_graph(spec.plain_twin())
    kept = [node for node in residual.nodes if not node.on_shortcut and node.kind != "Add"]
    assert [(n.name, n.kind, n.output_shape) for n in kept] == [(n.name, n.kind, n.output_shape) for n in plain.nodes]


BASIC = ["conv1", "bn1", "relu1", "conv2", "bn2"]


@pytest.mark.parametrize(
    ("change", "layers"),
    [
        ({}, [*BASIC, "shortcut_pad", "add", "relu"]),
        ({"residual": False}, [*BASIC, "relu"]),
        ({"shortcut": "B"}, [*BASIC, "shortcut_conv", "shortcut_bn", "add", "relu"]),
        ({"order": "pre"}, ["bn1", "relu1", "conv1", "bn2", "relu2", "conv2", "shortcut_pad", "add"]),
        ({"order": "pre", "shortcut": "B"}, ["bn1", "relu1", "conv1", "bn2", "relu2", "conv2", "shortcut_conv", "add"]),
        ({"batch_norm": False}, ["conv1", "relu1", "conv2", "shortcut_pad", "add", "relu"]),
        (
            {"shortcut": "conv3x3", "padding": "explicit"},
            ["pad", *BASIC, "shortcut_conv", "shortcut_bn", "add", "relu"],
        ),
        (
            {"block": "bottleneck", "shortcut": "B"},
            [*BASIC, "relu2", "conv3", "bn3", "shortcut_conv", "shortcut_bn", "add", "relu"],
        ),
    ],
    ids=str,
)
def test_a_block_that_changes_the_shape_has_these_layers(change, layers):
    graph = build_graph(make_spec({"stages": (1, 1), "width": 4} | change))
    assert [node.name.removeprefix("stage2_block1_") for node in graph.blocks()["stage2_block1"]] == layers


def test_a_shortcut_reads_what_its_kind_says():
    def reads(name, **choices):
        return build_graph(make_spec({"stages": (1, 1), "width": 4} | choices)).node(f"stage2_block1_{name}").inputs

    assert reads("add") == ("stage2_block1_bn2", "stage2_block1_shortcut_pad")
    assert reads("shortcut_pad") == ("stage1_block1_relu",)
    assert reads("shortcut_conv", shortcut="B") == ("stage1_block1_relu",)
    assert reads("shortcut_conv", shortcut="B", order="pre") == ("stage2_block1_relu1",)
    assert reads("shortcut_pad", order="pre") == ("stage1_block1_add",)
    assert reads("shortcut_conv", shortcut="conv3x3", padding="explicit") == ("stage2_block1_pad",)
    assert reads("shortcut_pad", shortcut="conv3x3", padding="explicit", block="bottleneck") == ("stage1_block1_relu",)


@pytest.mark.parametrize(("stride_on", "strides"), [("first", (2, 1, 1)), ("conv3x3", (1, 2, 1))])
def test_a_bottleneck_halves_the_image_where_it_is_told_to(stride_on, strides):
    graph = build_graph(make_spec({"stages": (1, 1), "block": "bottleneck", "stride_on": stride_on}))
    convs = [graph.node(f"stage2_block1_conv{i}") for i in (1, 2, 3)]
    assert tuple(conv.attributes["strides"] for conv in convs) == strides
    assert [conv.attributes["filters"] for conv in convs] == [32, 32, 128]


def test_zero_gamma_is_on_the_last_normalization_of_each_residual_path():
    graph = build_graph(make_spec({"stages": (2,), "zero_gamma": True, "shortcut": "C"}))
    zeros = [node.name for node in graph.nodes if node.attributes.get("gamma_initializer") == "zeros"]
    assert zeros == ["stage1_block1_bn2", "stage1_block2_bn2"]


def test_imagenet_stages_have_the_papers_output_sizes():
    graph = build_graph(get_spec("resnet50"))
    shapes = {part: nodes[-1].output_shape for part, nodes in graph.stages().items()}
    assert shapes == {
        "stem": (56, 56, 64),
        "stage1": (56, 56, 256),
        "stage2": (28, 28, 512),
        "stage3": (14, 14, 1024),
        "stage4": (7, 7, 2048),
        "head": (1000,),
    }


def test_addresses_are_read_back_from_names():
    graph = build_graph(get_spec("resnet110"))
    node = graph.node("stage3_block12_conv2")
    assert (node.stage, node.block, node.part, node.on_shortcut) == (3, 12, "stage3", False)
    assert graph.node("stage2_block1_shortcut_pad").on_shortcut
    parts = [(graph.node(name).part, graph.node(name).stage) for name in ("input", "stem_bn", "head_dense")]
    assert parts == [("stem", 0), ("stem", 0), ("head", 0)]
    assert "stage3_block12_conv2" in graph and "stage3_block19_conv1" not in graph
    with pytest.raises(KeyError):
        graph.node("nowhere")


def test_equal_specs_give_equal_graphs():
    for name in ("resnet20", "keras_resnet50"):
        graph = build_graph(get_spec(name))
        assert isinstance(graph, Graph)
        assert graph == build_graph(PRESETS[name].spec)
