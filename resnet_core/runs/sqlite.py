"""The database of runs as a file of SQLite in WAL mode: pages read while workers write."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, event

from resnet_core.runs.place import Place

# Writers follow each other in milliseconds. A reader waits for none of them, so one that has to is soon told.
WRITE_SECONDS, READ_SECONDS = 10.0, 2.0

_ADVICE = {
    "locked": "is locked by another program: close what else has it open, then try again",
    "full": "cannot be written, the disk is full: free some space, then try again",
    "readonly": "cannot be written, it is read-only: set RESNET_LAB_HOME to a folder that you may write",
    "not a database": "is not a database: move it away, and a new one is made",
    "malformed": "is damaged: move it away, and a new one is made",
    "unable to open": "cannot be opened: check that its folder exists and that you may write there",
    "disk i/o": "cannot be read or written (disk I/O error): check the free space and the disk",
}


class SqliteFile:
    """How a file of SQLite is opened, looked at and copied."""

    def __init__(self, place: Place):
        self.path: Path = place.file
        self._url = place.url

    def identity(self) -> tuple[int, int] | None:
        """Return what changes when the file is replaced by another of its name; None if there is none."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    @contextmanager
    def looking(self) -> Iterator[Connection | None]:
        """Lend a connection that leaves the file and its folder as they are; None where nothing is there yet."""
        if not self.path.exists() or not self.path.stat().st_size:
            yield None
            return
        # Without a log of recent writes nobody has it open, and SQLite need not make one to read it.
        logs = (self.path.with_name(self.path.name + end) for end in ("-wal", "-journal"))
        way = "mode=ro" if any(log.exists() for log in logs) else "immutable=1"
        address = f"{self.path.as_uri()}?{way}"
        engine = create_engine(
            "sqlite://",
            creator=lambda: sqlite3.connect(address, uri=True, timeout=READ_SECONDS),
            poolclass=NullPool,
        )
        with engine.connect() as connection:
            yield connection

    def engines(self) -> tuple[Engine, Engine]:
        """Return the engine of readers and the engine of writers; they share their connections."""
        engine = create_engine(
            self._url,
            connect_args={"timeout": WRITE_SECONDS, "check_same_thread": False},
            pool_size=8,
            max_overflow=56,
        )
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine, engine.execution_options(writes=True)

    def explain(self, _error: BaseException, text: str) -> str:
        """Say what a failure means and what to do, as the end of a sentence that begins with the database's name."""
        return next((advice for sign, advice in _ADVICE.items() if sign in text.lower()), f"failed: {text}")

    def back_up(self, version: int) -> None:
        """Copy the file beside it, as `lab.sqlite.schema-2`, whole or not at all.

        Args:
            version: the schema of what is copied.

        Raises:
            OSError, sqlite3.Error: it cannot be copied; nothing is left of the try.
        """
        copy = self.path.with_name(f"{self.path.name}.schema-{version}")
        part = copy.with_name(f"{copy.name}.part")
        try:
            with (
                closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)) as source,
                closing(sqlite3.connect(part)) as target,
            ):
                source.backup(target)
            part.replace(copy)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise

    def files(self) -> set[Path]:
        """Return the files that the database may take: its log of recent writes, and an index of that."""
        return {self.path.with_name(self.path.name + end) for end in ("", "-wal", "-shm")}

    def size(self, _connection: Connection) -> int:
        """Return the bytes that the database takes."""
        return sum(file.stat().st_size for file in self.files() if file.exists())

    def unsound(self, connection: Connection) -> str:
        """Return what SQLite's own check finds wrong; empty if nothing is."""
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        return "" if found == "ok" else str(found)


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # Python's driver would begin transactions by itself, and late; `_begin` does it instead.
    connection.isolation_level = None
    _use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    deadline = time.monotonic() + READ_SECONDS
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
    writes = connection.get_execution_options().get("writes")
    patience = WRITE_SECONDS if writes else READ_SECONDS
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(patience * 1000)}")
    # A writer takes the lock first: one that reads and then writes could not wait for another's commit.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
