"""How many images each class has, how large they are, and which files cannot be used."""

import shlex

import pandas as pd
import streamlit as st

from app import cache, theme
from app.charts.data_set import class_counts, describe_counts, describe_sizes, image_sizes
from app.tables import csv
from app.text import as_text
from app.widgets.live_chart import live_chart
from resnet_core.datasets import Report
from resnet_core.errors import LabError, one_line

MOST_NAMED = 20


def data_facts(source: str) -> None:
    """Show counts, sizes and notes of a data set; of its files some hundred are opened."""
    try:
        report = cache.data_report(source)
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        return
    names = report.summary.class_names
    said = describe_counts(names, report.train, report.test)
    live_chart(
        class_counts(names, report.train, report.test), key="data:counts", alt=said, filename="classes", height=340
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(as_text(said), width="stretch")
        _save("Counts as CSV", _counts(report), "classes.csv", "data:counts:csv")
    if report.missing:
        st.info(as_text(report.missing), icon=":material/download:")
    elif report.looked_at:
        _sizes(report)
        _notes(report)


def _counts(report: Report) -> pd.DataFrame:
    return pd.DataFrame({"class": report.summary.class_names, "train": report.train, "test": report.test})


def _sizes(report: Report) -> None:
    spread = report.spread()
    if not spread:
        return
    seen = _seen(report)
    if (report.sizes == report.sizes[0]).all():
        width, height = report.sizes[0]
        st.markdown(f"{seen}: each is **{width} x {height} pixels**.")
        return
    live_chart(
        image_sizes(report.sizes), key="data:sizes", alt=describe_sizes(spread), filename="image-sizes", height=360
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"{seen}: {describe_sizes(spread)}", width="stretch")
        table = pd.DataFrame(report.sizes, columns=["width", "height"])
        _save("Sizes as CSV", table, "image-sizes.csv", "data:sizes:csv")


def _seen(report: Report) -> str:
    number = theme.count(len(report.sizes))
    if report.looked_at < report.total:
        return f"{number} of {theme.count(report.total)} images were looked at"
    return f"All {number} readable images were looked at"


def _notes(report: Report) -> None:
    kinds = ", ".join(f"{name} {theme.count(number)}" for name, number in (report.formats | report.modes).items())
    lines = [f"Formats and color modes: {kinds}."] if kinds else []
    if report.turned:
        lines.append(f"{theme.count(report.turned)} marked by the camera as turned: shown and trained on upright.")
    if report.animated:
        lines.append(f"{theme.count(report.animated)} of several frames: the first is used.")
    if report.transparent:
        lines.append(f"{theme.count(report.transparent)} with transparency: put on white.")
    for line in lines:
        st.caption(as_text(line))
    if report.broken:
        verb = "file" if len(report.broken) == 1 else "files"
        named = ", ".join(f"{item.name} ({item.reason})" for item in report.broken[:MOST_NAMED])
        more = f" and {len(report.broken) - MOST_NAMED:,} more" if len(report.broken) > MOST_NAMED else ""
        st.warning(
            as_text(f"{len(report.broken):,} {verb} will be skipped: {named}{more}"), icon=":material/broken_image:"
        )
    st.caption("Headers alone were read. To decode every file:")
    command = f"python -m resnet_core data check {shlex.quote(report.summary.source)}"
    st.code(command, language="bash", wrap_lines=True)


def _save(what: str, table: pd.DataFrame, name: str, key: str) -> None:
    st.download_button(what, csv(table), name, "text/csv", key=key, icon=":material/download:", on_click="ignore")
