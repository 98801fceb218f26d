"""Figures of groups: means and bands, final errors against depth and size, time to an error."""

from dataclasses import replace

import numpy as np
import pytest

from app.charts import final_errors, spread, time_to_error
from app.charts.curve_style import Style
from app.charts.final_errors import Against, Mark, Series, Spot
from app.charts.spread import Bundle
from app.charts.time_to_error import Racer, arrival
from app.curve_layout import Axis
from tests.stored_runs import epochs

LOOK = Style("#0072B2", "solid", 3)
ONE = tuple(epochs([(0.8, 0.9), (0.4, 0.5), (0.1, 0.2)]))
TWO = tuple(epochs([(0.6, 0.7), (0.3, 0.3)]))


def trace(figure, name: str):
    (found,) = [trace for trace in figure.data if trace.name == name]
    return found


class TestMeanCurves:
    def test_each_epoch_is_the_mean_of_the_runs_that_reached_it_and_says_how_many(self):
        figure = spread.mean_curves([Bundle("sgd", "", LOOK, (ONE, TWO))], title="t")
        curve = trace(figure, "sgd, n = 2")
        assert curve.x == (1, 2, 3) and curve.y == pytest.approx((80, 40, 20))
        assert curve.text[1] == f"40.00 ± {100 * np.std([0.5, 0.3], ddof=1):.2f} % (n = 2)"
        assert curve.text[2] == "20.00 % (n = 1)"
        assert trace(figure, "sgd training").y == pytest.approx((70, 35, 10))

    def test_the_band_is_one_sample_deviation_up_and_down_where_two_runs_are(self):
        figure = spread.mean_curves([Bundle("sgd", "", LOOK, (ONE, TWO))], title="t")
        band = [item for item in figure.data if item.name == "band"][-1]
        deviation = 100 * np.std([[0.9, 0.5], [0.7, 0.3]], axis=0, ddof=1)
        assert band.x == (1, 2, 2, 1)
        assert band.y == pytest.approx([80 + deviation[0], 40 + deviation[1], 40 - deviation[1], 80 - deviation[0]])
        assert band.hoverinfo == "skip" and not band.showlegend

    def test_one_run_has_no_band_and_no_n(self):
        figure = spread.mean_curves([Bundle("r-1", "", LOOK, (ONE,))], title="t")
        assert [item.name for item in figure.data] == ["r-1 training", "r-1"]

    def test_panels_share_their_ranges_and_the_legend_names_a_group_once(self):
        bundles = [Bundle(label, panel, LOOK, (ONE, TWO)) for panel in ("Plain", "Residual") for label in ("a", "b")]
        figure = spread.mean_curves(bundles, title="t")
        assert figure.layout.yaxis2.matches == "y" and figure.layout.xaxis2.matches == "x"
        assert [item.text for item in figure.layout.annotations] == ["Plain", "Residual"]
        assert [item.name for item in figure.data if item.showlegend] == ["a, n = 2", "b, n = 2"]
        assert {item.xaxis for item in figure.data} == {"x", "x2"}

    @pytest.mark.parametrize(("x", "places"), [(Axis.STEP, (80, 160, 240)), (Axis.SECONDS, (2, 4, 6))])
    def test_along_steps_and_seconds(self, x, places):
        figure = spread.mean_curves([Bundle("sgd", "", LOOK, (ONE, TWO))], title="t", x=x)
        assert trace(figure, "sgd, n = 2").x == places

    def test_a_logarithmic_band_stays_above_nothing(self):
        far = tuple(epochs([(0.5, 0.5), (0.01, 0.0)]))
        figure = spread.mean_curves([Bundle("sgd", "", LOOK, (ONE, far))], title="t", log=True)
        assert all(min(item.y) > 0 for item in figure.data if item.name == "band")

    def test_a_logarithmic_axis_names_more_than_1_2_and_5_where_all_errors_lie_within_a_decade(self):
        for runs, dtick in ((TWO, None), (ONE, "D2")):
            assert spread.mean_curves([Bundle("a", "", LOOK, (runs,))], title="t", log=True).layout.yaxis.dtick == dtick

    def test_the_words_say_the_last_means(self):
        text = spread.describe([Bundle("sgd", "", LOOK, (ONE, TWO, ())), Bundle("adam", "", LOOK, ((),))])
        assert "sgd: training error 20.00 ± 14.14 % (n = 2), validation error 25.00 ± 7.07 % (n = 2)" in text
        assert "adam: no epoch finished yet" in text


SERIES = [
    Series(
        "plain",
        LOOK,
        (
            Spot(56, "plain56", {"training": (0.4, 0.5), "validation": (0.5,)}),
            Spot(20, "plain20", {"training": (0.1, 0.2), "validation": (0.2,)}),
        ),
    )
]
MARK = Mark(20, "test", 0.0875, "resnet20 8.75 %", "a paper")


class TestFinalErrors:
    def test_a_line_rises_through_the_means_with_their_deviations(self):
        figure = final_errors.final_errors(SERIES, title="t", against=Against.DEPTH)
        line = next(item for item in figure.data if item.name == "plain")
        assert line.x == (20, 56) and line.y == pytest.approx((15, 45))
        assert line.error_y.array == pytest.approx([100 * np.std([0.1, 0.2], ddof=1)] * 2)
        assert line.text[0] == "plain20: 15.00 ± 7.07 % (n = 2)"
        singles = trace(figure, "plain training runs")
        assert sorted(singles.y) == pytest.approx([10, 20, 40, 50])

    def test_there_is_a_panel_for_each_kind_of_error_that_was_measured(self):
        figure = final_errors.final_errors(SERIES, title="t", against=Against.DEPTH)
        assert [item.text for item in figure.layout.annotations] == ["training error", "validation error"]
        marked = final_errors.final_errors(SERIES, title="t", against=Against.DEPTH, marks=[MARK])
        assert [item.text for item in marked.layout.annotations][-1] == "test error"
        (mark,) = [item for item in marked.data if item.name == "published" and item.x]
        assert (mark.x, mark.y) == ((20,), (8.75,)) and "a paper" in mark.text[0]
        assert [item.name for item in marked.data if item.showlegend].count("published") == 1

    def test_sizes_stand_on_a_logarithmic_axis_and_are_named(self):
        spots = tuple(Spot(x, f"n{x}", {"validation": (0.1,)}) for x in (272_474, 273_000, 1_730_714))
        figure = final_errors.final_errors([Series("residual", LOOK, spots)], title="t", against=Against.PARAMS)
        assert figure.layout.xaxis.type == "log"
        assert figure.layout.xaxis.ticktext == ("272 K", "1.73 M")  # names that would run into each other are left out

    def test_points_of_one_depth_stand_in_the_middle_and_can_be_read_from_a_logarithmic_axis(self):
        def layout(*series: Series, marks=()):
            return final_errors.final_errors(series, title="t", against=Against.DEPTH, log=True, marks=marks).layout

        spot = Spot(10, "resnet10", {"training": (0.0352,), "validation": (0.0255, 0.011)})
        one = layout(Series("residual", LOOK, (spot,)))
        assert (one.xaxis.ticktext, one.xaxis.rangemode, one.yaxis.type) == (("10",), "normal", "log")
        assert one.yaxis.dtick is one.yaxis2.dtick is None
        assert (layout(*SERIES).xaxis.rangemode, layout(*SERIES).yaxis.dtick) == ("tozero", None)
        assert layout(*SERIES, marks=[replace(MARK, error=0.001)]).yaxis.dtick == "D2"

    def test_the_words_say_each_mean_and_what_was_published(self):
        text = final_errors.describe(SERIES, Against.DEPTH, [MARK])
        assert "plain, 20 layers: training error 15.00 ± 7.07 % (n = 2), validation error 20.00 % (n = 1)" in text
        assert "published: resnet20 8.75 %" in text


class TestTimeToError:
    def test_the_first_epoch_at_or_below_the_error_counts_with_all_seconds_before(self):
        found = arrival(ONE, 0.5)
        assert (found.epoch, found.seconds, found.lowest) == (2, 4.0, 0.2)
        assert arrival(ONE, 0.1, "train_error").epoch == 3
        missed = arrival(ONE, 0.1)
        assert (missed.epoch, missed.seconds) == (None, 6.0)
        assert arrival((), 0.5) is None

    def test_bars_are_means_of_those_that_came_and_open_marks_the_others(self):
        never = tuple(epochs([(0.9, 0.9)]))
        racers = [Racer("sgd", "#0072B2", (ONE, TWO, never)), Racer("adam", "#009E73", (never,))]
        figure = time_to_error.time_to_error(racers, target=0.3)
        bar = trace(figure, "mean")
        assert bar.x == (5.0, None)  # 6 s and 4 s
        assert "2 of 3 runs reached it" in bar.text[0] and "not reached (lowest 90.0 %)" in bar.text[1]
        assert sorted(trace(figure, "reached").x) == [4.0, 6.0]
        assert trace(figure, "not reached").x == (2.0, 2.0)
        assert trace(figure, "not reached").marker.symbol == "circle-open"
        assert "5.0 s ± 1.4 s after epoch 2.5 (n = 2)" in time_to_error.describe(racers, 0.3)

    def test_the_usual_target_is_one_that_half_of_the_runs_reach(self):
        racers = [Racer("a", "#0072B2", tuple(tuple(epochs([(0.9, low)])) for low in (0.101, 0.2, 0.5, 0.9)))]
        assert time_to_error.usual_target(racers) == 0.2
        assert time_to_error.usual_target([]) == 0.1
