"""Who decides which node is chosen: the reader's picks against the page's own moves, and what old browsers repeat."""

from streamlit.testing.v1 import AppTest

from app.widgets.graph_view import _Choice, _node_names

SVG = (
    '<svg><g id="graph0" class="graph"><title>net</title>'
    '<g id="a" class="node block"><title>stage1_block1</title></g>'
    '<g id="b" class="node"><title>a&#45;b &amp; c</title></g>'
    '<g id="edge1" class="edge"><title>a&#45;&gt;b</title></g></g></svg>'
)


def test_names_are_those_of_nodes_alone():
    assert _node_names(SVG) == {"stage1_block1", "a-b & c"}


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
