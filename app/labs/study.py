"""A whole study: this lab's own newest run of it, else the recorded one; and a button that runs it here."""

import streamlit as st

from app import cache, theme
from app.charts.curves import Curve, describe, learning_curves
from app.curve_layout import Layout
from app.language import N_, _
from app.owner import owner
from app.run_names import recorded_names
from app.text import as_text
from app.widgets.lab_chart import lab_chart
from app.widgets.study_result import study_result
from resnet_core.errors import LabError, TwiceError, one_line
from resnet_core.lessons.labs.runs import StudyValues
from resnet_core.recorded import Recording, recording
from resnet_core.runs import groups
from resnet_core.runs.groups import Group
from resnet_core.studies import Study, get_study

TITLE = N_("A real study, run by run")
HEIGHT = 420


def view(values: StudyValues, *, key: str) -> None:
    """Show the study.

    Args:
        values: which study, and the size in which it would be started.
        key: of this widget in its page.
    """
    study = get_study(values.study)
    st.markdown(f"**{_(study.question)}**")
    group = _newest(study, values)
    if group:
        st.caption(_("Run on this computer:"))
        study_result(group, key=f"{key}:own", height=HEIGHT)
    else:
        found = recording(study.name)
        if found:
            _recorded(found, key)
        else:
            st.info(
                _("Nobody ran this study here yet. Its curves and its verdict will stand here."),
                icon=":material/science:",
            )
    if not (group and group.active):
        _start(study, values, key)


def _newest(study: Study, values: StudyValues) -> Group | None:
    """Return what was started last, in the size that is asked for."""
    group = groups.newest(study)
    return group if group and group.size in (None, values.size) else None


def _recorded(found: Recording, key: str) -> None:
    names = recorded_names(found.runs)
    curves = [
        Curve(name, run.spec.residual, run.spec.depth, run.epochs) for name, run in zip(names, found.runs, strict=True)
    ]
    both = len({curve.residual for curve in curves}) > 1
    figure = learning_curves(
        curves,
        title=_("{study}: error").format(study=_(found.study.title)),
        layout=Layout.SIDES if both else Layout.ONE,
    )
    st.caption(_provenance(found))
    lab_chart(
        figure, key=f"{key}:recorded", alt=describe(curves), filename=f"resnet-lab-{found.study.name}", height=HEIGHT
    )
    st.success(as_text(_(found.verdict)), icon=":material/gavel:")


def _provenance(found: Recording) -> str:
    libraries = ", ".join(f"{name} {version}" for name, version in found.libraries.items())
    text = _("Recorded on {date} with this lab's own code: {about} {runs} runs on {device}, {libraries}.")
    return text.format(
        date=found.date,
        about=_(found.study.size(found.size).about),
        runs=len(found.runs),
        device=as_text(found.device),
        libraries=libraries,
    )


def _start(study: Study, values: StudyValues, key: str) -> None:
    try:
        cost = cache.study_forecast(study.name, values.size)
    except LabError as error:
        st.caption(_("It cannot be run here yet: {reason}").format(reason=as_text(one_line(error))))
        return
    label = _("Run it on this computer: {runs} runs, about {time}")
    if st.button(
        label.format(runs=len(cost.runs), time=theme.seconds(cost.seconds)),
        icon=":material/play_arrow:",
        key=f"{key}:start",
    ):
        try:
            groups.start(study, values.size, owner=owner())
        except TwiceError:
            st.toast(_("This very study is going on already: here it is."))
        except LabError as error:
            st.error(one_line(error), icon=":material/error:")
            return
        st.rerun()
