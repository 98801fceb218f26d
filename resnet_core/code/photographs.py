"""Photographs in an exported script: `load_data()` for class folders, parquet files and cats vs dogs.

What decodes an image is copied from the lab, so that a script trains on the very same pixels.
"""

from resnet_core.code.pieces import closure_of

_SET_ASIDE = """    # There are no test images: a fifth of each class is set aside.
    test, rest = draw_by_class(np.arange(len(y)), y, len(y) // 5, np.random.default_rng(2015))
    return x[rest], y[rest], x[test], y[test]"""

_LIST = '''def subfolders(path):
    """List folders in the order of their names, without hidden ones."""
    return sorted(folder for folder in path.iterdir() if folder.is_dir() and not folder.name.startswith("."))


def list_images(path):
    """List the images in class folders, the number of each one's class, and the names of the classes."""
    folders = subfolders(path)
    found = [_image_files(folder) for folder in folders]
    labels = np.repeat(np.arange(len(folders), dtype=np.int32), [len(files) for files in found])
    return [file for files in found for file in files], labels, [folder.name for folder in folders]'''

_READ = '''def read_images(items, labels):
    """Decode images on all cores; those that cannot be read are left out."""

    def read(item):
        try:
            return decode(item or b"", IMAGE_SIZE, CHANNELS)
        except UnreadableImage:
            return None

    with ThreadPoolExecutor() as pool:
        images = list(pool.map(read, items))
    good = [place for place, image in enumerate(images) if image is not None and labels[place] >= 0]
    return np.stack([images[place] for place in good]), labels[good]'''


def folder_parts(path: str) -> list[str]:
    """Write how images in class folders are loaded."""
    load = f'''FOLDER = {_literal(path)}


def load_data():
    """Load class folders, from train/ and test/ where there are such."""
    root = Path(FOLDER).expanduser()
    inner = {{folder.name.lower(): folder for folder in subfolders(root)}}
    files, labels, names = list_images(inner.get("train", root))
    x, y = read_images(files, labels)
    for half in ("test", "val", "validation"):
        if "train" in inner and half in inner:
            files, labels, found = list_images(inner[half])
            places = np.array([names.index(name) for name in found], dtype=np.int32)
            return x, y, *read_images(files, places[labels])
{_SET_ASIDE}'''
    return [load, _LIST, _READ, closure_of("datasets/folder.py:_image_files", "datasets/images.py:decode")]


def cats_vs_dogs_parts() -> list[str]:
    """Write how the photographs of cats and dogs are downloaded and loaded."""
    load = f'''def load_data():
    """Load the photographs; Keras downloads them (825 MB) the first time. Files without a JFIF header are skipped."""
    folder = keras.utils.get_file(origin=ADDRESS, file_hash=SHA256, extract=True)
    files, labels, _ = list_images(Path(folder) / "PetImages")
    known = [place for place, file in enumerate(files) if without_jfif(file) is None]
    x, y = read_images([files[place] for place in known], labels[known])
{_SET_ASIDE}'''
    where = closure_of(
        "datasets/cats_vs_dogs.py:ADDRESS", "datasets/cats_vs_dogs.py:SHA256", "datasets/cats_vs_dogs.py:without_jfif"
    )
    return [load, _LIST, _READ, where, closure_of("datasets/folder.py:_image_files", "datasets/images.py:decode")]


def parquet_parts(path: str) -> list[str]:
    """Write how images in parquet files are loaded."""
    load = f'''FILES = {_literal(path)}


def load_data():
    """Load parquet files, and tell training from test images by their names."""
    files = list_parquet(Path(FILES).expanduser())
    train = [file for file in files if "train" in file.name.lower()]
    for word in ("test", "val"):
        test = [file for file in files if file not in train and word in file.name.lower()]
        if train and test:
            images, test_images = read_columns(train), read_columns(test)
            y, y_test = number(images[1], test_images[1], declared=images[2])
            return *read_images(images[0], y), *read_images(test_images[0], y_test)
    images, labels, declared = read_columns(train or files)
    x, y = read_images(images, *number(labels, declared=declared))
{_SET_ASIDE}'''
    read = '''def list_parquet(path):
    """List the files that a path names: one, those in a folder, or those that match a pattern."""
    if path.is_file():
        return [path]
    found = path.rglob("*.parquet") if path.is_dir() else path.parent.glob(path.name)
    return sorted(file for file in found if not any(part.startswith(".") for part in file.parts[len(path.parts) :]))


def read_columns(files):
    """Read the columns `img` (or `image`) and `label`, and the class names that the files declare."""
    images, labels = [], []
    for file in files:
        table = pyarrow.parquet.read_table(file)
        column = table["img" if "img" in table.column_names else "image"].to_pylist()
        images += [item["bytes"] if isinstance(item, dict) else item for item in column]
        labels += table["label"].to_pylist()
    return images, labels, _declared_names(table.schema.metadata)


def number(*columns, declared):
    """Number labels as the files declare them, or in the order of their values; -1 where there is none."""
    values = sorted({label for column in columns for label in column if not _missing(label)})
    places = {label: place for place, label in enumerate(values)}
    if declared and isinstance(values[0], int):
        places = {label: label for label in values}
    return [np.array([places.get(label, -1) for label in column], dtype=np.int32) for column in columns]'''
    names = closure_of("datasets/parquet_files.py:_missing", "datasets/parquet_files.py:_declared_names")
    return [load, read, _READ, names, closure_of("datasets/images.py:decode")]


def _literal(text: str) -> str:
    """Write a text as a Python literal, whatever it holds, in double quotes where they need no escape."""
    quoted = repr(text)
    return quoted if "'" in text or '"' in text else f'"{quoted[1:-1]}"'
