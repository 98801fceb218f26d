"""The picture against the graph: every layer is in it once, every connection too, and nothing overlaps."""

import re
import struct
import xml.etree.ElementTree as ElementTree
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, pairwise

import pytest

from resnet_core import build_graph, get_spec, make_spec
from resnet_core.drawing import Detail, draw, layer_label, render, to_dot

SVG = {"svg": "http://www.w3.org/2000/svg"}
SMALL = build_graph(make_spec({"stages": (2, 2), "width": 8}))

VARIANTS = {
    "zero-padded": {},
    "plain": {"residual": False},
    "projections everywhere": {"shortcut": "C"},
    "3x3 projection sharing its padding": {"shortcut": "conv3x3", "padding": "explicit"},
    "3x3 projection with padding of its own": {"shortcut": "conv3x3", "padding": "explicit", "block": "bottleneck"},
    "pre-activation": {"order": "pre", "shortcut": "B"},
    "pre-activation, zero-padded": {"order": "pre"},
    "imagenet stem, v1.5": {"stem": "imagenet", "block": "bottleneck", "stride_on": "conv3x3", "shortcut": "B"},
    "no batch normalization": {"batch_norm": False},
    "one block": {"stages": (1,)},
}


def variant(name: str):
    return build_graph(make_spec({"stages": (2, 3), "width": 4, **VARIANTS[name]}))


def svg_of(graph, detail):
    return ElementTree.fromstring(render(to_dot(graph, detail), "svg"))


def titles(svg, group: str) -> list[str]:
    """Return the titles of nodes or edges in an SVG."""
    found = []
    for element in svg.iter("{http://www.w3.org/2000/svg}g"):
        if group in element.get("class", "").split():
            found.append(element.find("svg:title", SVG).text)
    return found


@pytest.mark.parametrize("name", VARIANTS)
def test_every_layer_and_every_connection_is_in_the_picture(name):
    graph = variant(name)
    svg = svg_of(graph, Detail.LAYERS)
    assert sorted(titles(svg, "node")) == sorted(node.name for node in graph.nodes)
    assert Counter(titles(svg, "edge")) == Counter(f"{a}->{node.name}" for node in graph.nodes for a in node.inputs)


def test_a_layer_carries_its_address_what_it_is_and_its_shape():
    svg = svg_of(SMALL, Detail.LAYERS)
    group = svg.find(".//svg:g[@id='stage2_block1_conv1']", SVG)
    assert [text.text for text in group.findall("svg:text", SVG)] == ["Conv 3x3, 16, /2", "16x16x16"]


def test_blocks_have_a_box_a_sum_and_an_arrow_around_both():
    svg = svg_of(SMALL, Detail.BLOCKS)
    blocks = list(SMALL.blocks())
    assert sorted(titles(svg, "node")) == sorted(
        ["stem", "head", *blocks, *(f"{block}_add" for block in blocks), "stage2_block1_shortcut_pad"]
    )
    assert {"stem->stage1_block1", "stem->stage1_block1_add", "stage1_block1->stage1_block1_add"} <= set(
        titles(svg, "edge")
    )
    around = titles(svg, "shortcut")
    assert len(around) == len(blocks) + 1  # the padded one is an arrow into the padding and one out of it


def test_a_plain_network_is_a_chain():
    svg = svg_of(build_graph(SMALL.spec.plain_twin()), Detail.BLOCKS)
    chain = ["stem", *SMALL.blocks(), "head"]
    assert titles(svg, "edge") == [f"{a}->{b}" for a, b in pairwise(chain)]
    assert titles(svg, "shortcut") == []


def test_stages_are_the_rows_of_the_papers_table():
    svg = svg_of(build_graph(get_spec("resnet50")), Detail.STAGES)
    assert titles(svg, "node") == ["stem", "stage1", "stage2", "stage3", "stage4", "head"]
    texts = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert "6 bottleneck blocks" in texts
    assert "1x1, 64 - 3x3, 64 - 1x1, 256" in texts
    assert "7x7, 64, /2 - Max pool 3x3, /2" in texts


@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("name", VARIANTS)
def test_boxes_do_not_overlap(name, detail):
    boxes = draw(variant(name), detail).layout.boxes
    for a, b in combinations(boxes, 2):
        apart = abs(a.x - b.x) >= (a.width + b.width) / 2 or abs(a.y - b.y) >= (a.height + b.height) / 2
        assert apart, f"{a.name} lies on {b.name}"


@pytest.mark.parametrize("detail", [Detail.BLOCKS, Detail.LAYERS])
@pytest.mark.parametrize("name", [*VARIANTS, "resnet110"])
def test_arrows_start_and_end_at_their_boxes_and_cross_no_other(name, detail):
    graph = variant(name) if name in VARIANTS else build_graph(get_spec(name))
    layout = draw(graph, detail).layout
    boxes = {box.name: box for box in layout.boxes}
    for arrow in layout.arrows:
        tail, head = boxes[arrow.tail], boxes[arrow.head]
        assert on_border(tail, arrow.points[0]), arrow
        assert on_border(head, arrow.points[-1]), arrow
        for a, b in pairwise(arrow.points):
            middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
            hit = [box.name for box in layout.boxes if inside(box, middle)]
            assert not hit, f"{arrow.tail} -> {arrow.head} runs through {hit}"


def on_border(box, point, slack=0.01) -> bool:
    dx, dy = abs(point[0] - box.x), abs(point[1] - box.y)
    if box.round:
        return abs((dx**2 + dy**2) ** 0.5 - box.width / 2) < slack
    inside_frame = dx <= box.width / 2 + slack and dy <= box.height / 2 + slack
    return inside_frame and (abs(dx - box.width / 2) < slack or abs(dy - box.height / 2) < slack)


def inside(box, point, slack=0.5) -> bool:
    if box.round:
        return ((point[0] - box.x) ** 2 + (point[1] - box.y) ** 2) ** 0.5 < box.width / 2 - slack
    return abs(point[0] - box.x) < box.width / 2 - slack and abs(point[1] - box.y) < box.height / 2 - slack


@pytest.mark.parametrize("detail", [Detail.BLOCKS, Detail.LAYERS])
def test_a_deep_network_is_a_page_and_not_a_ribbon(detail):
    layout = draw(build_graph(get_spec("resnet152")), detail).layout
    assert 0.5 < layout.width / layout.height < 3


def test_png_and_pdf_are_made_without_a_system_graphviz(monkeypatch):
    monkeypatch.setenv("PATH", "")
    dot = to_dot(SMALL, Detail.BLOCKS)
    assert render(dot, "pdf").startswith(b"%PDF-")
    png = render(dot, "png")
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    layout = draw(SMALL, Detail.BLOCKS).layout
    width, height = struct.unpack(">II", png[16:24])
    assert width == pytest.approx(2 * layout.width, rel=0.1)
    assert height == pytest.approx(2 * layout.height, rel=0.1)


def test_a_huge_png_is_made_coarser_instead_of_cut():
    png = render(to_dot(build_graph(get_spec("resnet1202")), Detail.BLOCKS), "png")
    width, height = struct.unpack(">II", png[16:24])
    assert 10_000_000 < width * height < 26_000_000


def test_the_same_network_gives_the_same_text():
    assert to_dot(SMALL, "layers") == to_dot(build_graph(SMALL.spec), Detail.LAYERS)


def test_several_threads_can_draw_at_once():
    dots = [to_dot(build_graph(get_spec(name)), Detail.LAYERS) for name in ("resnet20", "plain20", "resnet32")]
    alone = [render(dot, "svg") for dot in dots]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda dot: render(dot, "svg"), dots * 4)) == alone * 4


def test_colors_read_in_light_and_dark_mode():
    dot = to_dot(SMALL, Detail.LAYERS)
    fills = set(re.findall(r'fillcolor="(#\w{6})"', dot))
    assert len(fills) >= 5
    for fill in fills:
        assert contrast(fill, "#1A1A1A") >= 7, fill  # text on boxes
    for line in ("#808080", "#0072B2"):
        assert min(contrast(line, "#FFFFFF"), contrast(line, "#0E1117")) >= 3, line


def contrast(a: str, b: str) -> float:
    """Return the contrast ratio of the web accessibility guidelines (WCAG 2.2)."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("layer", "label"),
    [
        ("input", "Input"),
        ("stem_pad", "Zero padding 3"),
        ("stem_conv", "Conv 7x7, 8, /2"),
        ("stem_bn", "Batch norm"),
        ("stem_relu", "ReLU"),
        ("stem_pool", "Max pool 3x3, /2"),
        ("stage2_block1_shortcut_pad", "Zero-pad to 16, /2"),
        ("stage1_block1_add", "Add"),
        ("head_pool", "Average pool"),
        ("head_dense", "Dense, 10"),
    ],
)
def test_labels_say_what_a_layer_does(layer, label):
    graph = build_graph(make_spec({"stages": (1, 1), "width": 8, "stem": "imagenet", "padding": "explicit"}))
    assert layer_label(graph.node(layer)) == label
