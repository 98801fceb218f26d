"""A database of an older version opens with its runs in it."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, make_url, text

from resnet_core import get_recipe, get_spec
from resnet_core.errors import StoreError
from resnet_core.runs import store, writes
from resnet_core.runs.place import database_place
from resnet_core.runs.schema import VERSION, metadata
from resnet_core.runs.upgrades import MIGRATIONS

# The tables as version 1 made them, in SQLite; PostgreSQL has other words for the same.
FIRST = """
CREATE TABLE lab (schema_version INTEGER NOT NULL);
CREATE TABLE jobs (
    serial INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    state VARCHAR NOT NULL, name VARCHAR NOT NULL, spec VARCHAR NOT NULL, recipe VARCHAR, data VARCHAR,
    seed INTEGER NOT NULL, study VARCHAR, params INTEGER, macs INTEGER, device VARCHAR, train_images INTEGER,
    val_images INTEGER, steps_per_epoch INTEGER, total_steps INTEGER, total_epochs INTEGER, created FLOAT NOT NULL,
    started FLOAT, running_since FLOAT, finished FLOAT, heartbeat FLOAT, all_devices BOOLEAN NOT NULL, slots VARCHAR,
    pid INTEGER, pid_started FLOAT, stop_requested FLOAT, message VARCHAR NOT NULL, notes VARCHAR, result VARCHAR,
    data_fingerprint VARCHAR, versions VARCHAR, UNIQUE (id));
CREATE INDEX jobs_by_study ON jobs (study);
CREATE INDEX jobs_by_state ON jobs (state);
CREATE TABLE epochs (
    serial INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, job VARCHAR NOT NULL, epoch INTEGER NOT NULL,
    step INTEGER NOT NULL, train_loss FLOAT, train_error FLOAT, val_loss FLOAT, val_error FLOAT, learning_rate FLOAT,
    images_per_second FLOAT, seconds FLOAT, UNIQUE (job, epoch),
    FOREIGN KEY(job) REFERENCES jobs (id) ON DELETE CASCADE);
CREATE INDEX epochs_by_serial ON epochs (job, serial);
CREATE TABLE steps (
    serial INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, job VARCHAR NOT NULL, step INTEGER NOT NULL,
    epoch INTEGER NOT NULL, loss FLOAT, error FLOAT, learning_rate FLOAT, images_per_second FLOAT, seconds FLOAT,
    UNIQUE (job, step), FOREIGN KEY(job) REFERENCES jobs (id) ON DELETE CASCADE);
CREATE INDEX steps_by_serial ON steps (job, serial);
INSERT INTO lab VALUES (1)
"""
# What version 2 added.
SECOND = """
ALTER TABLE jobs ADD COLUMN test_loss FLOAT;
ALTER TABLE jobs ADD COLUMN test_error FLOAT;
ALTER TABLE jobs ADD COLUMN note VARCHAR DEFAULT '' NOT NULL;
ALTER TABLE jobs ADD COLUMN tags VARCHAR DEFAULT '[]' NOT NULL;
UPDATE lab SET schema_version = 2
"""


@pytest.fixture(params=[1, 2])
def old(request, each_database, fresh_home):
    """A lab as an older version left it, with one finished run of two epochs."""
    fresh_home.mkdir(parents=True, exist_ok=True)
    statements = FIRST + (";" + SECOND if request.param == 2 else "")
    if each_database == "postgresql":
        statements = statements.replace("INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT", "BIGSERIAL NOT NULL PRIMARY KEY")
        statements = statements.replace("INTEGER", "BIGINT").replace("schema_version BIGINT", "schema_version INTEGER")
    engine = create_engine(database_place().url)
    with engine.begin() as connection:
        for statement in statements.split(";"):
            connection.execute(text(statement))
        connection.execute(
            text(
                "INSERT INTO jobs (id, kind, state, name, spec, recipe, data, seed, created, all_devices, message) "
                "VALUES ('r-aaaaaa', 'train', 'finished', 'resnet20', :spec, :recipe, 'shapes', 3, 1e9, false, 'done')"
            ),
            {"spec": get_spec("resnet20").model_dump_json(), "recipe": get_recipe("quick").model_dump_json()},
        )
        for number in (1, 2):
            connection.execute(
                text(
                    "INSERT INTO epochs (job, epoch, step, train_loss, train_error, val_loss, val_error, "
                    "learning_rate, images_per_second, seconds) "
                    "VALUES ('r-aaaaaa', :epoch, :step, 1, 0.5, 1, 0.25, 0.1, 600, 9)"
                ),
                {"epoch": number, "step": 80 * number},
            )
    engine.dispose()
    return request.param


def test_runs_of_an_older_version_are_kept(old):
    (job,) = store.jobs(with_epochs=True)
    assert (job.id, job.seed, job.message, len(job.epochs)) == ("r-aaaaaa", 3, "done", 2)
    assert (job.test_error, job.note, job.tags) == (None, "", ())
    writes.write_columns("r-aaaaaa", note="the one with the bug", test_error=0.26)
    again = store.job("r-aaaaaa")
    assert (again.note, again.test_error, again.last_epoch.val_error) == ("the one with the bug", 0.26, 0.25)


def test_an_upgraded_database_has_the_tables_of_a_new_one(old, each_database, fresh_home, request):
    store.jobs()
    upgraded = create_engine(database_place().url)
    if each_database == "postgresql":
        new_url = request.getfixturevalue("postgresql").new_database()
    else:
        new_url = f"sqlite:///{fresh_home / 'new.sqlite'}"
    new = create_engine(make_url(new_url))
    metadata.create_all(new)
    for table in metadata.tables:
        assert _columns(upgraded, table) == _columns(new, table)
        assert _indexes(upgraded, table) == _indexes(new, table)
    with upgraded.connect() as connection:
        assert connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [VERSION]
    upgraded.dispose()
    new.dispose()
    if each_database == "postgresql":
        request.getfixturevalue("postgresql").drop(new_url)


def test_several_processes_at_once_upgrade_it_once(old):
    ask = "from resnet_core.runs import store; print([job.id for job in store.jobs()])"
    readers = [
        subprocess.Popen([sys.executable, "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [reader.communicate(timeout=60) for reader in readers] == [("['r-aaaaaa']\n", "")] * 3


def test_the_steps_lead_to_the_version_of_the_tables():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    steps = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    assert steps == [f"{number:04d}" for number in range(int(VERSION), 0, -1)]


class TestCopy:
    """Before a file is changed, it is copied."""

    @pytest.fixture(params=["sqlite"])
    def each_database(self, request):
        return request.param

    def test_a_copy_of_the_older_file_stays_beside_it(self, old, fresh_home):
        store.jobs()
        writes.write_columns("r-aaaaaa", note="written after the upgrade")
        copy = fresh_home / f"lab.sqlite.schema-{old}"
        with closing(sqlite3.connect(copy)) as kept:
            assert kept.execute("SELECT schema_version FROM lab").fetchall() == [(old,)]
            assert kept.execute("SELECT id, message FROM jobs").fetchall() == [("r-aaaaaa", "done")]
            assert kept.execute("SELECT count(*) FROM epochs").fetchall() == [(2,)]
        assert [path.name for path in fresh_home.glob("*.part")] == []

    def test_without_room_for_a_copy_nothing_is_changed(self, old, fresh_home):
        # A folder in the copy's place fails it just as a full disk does.
        (fresh_home / f"lab.sqlite.schema-{old}.part").mkdir()
        with pytest.raises(StoreError, match="lab.sqlite cannot be opened: check that its folder exists"):
            store.jobs()
        with closing(sqlite3.connect(fresh_home / "lab.sqlite")) as database:
            assert database.execute("SELECT schema_version FROM lab").fetchall() == [(old,)]
        (fresh_home / f"lab.sqlite.schema-{old}.part").rmdir()
        assert [job.id for job in store.jobs()] == ["r-aaaaaa"]


def _columns(engine, table: str) -> dict:
    found = inspect(engine).get_columns(table)
    return {column["name"]: (str(column["type"]), column["nullable"], bool(column["default"])) for column in found}


def _indexes(engine, table: str) -> list:
    found = inspect(engine)
    indexes = [(index["name"], index["column_names"]) for index in found.get_indexes(table)]
    unique = [constraint["column_names"] for constraint in found.get_unique_constraints(table)]
    return sorted(indexes) + sorted(unique)
