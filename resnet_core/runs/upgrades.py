"""Bringing a database of an older version up to this one, its runs kept: one function a version, run in order."""

from collections.abc import Callable

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Connection, Float, String, update

from resnet_core.runs.schema import VERSION, lab


def upgrade(connection: Connection, version: int) -> None:
    """Change the tables of an older version into this version's.

    Args:
        connection: in a transaction that writes; all changes are kept or none.
        version: the schema that the database has.
    """
    change = Operations(MigrationContext.configure(connection))
    for reached in range(version + 1, VERSION + 1):
        _STEPS[reached](change)
    connection.execute(update(lab).values(schema_version=VERSION))


def _to_2(change: Operations) -> None:
    """Errors on the test images; a reader's note and tags."""
    change.add_column("jobs", Column("test_loss", Float))
    change.add_column("jobs", Column("test_error", Float))
    change.add_column("jobs", Column("note", String, nullable=False, server_default=""))
    change.add_column("jobs", Column("tags", String, nullable=False, server_default="[]"))


_STEPS: dict[int, Callable[[Operations], None]] = {2: _to_2}
