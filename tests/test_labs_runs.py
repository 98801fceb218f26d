"""The lab that switches lines of the recipe off starts real jobs: their names are data, in English for every reader."""

import pytest
from streamlit.testing.v1 import AppTest

from resnet_core.runs import store

pytestmark = pytest.mark.usefixtures("no_supervisor")


def korean_lab() -> None:
    from app.labs import recipe_switches
    from app.language import speaking
    from resnet_core.lessons.labs.runs import RecipeSwitchesValues

    with speaking("ko"):
        recipe_switches.view(RecipeSwitchesValues(momentum=False, shortcuts=False), key="lab")


def test_its_jobs_have_english_names_whatever_the_reader_speaks():
    app = AppTest.from_function(korean_lab, default_timeout=60).run()
    (button,) = app.button
    assert "훈련법 전체" in button.label and "Shortcuts" not in button.label
    button.click().run()
    assert not app.exception and not app.error
    assert {job.name for job in store.jobs()} == {"the whole recipe", "without Momentum 0.9, Shortcuts"}
