"""A deleted run waits in the trash for a while."""

from alembic import op
from sqlalchemy import Column, Float

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add when it was put there; no run of before is."""
    op.add_column("jobs", Column("trashed", Float))
