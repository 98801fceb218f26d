"""Learning curves: what is drawn is what was measured, and smoothing never touches the past."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import theme
from app.charts.curve_style import DASHES, SHADES, styles
from app.charts.curves import Curve, describe, learning_curves, smooth
from app.charts.downsampling import MOST_POINTS, kept
from app.curve_layout import Axis, Layout
from resnet_core.results import Step
from tests.stored_runs import epochs

errors = st.lists(st.floats(0, 100), min_size=1, max_size=60)
weights = st.floats(0, 0.99)


def steps(values: list[float]) -> list[Step]:
    return [Step(10 * n, 1, 2 * error, error, 0.02, 500.0, 0.25 * n) for n, error in enumerate(values, start=1)]


PLAIN = Curve("plain20", False, 20, epochs([(0.8, 0.9), (0.5, 0.6), (0.4, 0.5)]), steps_per_epoch=80)
RESIDUAL = Curve("resnet20", True, 20, epochs([(0.7, 0.8), (0.3, 0.4), (0.1, 0.2)]), steps_per_epoch=80)


def trace(figure, name: str):
    (found,) = [trace for trace in figure.data if trace.name == name]
    return found


class TestSmoothing:
    @given(values=errors, weight=weights, more=errors)
    def test_a_later_point_changes_no_earlier_one(self, values, weight, more):
        assert smooth([*values, *more], weight)[: len(values)] == smooth(values, weight)

    @given(values=errors, weight=weights)
    def test_each_point_is_the_weighted_mean_of_all_so_far(self, values, weight):
        for last, found in enumerate(smooth(values, weight)):
            shares = [weight ** (last - at) for at in range(last + 1)]
            total = sum(share * value for share, value in zip(shares, values, strict=False))
            assert found == pytest.approx(total / sum(shares), rel=1e-6, abs=1e-9)

    def test_none_gives_back_what_it_was_given(self):
        assert smooth([3.0, 1.0, 2.0], 0) == [3.0, 1.0, 2.0]

    def test_a_value_that_is_no_number_leaves_the_others_alone(self):
        found = smooth([4.0, math.nan, 1.0], 0.5)
        assert math.isnan(found[1])
        assert [found[0], found[2]] == smooth([4.0, 1.0], 0.5)


class TestLongCurves:
    @given(values=st.lists(st.floats(0, 1), min_size=1, max_size=400), most=st.sampled_from([4, 10, 40]))
    def test_extremes_and_both_ends_stay_and_order_is_kept(self, values, most):
        places = list(kept(values, most))
        assert len(places) <= max(most, 2) and places == sorted(set(places))
        assert places[0] == 0 and places[-1] == len(values) - 1
        assert {min(values), max(values)} <= {values[at] for at in places}

    def test_a_curve_of_a_hundred_thousand_samples_keeps_its_one_outlier_at_its_place(self):
        values = [0.5 + 0.001 * (n % 7) for n in range(100_000)]
        values[77_777] = 0.99
        curve = Curve("plain20", False, 20, (), steps(values), 80)
        drawn = trace(learning_curves([curve], title="t", x=Axis.STEP), "plain20 training")
        assert len(drawn.x) <= MOST_POINTS
        assert drawn.x[drawn.y.index(99.0)] == 10 * 77_778
        assert (drawn.x[0], drawn.x[-1]) == (10, 1_000_000)

    def test_smoothing_sees_every_sample_before_any_is_left_out(self):
        values = [0.5 + 0.3 * (n % 2) for n in range(5_000)]
        curve = Curve("plain20", False, 20, (), steps(values), 80)
        drawn = trace(learning_curves([curve], title="t", x=Axis.STEP, smoothing=0.9), "plain20 training")
        whole = smooth([100 * value for value in values], 0.9)
        assert all(y == pytest.approx(whole[x // 10 - 1]) for x, y in zip(drawn.x, drawn.y, strict=True))


class TestFigure:
    @pytest.mark.parametrize("layout", list(Layout))
    def test_it_draws_the_errors_it_was_given_in_percent(self, layout):
        figure = learning_curves([PLAIN, RESIDUAL], title="t", layout=layout)
        assert trace(figure, "plain20").y == pytest.approx((90, 60, 50))
        assert trace(figure, "plain20 training").y == pytest.approx((80, 50, 40))
        assert trace(figure, "resnet20").y == pytest.approx((80, 40, 20))
        assert trace(figure, "resnet20 training").x == (1, 2, 3)

    def test_plain_left_and_residual_right_share_both_axes(self):
        figure = learning_curves([PLAIN, RESIDUAL], title="t")
        assert (trace(figure, "plain20").xaxis, trace(figure, "plain20").yaxis) == ("x", "y")
        assert (trace(figure, "resnet20").xaxis, trace(figure, "resnet20").yaxis) == ("x2", "y2")
        assert figure.layout.yaxis2.matches == "y" and figure.layout.xaxis2.matches == "x"
        assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]
        assert [note.text for note in figure.layout.annotations] == ["Plain", "Residual"]

    def test_all_in_one_uses_one_pair_of_axes(self):
        figure = learning_curves([PLAIN, RESIDUAL], title="t", layout=Layout.ONE)
        assert {item.xaxis for item in figure.data} <= {None, "x"}
        assert not figure.layout.annotations

    def test_validation_is_bold_training_thin_and_a_run_has_one_legend_entry(self):
        figure = learning_curves([PLAIN, RESIDUAL], title="t")
        for curve in (PLAIN, RESIDUAL):
            bold, thin = trace(figure, curve.label), trace(figure, f"{curve.label} training")
            assert bold.line.width >= 2 * thin.line.width
            assert bold.line.color == thin.line.color == theme.kind_color(curve.residual)
            assert bold.legendgroup == thin.legendgroup == curve.label
        assert [item.name for item in figure.data if item.showlegend] == ["plain20", "resnet20"]

    def test_a_run_in_its_first_epoch_is_in_the_legend_already_and_one_that_waits_is_not(self):
        first = Curve("plain20", False, 20, [], steps([0.9, 0.8]), 80)
        figure = learning_curves([first, Curve("resnet20", True, 20, [])], title="t")
        # An empty line is none for Plotly's legend.
        assert [item.name for item in figure.data if item.showlegend and len(item.x)] == ["plain20"]
        assert list(trace(figure, "plain20").y) == [None]

    def test_the_legend_keeps_the_order_of_the_runs_though_wide_curves_are_drawn_first(self):
        deep = Curve("plain110", False, 110, PLAIN.epochs)
        figure = learning_curves([PLAIN, deep], title="t")
        names = [item.name for item in figure.data if item.showlegend]
        assert names == ["plain110", "plain20"]
        assert sorted(names, key=lambda name: trace(figure, name).legendrank) == ["plain20", "plain110"]

    @pytest.mark.parametrize(
        ("x", "validation", "training"),
        [
            (Axis.EPOCH, (1, 2, 3), (10 / 80, 20 / 80)),
            (Axis.STEP, (80, 160, 240), (10, 20)),
            (Axis.SECONDS, (2, 4, 6), (0.25, 0.5)),
        ],
    )
    def test_steps_are_the_training_curve_where_there_are_any(self, x, validation, training):
        curve = Curve("plain20", False, 20, PLAIN.epochs, steps([0.9, 0.7]), 80)
        figure = learning_curves([curve], title="t", x=x)
        assert trace(figure, "plain20").x == pytest.approx(validation)
        assert trace(figure, "plain20 training").x == pytest.approx(training)
        assert trace(figure, "plain20 training").y == pytest.approx((90, 70))

    def test_smoothing_keeps_the_raw_curve_faint_behind(self):
        figure = learning_curves([PLAIN], title="t", smoothing=0.5)
        raw, smoothed = trace(figure, "plain20 validation raw"), trace(figure, "plain20")
        assert raw.y == pytest.approx((90, 60, 50))
        assert smoothed.y == pytest.approx(smooth([90, 60, 50], 0.5))
        assert raw.line.color == theme.faint(smoothed.line.color, 0.3)
        assert list(figure.data).index(raw) < list(figure.data).index(smoothed)
        assert raw.showlegend is False and raw.legendgroup == "plain20"

    def test_a_logarithmic_axis_leaves_a_gap_where_nothing_is_wrong(self):
        curve = Curve("resnet20", True, 20, epochs([(0.5, 0.4), (0.1, 0.0)]))
        figure = learning_curves([curve], title="t", log=True)
        assert trace(figure, "resnet20").y == pytest.approx((40, None))
        assert figure.layout.yaxis.type == figure.layout.yaxis2.type == "log"

    def test_a_logarithmic_axis_names_more_than_1_2_and_5_where_all_errors_lie_within_a_decade(self):
        for errors, dtick in (([(0.5, 0.4), (0.1, 0.05)], "D2"), ([(0.4, 0.3), (0.1, 0.06)], None)):
            figure = learning_curves([Curve("resnet20", True, 20, epochs(errors))], title="t", log=True)
            assert [figure.layout.yaxis.dtick, figure.layout.yaxis2.dtick] == [dtick, dtick]

    def test_a_side_without_a_run_says_so_and_still_has_axes(self):
        figure = learning_curves([RESIDUAL], title="t")
        assert "no plain network among these runs" in [note.text for note in figure.layout.annotations]
        assert {item.xaxis for item in figure.data} == {"x", "x2"}

    def test_nothing_to_draw_is_an_empty_figure(self):
        for curves in ([], [Curve("resnet20", True, 20, ())]):
            figure = learning_curves(curves, title="t")
            assert figure.layout.yaxis.range == (0, 100)

    def test_the_axis_of_runs_on_their_way_reaches_to_their_end_with_a_bounded_number_of_ticks(self):
        for layout in Layout:
            figure = learning_curves([PLAIN], title="t", layout=layout, until=8)
            assert figure.layout.xaxis.range == (0, 8) and figure.layout.xaxis.dtick == 1
            long = learning_curves([PLAIN], title="t", layout=layout, until=2_000)
            assert long.layout.xaxis.range == (0, 2_000) and long.layout.xaxis.dtick is None
        assert learning_curves([PLAIN], title="t", x=Axis.SECONDS, until=8).layout.xaxis.range is None
        assert learning_curves([Curve("r", True, 20, ())], title="t", until=8).layout.xaxis.range == (0, 8)

    def test_every_axis_has_a_title_with_its_unit(self):
        for x, title in ((Axis.EPOCH, "epoch"), (Axis.STEP, "training step"), (Axis.SECONDS, "training time (s)")):
            figure = learning_curves([PLAIN], title="What is seen", x=x)
            assert figure.layout.xaxis.title.text == figure.layout.xaxis2.title.text == title
            assert figure.layout.yaxis.title.text == "error (%)"
            assert figure.layout.title.text.startswith("What is seen")


class TestStyles:
    def test_twelve_runs_of_a_kind_are_all_told_apart_without_their_width(self):
        networks = [(kind, depth) for kind in (True, False) for depth in (20, 56) for _ in range(6)]
        looks = styles(networks)
        assert len({(look.color, look.dash) for look in looks}) == 24

    def test_plain_is_orange_and_residual_is_blue_whatever_the_depth(self):
        for residual, shades in SHADES.items():
            assert {look.color for look in styles([(residual, depth) for depth in (20, 32, 56, 110)])} == set(shades)
        assert not set(SHADES[True]) & set(SHADES[False])

    def test_the_deepest_has_the_full_color_and_the_widest_line(self):
        shallow, deep = styles([(True, 20), (True, 56)])
        assert (deep.color, deep.dash) == (theme.RESIDUAL, "solid")
        assert shallow.color != deep.color and shallow.width < deep.width

    def test_repeats_of_a_network_share_its_color_and_differ_in_dash(self):
        first, second, third = styles([(False, 20)] * 3)
        assert first.color == second.color == third.color
        assert (first.dash, second.dash, third.dash) == DASHES[:3]

    def test_every_shade_is_known_to_the_dark_page(self):
        assert {color for shades in SHADES.values() for color in shades} <= set(theme.DARK_VARIANTS)


def test_the_alternative_text_says_the_numbers():
    text = describe([PLAIN, Curve("resnet56", True, 56, ())])
    assert "plain20: training error 40.0 %, validation error 50.0 % after epoch 3" in text
    assert "resnet56: no epoch finished yet" in text
