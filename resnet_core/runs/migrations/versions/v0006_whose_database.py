"""The home that a database belongs to."""

from alembic import op
from sqlalchemy import Column, String

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns; a database of before is nobody's until a home writes to it."""
    op.add_column("lab", Column("home", String))
    op.add_column("lab", Column("whereabouts", String))
