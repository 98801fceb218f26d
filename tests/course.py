"""A made-up course of one tiny lesson, which tests write into a folder of their own."""

from pathlib import Path

TINY = """\
---
title: A tiny lesson
minutes: 3
goals:
  - see how a lesson works
needs: []
---

A *network* of layers, with $F(x) = H(x) - x$.

## Predict

```predict
id: more
question: Which costs more?
choices: [resnet20, resnet56]
answer: 2
reveal: |
  The **deeper** one.
```

```lab
name: study
values: {study: depth}
hide: [study]
```

## Check yourself

```quiz
id: how_many
question: How many trained parameters has ResNet-56?
number:
  answer: 853018
  unit: parameters
  why: Counted on its graph.
  common:
    - {answer: 857082, why: This counts the moving statistics too.}
because:
  - {measure: trainable_parameters, of: {spec: resnet56}, number: 853018}
```

```quiz
id: which
question: What does a shortcut add?
choices:
  - {text: its input, right: true, why: The block's own input.}
  - {text: parameters, why: An identity has none.}
source: He et al. 2015, section 3.2
```

```quiz
id: sequence
question: In which order?
order:
  items: [convolution, normalization, sum, ReLU]
  why: As in the paper's Figure 2.
source: He et al. 2015, Figure 2
```

```claim
id: r56
text: ResNet-56 has 0.85 million parameters.
measure: trainable_parameters
of: {spec: resnet56}
number: 853018
```

```open
page: build
label: Open ResNet-56
state: {spec: resnet56, tab: layers}
```

```code
function: resnet_core.graph.build_graph
```
"""

GLOSSARY = """\
network:
  name: network
  forms: [networks]
  meaning: Layers that feed each other.
identity:
  name: identity
  symbol: x
  meaning: What comes in goes out.
"""


def write_course(folder: Path, *, lesson: str = TINY, glossary: str = GLOSSARY, language: str = "en") -> Path:
    """Write the course below a folder and return the lesson's path."""
    here = folder / language
    here.mkdir(parents=True, exist_ok=True)
    (here / "glossary.yaml").write_text(glossary, "utf-8")
    path = here / "01_tiny.md"
    path.write_text(lesson, "utf-8")
    return path
