"""Errors on the test images; a reader's note and tags."""

from alembic import op
from sqlalchemy import Column, Float, String

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns; older runs have no test error, an empty note and no tags."""
    op.add_column("jobs", Column("test_loss", Float))
    op.add_column("jobs", Column("test_error", Float))
    op.add_column("jobs", Column("note", String, nullable=False, server_default=""))
    op.add_column("jobs", Column("tags", String, nullable=False, server_default="[]"))
