"""A recipe as readable Keras code: optimizer, schedule, augmentation and a loop that reports every epoch."""

from resnet_core.code.data import splits
from resnet_core.code.pieces import Section, closure_of
from resnet_core.recipes import Augment, Devices, Normalize, Optimizer, Precision, Recipe, Schedule, validation_batch
from resnet_core.spec import ResNetSpec

_OPTIMIZERS = {
    Optimizer.SGD: ("SGD", ""),
    Optimizer.MOMENTUM: ("SGD", ", momentum=0.9"),
    Optimizer.NESTEROV: ("SGD", ", momentum=0.9, nesterov=True"),
    Optimizer.ADAM: ("Adam", ""),
    Optimizer.ADAMW: ("AdamW", ""),
    Optimizer.NADAM: ("Nadam", ""),
    Optimizer.RMSPROP: ("RMSprop", ""),
}


def training_section(
    spec: ResNetSpec, recipe: Recipe, backend: str = "tensorflow", *, compared: bool = False
) -> Section:
    """Write `train()` and what it calls.

    Args:
        backend: that Keras runs on.
        compared: whether each epoch is compared with that of a run; see `record_section`.
    """
    parts = [_settings(recipe), _train(spec, recipe, backend, compared), _trainer(recipe), _optimizer(recipe, backend)]
    if _scheduled(recipe):
        parts.append(_schedule(recipe))
    if _decays_gradients(recipe):
        parts.append(closure_of("optimizers.py:_with_l2").replace("def _with_l2", "def with_l2"))
    if backend == "tensorflow":
        # Arrays given to Keras have batches of a fixed size, which oneDNN computes in another order.
        parts.append(_as_script(closure_of("device.py:_cut")).replace("_cut(", "batches("))
    if recipe.devices is Devices.ALL:
        parts.append(_mirrored(spec, recipe))
    if _fuses(spec, backend):
        fuse = _as_script(closure_of("device.py:_fuse")).replace("_fused_call", "fused_call")
        parts.append(fuse.replace("_fuse(network: keras.Model) -> None", "fuse_batch_norm(network)"))
    if _fuses_momentum(recipe, backend):
        fuse = _as_script(closure_of("device.py:_fused_momentum"))
        parts.append(fuse.replace("def _fused_momentum", "def fused_momentum"))
    if recipe.augment is Augment.CROP_FLIP:
        parts.append(_as_script(closure_of("augment.py:PadCropFlip")))
    about = "Every epoch takes the images in another order, which depends on the seed and the epoch alone."
    return Section("Training", about, "\n\n\n".join(parts))


def _settings(recipe: Recipe) -> str:
    lines = [f"BATCH_SIZE = {recipe.batch_size}"]
    lines.append(f"EPOCHS = {recipe.epochs}" if recipe.epochs else f"STEPS = {recipe.steps}")
    lines.append(f"LEARNING_RATE = {recipe.learning_rate}")
    if recipe.schedule is Schedule.STEP:
        lines.append(f"MILESTONES = {recipe.milestones}  # steps at which the learning rate is divided by 10")
    if recipe.warmup_steps:
        lines.append(f"WARMUP_STEPS = {recipe.warmup_steps}  # first steps, at a tenth of the learning rate")
    if recipe.weight_decay:
        lines.append(f"WEIGHT_DECAY = {recipe.weight_decay}")
    return "\n".join(lines)


def _train(spec: ResNetSpec, recipe: Recipe, backend: str, compared: bool) -> str:
    budget = "steps_per_epoch * EPOCHS" if recipe.epochs else "STEPS"
    validation = validation_batch(spec.input_size)
    train_images = "x_train[order], y_train[order], batch_size"
    val_images = f"x_val, y_val, batch_size={validation}"
    if backend == "tensorflow":
        train_images = f"batches({train_images})"
        val_images = f"batches(x_val, y_val, {validation})"
    prepare = []
    if recipe.deterministic:
        prepare += {
            "tensorflow": ["    tf.config.experimental.enable_op_determinism()"],
            "torch": ["    torch.use_deterministic_algorithms(True)"],
        }.get(backend, [])
    if recipe.precision is Precision.MIXED_BFLOAT16:
        prepare.append('    keras.config.set_dtype_policy("mixed_bfloat16")')
    build = ["    network = build_model()", "    model = add_training(network, x_train, total_steps)"]
    if _fuses(spec, backend):
        build.insert(1, "    fuse_batch_norm(network)")
    if recipe.devices is Devices.ALL:
        if spec.batch_norm:
            build.insert(2, "    synchronize(network)")
        build.append("    model.optimizer.build(model.trainable_variables)")
        build = ["    with tf.distribute.MirroredStrategy().scope():", *(f"    {line}" for line in build)]
    return "\n".join(
        [
            "def train():",
            '    """Train the network, print how each epoch went and return the network."""',
            *prepare,
            f"    x_train, y_train, x_val, y_val = {'split(*load_data())' if splits(recipe) else 'load_data()'}",
            "    if max(y_train.max(), y_val.max()) >= CLASSES:",
            '        raise SystemExit(f"the images have more than {CLASSES} classes: set CLASSES to their number")',
            "    batch_size = min(BATCH_SIZE, len(x_train))",
            "    steps_per_epoch = len(x_train) // batch_size",
            f"    total_steps = {budget}",
            "    epochs = -(-total_steps // steps_per_epoch)",
            "    keras.utils.set_random_seed(SEED)",
            *build,
            '    print(f"{network.name}: {network.count_params():,} parameters, {len(x_train):,} training images")',
            "    for epoch in range(1, epochs + 1):",
            "        steps = min(steps_per_epoch, total_steps - (epoch - 1) * steps_per_epoch)",
            "        order = np.random.default_rng((SEED, epoch)).permutation(len(x_train))[: steps * batch_size]",
            f"        history = model.fit({train_images}, shuffle=False, verbose=0).history",
            f"        val_loss, val_accuracy = model.evaluate({val_images}, verbose=0)",
            "        print(",
            '            f"epoch {epoch}/{epochs}: "',
            """            f"training error {1 - history['accuracy'][-1]:.4f}, loss {history['loss'][-1]:.4f}; \"""",
            '            f"validation error {1 - val_accuracy:.4f}, loss {val_loss:.4f}",',
            "            flush=True,",
            "        )",
            *(["        compare(epoch, history['loss'][-1])".replace("'", '"')] if compared else []),
            "    return network",
        ]
    )


def _trainer(recipe: Recipe) -> str:
    """Write how bytes become network inputs, and the loss."""
    match recipe.normalize:
        case Normalize.PIXEL_MEAN:
            layer = "layers.Rescaling(1 / 255, offset=-mean)(inputs)"
        case Normalize.SCALE:
            layer = "layers.Rescaling(1 / 255)(inputs)"
        case Normalize.NONE:
            layer = "layers.Rescaling(1.0)(inputs)"
    layer = layer.replace(")(inputs)", ', dtype="float32")(inputs)')
    lines = ['inputs = keras.Input(network.input_shape[1:], dtype="uint8")']
    if recipe.normalize is Normalize.PIXEL_MEAN:
        lines.append('mean = (x_train.mean(axis=0, dtype="float64") / 255).astype("float32")')
    lines.append(f"x = {layer}")
    if recipe.augment is Augment.CROP_FLIP:
        layer = "PadCropFlip(max(1, IMAGE_SIZE // 8), seed=SEED)"
        if recipe.devices is Devices.ALL:
            lines += [f"augmentation = {layer}", "augmentation.draw = share_draws(augmentation.draw)"]
            layer = "augmentation"
        lines.append(f"x = {layer}(x)")
    model = "MirroredModel" if recipe.devices is Devices.ALL else "keras.Model"
    lines += [
        f"model = {model}(inputs, network(x))",
        "model.compile(",
        "    optimizer=make_optimizer(total_steps),",
        "    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),",
        '    metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],',
        ")",
        "return model",
    ]
    head = 'def add_training(network, x_train, total_steps):\n    """Turn bytes into network inputs, and compile."""\n'
    return head + "\n".join(f"    {line}" for line in lines)


def _optimizer(recipe: Recipe, backend: str) -> str:
    kind, arguments = _OPTIMIZERS[recipe.optimizer]
    rate = "LearningRate(total_steps)" if _scheduled(recipe) else "LEARNING_RATE"
    maker = f"keras.optimizers.{kind}"
    if _fuses_momentum(recipe, backend):
        maker = f"fused_momentum({maker})"
    if _decays_gradients(recipe):
        maker = f"with_l2({maker}, {'decay' if recipe.devices is Devices.ALL else 'WEIGHT_DECAY'})"
    elif recipe.optimizer is Optimizer.ADAMW:
        arguments = f", weight_decay={'WEIGHT_DECAY' if recipe.weight_decay else '0.0'}"
    body = f"    return {maker}({rate}{arguments})"
    if recipe.devices is Devices.ALL and _decays_gradients(recipe):
        shared = "WEIGHT_DECAY / tf.distribute.get_strategy().num_replicas_in_sync"
        body = f"    decay = {shared}  # gradients are summed\n{body}"
    return f"def make_optimizer(total_steps):\n{body}"


def _schedule(recipe: Recipe) -> str:
    lines = ['step = ops.cast(step, "float32")']
    warmup = "WARMUP_STEPS" if recipe.warmup_steps else "0"
    match recipe.schedule:
        case Schedule.CONSTANT:
            lines.append("factor = 1.0")
        case Schedule.STEP:
            lines += ["factor = 1.0", "for milestone in MILESTONES:"]
            lines.append("    factor = factor * ops.where(step >= milestone, 0.1, 1.0)")
        case Schedule.COSINE:
            since = f"(step - {warmup})" if recipe.warmup_steps else "step"
            span = f"max(self.total_steps - {warmup}, 1)" if recipe.warmup_steps else "max(self.total_steps, 1)"
            lines.append(f"progress = ops.clip({since} / {span}, 0.0, 1.0)")
            lines.append("factor = 0.5 * (1 + ops.cos(np.pi * progress))")
    if recipe.warmup_steps:
        lines.append("factor = ops.where(step < WARMUP_STEPS, 0.1, factor)")
    lines.append("return LEARNING_RATE * factor")
    body = "\n".join(f"        {line}" for line in lines)
    return f'''class LearningRate(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate at each step, worked out on the device."""

    def __init__(self, total_steps):
        self.total_steps = total_steps

    def __call__(self, step):
{body}

    def get_config(self):
        return {{"total_steps": self.total_steps}}'''


def _mirrored(spec: ResNetSpec, recipe: Recipe) -> str:
    """Copy what lets several processors train as one would."""
    names = ["MirroredModel"]
    if spec.batch_norm:
        names.append("synchronize")
    if recipe.augment is Augment.CROP_FLIP:
        names.append("share_draws")
    copied = closure_of(*(f"mirrored.py:{name}" for name in names))
    # Such a script runs on TensorFlow alone.
    return _as_script(copied.replace('    if keras.backend.backend() != "tensorflow":\n        return None\n', ""))


def _fuses(spec: ResNetSpec, backend: str) -> bool:
    return spec.batch_norm and backend == "tensorflow"


def _fuses_momentum(recipe: Recipe, backend: str) -> bool:
    with_momentum = recipe.optimizer in (Optimizer.MOMENTUM, Optimizer.NESTEROV)
    return with_momentum and recipe.devices is Devices.ONE and backend == "tensorflow"


def _scheduled(recipe: Recipe) -> bool:
    return recipe.schedule is not Schedule.CONSTANT or recipe.warmup_steps > 0


def _decays_gradients(recipe: Recipe) -> bool:
    return recipe.weight_decay > 0 and recipe.optimizer is not Optimizer.ADAMW


def _as_script(copied: str) -> str:
    """Free copied functions from types that a script does not import, and from imports of their own."""
    draws = "Callable[[Any], tuple]"
    for type_ in (
        f": {draws}",
        f" -> {draws}",
        ": Any",
        " -> tuple[Any, Any]",
        " -> Any",
        ": keras.layers.BatchNormalization",
    ):
        copied = copied.replace(type_, "")
    return copied.replace("    import tensorflow as tf\n\n", "")
