"""The first tables: jobs, their epochs and their sampled steps."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)

revision = "0001"
down_revision = None

WHOLE = BigInteger().with_variant(Integer(), "sqlite")


def upgrade() -> None:
    """Make them; `lab` holds the number of the version."""
    op.create_table("lab", Column("schema_version", Integer, nullable=False))
    op.create_table(
        "jobs",
        Column("serial", WHOLE, primary_key=True),
        *_texts("id", "kind", "state", "name", "spec", nullable=False),
        *_texts("recipe", "data"),
        Column("seed", WHOLE, nullable=False),
        Column("study", String),
        *(Column(name, WHOLE) for name in ("params", "macs")),
        Column("device", String),
        *(Column(name, WHOLE) for name in ("train_images", "val_images", "steps_per_epoch")),
        *(Column(name, WHOLE) for name in ("total_steps", "total_epochs")),
        Column("created", Float, nullable=False),
        *(Column(name, Float) for name in ("started", "running_since", "finished", "heartbeat")),
        Column("all_devices", Boolean, nullable=False),
        Column("slots", String),
        Column("pid", WHOLE),
        Column("pid_started", Float),
        Column("stop_requested", Float),
        Column("message", String, nullable=False),
        *_texts("notes", "result", "data_fingerprint", "versions"),
        UniqueConstraint("id"),
        Index("jobs_by_state", "state"),
        Index("jobs_by_study", "study"),
        sqlite_autoincrement=True,
    )
    losses = ("train_loss", "train_error", "val_loss", "val_error")
    _rows("epochs", "epoch", "step", *losses)
    _rows("steps", "step", "epoch", "loss", "error")


def _rows(table: str, number: str, other: str, *measures: str) -> None:
    """Make a table whose rows belong to a job and are counted by `number`."""
    op.create_table(
        table,
        Column("serial", WHOLE, primary_key=True),
        Column("job", String, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
        Column(number, WHOLE, nullable=False),
        Column(other, WHOLE, nullable=False),
        *(Column(name, Float) for name in (*measures, "learning_rate", "images_per_second", "seconds")),
        UniqueConstraint("job", number),
        Index(f"{table}_by_serial", "job", "serial"),
        sqlite_autoincrement=True,
    )


def _texts(*names: str, nullable: bool = True) -> list[Column]:
    return [Column(name, String, nullable=nullable) for name in names]
