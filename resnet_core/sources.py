"""How a data set is named in commands, links and runs. Pure: nothing is looked up."""

SOURCES = ("shapes", "cifar10", "cats_vs_dogs", "folder:PATH", "parquet:PATH")
ANY_SOURCE = f"{', '.join(SOURCES[:-1])} or {SOURCES[-1]}"


def split_source(source: str) -> tuple[str, str]:
    """Return a source's kind in lower case, and its path; both as they are written, the path empty where there is none.

    Example:
        >>> split_source(" Folder: pets ")
        ('folder', 'pets')
    """
    kind, _colon, path = source.strip().partition(":")
    return kind.strip().lower(), path.strip()
