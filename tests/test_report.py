"""The report and the raw numbers: whole, escaped, offline, and nothing of the machine that made them."""

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser

import pytest

from app.archive import as_zip
from app.compare_state import CompareState
from app.feed import Feed
from app.portable import portable
from app.report import Report, as_html, fresh_state
from app.report import main as write
from app.run import Run
from app.run_names import run_names
from resnet_core import get_spec, make_spec
from resnet_core.cli import main
from resnet_core.recipes import make_recipe
from resnet_core.results import Step
from resnet_core.runs import annotations, store
from resnet_core.studies import Size, get_study
from tests.stored_runs import store_run

NASTY = "</script><script>alert('x')</script> & <b>bold</b>"


@pytest.fixture
def report(fresh_home) -> Report:
    """Return a report of two depths, plain and residual, with two seeds of one network."""
    data = "folder:/srv/secret place/cats"
    for depth, plain, residual in ((20, 0.2, 0.1), (56, 0.5, 0.08)):
        store_run(f"r-p{depth}", get_spec(f"pocket_plain{depth}"), [(0.9, 0.9), (plain, plain)], data=data)
        store_run(f"r-r{depth}", get_spec(f"pocket_resnet{depth}"), [(0.9, 0.9), (residual, residual)], data=data)
    steps = [Step(n, 1, 1.0, 0.5, 0.02, 500.0, 0.1 * n) for n in (1, 2)]
    message = "3 images of /srv/secret place/cats/a.jpg were skipped"
    store_run("r-seed", get_spec("pocket_resnet20"), [(0.9, 0.9), (0.1, 0.12)], data=data, seed=1, steps=steps)
    store_run("r-fail", get_spec("pocket_plain32"), data=data, state="failed", message=message, notes=[NASTY])
    annotations.annotate("r-seed", note=f"{NASTY} in /home/ann/notes", tags=["week-3"])
    return _report("r-p20", "r-r20", "r-p56", "r-r56", "r-seed", "r-fail")


def _report(*ids: str) -> Report:
    feed = Feed(ids, with_steps=False)
    feed.poll()
    names = run_names(feed.jobs)
    runs = [Run(job, names[job.id], feed.epochs_of(job.id)) for job in feed.jobs]
    return Report(fresh_state(runs), runs, feed.curves())


class _Page(HTMLParser):
    """What a browser would see: elements, their text, and everything that would be loaded."""

    def __init__(self, html: str):
        super().__init__()
        self.loads: list[str] = []
        self.json: list[str] = []
        self.text = ""
        self.opened: list[str] = []
        self._at = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.opened.append(tag)
        self._at = tag if values.get("type") != "application/json" else "json"
        self.loads += [values[name] for name in ("src", "href") if values.get(name)]

    def handle_endtag(self, tag):
        self._at = ""

    def handle_data(self, data):
        if self._at == "json":
            self.json.append(data)
        elif self._at not in ("script", "style"):
            self.text += data


def test_it_loads_nothing_and_forbids_it(report):
    html = as_html(report)
    page = _Page(html)
    assert page.loads == []
    assert "default-src 'none'" in html and "prefers-color-scheme: dark" in html
    assert html.count("plotly.js v") == 1  # the library is in it once


def test_every_figure_of_it_can_be_read_back(report):
    figures = [json.loads(text) for text in _Page(as_html(report)).json[:-1]]
    titles = [figure["layout"]["title"]["text"] for figure in figures]
    assert [title.partition("<br>")[0] for title in titles] == [
        "Mean error by network and settings",
        "Final error by depth",
        "Final error by size",
        "Seconds until validation error is 12 %",
    ]


def test_it_holds_verdict_numbers_networks_recipes_versions_seeds_and_notes(report):
    text = _Page(as_html(report, now=0)).text
    assert "Shortcuts lower the final validation error" in text
    assert "01 January 1970" in text and "keras 3.15.1" in text and "Test CPU" in text
    assert '"bn_epsilon": 1e-05' in text and '"learning_rate": 0.02' in text
    assert "plain56-16px" in text and "50.0 %" in text and "week-3" in text
    assert "11.00 ± 1.41 % (n = 2)" in text  # 10 % and 12 %


def test_text_from_outside_stays_text(report):
    html = as_html(report)
    page = _Page(html)
    assert NASTY in page.text
    assert "b" not in page.opened
    # One for the library, one each for the two scripts, and the data of four figures and the colors.
    assert page.opened.count("script") == 3 + 5


def test_no_path_of_the_machine_is_in_report_or_zip(report):
    packed = zipfile.ZipFile(io.BytesIO(as_zip(report.runs)))
    texts = [as_html(report), *(packed.read(name).decode() for name in packed.namelist())]
    for text in texts:
        assert "/srv" not in text and "/home/ann" not in text and "secret" not in text
    assert "folder cats" in texts[0]


def test_a_studys_verdict_names_its_data_without_their_place(fresh_home):
    study = get_study("cifar10_paper")
    data = "parquet:/home/ann/my pictures/secret project/cifar"
    for number, run in enumerate(study.size(Size.QUICK).runs):
        store_run(f"r-{number}", run.spec, [(0.5, 0.6), (0.2, 0.3)], recipe=run.recipe, data=data, name=run.name)
    html = as_html(_report(*(f"r-{number}" for number in range(len(study.size(Size.QUICK).runs)))))
    assert "parquet:…/cifar" in html
    assert "secret" not in html and "pictures" not in html and "/home" not in html


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/data/x does not exist", "…/x does not exist"),
        ("parquet:/a/b/cifar, then", "parquet:…/cifar, then"),
        (r"C:\Users\ann\cats\1.jpg is cut short", "…/1.jpg is cut short"),
        ("~/lab/run is gone", "…/run is gone"),
        (
            "812 images/s and/or 3/4, see https://example.org/a/b",
            "812 images/s and/or 3/4, see https://example.org/a/b",
        ),
    ],
)
def test_paths_are_cut_to_their_last_part_and_nothing_else_is(text, left):
    assert portable(text) == left


def test_the_zip_holds_what_the_store_holds(report):
    packed = zipfile.ZipFile(io.BytesIO(as_zip(report.runs)))

    def rows(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(packed.read(name).decode())))

    assert [row["run"] for row in rows("runs.csv")] == [run.job.id for run in report.runs]
    mine = [row for row in rows("epochs.csv") if row["run"] == "r-p56"]
    assert [float(row["val_error"]) for row in mine] == [0.9, 0.5]
    assert [(row["run"], row["step"], row["seconds"]) for row in rows("steps.csv")] == [
        ("r-seed", "1", "0.1"),
        ("r-seed", "2", "0.2"),
    ]
    job = store.job("r-r56")
    assert make_spec(json.loads(packed.read("r-r56/spec.json"))) == make_spec(job.spec)
    assert make_recipe(json.loads(packed.read("r-r56/recipe.json"))) == make_recipe(job.recipe)


def test_one_run_alone_is_a_report_too(fresh_home):
    store_run("r-one", get_spec("pocket_resnet20"), state="queued")
    assert "1 run compared" in as_html(_report("r-one"))


def test_a_report_shows_runs_as_the_reader_looked_at_them(report):
    state = CompareState(runs=report.state.runs, group="residual", baseline="plain")
    text = _Page(as_html(Report(state, report.runs, report.lines))).text
    assert "Means by plain or residual" in text and re.search(r"-\d+\.\d+ points", text)


def test_the_command_line_writes_it(report, tmp_path):
    out = tmp_path / "report.html"
    assert main(["jobs", "report", "r-p20", "r-r20", "-o", str(out)]) == 0
    assert "2 runs compared" in out.read_text("utf-8")
    assert main(["jobs", "report", "r-p20", "-o", str(tmp_path / "report.pdf")]) == 2


def test_its_module_writes_the_zip_too_and_says_what_is_unknown(report, tmp_path, capsys):
    assert write(["r-p20", "-o", str(tmp_path / "runs.zip")]) == 0
    assert "r-p20/spec.json" in zipfile.ZipFile(tmp_path / "runs.zip").namelist()
    capsys.readouterr()
    assert write(["r-none", "-o", str(tmp_path / "report.html")]) == 1
    assert capsys.readouterr().err.startswith("error: no run has the id 'r-none'")
