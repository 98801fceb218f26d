"""The first tables: jobs, their epochs and their sampled steps."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Nothing: an older lab made these tables itself, and a new database is made whole; see `upgrades`."""
