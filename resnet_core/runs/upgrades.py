"""Which version of the tables a database has, and bringing it up to this lab's: new tables, or Alembic's steps.

Alembic keeps the version in its own table. Its steps are the files in `migrations/versions`, run in their order.
"""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select

from resnet_core.errors import HomeError, StoreError
from resnet_core.runs.schema import VERSION, alembic_version, lab, metadata

MIGRATIONS = Path(__file__).parent / "migrations"


def is_current(connection: Connection, name: str) -> bool:
    """Say whether a database has the tables of this version.

    Args:
        connection: may be one that cannot write.
        name: of the database, for the errors.

    Returns: False too where there are no tables yet.

    Raises:
        HomeError: it comes from a newer version.
        StoreError: it belongs to another program.
    """
    return _version(connection, name) == int(VERSION)


def bring_up_to_date(connection: Connection, name: str, back_up: Callable[[int], None]) -> None:
    """Make the tables, or change those of an older version into this one's, their runs kept.

    Args:
        connection: holds the write lock; all changes are kept or none.
        name: of the database, for the errors.
        back_up: copies the database before it is changed; hears its version.

    Raises: as `is_current`.
    """
    # Asked again under the lock: another process may have been first.
    version = _version(connection, name)
    if version is None:
        metadata.create_all(connection)
        connection.execute(insert(lab).values(schema_version=int(VERSION)))
        connection.execute(insert(alembic_version).values(version_num=VERSION))
    elif version < int(VERSION):
        back_up(version)
        _upgrade(connection, version)


def _version(connection: Connection, name: str) -> int | None:
    """Return the version of a lab's tables, None where there are none; refuse a newer one's and another program's."""
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if lab.name not in tables:
        raise StoreError(
            f"{name} is a database of another program (tables {', '.join(sorted(tables)[:4])}): "
            "set RESNET_LAB_DB or RESNET_LAB_HOME to another place"
        )
    version = connection.scalar(select(lab.c.schema_version))
    if alembic_version.name in tables:
        version = max(version, int(connection.scalar(select(alembic_version.c.version_num))))
    if version > int(VERSION):
        raise HomeError(
            f"{name} comes from a newer ResNet Lab (schema {version}, this one reads {int(VERSION)}): "
            "update ResNet Lab, or set RESNET_LAB_DB or RESNET_LAB_HOME to another place"
        )
    return version


def _upgrade(connection: Connection, version: int) -> None:
    # Imported by the few who need it: it takes longer than opening a database.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    if not inspect(connection).has_table(alembic_version.name):
        # Before version 3 the lab counted its versions itself.
        command.stamp(config, f"{version:04d}")
    command.upgrade(config, "head")
