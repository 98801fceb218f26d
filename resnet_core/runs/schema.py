"""The tables of the database of runs."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, UniqueConstraint

VERSION = 2  # a change of the tables raises it and adds its step to upgrades.py

metadata = MetaData()

lab = Table("lab", metadata, Column("schema_version", Integer, nullable=False))

jobs = Table(
    "jobs",
    metadata,
    Column("serial", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("name", String, nullable=False),
    Column("spec", String, nullable=False),
    Column("recipe", String),
    Column("data", String),
    Column("seed", Integer, nullable=False),
    Column("study", String),
    Column("params", Integer),
    Column("macs", Integer),
    Column("device", String),
    Column("train_images", Integer),
    Column("val_images", Integer),
    Column("steps_per_epoch", Integer),
    Column("total_steps", Integer),
    Column("total_epochs", Integer),
    Column("created", Float, nullable=False),
    Column("started", Float),
    Column("running_since", Float),
    Column("finished", Float),
    Column("heartbeat", Float),
    Column("all_devices", Boolean, nullable=False, default=False),
    Column("slots", String),
    Column("pid", Integer),
    Column("pid_started", Float),
    Column("stop_requested", Float),
    Column("message", String, nullable=False, default=""),
    Column("notes", String),
    Column("result", String),
    Column("data_fingerprint", String),
    Column("versions", String),
    Column("test_loss", Float),
    Column("test_error", Float),
    Column("note", String, nullable=False, default="", server_default=""),
    Column("tags", String, nullable=False, default="[]", server_default="[]"),
    Index("jobs_by_state", "state"),
    Index("jobs_by_study", "study"),
    sqlite_autoincrement=True,
)


def _measures(*names: str) -> list[Column]:
    # SQLite keeps a NaN as NULL, and a run that diverges reports some.
    return [Column(name, Float) for name in names]


# A row that is written again gets a new serial (AUTOINCREMENT never gives one twice), so that a reader
# who remembers the last serial sees every row once, and sees it again only where it changed.
epochs = Table(
    "epochs",
    metadata,
    Column("serial", Integer, primary_key=True),
    Column("job", String, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    *_measures("train_loss", "train_error", "val_loss", "val_error", "learning_rate", "images_per_second", "seconds"),
    UniqueConstraint("job", "epoch"),
    Index("epochs_by_serial", "job", "serial"),
    sqlite_autoincrement=True,
)

steps = Table(
    "steps",
    metadata,
    Column("serial", Integer, primary_key=True),
    Column("job", String, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("step", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    *_measures("loss", "error", "learning_rate", "images_per_second", "seconds"),
    UniqueConstraint("job", "step"),
    Index("steps_by_serial", "job", "serial"),
    sqlite_autoincrement=True,
)
