"""How deep Python has to recurse for Keras to build or load a network: Keras goes back from its end, layer by layer."""

from resnet_core.spec import ResNetSpec

# Of Python's own limit of 1,000, this leaves room for whoever calls Keras.
_ENOUGH_FOR = 160
_LAYERS_EACH = 5  # of Keras, at most, for each layer with weights


def recursion_limit(spec: ResNetSpec) -> int | None:
    """Return what `sys.setrecursionlimit` needs for a network; None where Python's own limit is enough.

    Example:
        >>> from resnet_core.families import get_spec
        >>> recursion_limit(get_spec("resnet1202")), recursion_limit(get_spec("resnet152"))
        (7010, None)
    """
    return _LAYERS_EACH * spec.depth + 1_000 if spec.depth > _ENOUGH_FOR else None
