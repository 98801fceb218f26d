"""The paper's recipe line by line: switch some off, train both here, and see what they were for."""

from collections.abc import Sequence

import streamlit as st

from app import cache, theme
from app.curve_layout import Layout
from app.feed import Feed
from app.language import ENGLISH, N_, _, speaking
from app.owner import owner
from app.widgets.live_runs import live_runs
from resnet_core.errors import LabError, one_line
from resnet_core.lessons.labs.runs import RecipeSwitchesValues
from resnet_core.recipes import Recipe
from resnet_core.runs import queue, store
from resnet_core.runs.estimate import estimates, image_counts
from resnet_core.runs.records import Job
from resnet_core.spec import ResNetSpec
from resnet_core.switched import STEPS, switched

TITLE = N_("The recipe, line by line")
DATA = "shapes"
GROUP = "switches"
REMEMBERED = 200

Planned = tuple[str, str, ResNetSpec, Recipe]
"""A run: its name, the same in the reader's words, its network and its recipe."""


def view(values: RecipeSwitchesValues, *, key: str) -> None:
    """Show the whole recipe's run beside the one without the lines that are switched off.

    Args:
        values: which lines stay.
        key: of this widget in its page.
    """
    off = [name for name in type(values).model_fields if not getattr(values, name)]
    wanted = [_planned(())] + ([_planned(off)] if off else [])
    if not off:
        st.info(_("Switch a line off above, then train both and compare."), icon=":material/toggle_off:")
    stored = store.jobs(kind="train", limit=REMEMBERED)
    found = {name: _stored(stored, spec, recipe) for name, _words, spec, recipe in wanted}
    missing = [planned for planned in wanted if found[planned[0]] is None]
    jobs = [job for job in found.values() if job]
    if missing and not any(job.active for job in jobs):
        _start(missing, key)
    if jobs:
        live_runs(
            tuple(job.id for job in jobs),
            key=f"{key}:{'-'.join(job.id for job in jobs)}",
            title=_("ResNet-20 on drawn shapes, {steps} steps: error").format(steps=STEPS),
            layout=Layout.ONE,
            when_done=_say,
        )


def _planned(off: Sequence[str]) -> Planned:
    with speaking(ENGLISH):  # a name is kept, and seen by every reader
        name = _in_words(off)
    return name, _in_words(off), *switched(**dict.fromkeys(off, False))


def _in_words(off: Sequence[str]) -> str:
    titles = [_(RecipeSwitchesValues.model_fields[name].title or name) for name in off]
    return _("without {lines}").format(lines=", ".join(titles)) if off else _("the whole recipe")


def _stored(jobs: Sequence[Job], spec: ResNetSpec, recipe: Recipe) -> Job | None:
    """Return the first of the jobs that is exactly this, unless it ended badly."""
    asked = spec.model_dump(mode="json"), recipe.model_dump(mode="json")
    for job in jobs:
        ours = (job.study or "").startswith(f"{GROUP}-") and (job.active or job.state in ("finished", "diverged"))
        if ours and (_without_classes(job.spec), job.recipe) == (_without_classes(asked[0]), asked[1]):
            return job
    return None


def _without_classes(spec: dict) -> dict:
    return {name: value for name, value in spec.items() if name != "classes"}


def _start(missing: Sequence[Planned], key: str) -> None:
    try:
        summary = cache.summary(DATA)
        costs = estimates((spec, recipe, *image_counts(recipe, summary)) for _name, _words, spec, recipe in missing)
        label = _("Train here: {names}, about {time}").format(
            names=" + ".join(words for _name, words, *_rest in missing),
            time=theme.seconds(sum(cost.seconds for cost in costs)),
        )
        if not st.button(label, type="primary", icon=":material/play_arrow:", key=f"{key}:start"):
            return
        requests = [
            queue.Request(spec.changed(classes=summary.classes), recipe, DATA, name=name, owner=owner())
            for name, _words, spec, recipe in missing
        ]
        queue.submit_many(requests, study=queue.new_study(GROUP))
    except LabError as error:
        st.error(one_line(error), icon=":material/error:")
        return
    st.rerun()


def _say(feed: Feed) -> None:
    """Compare the last errors of both."""
    ends = [(job.name, epochs[-1]) for job in feed.jobs if (epochs := feed.epochs_of(job.id))]
    said = [
        _("{name}: {train} training error, {val} validation error").format(
            name=name, train=theme.percent(last.train_error), val=theme.percent(last.val_error)
        )
        for name, last in ends
    ]
    diverged = [job.name for job in feed.jobs if job.state == "diverged"]
    if diverged:
        said.append(_("{name} diverged: its loss grew beyond all numbers").format(name=", ".join(diverged)))
    if said:
        note = _("One run each, from one seed: small differences may be luck.")
        st.success(f"{'; '.join(said)}. {note}", icon=":material/gavel:")
