"""The reader's choices: one value object a page, which is the page's URL and survives in the session.

A page opens its state, shows widgets from it, and keeps what came of it. A link with parameters wins over what the
session remembers; a mangled link is said in one line and replaced by what can be read of it.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.compare_state import CompareState
from app.data_state import DataState
from app.language import _
from app.learn_state import GlossaryState, LearnState
from app.links import LONGEST_TOKEN, data_source, listed, one_of, unknown, whole_number
from app.reader_language import PARAMETER, language_query
from app.study_choice import QUERY_NAMES, StudyChoice
from resnet_core.errors import InputError, RecipeError
from resnet_core.families import PRESETS, get_spec, preset_of
from resnet_core.recipes import MAX_SEED, RECIPES, Recipe, make_recipe
from resnet_core.spec import ResNetSpec

MOST_SPECS = 12
"""Networks that are launched together."""


def spec_token(spec: ResNetSpec) -> str:
    """Write a network for a URL: its preset's name, or the fields that differ from the defaults.

    Example:
        >>> spec_token(ResNetSpec(stages=(1, 2), residual=False))
        'stages.1-2~residual.0'
    """
    preset = preset_of(spec)
    if preset:
        return preset.name
    return "~".join(f"{name}.{value}" for name, value in spec.to_query().items())


def read_spec(token: str) -> ResNetSpec:
    """Read a network from a URL.

    Raises:
        SpecError: it names no preset, or a field that cannot be read.
    """
    if token in PRESETS:
        return get_spec(token)
    if "." not in token:
        return get_spec(token)
    pairs = [part.partition(".") for part in token[:LONGEST_TOKEN].split("~")]
    return ResNetSpec.from_query({name: value for name, dot, value in pairs})


def recipe_token(recipe: Recipe) -> str:
    """Write a recipe for a URL: its name, or the fields that differ from the defaults."""
    for name, known in RECIPES.items():
        if known == recipe:
            return name
    values = recipe.model_dump(mode="json", exclude_defaults=True)
    return "~".join(f"{k}.{'-'.join(map(str, v)) if isinstance(v, list) else v}" for k, v in values.items())


def read_recipe(token: str) -> Recipe:
    """Read a recipe from a URL.

    Raises:
        RecipeError: it is neither a recipe's name nor readable fields.
    """
    if token in RECIPES:
        return RECIPES[token]
    values: dict[str, Any] = {}
    for part in token[:LONGEST_TOKEN].split("~"):
        name, dot, value = part.partition(".")
        if not dot:
            problem = _("no recipe is called {name!r}: choose one of {names}")
            raise RecipeError(problem.format(name=token[:60], names=", ".join(RECIPES)))
        values[name] = [step for step in value.split("-") if step] if name == "milestones" else value
    return make_recipe(values)


@dataclass(frozen=True)
class BuildState:
    """What the Build page shows."""

    spec: ResNetSpec = field(default_factory=lambda: get_spec("resnet20"))
    other: ResNetSpec | None = None
    detail: str = "blocks"
    node: str | None = None
    tab: str = "graph"

    def to_query(self) -> dict[str, str]:
        query = {"spec": spec_token(self.spec), "detail": self.detail, "tab": self.tab}
        if self.other:
            query["other"] = spec_token(self.other)
        if self.node:
            query["node"] = self.node
        return query

    def with_query(self, name: str, text: str) -> Self:
        match name:
            case "spec" | "other":
                return replace(self, **{name: read_spec(text)})
            case "detail":
                return replace(self, detail=one_of(name, text, ("stages", "blocks", "layers")))
            case "tab":
                return replace(self, tab=one_of(name, text, ("graph", "layers", "side", "code")))
            case "node":
                return replace(self, node=text[:80])
        raise unknown(name)


@dataclass(frozen=True)
class TrainState:
    """What the Train page is about to launch, and which runs it watches; or the study it shows instead."""

    specs: tuple[ResNetSpec, ...] = field(
        default_factory=lambda: (get_spec("pocket_resnet20"), get_spec("pocket_plain20"))
    )
    data: str = "shapes"
    recipe: Recipe = field(default_factory=lambda: RECIPES["quick"])
    seed: int = 0
    watch: tuple[str, ...] = ()
    study: StudyChoice | None = None

    def to_query(self) -> dict[str, str]:
        if self.study:
            return self.study.to_query()
        query = {
            "specs": ",".join(map(spec_token, self.specs)),
            "data": self.data,
            "recipe": recipe_token(self.recipe),
            "seed": str(self.seed),
        }
        if self.watch:
            query["watch"] = ",".join(self.watch)
        return query

    def with_query(self, name: str, text: str) -> Self:
        match name:
            case "specs":
                tokens = listed(text)
                if len(tokens) > MOST_SPECS:
                    problem = _("at most {most} networks can be launched together, received {count}")
                    raise InputError(problem.format(most=MOST_SPECS, count=len(tokens)))
                return replace(self, specs=tuple(dict.fromkeys(map(read_spec, tokens))))
            case "data":
                return replace(self, data=data_source(name, text))
            case "recipe":
                return replace(self, recipe=read_recipe(text))
            case "seed":
                return replace(self, seed=whole_number(name, text, MAX_SEED))
            case "watch":
                return replace(self, watch=listed(text))
            case _ if name in QUERY_NAMES:
                return replace(self, study=(self.study or StudyChoice()).with_query(name, text))
        raise unknown(name)


@dataclass(frozen=True)
class HomeState:
    """Which study Home shows; empty for the newest."""

    study: str = ""

    def to_query(self) -> dict[str, str]:
        return {"study": self.study} if self.study else {}

    def with_query(self, name: str, text: str) -> Self:
        if name == "study":
            return replace(self, study=text[:40])
        raise unknown(name)


MOST_LEFT = 8
"""Addresses remembered that a page has left: a browser is hardly more clicks behind."""
_SHOWN = "state:shown"
"""Which page kept its state last: the one that the reader sees."""

State = TypeVar("State", BuildState, TrainState, CompareState, DataState, HomeState, LearnState, GlossaryState)


def read_state(kind: type[State], query: dict[str, str]) -> tuple[State, list[str]]:
    """Read a page's state from URL parameters, and one line for each that could not be read."""
    state, problems = kind(), []
    for name, text in query.items():
        try:
            state = state.with_query(name, text)
        except InputError as error:
            problems.append(_("The link's {name!r} was left out: {reason}").format(name=name, reason=error))
    return state, problems


def open_state(kind: type[State], *, bare_is_start: bool = False) -> State:
    """Return the page's state: from the link if it says anything new, else as the session remembers it.

    Problems with a link are shown where this is called.

    Args:
        bare_is_start: on the page that is shown already, an address without parameters leads to its start, as a link
            to it or the browser's Back means it; who comes from another page finds it as it was.
    """
    query = {name: st.query_params[name] for name in st.query_params if name != PARAMETER}
    remembered = st.session_state.get(_slot(kind))
    if remembered and (_in_fragment() or _is_late(kind, query)):
        return remembered
    if bare_is_start and not query and st.session_state.get(_SHOWN) == _slot(kind):
        return kind()
    if query and (remembered is None or query != st.session_state.get(_slot(kind) + ":query")):
        state, problems = read_state(kind, query)
        for problem in problems:
            st.warning(problem, icon=":material/link_off:")
        st.session_state[_slot(kind)] = state
        return state
    return remembered or kind()


def keep_state(state: State) -> None:
    """Remember the page's state in the session and in the URL."""
    query = state.to_query()
    st.session_state[_slot(type(state))] = state
    st.session_state[_slot(type(state)) + ":query"] = query
    st.session_state[_SHOWN] = _slot(type(state))
    link = query | language_query()
    given = {name: st.query_params[name] for name in st.query_params}
    if given != link:
        left = {name: text for name, text in given.items() if name != PARAMETER}
        slot = _slot(type(state)) + ":left"
        st.session_state[slot] = [left, *st.session_state.get(slot, ())][:MOST_LEFT]
    # Sent even if nothing is new: a link that leads to the page it stands on does not change the browser's address.
    st.query_params.from_dict(given if given == link else link)


def remember(state: State) -> None:
    """Set another page's state before switching to it."""
    st.session_state[_slot(type(state))] = state


def _in_fragment() -> bool:
    """Say whether a part of the page runs alone. Its address may be older than the last change of the state."""
    context = get_script_run_ctx()
    return bool(context and context.fragment_ids_this_run)


def _is_late(kind: type, query: dict[str, str]) -> bool:
    """Say whether a click came with an address that the page has left, as the browser had not heard of the new one yet.

    The browser's Back and a link come with such an address too, but change no widget.
    """
    context = get_script_run_ctx()
    if context is None or context.is_history_navigation or st.session_state.get(_SHOWN) != _slot(kind):
        return False
    if query not in st.session_state.get(_slot(kind) + ":left", ()):
        return False
    widgets = context.session_state._state  # Streamlit tells a script in no other way whether it runs for a click
    return any(name in widgets._old_state and widgets._widget_changed(name) for name in widgets._new_widget_state)


def _slot(kind: type) -> str:
    return f"state:{kind.__name__}"
