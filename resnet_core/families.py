"""Named networks as data: one line each, with their source."""

from dataclasses import dataclass

from resnet_core.choices import Block, Padding, Shortcut, Stem, StrideOn
from resnet_core.errors import SpecError
from resnet_core.spec import ResNetSpec
from resnet_core.words import N_, say

HE_2015 = "He et al. 2015, Deep Residual Learning for Image Recognition"


@dataclass(frozen=True)
class Preset:
    """A spec under a name.

    Attributes:
        name: as it is typed on the command line.
        spec: the network.
        family: the heading it is listed under.
        source: where the network was described.
    """

    name: str
    spec: ResNetSpec
    family: str
    source: str


def cifar(n: int, residual: bool = True, size: int = 32) -> ResNetSpec:
    """Return the paper's network for CIFAR-10 with 6n+2 layers."""
    return ResNetSpec(stages=(n, n, n), residual=residual, input_size=size)


def imagenet(stages: tuple[int, ...], block: Block, residual: bool = True) -> ResNetSpec:
    """Return a network of the paper's Table 1."""
    return ResNetSpec(
        stages=stages,
        width=64,
        block=block,
        residual=residual,
        shortcut=Shortcut.B,
        stem=Stem.IMAGENET,
        input_size=224,
        classes=1000,
    )


def _cifar_presets() -> list[Preset]:
    source = say("{paper}, section 4.2", paper=HE_2015)
    rows = []
    for n in (3, 5, 7, 9, 18, 200):
        rows.append(Preset(f"resnet{6 * n + 2}", cifar(n), "CIFAR-10", source))
        if n < 200:
            rows.append(Preset(f"plain{6 * n + 2}", cifar(n, residual=False), "CIFAR-10", source))
    return rows


def _pocket_presets() -> list[Preset]:
    source = say("{paper}, section 4.2, at 16x16 pixels for a classroom CPU", paper=HE_2015)
    return [
        Preset(f"pocket_{preset.name}", preset.spec.model_copy(update={"input_size": 16}), N_("Pocket size"), source)
        for preset in _cifar_presets()
    ]


_TABLE_1 = {
    18: ((2, 2, 2, 2), Block.BASIC),
    34: ((3, 4, 6, 3), Block.BASIC),
    50: ((3, 4, 6, 3), Block.BOTTLENECK),
    101: ((3, 4, 23, 3), Block.BOTTLENECK),
    152: ((3, 8, 36, 3), Block.BOTTLENECK),
}


def _imagenet_presets() -> list[Preset]:
    table = say("{paper}, Table {number}", paper=HE_2015, number=1)
    rows = [Preset(f"resnet{d}", imagenet(*_TABLE_1[d]), "ImageNet", table) for d in _TABLE_1]
    rows += [Preset(f"plain{d}", imagenet(*_TABLE_1[d], residual=False), "ImageNet", table) for d in (18, 34, 50)]
    for d in (50, 101, 152):
        v1_5 = imagenet(*_TABLE_1[d]).model_copy(update={"stride_on": StrideOn.CONV3X3})
        rows.append(
            Preset(f"resnet{d}_v1_5", v1_5, "ImageNet", N_("torchvision.models: stride on the 3x3 convolution"))
        )
    for d in (50, 101, 152):
        as_keras = {
            "conv_bias": True,
            "padding": Padding.EXPLICIT,
            "bn_epsilon": 1.001e-5,
            "bn_momentum": 0.99,
        }
        spec = imagenet(*_TABLE_1[d]).model_copy(update=as_keras)
        rows.append(Preset(f"keras_resnet{d}", spec, "ImageNet", f"keras.applications.ResNet{d}"))
    return rows


def _study_presets() -> list[Preset]:
    spec = ResNetSpec(
        stages=(3, 3, 3),
        shortcut=Shortcut.CONV3X3,
        conv_bias=True,
        padding=Padding.EXPLICIT,
        bn_momentum=0.99,
        bn_epsilon=1e-3,
    )
    source = N_("the study notes this project grew from: ResNet-20 with Nadam on CIFAR-10")
    return [Preset("study_resnet20_nadam", spec, N_("Study notes"), source)]


PRESETS: dict[str, Preset] = {
    preset.name: preset for preset in [*_cifar_presets(), *_imagenet_presets(), *_pocket_presets(), *_study_presets()]
}


def get_spec(name: str) -> ResNetSpec:
    """Return the network that a preset names.

    Raises:
        SpecError: no preset has that name; the line suggests near ones.

    Example:
        >>> get_spec("resnet56").depth
        56
    """
    if name in PRESETS:
        return PRESETS[name].spec
    # Imported here: only a mistyped name needs it.
    import difflib

    near = difflib.get_close_matches(name, PRESETS, n=3, cutoff=0.4) or list(PRESETS)[:3]
    raise SpecError(f"no preset is called {name[:60]!r}: did you mean {', '.join(near)}?")


def preset_of(spec: ResNetSpec) -> Preset | None:
    """Return the preset that is exactly this network, or None."""
    return next((preset for preset in PRESETS.values() if preset.spec == spec), None)
