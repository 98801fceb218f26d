"""A sketch pad alone on a page, with what was drawn on it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

import streamlit as st

from app.widgets.sketch import sketch_pad
from resnet_core.lessons.blocks import Sketch

SKETCH = Sketch(x=(4, 8, 20, 50), x_label="layers", y_label="training accuracy", y_range=(0, 1))

st.title("Sketch")
drawn = sketch_pad(SKETCH, key="pad")
st.text(f"drawn: {None if drawn is None else [round(value, 2) for value in drawn]}")
