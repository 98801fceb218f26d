"""Any network that the choices allow, for tests that hold for all of them."""

from hypothesis import strategies as st

from resnet_core import make_spec
from resnet_core.choices import Block, Order, Padding, Shortcut, Stem, StrideOn
from resnet_core.spec import ResNetSpec

flags = st.booleans()


@st.composite
def any_spec(draw, *, stages=4, blocks=6, width=96, size=512, channels=16, classes=1000) -> ResNetSpec:
    """Draw every field freely, up to a size that counts in milliseconds; the arguments are the upper bounds."""
    residual, batch_norm = draw(flags), draw(flags)
    chosen = draw(st.lists(st.integers(1, blocks), min_size=1, max_size=stages))
    stem = draw(st.sampled_from(Stem))
    smallest = (4 if stem is Stem.IMAGENET else 1) * 2 ** (len(chosen) - 1)
    return make_spec(
        {
            "stages": chosen,
            "width": draw(st.integers(1, width)),
            "block": draw(st.sampled_from(Block)),
            "residual": residual,
            "shortcut": draw(st.sampled_from(Shortcut)),
            "stem": stem,
            "stride_on": draw(st.sampled_from(StrideOn)),
            "order": draw(st.sampled_from(Order)),
            "batch_norm": batch_norm,
            "bn_momentum": draw(st.floats(0, 0.999)),
            "bn_epsilon": draw(st.floats(1e-9, 1)),
            "conv_bias": draw(flags),
            "padding": draw(st.sampled_from(Padding)),
            "zero_gamma": residual and batch_norm and draw(flags),
            "input_size": draw(st.integers(smallest, size)),
            "channels": draw(st.integers(1, channels)),
            "classes": draw(st.integers(2, classes)),
        }
    )
