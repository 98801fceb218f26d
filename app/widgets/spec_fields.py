"""The fields of a network that most readers leave alone."""

import streamlit as st

from app.field_bounds import field_bounds
from app.language import N_, _
from resnet_core.choices import Block, Order, Padding, Stem, StrideOn
from resnet_core.spec import ResNetSpec

_TEXT = {
    Stem.CIFAR: "3x3",
    Stem.IMAGENET: N_("7x7, max pooling"),
    Order.POST: N_("after (v1)"),
    Order.PRE: N_("before (v2)"),
    StrideOn.FIRST: N_("first 1x1 (v1)"),
    StrideOn.CONV3X3: "3x3 (v1.5)",
    Padding.SAME: "same",
    Padding.EXPLICIT: "explicit",
}


def more_fields(spec: ResNetSpec, keys: dict[str, str], edited: dict) -> None:
    """Show the folded part of a form.

    Args:
        spec: the last valid network.
        keys: the widget's key for each field.
        edited: what each widget is told to call when its reader changes it.
    """
    _number(_("Input size (pixels)"), "input_size", keys, edited, help=_("Height and width of the square image."))
    _number(_("Input channels"), "channels", keys, edited, help=_("1 for gray images, 3 for RGB."))
    _number(_("Classes"), "classes", keys, edited)
    _number(
        _("Width"), "width", keys, edited, help=_("Inner channels of the first stage; each later stage doubles them.")
    )
    _choice(
        _("Stem"),
        "stem",
        list(Stem),
        keys,
        edited,
        help=_("One 3x3 convolution for small images, or a 7x7 convolution and max pooling, each with stride 2."),
    )
    _choice(
        _("Norm and ReLU"),
        "order",
        list(Order),
        keys,
        edited,
        help=_("After each convolution, as in the first paper, or before it: full pre-activation."),
    )
    _choice(
        _("Bottleneck's stride on"),
        "stride_on",
        list(StrideOn),
        keys,
        edited,
        disabled=spec.block is not Block.BOTTLENECK,
        help=_("The convolution that halves the image: the paper's choice (v1) or torchvision's (v1.5)."),
    )
    _choice(
        _("Padding"),
        "padding",
        list(Padding),
        keys,
        edited,
        help=_(
            "Keras' own, or layers of zeros before the stem and each strided convolution, as older scripts have it."
        ),
    )
    st.toggle(_("Batch normalization"), key=keys["batch_norm"], **edited)
    st.toggle(
        _("Start blocks as identities"),
        key=keys["zero_gamma"],
        help=_("zero_gamma: the last batch norm of each residual path starts at gamma 0."),
        **edited,
    )
    st.toggle(_("Bias in convolutions"), key=keys["conv_bias"], **edited)
    _number(
        _("Batch norm momentum"),
        "bn_momentum",
        keys,
        edited,
        step=0.01,
        format="%.4g",
        help=_("Weight of the past in the moving statistics: 0.9 suits short runs, Keras' default is 0.99."),
    )
    _number(
        _("Batch norm epsilon"), "bn_epsilon", keys, edited, step=1e-5, format="%.4g", help=_("Added to the variance.")
    )


def _number(label: str, field: str, keys: dict[str, str], edited: dict, **options) -> None:
    low, high = field_bounds(ResNetSpec.model_fields[field])
    st.number_input(label, low, high, key=keys[field], **options, **edited)


def _choice(label: str, field: str, values: list, keys: dict[str, str], edited: dict, **options) -> None:
    st.selectbox(label, values, format_func=lambda value: _(_TEXT[value]), key=keys[field], **options, **edited)
