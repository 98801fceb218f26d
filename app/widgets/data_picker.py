"""Choosing a data set: the kind, a path where it needs one, and eight of its images."""

import streamlit as st

from app import cache, theme
from app.language import N_, _
from app.projection import form_key, form_said, project
from app.text import as_text, reason_of
from app.widgets.inline_image import inline_image
from resnet_core.datasets import Summary, check_source
from resnet_core.errors import LabError, one_line

KINDS = {
    "shapes": N_("Drawn shapes (built in)"),
    "parquet": N_("Parquet files"),
    "folder": N_("Folders of images, one a class"),
    "cifar10": N_("CIFAR-10 (downloads 170 MB once)"),
    "cats_vs_dogs": N_("Cats vs dogs (825 MB once)"),
}

PATH_HELP = {
    "parquet": N_("A parquet file, or a folder of them, on the computer that runs the app; columns img and label."),
    "folder": N_(
        "A folder with one folder a class, or with train/ and test/ in it, on the computer that runs the app."
    ),
}


def data_picker(source: str, *, key: str, with_samples: bool = True) -> tuple[str, Summary | None]:
    """Show the choice and return the source chosen, with its summary, or None while it cannot be used.

    Args:
        source: as the page's state holds it, of one of KINDS.
        key: of this widget in its page.
        with_samples: whether to show eight images too.
    """
    form = form_key(key, source)
    kind, path = source.partition(":")[::2]
    chosen = st.selectbox(
        _("Data"), list(KINDS), format_func=lambda kind: _(KINDS[kind]), key=project(f"{form}:kind", kind)
    )
    if chosen in PATH_HELP:
        place = project(f"{form}:path", path if chosen == kind else "")
        path = st.text_input(_("Path"), key=place, help=_(PATH_HELP[chosen]), placeholder="path/to/data").strip()
        if not path:
            form_said(key, f"{chosen}:")
            st.info(_("Type the path.") + " " + _(PATH_HELP[chosen]), icon=":material/folder:")
            return f"{chosen}:", None
        chosen = f"{chosen}:{path}"
    form_said(key, chosen)
    try:
        check_source(chosen)
        summary = cache.summary(chosen)
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        return chosen, None
    st.caption(
        _("{train} images to train on, {test} to test on, {classes} classes: {names}").format(
            train=theme.count(summary.train_images),
            test=theme.count(summary.test_images),
            classes=summary.classes,
            names=_names(summary),
        )
    )
    if with_samples:
        _samples(chosen, summary, key)
    return chosen, summary


def _samples(source: str, summary: Summary, key: str) -> None:
    try:
        images, labels = cache.sample_images(source)
    except LabError as error:
        st.caption(as_text(reason_of(error)))
        return
    with st.container(horizontal=True, gap="small", key=f"{key}:thumbnails"):
        for image, label in zip(images, labels, strict=True):
            name = summary.class_names[label]
            inline_image(image, 56, name=name, alt=_("An image of class {name}").format(name=name))


def _names(summary: Summary, most: int = 10) -> str:
    names = ", ".join(summary.class_names[:most])
    return f"{names}, ..." if summary.classes > most else names
