"""How many images each class has, how large they are, and which files cannot be used."""

import shlex

import pandas as pd
import streamlit as st

from app import cache, theme
from app.charts.data_set import class_counts, describe_counts, describe_sizes, image_sizes
from app.language import _, ngettext
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
        _save(_("Counts as CSV"), _counts(report), "classes.csv", "data:counts:csv")
    if report.missing:
        st.info(as_text(_(report.missing)), icon=":material/download:")
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
        text = _("{seen}: each is **{width} x {height} pixels**.")
        st.markdown(text.format(seen=seen, width=width, height=height))
        return
    live_chart(
        image_sizes(report.sizes), key="data:sizes", alt=describe_sizes(spread), filename="image-sizes", height=360
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"{seen}: {describe_sizes(spread)}", width="stretch")
        table = pd.DataFrame(report.sizes, columns=["width", "height"])
        _save(_("Sizes as CSV"), table, "image-sizes.csv", "data:sizes:csv")


def _seen(report: Report) -> str:
    number = theme.count(len(report.sizes))
    if report.looked_at < report.total:
        return _("{count} of {all} images were looked at").format(count=number, all=theme.count(report.total))
    return _("All {count} readable images were looked at").format(count=number)


def _notes(report: Report) -> None:
    kinds = ", ".join(f"{name} {theme.count(number)}" for name, number in (report.formats | report.modes).items())
    lines = [_("Formats and color modes: {kinds}.").format(kinds=kinds)] if kinds else []
    if report.turned:
        text = _("{count} marked by the camera as turned: shown and trained on upright.")
        lines.append(text.format(count=theme.count(report.turned)))
    if report.animated:
        lines.append(_("{count} of several frames: the first is used.").format(count=theme.count(report.animated)))
    if report.transparent:
        lines.append(_("{count} with transparency: put on white.").format(count=theme.count(report.transparent)))
    for line in lines:
        st.caption(as_text(line))
    if report.broken:
        named = ", ".join(f"{item.name} ({item.reason})" for item in report.broken[:MOST_NAMED])
        if len(report.broken) > MOST_NAMED:
            named = _("{names} and {count:,} more").format(names=named, count=len(report.broken) - MOST_NAMED)
        text = ngettext(
            "{count:,} file will be skipped: {names}", "{count:,} files will be skipped: {names}", len(report.broken)
        )
        st.warning(as_text(text.format(count=len(report.broken), names=named)), icon=":material/broken_image:")
    st.caption(_("Headers alone were read. To decode every file:"))
    command = f"python -m resnet_core data check {shlex.quote(report.summary.source)}"
    st.code(command, language="bash", wrap_lines=True)


def _save(what: str, table: pd.DataFrame, name: str, key: str) -> None:
    st.download_button(what, csv(table), name, "text/csv", key=key, icon=":material/download:", on_click="ignore")
