"""A whole study: this lab's own newest run of it, else the recorded one; and a button that runs it here.

Where the full size was recorded too, a switch above the figure shows that instead.
"""

import streamlit as st

from app import cache, theme
from app.charts.curves import Curve, describe, learning_curves
from app.curve_layout import Layout
from app.image_names import image_name
from app.language import N_, _, capitalized
from app.owner import owner
from app.projection import adopt, project
from app.run_names import recorded_names
from app.state import LearnState, open_state
from app.text import as_text
from app.widgets.lab_chart import lab_chart
from app.widgets.study_result import study_result
from resnet_core.errors import LabError, TwiceError, one_line
from resnet_core.lessons.labs.runs import StudyValues
from resnet_core.recorded import Recording, recording
from resnet_core.runs import groups
from resnet_core.runs.groups import Group
from resnet_core.studies import Size, Study, get_study

TITLE = N_("A real study, run by run")
HEIGHT = 420


def view(values: StudyValues, *, key: str) -> StudyValues:
    """Show the study, and return the values with what the reader wants to see of it.

    Args:
        values: which study, the size in which it would be started, and whether the full recording is looked at.
        key: of this widget in its page.
    """
    if st.session_state.pop(f"{key}:started", False):
        values = values.changed(full=False)  # what was started is what its reader wants to see
    study = get_study(values.study)
    st.markdown(f"**{_(study.question)}**")
    group = _newest(study, values)
    found = None if group else recording(study.name, values.size) or recording(study.name)
    full = recording(study.name, Size.FULL)
    if full and full != found:
        values = values.changed(full=_switch(values, full, group is not None, key))
        found = full if values.full else found
    if found:
        _recorded(found, key)
    elif group:
        st.caption(_("Run on this computer:"))
        study_result(group, key=f"{key}:own", height=HEIGHT)
    else:
        st.info(
            _("Nobody ran this study here yet. Its curves and its verdict will stand here."),
            icon=":material/science:",
        )
    if not (group and group.active):
        if found and found.size != values.size:
            st.caption(_("This computer would run: {about}").format(about=_(study.size(values.size).about)))
        _start(study, values, key)
    return values


def _newest(study: Study, values: StudyValues) -> Group | None:
    """Return what was started last, in the size that is asked for."""
    group = groups.newest(study)
    return group if group and group.size in (None, values.size) else None


def _switch(values: StudyValues, full: Recording, own: bool, key: str) -> bool:
    """Let the reader choose between what stands here otherwise and the full recording; say whether it is the latter.

    Args:
        values: as the page's state holds them.
        full: the recording.
        own: whether it stands beside a run of this computer, rather than beside the quick recording.
        key: of this widget in its page.
    """
    only = open_state(LearnState).only
    if only is not None and "full" not in only:
        return values.full
    here = _("Run on this computer") if own else _("{images}, minutes on a CPU")
    labels = {
        False: here.format(images=capitalized(_images(full.study.quick.data))),
        True: _("{images}, recorded on a GPU").format(images=capitalized(_images(full.data))),
    }
    # Other words are another widget: a browser would fall back to the first of them.
    place = project(f"{key}:full:{'own' if own else 'quick'}", values.full)
    chosen = st.segmented_control(
        _(StudyValues.model_fields["full"].title or ""),
        list(labels),
        format_func=labels.__getitem__,
        required=True,
        label_visibility="collapsed",
        key=place,
    )
    # Two quick clicks on one choice: the browser let go of it, the lab keeps it.
    return adopt(place, values.full if chosen is None else chosen)


def _images(data: str) -> str:
    return image_name(data) or data


def _recorded(found: Recording, key: str) -> None:
    names = recorded_names(found.runs)
    curves = [
        Curve(name, run.spec.residual, run.spec.depth, run.epochs) for name, run in zip(names, found.runs, strict=True)
    ]
    both = len({curve.residual for curve in curves}) > 1
    figure = learning_curves(
        curves,
        title=_("{study}: error on {images}").format(study=_(found.study.title), images=_images(found.data)),
        layout=Layout.SIDES if both else Layout.ONE,
    )
    st.caption(_provenance(found))
    lab_chart(
        figure,
        key=f"{key}:recorded:{found.size}",
        alt=describe(curves, _images(found.data)),
        filename=f"resnet-lab-{found.study.name}-{found.size}",
        height=HEIGHT,
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
        st.session_state[f"{key}:started"] = True
        st.rerun()
