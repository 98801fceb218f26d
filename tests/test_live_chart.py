"""What a chart sends to the browser: all points, packed, and an identity for each curve."""

import base64
import json
import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from app.charts.packing import chart_json


def test_points_arrive_as_they_were():
    steps = [1, 2, 300, 70_000]
    errors = [0.9, 1 / 3, 1e-5, 0.0]
    trace = _sent(go.Scatter(x=steps, y=errors))[0]
    assert _unpacked(trace["x"]) == steps
    assert _unpacked(trace["y"]) == pytest.approx(errors, rel=1e-6)


def test_a_missing_point_stays_a_gap():
    trace = _sent(go.Scatter(x=[1, None, 3], y=[0.5, None, math.nan]))[0]
    for axis in ("x", "y"):
        assert math.isnan(_unpacked(trace[axis])[1])
    assert math.isnan(_unpacked(trace["y"])[2])


@pytest.mark.parametrize("values", [np.array([1.5, 2.5]), pd.Series([1.5, 2.5]), (1.5, 2.5)])
def test_columns_of_numpy_and_pandas_are_packed_too(values):
    trace = _sent(go.Scatter(y=values))[0]
    assert trace["y"]["dtype"] == "f4"
    assert _unpacked(trace["y"]) == [1.5, 2.5]


def test_names_and_dates_are_left_as_they_are():
    trace = _sent(go.Bar(x=["2", "10", "add"], y=[1, 2, 3]))[0]
    assert trace["x"] == ["2", "10", "add"]


def test_large_and_empty_columns():
    traces = _sent(go.Scatter(x=[0, 2**40], y=[]), go.Scatter(x=[-129, 127], y=[0, 1]))
    assert _unpacked(traces[0]["x"]) == [0, 2**40]
    assert _unpacked(traces[1]["x"]) == [-129, 127]
    assert traces[0]["y"] == []


def test_eight_runs_of_three_hundred_points_stay_under_25_kilobytes():
    axis = list(range(1, 301))
    runs = [go.Scatter(name=f"run {run}", x=axis, y=[math.exp(-step / 77) for step in axis]) for run in range(8)]
    # Without Plotly's own template, which no chart of the app has.
    assert len(chart_json(go.Figure(runs, layout={"template": "none"}))) < 25_000


def test_a_curve_keeps_its_identity_when_others_come_and_each_has_its_own():
    few = [trace["uid"] for trace in _sent(_named("plain 20"), _named("residual 20"))]
    more = [trace["uid"] for trace in _sent(_named("plain 8"), _named("plain 20"), _named("residual 20"))]
    assert more[1:] == few
    same = [trace["uid"] for trace in _sent(_named("a b"), _named("a-b"), _named("a b"), _named(None))]
    assert len(set(same)) == 4


def test_an_identity_can_stand_in_a_style_selector():
    uid = _sent(_named('x"] { } <b> 20, #1'))[0]["uid"]
    assert uid.replace("_", "").isalnum()


def test_what_is_not_a_number_elsewhere_is_still_json():
    figure = go.Figure(go.Scatter(x=[1], y=[2], customdata=[[math.nan]]))
    json.loads(chart_json(figure), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def _named(name):
    return go.Scatter(name=name, x=[1], y=[1])


def _sent(*traces) -> list[dict]:
    return json.loads(chart_json(go.Figure(list(traces))))["data"]


def _unpacked(packed: dict) -> list[float]:
    return np.frombuffer(base64.b64decode(packed["bdata"]), dtype=f"<{packed['dtype']}").tolist()
