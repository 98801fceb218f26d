"""Whose a job is, how long it may run and how much memory it may take."""

from alembic import op
from sqlalchemy import BigInteger, Column, Float, Integer, String

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns; older jobs are nobody's and have no limits."""
    op.add_column("jobs", Column("owner", String, nullable=False, server_default=""))
    op.add_column("jobs", Column("clock", Float))
    op.add_column("jobs", Column("limit_seconds", Float))
    op.add_column("jobs", Column("limit_bytes", BigInteger().with_variant(Integer(), "sqlite")))
