"""Where the database of runs is: a file of SQLite, or a PostgreSQL server."""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from resnet_core.errors import StoreError
from resnet_core.home import lab_home

VARIABLE = "RESNET_LAB_DB"
# What people and hosting services write for a PostgreSQL server; the driver is always psycopg.
POSTGRESQL = {"postgresql", "postgres", "postgresql+psycopg"}
_ADVICE = (
    "write sqlite:////path/to/lab.sqlite or postgresql+psycopg://user:password@host/database, "
    f"or leave {VARIABLE} unset"
)


@dataclass(frozen=True)
class Place:
    """One database of runs.

    Attributes:
        url: what SQLAlchemy connects to; the file of SQLite by its full path.
    """

    url: URL

    @property
    def file(self) -> Path | None:
        """The file of SQLite; None for a server."""
        return Path(self.url.database) if self.url.get_backend_name() == "sqlite" else None

    def as_setting(self) -> str:
        """Return what RESNET_LAB_DB has to be so that a process finds this database; it may hold a password."""
        return self.url.render_as_string(hide_password=False)

    def __str__(self) -> str:
        """Name the database to a reader: no password, and nothing that could hold one."""
        if self.file:
            return str(self.file)
        url = self.url
        return str(URL.create("postgresql", url.username, None, url.host, url.port, url.database))


def database_place() -> Place:
    """Return where the database is: `RESNET_LAB_DB` if it is set, else `lab.sqlite` in the lab's home.

    Raises:
        StoreError: RESNET_LAB_DB is not the URL of an SQLite file or of a PostgreSQL database.
        HomeError: the lab's home cannot be used.
    """
    chosen = os.environ.get(VARIABLE)
    if not chosen:
        return _of_file(lab_home() / "lab.sqlite")
    try:
        url = make_url(chosen)
    except (ArgumentError, ValueError):
        raise StoreError(f"{VARIABLE} is not a database URL: {_ADVICE}") from None
    if url.drivername in POSTGRESQL:
        if not url.database:
            raise StoreError(f"{VARIABLE} names no database of the server {url.host or 'on this computer'}: {_ADVICE}")
        return Place(url.set(drivername="postgresql+psycopg"))
    if url.get_backend_name() != "sqlite":
        raise StoreError(f"{VARIABLE} names a {url.drivername} database: {_ADVICE}")
    if not url.database or url.database == ":memory:":
        raise StoreError(f"{VARIABLE} names no file, and runs are shared by processes: {_ADVICE}")
    return _of_file(Path(url.database).absolute())


def _of_file(path: Path) -> Place:
    return Place(URL.create("sqlite", database=str(path)))
