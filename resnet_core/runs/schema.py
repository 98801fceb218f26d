"""The tables of the database of runs, for SQLite and PostgreSQL alike."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)

VERSION = "0006"  # a change of the tables raises it and adds its step to migrations/versions

metadata = MetaData()

# Marks a database as a lab's, and says whose. Its number is for labs of before Alembic, which refuse a newer one.
lab = Table(
    "lab",
    metadata,
    Column("schema_version", Integer, nullable=False),
    Column("home", String),
    Column("whereabouts", String),
)
alembic_version = Table("alembic_version", metadata, Column("version_num", String(32), primary_key=True))

# ResNet-152 has 11,513,626,624 MACs. In SQLite only an INTEGER key counts by itself, and all are of 8 bytes.
Whole = BigInteger().with_variant(Integer(), "sqlite")


class Words(TypeDecorator[str]):
    """Text from anywhere, such as an error's: PostgreSQL keeps no zero byte, and no database keeps half a sign."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: object) -> str | None:
        return value and value.replace("\0", "").encode("utf-8", "replace").decode()


jobs = Table(
    "jobs",
    metadata,
    Column("serial", Whole, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("name", String, nullable=False),
    Column("spec", String, nullable=False),
    Column("recipe", String),
    Column("data", String),
    Column("seed", Whole, nullable=False),
    Column("study", String),
    Column("params", Whole),
    Column("macs", Whole),
    Column("device", String),
    Column("train_images", Whole),
    Column("val_images", Whole),
    Column("steps_per_epoch", Whole),
    Column("total_steps", Whole),
    Column("total_epochs", Whole),
    Column("created", Float, nullable=False),
    Column("started", Float),
    Column("running_since", Float),
    Column("finished", Float),
    Column("heartbeat", Float),
    Column("all_devices", Boolean, nullable=False, default=False),
    Column("slots", String),
    Column("pid", Whole),
    Column("pid_started", Float),
    Column("stop_requested", Float),
    Column("message", Words, nullable=False, default=""),
    Column("notes", Words),
    Column("result", Words),
    Column("data_fingerprint", String),
    Column("versions", String),
    Column("test_loss", Float),
    Column("test_error", Float),
    Column("note", String, nullable=False, default="", server_default=""),
    Column("tags", String, nullable=False, default="[]", server_default="[]"),
    Column("trashed", Float),
    Column("owner", String, nullable=False, default="", server_default=""),
    Column("clock", Float),
    Column("limit_seconds", Float),
    Column("limit_bytes", Whole),
    Index("jobs_by_state", "state"),
    Index("jobs_by_study", "study"),
    sqlite_autoincrement=True,
)


def _measures(*names: str) -> list[Column]:
    # SQLite keeps a NaN as NULL, PostgreSQL as it is; a run that diverges reports some.
    return [Column(name, Float) for name in names]


# A row that is written again gets a new serial (neither AUTOINCREMENT nor a sequence gives one twice), so that a
# reader who remembers the last serial sees every row once, and sees it again only where it changed.
epochs = Table(
    "epochs",
    metadata,
    Column("serial", Whole, primary_key=True),
    Column("job", String, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("epoch", Whole, nullable=False),
    Column("step", Whole, nullable=False),
    *_measures("train_loss", "train_error", "val_loss", "val_error", "learning_rate", "images_per_second", "seconds"),
    UniqueConstraint("job", "epoch"),
    Index("epochs_by_serial", "job", "serial"),
    sqlite_autoincrement=True,
)

steps = Table(
    "steps",
    metadata,
    Column("serial", Whole, primary_key=True),
    Column("job", String, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("step", Whole, nullable=False),
    Column("epoch", Whole, nullable=False),
    *_measures("loss", "error", "learning_rate", "images_per_second", "seconds"),
    UniqueConstraint("job", "step"),
    Index("steps_by_serial", "job", "serial"),
    sqlite_autoincrement=True,
)
