"""The database of runs on a PostgreSQL server, for a lab that many people use or that is backed up as a whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from resnet_core.errors import StoreError, one_line
from resnet_core.runs.place import VARIABLE, Place

CONNECT_SECONDS = 5
LOCK_SECONDS = 10
# A writer whose machine was cut off would hold the lock for hours; the server then ends its transaction.
ABANDONED_SECONDS = 60
# The name of the lab's write lock among the locks that programs share on one database.
_LOCK = 0x5265734E65744C61

# By the first letters of the SQLSTATE, which no server translates; the longest that fits holds.
_ADVICE = {
    "28": f"refuses this user: correct the user and the password in {VARIABLE}",
    "3D000": "does not exist on its server: create it there (createdb), then try again",
    "42501": "may not be used by this user: grant it the right to create tables in the database",
    "25006": "cannot be written, the server is read-only: connect to its primary",
    "53100": "cannot be written, the server's disk is full: free some space there, then try again",
    "53300": "has no free connection: close what else uses it, or raise the server's max_connections",
    "55P03": "is locked by another program: end what else writes to it, then try again",
    "40P01": "is locked by another program: end what else writes to it, then try again",
    "57P": "is not there just now, its server stops or starts: try again in a moment",
}


class PostgresqlServer:
    """How a database on a server is opened and looked at."""

    def __init__(self, place: Place):
        self._url = place.url

    def identity(self) -> str:
        """Return the same always: a server that comes back is the one that it was."""
        return ""

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """Lend a connection that cannot change the database."""
        engine = self._create(poolclass=NullPool).execution_options(postgresql_readonly=True)
        with engine.connect() as connection:
            yield connection

    def engines(self) -> tuple[Engine, Engine]:
        """Return the engine of readers and the engine of writers; they share their connections.

        All queries of a reader see one moment. Writers follow each other, as they do in SQLite: so serial numbers
        appear in their order, and a reader who remembers the last one misses none.
        """
        # A connection that the server closed meanwhile is noticed and replaced before it is lent.
        engine = self._create(pool_size=4, max_overflow=16, pool_pre_ping=True)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        readers = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return readers, engine.execution_options(writes=True)

    def explain(self, error: BaseException, text: str) -> str:
        """Say what a failure means and what to do, as the end of a sentence that begins with the database's name."""
        state = getattr(error, "sqlstate", None) or ""
        fitting = [sign for sign in _ADVICE if state.startswith(sign)]
        if fitting:
            return _ADVICE[max(fitting, key=len)]
        if state:
            return f"failed: {text}"
        # The driver's further lines ask whether the server runs.
        reason = one_line(Exception(str(error).partition("\n")[0].removeprefix("connection failed: ")))
        return f"cannot be reached: start its server, or correct {VARIABLE} ({reason})"

    def back_up(self, _version: int) -> None:
        """Do nothing: the server's keeper backs it up, and its changes of tables are kept all or none."""

    def files(self) -> set[Path]:
        """Return none: its files are its server's."""
        return set()

    def size(self, connection: Connection) -> int:
        """Return the bytes that the database takes on its server."""
        return connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar()

    def unsound(self, _connection: Connection) -> str:
        """Return nothing: a server checks its own files."""
        return ""

    def _create(self, **options: object) -> Engine:
        ours = {"connect_timeout": CONNECT_SECONDS, "application_name": "resnet-lab"}
        chosen = {name: value for name, value in ours.items() if name not in self._url.query}
        try:
            return create_engine(self._url, connect_args=chosen, **options)
        except ModuleNotFoundError:
            raise StoreError(
                f"{VARIABLE} names a PostgreSQL database, whose driver is not installed: "
                "pip install -r requirements-cluster.txt"
            ) from None


def is_missing_table(error: DBAPIError) -> bool:
    """Say whether a query failed because the lab's tables are gone: the database was made anew under its name."""
    return getattr(error.orig, "sqlstate", None) == "42P01"


def _prepare(connection: object, _record: object) -> None:
    # By statements, not by the options of the connection: those are the reader's to use in the URL.
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        cursor.execute(f"SET idle_in_transaction_session_timeout = '{ABANDONED_SECONDS}s'")
    connection.commit()


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
