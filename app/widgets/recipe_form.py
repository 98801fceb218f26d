"""Choosing a recipe: three by name, every field behind a fold."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app.language import N_, _
from app.projection import form_key, form_said, project
from app.recipe_words import CHOICES, in_words
from resnet_core.errors import RecipeError, one_line
from resnet_core.recipes import (
    RECIPES,
    Devices,
    Optimizer,
    Precision,
    Recipe,
    make_recipe,
)
from resnet_core.runs import cluster, devices

CUSTOM = "custom"

TITLES = {
    "quick": N_("Quick"),
    "paper": N_("The paper's"),
    "nadam": "Nadam",
    CUSTOM: N_("My own"),
}
_UNITS = {"epochs": N_("epochs"), "steps": N_("steps")}
_DEVICES = {Devices.ONE: N_("one"), Devices.ALL: N_("all of a machine's, for one run")}
_LENGTHS = {"epochs": N_("Epochs"), "steps": N_("Steps")}


def recipe_form(recipe: Recipe, *, key: str) -> Recipe | None:
    """Show the choice and return the recipe, or None where its fields contradict each other.

    Args:
        recipe: as the page's state holds it.
        key: of this widget in its page.
    """
    name = next((name for name, known in RECIPES.items() if known == recipe), CUSTOM)
    chosen = st.segmented_control(
        _("Recipe"),
        list(TITLES),
        format_func=lambda name: _(TITLES[name]),
        key=project(f"{key}:name", name),
        help=_("Quick: minutes on a CPU. The paper's: hours on a GPU. Nadam: the ResNet-20 of the study notes."),
    )
    if chosen in RECIPES and chosen != name:
        recipe = RECIPES[chosen]
    st.caption(in_words(recipe))
    with st.expander(_("Every setting"), icon=":material/tune:"):
        values = _fields(recipe, form_key(key, recipe))
    try:
        said = make_recipe(values)
    except RecipeError as error:
        st.error(one_line(error), icon=":material/error:")
        return None
    form_said(key, said)
    return said


def _fields(recipe: Recipe, key: str) -> dict[str, Any]:
    def place(field: str, value: Any) -> str:
        return project(f"{key}:{field}", value)

    left, middle, right = st.columns(3)
    values: dict[str, Any] = {}
    with left:
        values["optimizer"] = st.selectbox(_("Optimizer"), list(Optimizer), key=place("optimizer", recipe.optimizer))
        # Without bounds of its own: a number that it refused would stand beside what is said of the one before.
        values["learning_rate"] = st.number_input(
            _("Learning rate"), step=0.01, format="%.5g", key=place("learning_rate", recipe.learning_rate)
        )
        values["schedule"] = _one_of(_("Schedule"), CHOICES["schedule"], place("schedule", recipe.schedule))
        milestones = st.text_input(
            _("Milestones (steps)"),
            key=place("milestones", ", ".join(map(str, recipe.milestones))),
            help=_("For the step schedule: where the rate is divided by 10, as 32000, 48000."),
        )
        values["milestones"] = [part for part in milestones.replace(",", " ").split() if part]
        values["warmup_steps"] = st.number_input(
            _("Warm-up steps"),
            0,
            10_000_000,
            key=place("warmup_steps", recipe.warmup_steps),
            help=_("They run at a tenth of the learning rate."),
        )
    with middle:
        values["batch_size"] = st.number_input(_("Batch size"), 1, 4096, key=place("batch_size", recipe.batch_size))
        unit = st.radio(
            _("Length in"),
            list(_UNITS),
            format_func=lambda unit: _(_UNITS[unit]),
            horizontal=True,
            key=place("unit", "epochs" if recipe.epochs else "steps"),
        )
        length = recipe.epochs or recipe.steps
        values[unit] = st.number_input(_(_LENGTHS[unit]), 1, 10_000_000, key=place("length", length))
        values["train_size"] = _optional(_("Training images (0: all of them)"), recipe.train_size, place, "train_size")
        values["validation_size"] = _optional(
            _("Held-out images (0: none: the test images validate)"), recipe.validation_size, place, "validation_size"
        )
        values["weight_decay"] = st.number_input(
            _("Weight decay"), 0.0, 1.0, step=0.0001, format="%.5g", key=place("weight_decay", recipe.weight_decay)
        )
    with right:
        values["augment"] = _one_of(_("Augmentation"), CHOICES["augment"], place("augment", recipe.augment))
        values["normalize"] = _one_of(_("Normalization"), CHOICES["normalize"], place("normalize", recipe.normalize))
        values["precision"] = st.selectbox(_("Precision"), list(Precision), key=place("precision", recipe.precision))
        values["devices"] = _devices(recipe.devices, place)
    # Not in a column: a checkbox cuts its words where they do not fit.
    values["deterministic"] = st.checkbox(
        _("Repeat to the last bit"),
        key=place("deterministic", recipe.deterministic),
        help=_("May be slower on a GPU."),
    )
    return values


def _one_of(label: str, words: Mapping[Any, str], key: str, help: str | None = None) -> Any:
    return st.selectbox(label, list(words), format_func=lambda value: _(words[value]), key=key, help=help)


def _devices(chosen: Devices, place) -> Devices:
    """Ask for the devices where there may be several, or where all are asked for already, as by a link."""
    if chosen is Devices.ONE and not cluster.address() and len(devices.gpu_identifiers()) < 2:
        return chosen
    return _one_of(
        _("GPUs"),
        _DEVICES,
        place("devices", chosen),
        help=_(
            "Each GPU computes a part of every batch, and other runs wait meanwhile. The curve is that of one GPU but "
            "for rounding. A machine with a single device trains on that one."
        ),
    )


def _optional(label: str, value: int | None, place, field: str) -> int | None:
    number = st.number_input(label, 0, 10_000_000, key=place(field, value or 0))
    return number or None
