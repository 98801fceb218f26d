"""The data of an exported script: `load_data()` and the split into training and validation images."""

from resnet_core.code.pieces import Section, body_of, copy_of
from resnet_core.errors import DataError
from resnet_core.recipes import Recipe
from resnet_core.spec import ResNetSpec


def data_section(spec: ResNetSpec, recipe: Recipe, source: str) -> Section:
    """Write `load_data()` for a source such as `shapes` or `folder:PATH`, and `split()` for a recipe.

    Raises:
        DataError: the source is unknown, or has no images with so many channels.
    """
    if spec.channels not in (1, 3):
        raise DataError(
            f"images have 1 (gray) or 3 (RGB) channels, the network reads {spec.channels}: use --set channels=3"
        )
    kind, path = _parse(source)
    match kind:
        case "shapes" if not path:
            about, parts = "Ten shapes drawn by NumPy: nothing is downloaded.", _shapes(spec)
        case "cifar10" if not path:
            about, parts = "CIFAR-10, which Keras downloads once.", _cifar10(spec)
        case "folder" if path:
            about = "One folder of images per class, in `train/` and `test/`, or in one place that is split."
            parts = _folder(spec, path)
        case "parquet" if path:
            about, parts = "Parquet files with the columns `img` (or `image`) and `label`.", _parquet(spec, path)
        case _:
            raise DataError(f"unknown data set {source[:60]!r}: choose shapes, cifar10, folder:PATH or parquet:PATH")
    draws = splits(recipe)
    if draws:
        parts.append(_split(recipe))
    if draws or kind in ("folder", "parquet"):
        parts.append(copy_of("datasets/splitting.py", "draw_by_class", "_shares"))
    return Section("The data", about, "\n\n\n".join(parts))


def splits(recipe: Recipe) -> bool:
    """Say whether a recipe trains on some of the training images only."""
    return recipe.train_size is not None or recipe.validation_size is not None


def extra_packages(source: str) -> list[str]:
    """Name what a script needs beyond Keras, TensorFlow and NumPy."""
    return ["pyarrow", "pillow"] if _parse(source)[0] == "parquet" else []


def _parse(source: str) -> tuple[str, str]:
    kind, _, path = source.strip().partition(":")
    return kind.strip().lower(), path.strip()


def _shapes(spec: ResNetSpec) -> list[str]:
    load = '''TRAIN_IMAGES = 10_000
TEST_IMAGES = 2_000


def load_data():
    """Draw training and test images, the same in every run."""
    x_train, y_train = draw_shapes(TRAIN_IMAGES, IMAGE_SIZE, 0, CHANNELS)
    x_test, y_test = draw_shapes(TEST_IMAGES, IMAGE_SIZE, 1, CHANNELS)
    return x_train, y_train, x_test, y_test'''
    return [load, body_of("datasets/shapes.py")]


def _cifar10(spec: ResNetSpec) -> list[str]:
    load = '''def load_data():
    """Load training and test images; Keras downloads them the first time."""
    (x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
    return fit_size(x_train), y_train.reshape(-1), fit_size(x_test), y_test.reshape(-1)'''
    gray = "    images = np.round(images @ np.array([[0.299], [0.587], [0.114]])).astype(np.uint8)\n"
    fit = f'''def fit_size(images, chunk=2_000):
    """Resize images to what the network reads."""
{gray if spec.channels == 1 else ""}    if images.shape[1] == IMAGE_SIZE:
        return images
    resized = []
    for start in range(0, len(images), chunk):
        part = images[start : start + chunk].astype("float32")
        part = ops.image.resize(part, (IMAGE_SIZE, IMAGE_SIZE), antialias=True)
        resized.append(np.clip(np.round(ops.convert_to_numpy(part)), 0, 255).astype(np.uint8))
    return np.concatenate(resized)'''
    return [load, fit]


_SET_ASIDE = """    y = number(labels, labels)
    # There are no test images: a fifth of each class is set aside.
    test, rest = draw_by_class(np.arange(len(y)), y, len(y) // 5, np.random.default_rng(2015))
    return x[rest], y[rest], x[test], y[test]"""

_NUMBER = '''def number(labels, known):
    """Number labels in the order of the known ones."""
    places = {label: place for place, label in enumerate(sorted(set(known)))}
    return np.array([places[label] for label in labels], dtype=np.int32)'''


def _folder(spec: ResNetSpec, path: str) -> list[str]:
    load = f'''FOLDER = {_literal(path)}


def load_data():
    """Load class folders, from train/ and test/ where there are such."""
    root = Path(FOLDER).expanduser()
    train = root / "train" if (root / "train").is_dir() else root
    x, labels = read_folder(train)
    for name in ("test", "val", "validation"):
        if train != root and (root / name).is_dir():
            x_test, test_labels = read_folder(root / name)
            return x, number(labels, labels), x_test, number(test_labels, labels)
{_SET_ASIDE}'''
    color = "grayscale" if spec.channels == 1 else "rgb"
    read = f'''def read_folder(path):
    """Read one folder of images per class, and the name of each image's class."""
    batches = keras.utils.image_dataset_from_directory(
        path,
        color_mode="{color}",
        image_size=(IMAGE_SIZE, IMAGE_SIZE),
        crop_to_aspect_ratio=True,
        shuffle=False,
        verbose=False,
    )
    images, labels = [], []
    for batch, numbers in batches:
        images.append(np.round(np.asarray(batch)).astype(np.uint8))
        labels += [batches.class_names[number] for number in np.asarray(numbers)]
    return np.concatenate(images), labels'''
    return [load, read, _NUMBER]


def _parquet(spec: ResNetSpec, path: str) -> list[str]:
    load = f'''FILES = {_literal(path)}


def load_data():
    """Load parquet files, and tell training from test images by their names."""
    root = Path(FILES).expanduser()
    files = sorted(root.rglob("*.parquet")) if root.is_dir() else [root]
    train = [file for file in files if "train" in file.name.lower()]
    for word in ("test", "val"):
        test = [file for file in files if file not in train and word in file.name.lower()]
        if train and test:
            x_train, labels = read_files(train)
            x_test, test_labels = read_files(test)
            return x_train, number(labels, labels), x_test, number(test_labels, labels)
    x, labels = read_files(train or files)
{_SET_ASIDE}'''
    mode = "L" if spec.channels == 1 else "RGB"
    read = f'''def read_files(files):
    """Read the columns `img` (or `image`) with encoded images and `label` with numbers or names."""
    images, labels = [], []
    for file in files:
        table = pyarrow.parquet.read_table(file)
        column = table["img" if "img" in table.column_names else "image"].to_pylist()
        for item in column:
            encoded = item["bytes"] if isinstance(item, dict) else item
            image = ImageOps.fit(Image.open(io.BytesIO(encoded)).convert("{mode}"), (IMAGE_SIZE, IMAGE_SIZE))
            images.append(np.asarray(image, dtype=np.uint8).reshape(IMAGE_SIZE, IMAGE_SIZE, CHANNELS))
        labels += table["label"].to_pylist()
    return np.stack(images), labels'''
    return [load, read, _NUMBER]


def _split(recipe: Recipe) -> str:
    """Write only the draws that the recipe asks for."""
    settings, lines = [], ["rng = np.random.default_rng(SEED)", "left = np.arange(len(y))"]
    doing = "Choose the images to train on; the test images validate."
    if recipe.validation_size:
        doing = "Hold training images out to validate on."
        settings.append(f"VALIDATION_SIZE = {recipe.validation_size}")
        lines += ["held_out, left = draw_by_class(left, y, VALIDATION_SIZE, rng)"]
        lines += ["x_test, y_test = x[held_out], y[held_out]"]
    if recipe.train_size:
        settings.append(f"TRAIN_SIZE = {recipe.train_size}")
        lines += ["if len(left) > TRAIN_SIZE:", "    left, _ = draw_by_class(left, y, TRAIN_SIZE, rng)"]
    lines.append("return x[left], y[left], x_test, y_test")
    body = "\n".join(f"    {line}" for line in lines)
    return "\n".join([*settings, "", "", "def split(x, y, x_test, y_test):", f'    """{doing}"""', body])


def _literal(text: str) -> str:
    """Write a text as a Python literal, whatever it holds, in double quotes where they need no escape."""
    quoted = repr(text)
    return quoted if "'" in text or '"' in text else f'"{quoted[1:-1]}"'
