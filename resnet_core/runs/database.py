"""The database of runs: where it is, how it is opened, and its failures as one line each.

SQLite in WAL mode: pages read while workers write. Every failure leaves here as one StoreError line.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from resnet_core.errors import HomeError, StoreError, one_line
from resnet_core.home import lab_home
from resnet_core.runs.schema import VERSION, lab, metadata

BUSY_SECONDS = 10.0


def database_path() -> Path:
    """Return the file of the database: `RESNET_LAB_DB` if it is set, else `lab.sqlite` in the lab's home.

    Raises:
        StoreError: RESNET_LAB_DB is not the URL of an SQLite file.
        HomeError: the lab's home cannot be used.
    """
    chosen = os.environ.get("RESNET_LAB_DB")
    if not chosen:
        return lab_home() / "lab.sqlite"
    advice = "only SQLite is supported: write sqlite:////path/to/lab.sqlite, or leave RESNET_LAB_DB unset"
    try:
        url = make_url(chosen)
    except ArgumentError:
        raise StoreError(f"RESNET_LAB_DB is not a database URL: {advice}") from None
    if url.get_backend_name() != "sqlite":
        raise StoreError(f"RESNET_LAB_DB names a {url.get_backend_name()} database: {advice}")
    if not url.database or url.database == ":memory:":
        raise StoreError(f"RESNET_LAB_DB names no file, and runs are shared by processes: {advice}")
    return Path(url.database).absolute()


@contextmanager
def reading() -> Iterator[Connection]:
    """Lend a connection whose queries all see one moment of the database.

    Raises:
        StoreError: the database cannot be opened or read.
    """
    with _failures_as_lines(), _engine().connect() as connection:
        yield connection


@contextmanager
def writing() -> Iterator[Connection]:
    """Lend a connection that holds the database's only write lock; all or nothing is kept.

    Raises:
        StoreError: the database cannot be opened or written.
    """
    with _failures_as_lines(), _engine().execution_options(writes=True).begin() as connection:
        yield connection


_engines: dict[tuple[str | None, str | None], tuple[Path, tuple[int, int], Engine]] = {}
_opening = threading.Lock()


def _engine() -> Engine:
    """Return the engine for the environment's database; opened anew if its file was replaced or removed."""
    key = (os.environ.get("RESNET_LAB_HOME"), os.environ.get("RESNET_LAB_DB"))
    with _opening:
        known = _engines.get(key)
        if known:
            path, identity, engine = known
            if _identity(path) == identity:
                return engine
            engine.dispose()
            del _engines[key]
        path = database_path()
        engine = _open(path)
        _engines[key] = (path, _identity(path), engine)
        return engine


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _open(path: Path) -> Engine:
    version = _version(path)
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        pool_size=8,
        max_overflow=56,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    if version is None:
        with engine.execution_options(writes=True).begin() as connection:
            metadata.create_all(connection)
            if connection.scalar(select(lab.c.schema_version)) is None:
                connection.execute(insert(lab).values(schema_version=VERSION))
    elif version < VERSION:
        from resnet_core.runs.upgrades import upgrade

        with engine.execution_options(writes=True).begin() as connection:
            # Asked again under the lock: another process may have been first.
            upgrade(connection, connection.scalar(select(lab.c.schema_version)))
    return engine


def _version(path: Path) -> int | None:
    """Return the schema of a lab's file without writing to it, None for a new one; refuse another program's."""
    if not path.exists() or not path.stat().st_size:
        return None
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return None
        if "lab" not in tables:
            raise StoreError(
                f"{path} is a database of another program (tables {', '.join(sorted(tables)[:4])}): "
                "set RESNET_LAB_DB or RESNET_LAB_HOME to another place"
            )
        (version,) = connection.execute("SELECT schema_version FROM lab").fetchone()
    if version > VERSION:
        raise HomeError(
            f"{path} comes from a newer ResNet Lab (schema {version}, this one reads {VERSION}): "
            "update ResNet Lab, or set RESNET_LAB_HOME to another folder"
        )
    return version


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # Python's driver would begin transactions by itself, and late; `_begin` does it instead.
    connection.isolation_level = None
    _use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    deadline = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # A file system without shared memory stays with SQLite's older journal, and readers wait for writers.
            return
        except sqlite3.OperationalError as error:
            # Two processes that open a new database at once: SQLite does not wait for this change by itself.
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin(connection: Connection) -> None:
    # A writer takes the lock first: one that reads and then writes could not wait for another's commit.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


_ADVICE = {
    "locked": "is locked by another program: close what else has it open, then try again",
    "full": "cannot be written, the disk is full: free some space, then try again",
    "readonly": "cannot be written, it is read-only: set RESNET_LAB_HOME to a folder that you may write",
    "not a database": "is not a database: move it away, and a new one is made",
    "malformed": "is damaged: move it away, and a new one is made",
    "unable to open": "cannot be opened: check that its folder exists and that you may write there",
    "disk i/o": "cannot be read or written (disk I/O error): check the free space and the disk",
}


@contextmanager
def _failures_as_lines() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        text = one_line(cause)
        advice = next((advice for sign, advice in _ADVICE.items() if sign in text.lower()), f"failed: {text}")
        raise StoreError(f"the database of runs {database_path()} {advice}") from error
