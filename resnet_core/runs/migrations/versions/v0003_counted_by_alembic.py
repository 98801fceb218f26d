"""Alembic counts the versions from here on, in a table of its own."""

from alembic import op
from sqlalchemy import column, table

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Leave a number behind that labs of before read: to them this database is a newer one, now and ever after."""
    lab = table("lab", column("schema_version"))
    op.execute(lab.update().values(schema_version=3))
