"""Who decides which node is chosen: the reader's picks against the page's own moves, and what old browsers repeat."""

import re
from xml.etree import ElementTree

import pytest
from streamlit.testing.v1 import AppTest

from app.widgets.graph_view import _Choice, _node_names, _slim
from resnet_core import build_graph, get_spec
from resnet_core.drawing import Detail, draw

SVG = (
    '<svg><g id="graph0" class="graph"><title>net</title>'
    '<g id="a" class="node block"><title>stage1_block1</title></g>'
    '<g id="b" class="node"><title>a&#45;b &amp; c</title></g>'
    '<g id="edge1" class="edge"><title>a&#45;&gt;b</title></g></g></svg>'
)


def test_names_are_those_of_nodes_alone():
    assert _node_names(SVG) == {"stage1_block1", "a-b & c"}


@pytest.mark.parametrize("name", ["resnet20", "plain20", "resnet50"])
@pytest.mark.parametrize("detail", Detail)
def test_what_is_shown_has_every_box_line_and_arrow_of_what_was_drawn(name, detail):
    svg = draw(build_graph(get_spec(name)), detail).render("svg").decode()
    drawn, shown = _ink(svg), _ink(_slim(svg))
    assert drawn == shown
    assert len(_slim(svg)) < 0.8 * len(svg)


def _ink(svg: str) -> dict[str, list[str]]:
    """Return the strokes of a drawing by the kind of element that they belong to, with their colors, in any order."""
    found: dict[str, list[str]] = {"node": [], "edge": [], "cluster": []}
    for group in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):
        kind = group.get("class", "").split(" ")[0]
        for part in group if kind in found else ():
            look = (part.get("fill"), part.get("stroke"), part.get("stroke-width"))
            course = part.get("d") or part.get("points") or part.text or ""
            strokes = re.findall(r"M[^MZ]*", course) if part.get("d") else [f"M{course}"]
            if not part.tag.endswith("title"):
                found[kind] += [f"{look} {stroke.strip()}" for stroke in strokes]
    return {kind: sorted(strokes) for kind, strokes in found.items()}


def test_a_pick_is_news_once():
    choice = _Choice()
    pick = {"name": "stage1_block1", "turn": 17}
    assert choice.is_news(pick)
    choice.turn = 17
    assert not choice.is_news(pick)
    assert choice.is_news({"name": None, "turn": 18})


def test_what_a_tampered_browser_sends_is_no_pick():
    for value in (None, [], "stage1_block1", {}, {"turn": 1, "name": 5}, {"turn": "1", "name": "x"}, {"name": "x"}):
        assert not _Choice().is_news(value)


def page(svg: str) -> None:
    """Show a graph, hand its result back as pages do, and move it on demand."""
    import streamlit as st

    from app.widgets.graph_view import graph_view

    if st.button("Move"):
        st.session_state.node = "stage1_block1"
    if st.button("Clear"):
        st.session_state.node = None
    svg = "<svg></svg>" if st.checkbox("Another graph") else svg
    here = st.session_state.get("node", "a-b & c")
    st.session_state.node = graph_view(svg, label="Graph", selected=here, key="graph")
    st.text(f"chosen: {st.session_state.node}")


def test_the_page_moves_the_choice_and_it_stays():
    test = AppTest.from_function(page, args=(SVG,)).run()
    assert test.text[0].value == "chosen: a-b & c"
    for button, expected in ((0, "stage1_block1"), (1, "None"), (0, "stage1_block1")):
        test.button[button].click().run()
        assert test.text[0].value == f"chosen: {expected}"
        test.run()
        assert test.text[0].value == f"chosen: {expected}"


def test_a_graph_without_the_node_has_none_chosen_and_the_old_graph_has_it_again():
    test = AppTest.from_function(page, args=(SVG,)).run()
    test.checkbox[0].check().run()
    assert test.text[0].value == "chosen: None"
    test.checkbox[0].uncheck().run()
    assert test.text[0].value == "chosen: a-b & c"
    assert not test.exception
