"""The reader's choices and their links: what is kept comes back, what is mangled is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.compare_state import Picture, Size, Watched
from app.curve_layout import Axis, Layout
from app.state import (
    BuildState,
    CompareState,
    HomeState,
    TrainState,
    read_recipe,
    read_spec,
    read_state,
    recipe_token,
    spec_token,
)
from resnet_core import PRESETS, RECIPES, make_spec
from resnet_core.recipes import MAX_SEED, make_recipe


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_a_short_link(name):
    assert read_spec(spec_token(PRESETS[name].spec)) == PRESETS[name].spec
    assert len(spec_token(PRESETS[name].spec)) < 30


@given(
    stages=st.lists(st.integers(1, 9), min_size=1, max_size=3),
    residual=st.booleans(),
    momentum=st.floats(0, 0.999),
    epsilon=st.floats(1e-9, 1e-2),
    padding=st.sampled_from(["same", "explicit"]),
)
def test_any_network_comes_back_from_its_link(stages, residual, momentum, epsilon, padding):
    fields = {"stages": stages, "residual": residual, "bn_momentum": momentum, "bn_epsilon": epsilon}
    spec = make_spec(fields | {"padding": padding})
    assert read_spec(spec_token(spec)) == spec


@pytest.mark.parametrize(
    "fields",
    [
        {"epochs": 3},
        {"steps": 640, "schedule": "step", "milestones": [320, 480], "learning_rate": 1e-05},
        {"epochs": 1, "optimizer": "adamw", "weight_decay": 0.05, "deterministic": True, "validation_size": 100},
    ],
)
def test_any_recipe_comes_back_from_its_link(fields):
    assert read_recipe(recipe_token(make_recipe(fields))) == make_recipe(fields)


@pytest.mark.parametrize("name", RECIPES)
def test_a_named_recipe_is_its_name_in_a_link(name):
    assert recipe_token(RECIPES[name]) == name and read_recipe(name) == RECIPES[name]


@pytest.mark.parametrize(
    "state",
    [
        HomeState("degradation-abc"),
        BuildState(
            make_spec({"stages": [1, 1], "conv_bias": True}), make_spec({}), "layers", "stage1_block1_add", "code"
        ),
        TrainState(
            (make_spec({}), make_spec({"residual": False})), "folder:a b/ü", RECIPES["nadam"], MAX_SEED, ("r-1", "r-2")
        ),
        CompareState(("r-1", "r-2"), Layout.ONE, Axis.SECONDS, True, 0.6),
        CompareState(
            ("r-1",), picture=Picture.DEPTH, group="depth", split="residual", baseline="20", hidden=("56", "a b")
        ),
        CompareState(picture=Picture.TIME, solo="no tag", watched=Watched.TRAINING, target=0.125, words="plain ü"),
        CompareState(picture=Picture.SIZE, size=Size.MACS, paper=False),
    ],
)
def test_every_page_comes_back_from_its_link(state):
    assert read_state(type(state), state.to_query()) == (state, [])


@pytest.mark.parametrize(
    ("kind", "name", "text", "said"),
    [
        (BuildState, "spec", "resnet57", "did you mean"),
        (BuildState, "spec", "stages.3-0-3", "at least one block"),
        (BuildState, "spec", "stages.x", "blocks per stage"),
        (BuildState, "spec", "color.red", "unknown field 'color'"),
        (BuildState, "detail", "atoms", "must be one of"),
        (BuildState, "nonsense", "1", "knows no 'nonsense'"),
        (TrainState, "recipe", "fast", "no recipe is called"),
        (TrainState, "recipe", "epochs.0", "recipe: epochs must be greater than or equal to 1 (received '0')"),
        (TrainState, "recipe", "lr.abc", "unknown field 'lr': a recipe has optimizer, learning_rate, "),
        (TrainState, "recipe", "schedule.step~epochs.1", "left out: recipe: schedule step needs milestones"),
        (TrainState, "seed", "-1", "whole number"),
        (TrainState, "seed", "4294967296", "from 0 to 4294967295"),
        (TrainState, "data", "none", "folder:PATH, parquet:PATH, received 'none'"),
        (CompareState, "smoothing", "nan", "from 0 to 0.99"),
        (CompareState, "x", "miles", "must be one of"),
        (CompareState, "group", "color", "must be one of"),
        (CompareState, "picture", "pie", "must be one of"),
        (CompareState, "target", "2", "from 0 to 1"),
        (CompareState, "paper", "yes", "must be one of 0, 1"),
    ],
)
def test_a_mangled_link_is_said_in_one_line_and_the_rest_holds(kind, name, text, said):
    good = {"tab": "code"} if kind is BuildState else {}
    state, problems = read_state(kind, {name: text} | good)
    assert len(problems) == 1 and said in problems[0] and "\n" not in problems[0]
    assert problems[0].count("left out") == 1 and "`" not in problems[0], "said once, and no command"
    assert state == (BuildState(tab="code") if kind is BuildState else kind())
