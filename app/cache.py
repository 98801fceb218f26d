"""Every cached computation of the app, each bounded: any visitor can clear them, so nothing that matters is in them."""

from typing import Any

import streamlit as st

from app.language import _
from resnet_core.code import keras_code
from resnet_core.costs import Costs, count_costs
from resnet_core.datasets import Report, Summary, describe, inspect, samples
from resnet_core.drawing import Detail, Drawing, Format, draw
from resnet_core.graph import Graph, build_graph
from resnet_core.recipes import Recipe
from resnet_core.runs.study_plans import Forecast, forecast
from resnet_core.spec import ResNetSpec
from resnet_core.studies import Size, get_study

_BY_CONTENT = {ResNetSpec: lambda spec: spec.key, Recipe: lambda recipe: recipe.model_dump_json()}


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=_BY_CONTENT)
def costs(spec: ResNetSpec) -> Costs:
    """Count a network; its graph is `.graph`."""
    return count_costs(build_graph(spec))


def graph(spec: ResNetSpec) -> Graph:
    """Return a network's graph."""
    return costs(spec).graph


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=_BY_CONTENT)
def drawing(spec: ResNetSpec, detail: Detail) -> Drawing:
    """Lay out a network as a picture."""
    return draw(graph(spec), detail)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=_BY_CONTENT)
def picture(spec: ResNetSpec, detail: Detail, file_format: Format) -> bytes:
    """Render a network's picture."""
    return drawing(spec, detail).render(file_format)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=_BY_CONTENT)
def shown_picture(spec: ResNetSpec, detail: Detail) -> str:
    """Render a network's picture for the viewer."""
    return drawing(spec, detail).render("svg").decode()


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=_BY_CONTENT)
def code(spec: ResNetSpec, recipe: Recipe | None = None, data: str = "shapes") -> str:
    """Write a network as a stand-alone Keras script."""
    return keras_code(spec, recipe, data)


@st.cache_data(max_entries=64, ttl=60, show_spinner=False)
def study_forecast(name: str, size: Size, data: str | None = None, seeds: int = 1) -> Forecast:
    """Estimate a study on this computer; asked again after a minute, as every finished run makes it better."""
    return forecast(get_study(name), size, data, seeds)


@st.cache_data(max_entries=16, ttl=60, show_spinner=False)
def summary(source: str) -> Summary:
    """Summarize a data set; asked again after a minute, as files may come and go."""
    return describe(source)


@st.cache_data(max_entries=16, ttl=60, show_spinner=False)
def sample_images(source: str, count: int = 8):
    """Return a few images of a data set, and their labels."""
    return samples(source, count)


def class_samples(source: str, count: int, size: int, seed: int, classes: tuple[int, ...] | None):
    """Return images of some classes, or of all, and their labels."""
    with st.spinner(_("Looking at the images")):
        return _class_samples(source, count, size, seed, classes)


@st.cache_data(max_entries=16, ttl=60, show_spinner=False)
def _class_samples(source: str, count: int, size: int, seed: int, classes: tuple[int, ...] | None):
    return samples(source, count, size, seed, classes)


def data_report(source: str, most: int = 400) -> Report:
    """Count a data set's classes and read the headers of some of its files."""
    with st.spinner(_("Looking at the files")):
        return _data_report(source, most)


@st.cache_data(max_entries=8, ttl=60, show_spinner=False)
def _data_report(source: str, most: int) -> Report:
    return inspect(source, most=most, decoding=False)


@st.cache_resource(max_entries=128, show_spinner=False)
def lab_answer(name: str, values: str) -> Any:
    """Compute a lab's answer, which no one changes.

    Args:
        name: of the lab.
        values: its values as JSON.
    """
    from app.labs.lab import load_lab  # the first page needs no figures
    from resnet_core.lessons.labs import LABS

    return load_lab(name).answer(LABS[name].model_validate_json(values))
