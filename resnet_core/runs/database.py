"""The database of runs: opened once a process, brought up to date, and its failures as one line each."""

import os
import sqlite3
import threading
from collections.abc import Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from resnet_core.errors import StoreError, one_line
from resnet_core.runs import belonging, upgrades
from resnet_core.runs.place import VARIABLE, Place, database_place
from resnet_core.runs.postgresql import PostgresqlServer, is_missing_table
from resnet_core.runs.sqlite import SqliteFile


class Database(Protocol):
    """What `reading` and `writing` need of a database, whichever kind it is."""

    def identity(self) -> Hashable: ...
    def looking(self) -> AbstractContextManager[Connection | None]: ...
    def engines(self) -> tuple[Engine, Engine]: ...
    def explain(self, error: BaseException, text: str) -> str: ...
    def back_up(self, version: int) -> None: ...
    def files(self) -> set[Path]: ...
    def size(self, connection: Connection) -> int: ...
    def unsound(self, connection: Connection) -> str: ...


@contextmanager
def reading() -> Iterator[Connection]:
    """Lend a connection whose queries all see one moment of the database.

    Raises:
        StoreError: the database cannot be opened or read.
    """
    with _failures_as_lines(), _opened().readers.connect() as connection:
        yield connection


@contextmanager
def writing() -> Iterator[Connection]:
    """Lend a connection that holds the database's only write lock; all or nothing is kept.

    Raises:
        HomeError: the database belongs to another home.
        StoreError: the database cannot be opened or written.
    """
    claim()
    with _failures_as_lines(), _opened().writers.begin() as connection:
        yield connection


def claim() -> None:
    """Make the database this home's, unless it is another's; see `belonging`.

    Raises:
        HomeError: it is another's, or comes from a newer version; nothing was written.
        StoreError: it cannot be opened, read or written.
    """
    with _failures_as_lines():
        opened = _opened()
        if opened.is_ours:
            return
        with opened.readers.connect() as connection:
            known = belonging.is_known(connection)
        if not known:
            with opened.writers.begin() as connection:
                belonging.claim(connection, database_place())
        opened.is_ours = True


def must_not_be_anothers() -> None:
    """Refuse a database of another home, and write nothing.

    Raises:
        HomeError, StoreError: as `claim`.
    """
    with _failures_as_lines():
        opened = _opened()
        if not opened.is_ours:
            with opened.readers.connect() as connection:
                belonging.must_not_be_anothers(connection, database_place())


def size() -> int:
    """Return the bytes that the database takes.

    Raises:
        StoreError: the database cannot be read.
    """
    with reading() as connection:
        return _opened().database.size(connection)


def files() -> set[Path]:
    """Return the files on this computer that the database may take."""
    return database_at(database_place()).files()


def unsound() -> str:
    """Return what the database's own check finds wrong with it; empty if nothing is.

    Raises:
        StoreError: the database cannot be read at all.
    """
    with reading() as connection:
        return _opened().database.unsound(connection)


def database_at(place: Place) -> Database:
    """Return the database at a place, not yet opened."""
    return SqliteFile(place) if place.file else PostgresqlServer(place)


def close() -> None:
    """Let go of the database that this process has open, if any; the next question opens it again."""
    with _opening:
        _close()


@dataclass
class _Opened:
    key: tuple[str | None, str | None]
    database: Database
    identity: Hashable
    readers: Engine
    writers: Engine
    is_ours: bool = False


_now_open: _Opened | None = None
_opening = threading.Lock()


def _opened() -> _Opened:
    """Return the environment's database; opened anew if it was replaced or removed, or if another one is meant."""
    global _now_open
    key = os.environ.get("RESNET_LAB_HOME"), os.environ.get(VARIABLE)
    with _opening:
        opened = _now_open
        if opened and opened.key == key and opened.database.identity() == opened.identity:
            return opened
        _close()
        place = database_place()
        database = database_at(place)
        readers, writers = _open(database, str(place))
        _now_open = _Opened(key, database, database.identity(), readers, writers)
        return _now_open


def _open(database: Database, name: str) -> tuple[Engine, Engine]:
    # Without a trace in a database that is refused.
    with database.looking() as connection:
        current = connection is not None and upgrades.is_current(connection, name)
    readers, writers = database.engines()
    if not current:
        try:
            with writers.begin() as connection:
                upgrades.bring_up_to_date(connection, name, database.back_up)
        except BaseException:
            readers.dispose()
            raise
    return readers, writers


def _close() -> None:
    global _now_open
    if _now_open:
        _now_open.readers.dispose()
    _now_open = None


@contextmanager
def _failures_as_lines() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error, OSError) as error:
        if isinstance(error, DBAPIError) and is_missing_table(error):
            close()
        cause = error.orig if isinstance(error, DBAPIError) else error
        place = database_place()
        advice = database_at(place).explain(cause, one_line(cause))
        raise StoreError(f"the database of runs {place} {advice}") from error
