"""A translated lesson against the original: the same steps, blocks, ids, numbers and answers; only words differ."""

from typing import Any

from resnet_core.lessons.blocks import Block, Claim, Code, LabBlock, Measured, Open, Predict, Quiz
from resnet_core.lessons.document import Lesson, Step
from resnet_core.lessons.glossary import Glossary
from resnet_core.lessons.problems import Problem


def differences(translated: Lesson, original: Lesson) -> list[Problem]:
    """Return where a translation says something else than the original, with the translation's lines."""
    found = []
    if translated.about.minutes != original.about.minutes:
        found.append(Problem(1, f"minutes are {translated.about.minutes}, in English {original.about.minutes}"))
    if translated.about.needs != original.about.needs:
        found.append(Problem(1, f"needs are {translated.about.needs}, in English {original.about.needs}"))
    if len(translated.about.goals) != len(original.about.goals):
        found.append(Problem(1, f"{len(translated.about.goals)} goals, in English {len(original.about.goals)}"))
    if len(translated.steps) != len(original.steps):
        found.append(Problem(1, f"{len(translated.steps)} steps, in English {len(original.steps)}"))
        return found
    for mine, other in zip(translated.steps, original.steps, strict=True):
        found += _step_differences(mine, other)
    return found


def lacking(translated: Glossary, original: Glossary) -> list[Problem]:
    """Return the terms that one glossary has and the other has not."""
    missing = [key for key in original.terms if key not in translated.terms]
    unknown = [key for key in translated.terms if key not in original.terms]
    found = [Problem(1, f"the term {key} is missing: English has it") for key in missing]
    return found + [Problem(1, f"the term {key} is not in the English glossary") for key in unknown]


def skeleton(block: Block) -> tuple[Any, ...]:
    """Return what of a block is the same in every language."""
    kind = type(block).__name__.lower()
    match block:
        case Predict():
            sketch = (block.sketch.x, block.sketch.y_range) if block.sketch else None
            return kind, block.id, len(block.choices or ()), block.answer, sketch
        case LabBlock():
            return kind, block.id, block.name, block.values, block.hide
        case Quiz():
            rights = tuple(choice.right for choice in block.choices or ())
            number = block.number and (block.number.answer, block.number.tolerance, len(block.number.common))
            order = len(block.order.items) if block.order else None
            return kind, block.id, rights, number, order, tuple(map(_measured, block.because))
        case Claim():
            return kind, block.id, *_measured(block)
        case Open():
            return kind, block.page, block.state
        case Code():
            return kind, block.function
    raise TypeError(f"no skeleton of {kind}")


def _measured(item: Measured) -> tuple[Any, ...]:
    return item.measure, item.of, item.number, item.tolerance


def _step_differences(mine: Step, other: Step) -> list[Problem]:
    own, theirs = _blocks(mine), _blocks(other)
    kinds = [skeleton(block)[0] for _, block in own]
    expected = [skeleton(block)[0] for _, block in theirs]
    if kinds != expected:
        said = ", ".join(kinds) or "no block"
        return [Problem(mine.line, f"this step has {said}, in English {', '.join(expected) or 'no block'}")]
    return [
        Problem(line, f"this {skeleton(block)[0]} is not the one in English: {skeleton(block)}, not {skeleton(twin)}")
        for (line, block), (_, twin) in zip(own, theirs, strict=True)
        if skeleton(block) != skeleton(twin)
    ]


def _blocks(step: Step) -> list[tuple[int, Block]]:
    return [(part.line, part.content) for part in step.parts if isinstance(part.content, Block)]
