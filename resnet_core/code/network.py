"""A spec as readable Keras code: only the choices that it made, with loops over stages and blocks."""

from resnet_core.choices import Block, Order, Padding, Shortcut, Stem, StrideOn
from resnet_core.code.pieces import Section, closure_of
from resnet_core.recursion import recursion_limit
from resnet_core.spec import ResNetSpec


def network_section(spec: ResNetSpec, *, mixed: bool = False) -> Section:
    """Write `build_model()` and what it calls.

    Args:
        spec: the network.
        mixed: keep the logits in float32 while the other layers follow a mixed dtype policy.
    """
    shape_changes = len(spec.stages) > 1 or spec.block is Block.BOTTLENECK
    has_shortcut = spec.residual and (shape_changes or spec.shortcut is Shortcut.C)
    parts = [_settings(spec)]
    if has_shortcut and spec.shortcut is Shortcut.A:
        parts.append(closure_of("models.py:PadShortcut"))
    parts += [_build_model(spec), _stem(spec), _block(spec, has_shortcut)]
    if has_shortcut:
        parts.append(_shortcut(spec))
    parts += [_head(spec, mixed), _conv(spec)]
    if spec.batch_norm:
        parts.append(_norm(spec))
    parts.append('def relu(x, name):\n    return layers.Activation("relu", name=name)(x)')
    if spec.padding is Padding.EXPLICIT:
        parts.append("def pad(x, name, pixels):\n    return layers.ZeroPadding2D(pixels, name=name)(x)")
    kind = "a residual" if spec.residual else "a plain"
    about = f"`{spec.name}`, {kind} network with {spec.depth} layers of weights. Layers are named by their address."
    return Section("The network", about, "\n\n\n".join(parts))


def _settings(spec: ResNetSpec) -> str:
    return "\n".join(
        [
            f"IMAGE_SIZE = {spec.input_size}",
            f"CHANNELS = {spec.channels}",
            f"CLASSES = {spec.classes}",
            f"STAGES = {spec.stages}  # blocks in each stage",
            f"WIDTH = {spec.width}  # inner channels of the first stage; each later stage doubles them",
        ]
    )


def _build_model(spec: ResNetSpec) -> str:
    deep = f"""
    # Keras goes back through the network from its end, layer by layer: Python has to allow so many.
    sys.setrecursionlimit({recursion_limit(spec)})"""
    return f'''def build_model():
    """Build the network; it gives logits."""{deep if recursion_limit(spec) else ""}
    inputs = keras.Input((IMAGE_SIZE, IMAGE_SIZE, CHANNELS), name="input")
    x = stem(inputs)
    for stage, blocks in enumerate(STAGES, start=1):
        for number in range(1, blocks + 1):
            # Every stage after the first halves the image in its first block.
            strides = 2 if stage > 1 and number == 1 else 1
            x = block(x, f"stage{{stage}}_block{{number}}", WIDTH * 2 ** (stage - 1), strides)
    return keras.Model(inputs, head(x), name="{spec.name.replace("-", "_").replace(".", "_")}")'''


def _stem(spec: ResNetSpec) -> str:
    size, strides = (3, "") if spec.stem is Stem.CIFAR else (7, ", 2")
    explicit = spec.padding is Padding.EXPLICIT
    lines = ["def stem(x):"]
    if explicit:
        lines.append(f'x = pad(x, "stem_pad", {size // 2})')
    lines.append(f'x = conv(x, "stem_conv", WIDTH, {size}{strides}{", valid=True" if explicit else ""})')
    if spec.order is Order.POST:
        lines += [*_normalize(spec, "x", '"stem_bn"'), 'x = relu(x, "stem_relu")']
    if spec.stem is Stem.IMAGENET:
        if explicit:
            lines.append('x = pad(x, "stem_pool_pad", 1)')
        padding = "valid" if explicit else "same"
        lines.append(f'x = layers.MaxPooling2D(3, 2, padding="{padding}", name="stem_pool")(x)')
    return _function(*lines, "return x")


def _block(spec: ResNetSpec, has_shortcut: bool) -> str:
    pre, explicit, basic = spec.order is Order.PRE, spec.padding is Padding.EXPLICIT, spec.block is Block.BASIC
    kernels = (3, 3) if basic else (1, 3, 1)
    strided = 2 if spec.stride_on is StrideOn.CONV3X3 and not basic else 1
    doing = "Compute the residual path, then add what passes it by." if spec.residual else "Stack convolutions."
    lines = ["y = x"]
    if pre:
        lines += _activate(spec, 1)
    if has_shortcut and _reads(spec) == "before":
        lines.append("before = y")
    for i, size in enumerate(kernels, start=1):
        last = i == len(kernels)
        if pre and i > 1:
            lines += _activate(spec, i, last)
        arguments = f"{'4 * filters' if last and not basic else 'filters'}, {size}"
        if i == strided:
            arguments += ", strides"
            if explicit and size > 1:
                arguments += ", valid=strides > 1"
                lines += ["if strides > 1:", f"    y = pad(y, {_at('pad')}, 1)"]
                if has_shortcut and _shares_padding(spec):
                    lines.append("    before = y")
        lines.append(f"y = conv(y, {_at(f'conv{i}')}, {arguments})")
        if not pre:
            lines += _normalize(spec, "y", _at(f"bn{i}"), last)
            lines += [] if last else [f"y = relu(y, {_at(f'relu{i}')})"]
    if spec.residual:
        kept = "x"
        if has_shortcut:
            lines.append(f"kept = shortcut({_shortcut_inputs(spec)}, name, y.shape[-1], strides)")
            kept = "kept"
        lines.append(f"y = layers.Add(name={_at('add')})([y, {kept}])")
    if not lines[1].startswith(("if", "before")):
        lines[:2] = [lines[1].replace("(y,", "(x,")]
    end = "return y" if pre else f"return relu(y, {_at('relu')})"
    return _function("def block(x, name, filters, strides):", f'"""{doing}"""', *lines, end)


def _shortcut(spec: ResNetSpec) -> str:
    reads = _reads(spec)
    size = 3 if spec.shortcut is Shortcut.CONV3X3 else 1
    identity = ["if strides == 1 and x.shape[-1] == filters:", "    return x"]
    match spec.shortcut:
        case Shortcut.A:
            doing = "Pass the input on; where the shape changes, skip pixels and pad channels with zeros."
        case Shortcut.C:
            doing, identity = "Project the input with a 1x1 convolution.", []
        case _:
            doing = f"Pass the input on; where the shape changes, project it with a {size}x{size} convolution."
    lines = [f"def shortcut({_shortcut_inputs(spec)}, name, filters, strides):", f'"""{doing}"""', *identity]
    if spec.shortcut is Shortcut.A:
        return _function(*lines, f"return PadShortcut(filters, strides, name={_at('shortcut_pad')})(x)")
    valid = ""
    if size == 3 and spec.padding is Padding.EXPLICIT:
        valid = ", valid=strides > 1"
        if not _shares_padding(spec):
            lines += ["if strides > 1:", f"    {reads} = pad({reads}, {_at('shortcut_pad')}, 1)"]
    lines.append(f"y = conv({reads}, {_at('shortcut_conv')}, filters, {size}, strides{valid})")
    if spec.order is Order.POST:
        lines += _normalize(spec, "y", _at("shortcut_bn"))
    return _function(*lines, "return y")


def _head(spec: ResNetSpec, mixed: bool) -> str:
    lines = ["def head(x):"]
    if spec.order is Order.PRE:
        lines += [*_normalize(spec, "x", '"head_bn"'), 'x = relu(x, "head_relu")']
    dtype = ', dtype="float32"' if mixed else ""
    return _function(
        *lines,
        'x = layers.GlobalAveragePooling2D(name="head_pool")(x)',
        f'return layers.Dense(CLASSES, kernel_initializer="he_normal"{dtype}, name="head_dense")(x)',
    )


def _conv(spec: ResNetSpec) -> str:
    explicit = spec.padding is Padding.EXPLICIT
    return f"""def conv(x, name, filters, size, strides=1{", valid=False" if explicit else ""}):
    return layers.Conv2D(
        filters,
        size,
        strides,
        padding={'"valid" if valid else "same"' if explicit else '"same"'},
        use_bias={spec.conv_bias},
        kernel_initializer="he_normal",
        name=name,
    )(x)"""


def _norm(spec: ResNetSpec) -> str:
    arguments = [f"momentum={spec.bn_momentum}", f"epsilon={spec.bn_epsilon}", "name=name"]
    head = "def norm(x, name):"
    if spec.zero_gamma:
        arguments.insert(2, "gamma_initializer=gamma")
        head = 'def norm(x, name, gamma="ones"):'
    return _function(head, "return layers.BatchNormalization(", *(f"    {line}," for line in arguments), ")(x)")


def _reads(spec: ResNetSpec) -> str:
    """Name what a shortcut reads: the block's input, or what was made of it before the first convolution."""
    projects = spec.shortcut is not Shortcut.A
    return "before" if projects and (spec.order is Order.PRE or _shares_padding(spec)) else "x"


def _shortcut_inputs(spec: ResNetSpec) -> str:
    if _reads(spec) == "x":
        return "x"
    return "before" if spec.shortcut is Shortcut.C else "x, before"


def _shares_padding(spec: ResNetSpec) -> bool:
    """Say whether the first convolution and a 3x3 shortcut read one padded tensor."""
    explicit = spec.padding is Padding.EXPLICIT
    return explicit and spec.shortcut is Shortcut.CONV3X3 and spec.block is Block.BASIC


def _normalize(spec: ResNetSpec, tensor: str, name: str, last: bool = False) -> list[str]:
    if not spec.batch_norm:
        return []
    gamma = ', gamma="zeros"' if last and spec.zero_gamma else ""
    return [f"{tensor} = norm({tensor}, {name}{gamma})"]


def _activate(spec: ResNetSpec, i: int, last: bool = False) -> list[str]:
    return [*_normalize(spec, "y", _at(f"bn{i}"), last), f"y = relu(y, {_at(f'relu{i}')})"]


def _at(suffix: str) -> str:
    """Write a layer's address within a block."""
    return f'f"{{name}}_{suffix}"'


def _function(head: str, *body: str) -> str:
    *before, previous, last = body
    if last.startswith("return ") and previous.startswith(f"{last.removeprefix('return ')} = "):
        body = (*before, "return " + previous.partition(" = ")[2])
    return "\n".join([head, *(f"    {line}" for line in body)])
