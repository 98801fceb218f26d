"""The data of an exported script: `load_data()` and the split into training and validation images."""

from resnet_core.code.photographs import cats_vs_dogs_parts, folder_parts, parquet_parts
from resnet_core.code.pieces import Section, closure_of
from resnet_core.errors import DataError
from resnet_core.recipes import Recipe
from resnet_core.sources import ANY_SOURCE, split_source
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
    kind, path = split_source(source)
    match kind:
        case "shapes" if not path:
            about, parts = "Ten shapes drawn by NumPy: nothing is downloaded.", _shapes(spec)
        case "cifar10" if not path:
            about, parts = "CIFAR-10, which Keras downloads once.", _cifar10(spec)
        case "folder" if path:
            about = "One folder of images per class, in `train/` and `test/`, or in one place that is split."
            parts = folder_parts(path)
        case "parquet" if path:
            about, parts = "Parquet files with the columns `img` (or `image`) and `label`.", parquet_parts(path)
        case "cats_vs_dogs" if not path:
            about, parts = "Photographs of pets, which Keras downloads once.", cats_vs_dogs_parts()
        case _:
            raise DataError(f"unknown data set {source[:60]!r}: choose {ANY_SOURCE}")
    draws = splits(recipe)
    if draws:
        parts.append(_split(recipe))
    if draws or kind in ("folder", "parquet", "cats_vs_dogs"):
        parts.append(closure_of("datasets/splitting.py:draw_by_class"))
    return Section("The data", about, "\n\n\n".join(parts))


def splits(recipe: Recipe) -> bool:
    """Say whether a recipe trains on some of the training images only."""
    return recipe.train_size is not None or recipe.validation_size is not None


def extra_packages(spec: ResNetSpec, source: str) -> list[str]:
    """Name what a script needs beyond Keras, a backend and NumPy."""
    match split_source(source)[0]:
        case "parquet":
            return ["pyarrow", "pillow"]
        case "folder" | "cats_vs_dogs":
            return ["pillow"]
        case "cifar10" if not _original(spec):
            return ["pillow"]
    return []


def _shapes(spec: ResNetSpec) -> list[str]:
    load = '''def load_data():
    """Draw training and test images, the same in every run."""
    train, test = image_counts(IMAGE_SIZE, CHANNELS)
    x_train, y_train = draw_shapes(train, IMAGE_SIZE, 0, CHANNELS)
    x_test, y_test = draw_shapes(test, IMAGE_SIZE, 1, CHANNELS)
    return x_train, y_train, x_test, y_test'''
    return [load, closure_of("datasets/embedded.py:image_counts", "datasets/shapes.py:draw_shapes")]


def _cifar10(spec: ResNetSpec) -> list[str]:
    load = '''def load_data():
    """Load training and test images; Keras downloads them the first time."""
    (x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
    return x_train, y_train.reshape(-1), x_test, y_test.reshape(-1)'''
    if _original(spec):
        return [load]
    before, end, after = load.rpartition("    return ")
    fit = "    x_train, x_test = (resize_all(images, IMAGE_SIZE, CHANNELS) for images in (x_train, x_test))\n"
    return [before + fit + end + after, closure_of("datasets/images.py:resize_all")]


def _original(spec: ResNetSpec) -> bool:
    """Say whether a network reads CIFAR-10 as it is."""
    return (spec.input_size, spec.channels) == (32, 3)


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
